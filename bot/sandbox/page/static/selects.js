// The menus below messages: options that the bot gave, or members, roles and channels of the server.

import { el } from "/static/dom.js";
import { orderedChannels, server } from "/static/server.js";

const USER = "5";
const ROLE = "6";
const MENTIONABLE = "7";
const CHANNEL = "8";
const KIND_NUMBERS = {
  text: 0,
  voice: 2,
  announcement: 5,
  "announcement thread": 10,
  thread: 11,
  "private thread": 12,
  stage: 13,
  forum: 15,
};

/** Return what a menu of members, roles or channels offers. `type`: Discord's number; `kinds`: of channels, empty: all. */
export function entities(type, kinds = []) {
  const users = server.members.map((each) => ({ label: `@${each.name}`, value: each.id }));
  const roles = server.roles.map((each) => ({ label: `@${each.name}`, value: each.id }));
  const channels = orderedChannels()
    .filter((each) => !kinds.length || kinds.includes(KIND_NUMBERS[each.kind]))
    .map((each) => ({ label: `#${each.name}`, value: each.id }));
  return { [USER]: users, [ROLE]: roles, [MENTIONABLE]: [...users, ...roles], [CHANNEL]: channels }[type] ?? [];
}

/** Fill a menu when it opens. */
export function fillMenu(select) {
  if (select.dataset.disabled !== undefined) {
    select.open = false;
    return;
  }
  const options = select.querySelector(".options");
  const kinds = (select.dataset.channelTypes ?? "").split(" ").filter(Boolean).map(Number);
  for (const { label, value } of options.children.length ? [] : entities(select.dataset.type, kinds)) {
    options.append(el("button", { type: "button", "aria-pressed": "false", dataset: { value } }, el("span", { dir: "auto" }, label)));
  }
  if (isMulti(select) && !select.querySelector(".done")) {
    select.append(el("button.button.primary.done", { type: "button" }, "Done"));
  }
  options.querySelector("button")?.focus();
}

/** Return whether several options can be chosen, or none. */
export function isMulti(select) {
  return Number(select.dataset.max) > 1 || Number(select.dataset.min) === 0;
}

/** Return the chosen values. */
export function valuesOf(select) {
  return [...select.querySelectorAll('.options > [aria-pressed="true"]')].map((option) => option.dataset.value);
}

/** Close all menus in an element. */
export function closeMenus(root) {
  for (const select of root.querySelectorAll(".select[open]")) {
    select.open = false;
  }
}

document.addEventListener("click", (event) => {
  for (const select of document.querySelectorAll("#messages .select[open]")) {
    if (!select.contains(event.target)) {
      select.open = false;
    }
  }
});
