// The menu of one message: the bot's message commands, and what can be done with any message.

import { send } from "/static/api.js";
import { byId, el, say } from "/static/dom.js";
import { showModal } from "/static/modal.js";
import { here, interact, server } from "/static/server.js";

const menu = el("div.menu", { id: "menu", role: "menu", "aria-label": "Message", hidden: true });
byId("room").append(menu);
let opener = null;

/** Open the menu beside a button, or where the pointer is. */
export function openMenu(message, button, point = null) {
  opener = button ?? document.activeElement;
  menu.replaceChildren(...entries(message));
  menu.hidden = false;
  const from = point ?? button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(4, Math.min(point ? from.x : from.right - width, innerWidth - width - 4))}px`;
  menu.style.top = `${Math.max(4, Math.min(point ? from.y : from.bottom, innerHeight - height - 4))}px`;
  menu.firstElementChild.focus();
}

function entries(message) {
  const mayDelete = message.author.id === server.viewer.user.id || ["admin", "moderator"].includes(server.viewer.name);
  const commands = message.ephemeral ? [] : server.commands.filter((each) => each.type === "message");
  return [
    ...commands.map((command) => entry(command.name, () => use(command, message), "app")),
    entry("Copy text", () => copy(message)),
    mayDelete || message.ephemeral ? entry("Delete message", () => remove(message), "danger") : null,
  ].filter(Boolean);
}

function entry(label, act, kind = "plain") {
  const mark = kind === "app" ? el("span.app-mark", {}, "App") : "";
  return el(`button.${kind}`, { type: "button", role: "menuitem", tabindex: "-1", onclick: () => run(act) }, label, mark);
}

async function run(act) {
  close();
  try {
    await act();
  } catch (error) {
    say(error.message, { error: true });
  }
}

async function use(command, message) {
  const body = { kind: "message-command", channel: message.channel, message: message.id, command: command.name };
  const answer = await interact(body);
  if (answer.outcome === "modal") {
    showModal(answer);
  }
}

async function copy(message) {
  await navigator.clipboard.writeText(message.text);
  say("Copied.");
}

async function remove(message) {
  await send("DELETE", here(`/channels/${message.channel}/messages/${message.id}`));
}

function close() {
  menu.hidden = true;
  opener?.focus({ preventScroll: true });
}

menu.addEventListener("keydown", (event) => {
  const items = [...menu.children];
  const index = items.indexOf(document.activeElement);
  const target = {
    ArrowDown: items[(index + 1) % items.length],
    ArrowUp: items.at(index - 1),
    Home: items[0],
    End: items.at(-1),
  }[event.key];
  if (target) {
    event.preventDefault();
    target.focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    close();
  }
});
document.addEventListener("pointerdown", (event) => {
  if (!menu.hidden && !menu.contains(event.target)) {
    menu.hidden = true;
  }
});
