// A form that the bot opened: texts to type, and things to choose.

import { el, html } from "/static/dom.js";
import { entities } from "/static/selects.js";
import { interact } from "/static/server.js";

const WRITERS = { text, select, radio, checkboxes, checkbox };

/** Show the form of an answer, and send it when the person submits. */
export function showModal({ interaction, modal }) {
  const error = el("p.failed", { role: "alert" });
  const fields = modal.inputs.map(field);
  const intro = el("div.message");
  html(intro, modal.html);
  const cancel = el("button.quiet", { type: "button", onclick: () => dialog.close() }, "Cancel");
  const submit = el("button.primary", { type: "submit" }, "Submit");
  const form = el(
    "form",
    { novalidate: true },
    el("h2", { id: "modal-title" }, modal.title),
    intro,
    fields.map((each) => each.element),
    error,
    el("footer", {}, cancel, submit),
  );
  const dialog = el("dialog.modal", { "aria-labelledby": "modal-title" }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.textContent = fields.map((each) => each.problem()).find(Boolean) ?? "";
    if (!error.textContent) {
      submit.disabled = true;
      error.textContent = await sent(interaction, fields);
      submit.disabled = false;
    }
    error.textContent || dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** Send the form. Return why it was not accepted; "" if it was. */
async function sent(interaction, fields) {
  const values = Object.fromEntries(fields.map((each) => [each.id, each.value()]));
  try {
    const answer = await interact({ kind: "modal", interaction, values });
    return answer.outcome === "failed" ? `${answer.error} Try again.` : "";
  } catch (error) {
    return error.message;
  }
}

/** Return a field: its element, its custom id, its value, and what is wrong with it ("" if nothing). */
function field(input, index) {
  const id = `modal-${index}`;
  const description = input.description ? el("p.dim", { id: `${id}-about` }, input.description) : "";
  const common = { id, "aria-describedby": description ? description.id : null };
  const control = WRITERS[input.kind](input, common);
  const required = input.required ? el("span.required", { title: "Required" }, " *") : "";
  const isGroup = control.element.matches("fieldset");
  const label = isGroup ? el("legend", {}, input.label, required) : el("label", { for: id }, input.label, required);
  isGroup && control.element.prepend(label, description);
  const element = el("div.field", {}, isGroup ? "" : [label, description], control.element);
  const isEmpty = () => !control.value() || control.value().length === 0;
  const problem = () => (input.required && isEmpty() ? `Fill in “${input.label}”.` : problemOf(input, control.value()));
  return { element, id: input.custom_id, value: control.value, problem };
}

function problemOf(input, value) {
  const size = value.length ?? 0;
  const [least, most] = Array.isArray(value)
    ? [input.min_values, input.max_values]
    : [input.min_length, input.max_length];
  const unit = Array.isArray(value) ? "choices" : "characters";
  if (size > 0 && least && size < least) {
    return `“${input.label}” needs at least ${least} ${unit}.`;
  }
  return most && size > most ? `“${input.label}” allows at most ${most} ${unit}.` : "";
}

function text(input, common) {
  const tag = input.style === "paragraph" ? "textarea" : "input";
  const limits = { maxlength: input.max_length, placeholder: input.placeholder, required: input.required, dir: "auto" };
  const element = el(tag, { ...common, ...limits });
  element.value = input.value ?? "";
  return { element, value: () => element.value };
}

function select(input, common) {
  const options = input.type === "3" ? input.options : entities(input.type, input.channel_types);
  const isMulti = (input.max_values ?? 1) > 1;
  const chosen = new Set(input.default_values ?? []);
  const element = el(
    "select",
    { ...common, multiple: isMulti, size: isMulti ? Math.min(options.length, 6) : null },
    isMulti ? "" : el("option", { value: "" }, input.placeholder || "Choose"),
    options.map((each) =>
      el("option", { value: each.value, selected: each.default || chosen.has(each.value), title: each.description }, each.label),
    ),
  );
  return { element, value: () => [...element.selectedOptions].map((each) => each.value).filter(Boolean) };
}

function radio(input) {
  const element = choices(input, "radio");
  return { element, value: () => element.querySelector("input:checked")?.value ?? "" };
}

function checkboxes(input) {
  const element = choices(input, "checkbox");
  return { element, value: () => [...element.querySelectorAll("input:checked")].map((each) => each.value) };
}

function choices(input, type) {
  return el(
    "fieldset",
    {},
    input.options.map((each) =>
      el(
        "label.choice",
        {},
        el("input", { type, name: input.custom_id, value: each.value, checked: each.default }),
        el("span", {}, each.label, each.description ? el("small.dim", {}, each.description) : ""),
      ),
    ),
  );
}

function checkbox(input, common) {
  const element = el("input", { ...common, type: "checkbox", checked: input.default });
  return { element, value: () => element.checked };
}
