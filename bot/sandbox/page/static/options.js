// Suggestions below a text field: a list in which the arrow keys move while the field keeps the focus.

import { byId, el } from "/static/dom.js";

const list = byId("options");
let owner = null;
let found = [];
let active = -1;

/** Show suggestions for a field, each { label, detail, choose }. The first one is active if `first`. */
export function suggest(field, suggestions, { first = true } = {}) {
  owner = field;
  found = suggestions;
  list.replaceChildren(
    ...found.map((each, index) =>
      el(
        "li",
        { role: "option", id: `option-${index}`, "aria-selected": "false", dataset: { index } },
        el("span", { dir: "auto" }, each.label),
        each.detail ? el("span.dim", { dir: "auto" }, each.detail) : "",
      ),
    ),
  );
  list.hidden = found.length === 0;
  setExpanded(field, !list.hidden);
  activate(first && found.length ? 0 : -1);
}

/** Hide the list. */
export function hideSuggestions() {
  setExpanded(owner, false);
  owner?.removeAttribute("aria-activedescendant");
  owner = null;
  found = [];
  active = -1;
  list.hidden = true;
}

/** Do what a key means for the list. Return whether it meant something. */
export function steer(key) {
  if (list.hidden) {
    return false;
  }
  if (key === "ArrowDown" || key === "ArrowUp") {
    const step = key === "ArrowDown" ? 1 : -1;
    activate(active < 0 && step < 0 ? found.length - 1 : (active + step + found.length) % found.length);
    return true;
  }
  if (key === "Escape") {
    hideSuggestions();
    return true;
  }
  if ((key === "Enter" || key === "Tab") && active >= 0) {
    pick(active);
    return true;
  }
  return false;
}

function activate(index) {
  list.children[active]?.setAttribute("aria-selected", "false");
  active = index;
  const option = list.children[index];
  if (option) {
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    owner.setAttribute("aria-activedescendant", option.id);
  } else {
    owner.removeAttribute("aria-activedescendant");
  }
}

function pick(index) {
  const { choose } = found[index];
  hideSuggestions();
  choose();
}

list.addEventListener("pointerdown", (event) => event.preventDefault());
list.addEventListener("click", (event) => {
  const option = event.target.closest("[data-index]");
  option && pick(Number(option.dataset.index));
});

/** Say whether a field's list is open. A field of several lines can't be a combobox. */
function setExpanded(field, isOpen) {
  if (field?.getAttribute("role") === "combobox") {
    field.setAttribute("aria-expanded", String(isOpen));
  }
}
