// A slash command that is being filled in: one field for each option, with suggestions and checks.

import { get, send } from "/static/api.js";
import { byId, el } from "/static/dom.js";
import { fileProblem } from "/static/files.js";
import { hideSuggestions, steer, suggest } from "/static/options.js";
import { entities } from "/static/selects.js";
import { showModal } from "/static/modal.js";
import { here, interact, server } from "/static/server.js";

const TYPE_PAUSE = 200;
const MAX_SUGGESTIONS = 25;
const ENTITY_TYPES = { user: "5", role: "6", mentionable: "7", channel: "8" };
const YES_NO = [
  { name: "True", value: true },
  { name: "False", value: false },
];
const KINDS = {
  integer: "a whole number",
  number: "a number",
  boolean: "True or False",
  user: "a member",
  role: "a role",
  channel: "a channel",
  mentionable: "a member or a role",
};

const area = byId("command");
const hint = byId("hint");
let open = null;

/** Return whether a command is being filled in. */
export function commandOpen() {
  return open !== null;
}

/** Start to fill in a command. `page`: how to leave it, and how to show what is wrong. */
export function openCommand(command, channel, page) {
  open = { command, channel, page, fields: new Map(), asked: 0 };
  area.hidden = false;
  area.replaceChildren(el("span.command-name", {}, `/${command.name}`));
  for (const option of command.options.filter((each) => each.required)) {
    addField(option);
  }
  drawMore();
  focusFirst();
}

/** Close it without sending. */
export function closeCommand() {
  open = null;
  area.hidden = true;
  area.replaceChildren();
  hint.textContent = "";
  byId("compose").hidden = false;
}

/** Fill in "query:tulips tag:red"; a text without names is the first option's value. */
export function fillCommand(text) {
  const { options } = open.command;
  const names = options.map((each) => each.name).join("|");
  const found = names ? [...text.matchAll(new RegExp(`(?:^|\\s)(${names}):\\s*(.*?)(?=\\s(?:${names}):|$)`, "g"))] : [];
  const given = found.length || !text.trim() || !options.length ? found.map((each) => [each[1], each[2]]) : [[options[0].name, text.trim()]];
  for (const [name, value] of given) {
    const option = options.find((each) => each.name === name);
    const field = open.fields.get(name) ?? addField(option);
    if (!isFile(option)) {
      field.input.value = value;
      field.value = known(option, value);
    }
  }
  drawMore();
  focusFirst();
}

/** Return the value that a typed text means for an option. */
function known(option, text) {
  const wanted = text.toLowerCase().replace(/^[@#]/, "");
  const choice = choicesOf(option)?.find((each) => each.name.toLowerCase().replace(/^[@#]/, "") === wanted);
  return choice ? choice.value : undefined;
}

function choicesOf(option) {
  if (option.type === "boolean") {
    return YES_NO;
  }
  if (option.type in ENTITY_TYPES) {
    const allowed = option.channel_types ?? [];
    return entities(ENTITY_TYPES[option.type])
      .filter(({ value }) => !allowed.length || allowed.includes(server.channels.get(value)?.kind))
      .map(({ label, value }) => ({ name: label, value }));
  }
  return option.choices.length ? option.choices : null;
}

function isFile(option) {
  return option.type === "attachment";
}

function addField(option) {
  const id = `command-${option.name}`;
  const input = el("input", {
    id,
    type: isFile(option) ? "file" : "text",
    autocomplete: "off",
    dir: "auto",
    maxlength: option.max_length,
    "aria-required": String(option.required),
    ...(isFile(option) ? {} : { role: "combobox", "aria-autocomplete": "list", "aria-controls": "options", "aria-expanded": "false" }),
    "aria-describedby": "hint",
  });
  const remove = option.required
    ? ""
    : el("button.quiet", { type: "button", "aria-label": `Remove ${option.name}`, onclick: () => removeField(option) }, "×");
  const label = el("label", { for: id }, option.name, option.required ? el("span.required", { title: "Required" }, "*") : "");
  const element = el("span.option", {}, label, input, remove);
  const field = { option, input, element, value: undefined };
  open.fields.set(option.name, field);
  area.insertBefore(element, area.querySelector(".more-options"));
  listen(field);
  return field;
}

function removeField(option) {
  open.fields.get(option.name).element.remove();
  open.fields.delete(option.name);
  drawMore();
  focusFirst();
}

/** Offer the options that are not filled in yet. */
function drawMore() {
  area.querySelector(".more-options")?.remove();
  const rest = open.command.options.filter((each) => !open.fields.has(each.name));
  const buttons = rest.map((option) => {
    const add = () => {
      addField(option).input.focus();
      drawMore();
    };
    return el("button.quiet", { type: "button", title: option.description, onclick: add }, `+${option.name}`);
  });
  area.append(el("span.more-options", {}, buttons));
  if (!open.fields.size) {
    hint.textContent = `${open.command.description} Press Enter to send.`;
  }
}

function focusFirst() {
  const fields = [...open.fields.values()];
  const first = fields.find((each) => !each.input.value) ?? fields[0];
  (first?.input ?? area.closest("form").querySelector('[type="submit"]')).focus();
}

function listen(field) {
  const { option, input } = field;
  input.addEventListener("focus", () => {
    hint.textContent = `${option.name}: ${option.description}`;
    complete(field);
  });
  input.addEventListener("blur", hideSuggestions);
  input.addEventListener("input", () => {
    input.removeAttribute("aria-invalid");
    open.page.complain("");
    field.value = undefined;
    complete(field);
  });
  input.addEventListener("keydown", (event) => !event.isComposing && onKey(event, field));
}

function onKey(event, field) {
  if (steer(event.key)) {
    event.preventDefault();
    event.key === "Tab" && next(field);
  } else if (event.key === "Enter") {
    event.preventDefault();
    field.input.form.requestSubmit();
  } else if (event.key === "Escape" || (event.key === "Backspace" && isFirstEmpty(field))) {
    event.preventDefault();
    open.page.leave(event.key === "Escape" ? "" : `/${open.command.name}`);
  }
}

function isFirstEmpty(field) {
  return field.input.value === "" && field === open.fields.values().next().value;
}

function next(field) {
  const fields = [...open.fields.values()];
  fields[fields.indexOf(field) + 1]?.input.focus();
}

function complete(field) {
  const choices = choicesOf(field.option);
  if (choices) {
    const typed = field.input.value.toLowerCase().replace(/^[@#]/, "");
    offer(field, choices.filter((each) => each.name.toLowerCase().includes(typed)));
  } else if (field.option.autocomplete) {
    askBot(field);
  } else {
    hideSuggestions();
  }
}

function offer(field, choices) {
  const suggestions = choices.slice(0, MAX_SUGGESTIONS).map((choice) => ({
    label: choice.name,
    choose: () => {
      field.input.value = choice.name;
      field.value = choice.value;
    },
  }));
  suggest(field.input, suggestions, { first: field.input.value !== "" && field.value === undefined });
}

/** Ask the bot for suggestions, when the person has stopped typing for a moment. */
async function askBot(field) {
  const here = open;
  here.asked += 1;
  const own = here.asked;
  await new Promise((resolve) => setTimeout(resolve, TYPE_PAUSE));
  if (open !== here || own !== here.asked) {
    return;
  }
  const { command, channel } = here;
  const options = valuesSoFar(field);
  const body = { kind: "autocomplete", channel, command: command.name, options, focused: field.option.name };
  const answer = await interact(body).catch(() => ({ choices: [] }));
  if (open === here && own === here.asked && document.activeElement === field.input) {
    offer(field, answer.choices);
  }
}

function valuesSoFar(focused) {
  const filled = filledFields().filter((each) => each !== focused && !isFile(each.option)).concat(focused);
  return Object.fromEntries(filled.map((each) => [each.option.name, each === focused ? each.input.value : valueOf(each)]));
}

function filledFields() {
  return [...open.fields.values()].filter((each) => valueOf(each) !== undefined);
}

/** Return a field's value as the bot gets it, or its file; undefined if it has none, or an impossible one. */
function valueOf({ option, input, value }) {
  if (isFile(option)) {
    return input.files[0];
  }
  const text = input.value.trim();
  if (value !== undefined || text === "") {
    return value;
  }
  if (option.type === "integer" || option.type === "number") {
    const number = Number(text);
    return Number.isNaN(number) || (option.type === "integer" && !Number.isInteger(number)) ? undefined : number;
  }
  return option.type === "string" && !option.choices.length ? text : known(option, text);
}

/** Return what is wrong with a field; "" if nothing is. */
function problemOf(field) {
  const { option, input } = field;
  const value = valueOf(field);
  if (input.value.trim() === "") {
    return option.required ? `The option “${option.name}” is required.` : "";
  }
  if (value === undefined) {
    const wanted = KINDS[option.type] ?? "one of its choices";
    return `The option “${option.name}” needs ${wanted}.`;
  }
  return isFile(option) ? fileProblem(value) : boundsProblem(option, value);
}

function boundsProblem(option, value) {
  const isText = typeof value === "string";
  const size = isText ? value.length : value;
  const unit = isText ? " characters" : "";
  const least = isText ? option.min_length : option.min_value;
  const most = isText ? option.max_length : option.max_value;
  if (typeof size !== "number" || option.type in ENTITY_TYPES) {
    return "";
  }
  if (least !== null && size < least) {
    return `The option “${option.name}” needs at least ${least}${unit}.`;
  }
  return most !== null && size > most ? `The option “${option.name}” allows at most ${most}${unit}.` : "";
}

/** Send the command, unless something is wrong with it. Return what the bot answered first; null if it got nothing. */
export async function submitCommand() {
  const { command, channel, page, fields } = open;
  for (const field of fields.values()) {
    const problem = problemOf(field);
    if (problem) {
      field.input.setAttribute("aria-invalid", "true");
      field.input.focus();
      page.complain(problem);
      return null;
    }
  }
  const filled = filledFields();
  const files = filled.filter((each) => isFile(each.option)).map(valueOf);
  const inBody = (value) => (value instanceof File ? files.indexOf(value) : value);
  const options = Object.fromEntries(filled.map((each) => [each.option.name, inBody(valueOf(each))]));
  const typed = `/${command.name} ${filled.map(({ option, input }) => `${option.name}:${isFile(option) ? "" : input.value}`).join(" ")}`;
  page.leave();
  try {
    const answer = await interact({ kind: "command", channel, command: command.name, options }, files);
    if (answer.outcome === "modal") {
      showModal(answer);
    }
    return answer;
  } catch (error) {
    page.leave(typed.trim());
    page.complain(error.message);
    return null;
  }
}
