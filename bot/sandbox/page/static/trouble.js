// The buttons that break something, each with what should happen, and what is broken now.

import { get, on, send } from "/static/api.js";
import { byId, el, say } from "/static/dom.js";

const section = document.getElementById("trouble");
const GROUPS = { blog: "A blog", discord: "Discord", bot: "The bot" };

const troubles = new Map();
const rows = new Map();
const blog = el("select", { id: "trouble-blog" });

function row(trouble) {
  const about = el("p", { class: "dim", id: `trouble-${trouble.id}` }, trouble.expect);
  const status = el("p", { class: "status", role: "status" });
  const button = el("button.secondary", { type: "button", "aria-describedby": about.id, dataset: { trouble: trouble.id } });
  button.addEventListener("click", () => press(trouble.id, button));
  return { box: el("li", {}, button, about, status), button, status };
}

function show(trouble) {
  troubles.set(trouble.id, trouble);
  const { box, button, status } = rows.get(trouble.id);
  const stops = trouble.active && trouble.undo;
  button.textContent = stops ? trouble.undo : trouble.label;
  button.disabled = trouble.active && !trouble.undo;
  box.classList.toggle("active", trouble.active);
  const words = trouble.active ? now(trouble) : "";
  if (status.textContent !== words) status.textContent = words;
}

function now(trouble) {
  const title = [...blog.options].find((option) => option.value === trouble.blog)?.text;
  const where = title ? ` for ${title}` : "";
  const seconds = trouble.ends_at ? Math.max(0, Math.ceil((new Date(trouble.ends_at) - Date.now()) / 1000)) : 0;
  return seconds ? `Now${where}, for ${seconds} s.` : `Now${where}.`;
}

async function press(id, button) {
  const { active, undo, of } = troubles.get(id);
  button.disabled = true;
  try {
    const body = of === "blog" ? { blog: blog.value } : {};
    const answer = active && undo ? await send("DELETE", `/api/troubles/${id}`) : await send("POST", `/api/troubles/${id}`, body);
    if (answer?.trouble) show(answer.trouble);
    document.dispatchEvent(new CustomEvent("feed-relay:trouble", { detail: { id, active: !active } }));
  } catch (error) {
    say(error.message, { error: true });
  } finally {
    button.disabled = false;
    show(troubles.get(id));
  }
}

async function load() {
  const { troubles: found } = await get("/api/troubles");
  if (!rows.size) build(found);
  found.forEach(show);
}

function build(found) {
  for (const [group, label] of Object.entries(GROUPS)) {
    const members = found.filter((trouble) => trouble.group === group);
    members.forEach((trouble) => rows.set(trouble.id, row(trouble)));
    const choice = group === "blog" ? [el("label.field", {}, el("span", {}, "Which blog"), blog)] : [];
    const list = el("ul", { "aria-label": label }, ...members.map((trouble) => rows.get(trouble.id).box));
    if (members.length) section.append(el("h3", {}, label), ...choice, list);
  }
}

async function start() {
  const { blogs } = await get("/api/blogs");
  blog.replaceChildren(...blogs.map((one) => el("option", { value: one.name, lang: one.language }, one.title)));
  await load();
}

section.append(el("h2", {}, "Trouble"), el("p", { class: "dim" }, "Break something, and watch the bot cope."));
byId("to-trouble").addEventListener("click", () => {
  section.scrollIntoView();
  blog.focus({ preventScroll: true });
});
on("trouble", ({ trouble }) => rows.has(trouble.id) && show(trouble));
on("hello", () => ready.then(() => (rows.size ? load() : start())));
setInterval(() => troubles.forEach((trouble) => trouble.active && trouble.ends_at && show(trouble)), 1000);
export const ready = start().catch((error) => say(error.message, { error: true }));
