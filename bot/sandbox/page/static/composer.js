// The field below the messages: sends texts, and completes the names of slash commands.

import { sendFiles } from "/static/api.js";
import { byId, el, say } from "/static/dom.js";
import { closeCommand, commandOpen, fillCommand, openCommand, submitCommand } from "/static/command.js";
import { attach, takeFiles } from "/static/files.js";
import { hideSuggestions, steer, suggest } from "/static/options.js";
import { here, server, watch } from "/static/server.js";

const MAX_SUGGESTIONS = 25;
const field = byId("compose");
const form = byId("composer");
let channel = null;
let known = server.commands;

watch(draw);

/** Write to this channel from now on. What is typed stays if it is the same one. */
export function composeIn(id) {
  if (id !== channel) {
    channel = id;
    field.value = "";
    takeFiles();
    closeCommand();
    hideSuggestions();
    complain("");
  }
  draw();
}

/** Write a text or a command such as "/search query:tulips" into the field, ready to send. */
export function prefill(text) {
  closeCommand();
  field.value = text;
  const found = commandIn(text);
  found ? startCommand(found.command, found.rest) : field.focus();
  grow();
}

function draw() {
  const open = server.channels.get(channel);
  if (!open) {
    return;
  }
  form.hidden = open.kind === "forum";
  field.disabled = byId("attach").disabled = !open.can_send;
  field.placeholder = open.can_send ? `Message #${open.name}, or / for commands` : "You can't write in this channel";
  field.setAttribute("aria-label", field.placeholder);
  if (server.commands !== known) {
    known = server.commands;
    document.activeElement === field && complete();
  }
}

function commands() {
  return server.commands.filter((each) => each.type === "chat");
}

/** Return the command that a text starts with, and the rest of the text. */
function commandIn(text) {
  const found = commands()
    .filter((each) => `${text} `.startsWith(`/${each.name} `))
    .sort((one, two) => two.name.length - one.name.length)[0];
  return found && { command: found, rest: text.slice(found.name.length + 2) };
}

function complete() {
  const text = field.value;
  if (!text.startsWith("/")) {
    hideSuggestions();
    return;
  }
  const wanted = text.slice(1).toLowerCase().trimStart();
  const matching = commands().filter((each) => each.name.startsWith(wanted) || each.name.includes(` ${wanted}`));
  const exact = text.endsWith(" ") && commandIn(text.trimEnd());
  if (exact && !matching.some((each) => each.name !== exact.command.name)) {
    startCommand(exact.command, "");
    return;
  }
  const suggestions = matching.slice(0, MAX_SUGGESTIONS).map((each) => ({
    label: `/${each.name}`,
    detail: each.description,
    choose: () => startCommand(each, ""),
  }));
  suggest(field, suggestions);
}

function startCommand(command, rest) {
  hideSuggestions();
  complain("");
  field.hidden = true;
  openCommand(command, channel, { leave, complain });
  fillCommand(rest);
}

/** Go back to the plain field. */
function leave(text = "") {
  closeCommand();
  hideSuggestions();
  field.hidden = false;
  field.value = text;
  grow();
  field.focus();
}

/** Show what is wrong; "" takes it away. */
function complain(text) {
  byId("composer-error").textContent = text;
}

function grow() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

async function write() {
  const text = field.value.trim();
  const found = text.startsWith("/") && commandIn(text);
  if (found) {
    startCommand(found.command, found.rest);
    submitCommand();
  } else if (text.startsWith("/")) {
    complain(`There is no command ${text.split(" ")[0]} for you here. Type / to see the commands.`);
  } else {
    await post(text, takeFiles());
  }
}

async function post(text, files) {
  if (!text && !files.length) {
    return;
  }
  const own = channel;
  field.value = "";
  grow();
  try {
    await sendFiles(here(`/channels/${own}/messages`), { content: text }, files);
  } catch (error) {
    if (own === channel && !field.value) {
      field.value = text;
      attach(files);
      grow();
    }
    say(error.message, { error: true });
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  complain("");
  commandOpen() ? submitCommand() : write();
});
field.addEventListener("input", () => {
  complain("");
  grow();
  complete();
});
field.addEventListener("blur", hideSuggestions);
field.addEventListener("paste", ({ clipboardData }) => clipboardData.files.length && attach([...clipboardData.files]));
field.addEventListener("keydown", (event) => {
  if (event.isComposing) {
    return;
  }
  if (steer(event.key)) {
    event.preventDefault();
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "ArrowUp" && field.value === "") {
    event.preventDefault();
    byId("messages").lastElementChild?.querySelector("article").focus();
  }
});
