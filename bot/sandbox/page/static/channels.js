// The left column: the server's channels with unread marks, and whose eyes the page borrows.

import { byId, el } from "/static/dom.js";
import { become, orderedChannels, server, viewerName, watch } from "/static/server.js";
import { isUnread, pingsIn } from "/static/unread.js";

const MAX_THREADS = 8;
const KINDS = {
  text: "Text channel",
  announcement: "Announcement channel",
  forum: "Forum",
  voice: "Voice channel",
  direct: "Direct message",
  thread: "Thread",
  "announcement thread": "Thread",
  "private thread": "Private thread",
};

let current = "";

watch(drawChannels);
watch(drawViewer);
byId("viewer").addEventListener("change", (event) => become(event.target.value));

/** Return the name of a kind for people. */
export function kindOf(channel) {
  return channel.private ? `Private ${KINDS[channel.kind].toLowerCase()}` : KINDS[channel.kind];
}

/** Return the class of a channel's icon. */
export function iconOf(channel) {
  const shape = channel.kind.includes("thread") ? "thread" : channel.kind;
  return `icon-${channel.private && shape === "text" ? "private" : shape}`;
}

/** Mark the open channel. */
export function markCurrent(id) {
  current = id;
  drawChannels();
}

/** Draw the list; links that are still there stay in the document, so that they keep the focus. */
export function drawChannels() {
  byId("server-name").textContent = server.name;
  const list = byId("channel-list");
  const links = new Map([...list.querySelectorAll("a")].map((link) => [link.dataset.channel, link]));
  const items = shown().map((channel) => item(channel, links.get(channel.id)?.parentElement));
  if (items.length !== list.children.length || items.some((each, index) => each !== list.children[index])) {
    const focused = document.activeElement;
    list.replaceChildren(...items);
    if (list.contains(focused)) {
      focused.focus();
    }
  }
}

/** Return the channels, of threads only the newest ones and those with something new. */
function shown() {
  const count = new Map();
  return orderedChannels().filter((channel) => {
    const number = (count.get(channel.parent) ?? 0) + 1;
    count.set(channel.parent, number);
    return !channel.parent || number <= MAX_THREADS || channel.id === current;
  });
}

function item(channel, kept) {
  const found = kept ?? el("li", {}, el("a", { href: `#${channel.id}`, dataset: { channel: channel.id } }));
  const link = found.firstElementChild;
  const unread = isUnread(channel) && channel.id !== current;
  const pings = channel.id === current ? 0 : pingsIn(channel.id);
  const state = [channel.name, kindOf(channel), pings ? `${pings} pings` : unread ? "unread" : ""].join("|");
  found.classList.toggle("inner", channel.parent !== null);
  link.classList.toggle("unread", unread);
  link.toggleAttribute("aria-current", false);
  if (channel.id === current) {
    link.setAttribute("aria-current", "page");
  }
  if (link.dataset.state !== state) {
    link.dataset.state = state;
    link.dataset.name = `#${channel.name}`;
    link.title = kindOf(channel);
    link.replaceChildren(
      el(`span.icon.${iconOf(channel)}`),
      el("span.name", { dir: "auto" }, channel.name),
      el("span.visually-hidden", {}, `, ${kindOf(channel)}${unread ? ", unread" : ""}`),
      pings ? el("span.pings", {}, String(pings), el("span.visually-hidden", {}, " pings")) : "",
    );
  }
  return found;
}

function drawViewer() {
  const select = byId("viewer");
  const names = server.viewers.map((each) => each.name).join();
  if (select.dataset.names !== names) {
    select.dataset.names = names;
    select.replaceChildren(...server.viewers.map((each) => el("option", { value: each.name }, each.label)));
  }
  select.value = viewerName();
  byId("viewer-about").textContent = server.viewer.about;
  document.querySelector("#me .avatar").textContent = server.viewer.user.name.slice(0, 1);
}
