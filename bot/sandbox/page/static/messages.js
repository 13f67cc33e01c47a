// The middle: a window of at most MAX_SHOWN messages that moves through the channel's history.
// So a channel with 10,000 messages costs no more than one with 200.

import { get, on } from "/static/api.js";
import { announce, byId, el, format, sameDay } from "/static/dom.js";
import { dress, makeItem, replaceItem } from "/static/message.js";
import { here, isNewer, server } from "/static/server.js";
import { lastRead, markRead } from "/static/unread.js";

const PAGE = 50;
const MAX_SHOWN = 150;
const NEAR = 800;
const AT_END = 60;
const GROUP_MINUTES = 7;

const scroll = byId("scroll");
const list = byId("messages");
const pending = byId("pending");

let channel = null;
let hasOlder = false;
let hasNewer = false;
let isLoading = false;
/** Messages that came while the newest ones of the channel are fetched; null at other times. */
let early = null;
let unseen = 0;
let visit = 0;
/** What must stay where it is: the end, or a message and its distance from the top. */
let anchor = { atEnd: true };

/** Show the newest messages of a channel. */
export async function showChannel(id) {
  visit += 1;
  const own = visit;
  const firstUnread = lastRead(id);
  channel = id;
  unseen = 0;
  isLoading = true;
  scroll.setAttribute("aria-busy", "true");
  early = [];
  list.replaceChildren();
  pending.replaceChildren();
  try {
    const found = await newest(id, own);
    own === visit && showNewest(found, firstUnread);
  } finally {
    own === visit && scroll.removeAttribute("aria-busy");
  }
}

function showNewest(found, firstUnread) {
  anchor = { atEnd: true };
  put(found.messages, "end");
  found.thinking.forEach(showThinking);
  setEnds(found.older, found.newer);
  markNew(firstUnread);
  restore();
  seen();
}

/** Return the newest messages of a channel, with those that come meanwhile. */
async function newest(id, own) {
  try {
    const found = await get(here(`/channels/${id}/messages`), { limit: PAGE });
    const ids = new Set(found.messages.map((each) => each.id));
    return { ...found, messages: [...found.messages, ...early.filter((each) => !ids.has(each.id))] };
  } finally {
    if (own === visit) {
      isLoading = false;
      early = null;
    }
  }
}

/** Show the newest messages, wherever the window is. */
export async function jumpToNewest() {
  if (hasNewer) {
    await showChannel(channel);
  } else {
    anchor = { atEnd: true };
    restore();
    seen();
  }
  list.lastElementChild?.querySelector("article")?.focus({ preventScroll: true });
}

function setEnds(older, newer) {
  hasOlder = older;
  hasNewer = newer;
  const beginning = byId("beginning");
  const name = server.channels.get(channel)?.name;
  beginning.hidden = older || isLoading;
  beginning.textContent = list.children.length ? `This is the beginning of ${name}.` : `No messages in ${name} yet.`;
}

async function more(side) {
  const own = visit;
  const edge = side === "start" ? list.firstElementChild : list.lastElementChild;
  isLoading = true;
  try {
    const query = { limit: PAGE, [side === "start" ? "before" : "after"]: edge.dataset.id };
    const found = await get(here(`/channels/${channel}/messages`), query);
    if (own === visit) {
      put(found.messages, side);
      side === "start" ? setEnds(found.older, hasNewer) : setEnds(hasOlder, found.newer);
    }
  } finally {
    isLoading = false;
  }
}

/** Add messages at one side, and take away as many as are too many at the other. */
function put(messages, side) {
  const items = messages.filter((each) => !itemOf(each.id)).map(makeItem);
  side === "start" ? list.prepend(...items) : list.append(...items);
  while (list.children.length > MAX_SHOWN) {
    const far = side === "start" ? list.lastElementChild : list.firstElementChild;
    far.remove();
    side === "start" ? (hasNewer = true) : (hasOlder = true);
  }
  arrange();
  restore();
  for (const item of items) {
    report(item);
  }
}

function report(item) {
  const detail = { channel, id: item.dataset.id };
  document.dispatchEvent(new CustomEvent("feed-relay:message", { detail }));
}

function itemOf(id) {
  return list.querySelector(`:scope > [data-id="${CSS.escape(id)}"]`);
}

/** Put a divider between days, and show the author once for messages in a row. */
function arrange() {
  let before = null;
  for (const item of list.children) {
    const article = item.querySelector("article");
    const when = new Date(article.dataset.time);
    const isNewDay = before === null || !sameDay(before.when, when);
    const day = item.querySelector(":scope > .day");
    if (isNewDay && !day) {
      item.prepend(el("div.day", { role: "separator" }, format(when, "D")));
    } else if (!isNewDay) {
      day?.remove();
    }
    const isPrivate = article.matches(".ephemeral");
    const isFollowing = !isNewDay && before.author === article.dataset.author && !article.querySelector(":scope > .reply");
    const isGrouped = isFollowing && !isPrivate && !before.isPrivate;
    article.classList.toggle("grouped", isGrouped && when - before.when < GROUP_MINUTES * 60000);
    before = { when, author: article.dataset.author, isPrivate };
  }
}

function markNew(read) {
  const first = read && [...list.children].find((item) => isNewer(item.dataset.id, read));
  if (first && first !== list.firstElementChild) {
    first.prepend(el("div.new", { role: "separator" }, "New"));
  }
}

function isAtEnd() {
  return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < AT_END;
}

/** Remember what the person looks at. */
function remember() {
  if (isAtEnd() && !hasNewer) {
    anchor = { atEnd: true };
    return;
  }
  const top = scroll.getBoundingClientRect().top;
  const item = [...list.children].find((each) => each.getBoundingClientRect().bottom > top);
  anchor = item ? { item, offset: item.getBoundingClientRect().top - top } : { atEnd: true };
}

/** Keep what the person looks at where it is, although something above it changed its size. */
function restore() {
  if (anchor.atEnd) {
    scroll.scrollTop = scroll.scrollHeight;
  } else if (anchor.item.isConnected) {
    const offset = anchor.item.getBoundingClientRect().top - scroll.getBoundingClientRect().top;
    scroll.scrollTop += offset - anchor.offset;
  }
}

function seen() {
  if (anchor.atEnd && document.visibilityState === "visible") {
    unseen = 0;
    markRead(channel);
  }
  drawJump();
}

function drawJump() {
  const jump = byId("jump");
  jump.hidden = anchor.atEnd && !hasNewer;
  jump.textContent = unseen ? `${unseen} new ${unseen === 1 ? "message" : "messages"}, jump to newest` : "Jump to newest";
}

let isScheduled = false;
scroll.addEventListener(
  "scroll",
  () => {
    if (!isScheduled) {
      isScheduled = true;
      requestAnimationFrame(onScroll);
    }
  },
  { passive: true },
);

function onScroll() {
  isScheduled = false;
  remember();
  seen();
  if (isLoading || !list.firstElementChild) {
    return;
  }
  if (hasOlder && scroll.scrollTop < NEAR) {
    more("start");
  } else if (hasNewer && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR) {
    more("end");
  }
}

const sizes = new ResizeObserver(restore);
sizes.observe(list);
sizes.observe(scroll);
byId("jump").addEventListener("click", jumpToNewest);
document.addEventListener("visibilitychange", seen);

on("message", ({ message }) => {
  if (message.channel !== channel || itemOf(message.id)) {
    return;
  }
  if (message.interaction) {
    pendingRow(message.interaction)?.remove();
  }
  if (early) {
    early.push(message);
    return;
  }
  follow(message.command);
  if (!anchor.atEnd || hasNewer) {
    unseen += 1;
  }
  if (!hasNewer) {
    put([message], "end");
    setEnds(hasOlder, hasNewer);
  }
  announce(itemOf(message.id)?.querySelector("article").ariaLabel ?? `${message.author.name}: ${message.text}`);
  seen();
});
on("message-edited", ({ message }) => {
  const item = message.channel === channel && itemOf(message.id);
  if (item) {
    replaceItem(item, message);
    arrange();
    restore();
    report(item);
  }
});
on("message-deleted", ({ channel: where, id }) => {
  const item = where === channel && itemOf(id);
  if (item) {
    const next = item.contains(document.activeElement) && (item.previousElementSibling ?? item.nextElementSibling);
    item.remove();
    next && next.querySelector("article").focus();
    arrange();
    restore();
  }
});
on("thinking", (event) => {
  if (event.channel === channel) {
    follow(event.command && event);
    showThinking(event);
  }
});
on("thinking-ended", (event) => {
  pendingRow(event.interaction)?.replaceWith(...(event.error ? [failedRow(event)] : []));
  restore();
});
document.addEventListener("feed-relay:answer", ({ detail }) => {
  if (!["command", "message-command"].includes(detail.kind)) {
    return;
  }
  pending.querySelectorAll(":has(> .failed)").forEach((old) => old.remove());
  if (detail.outcome === "failed" && detail.channel === channel) {
    pending.append(failedRow({ ...detail, user: server.viewer.user, ephemeral: true }));
    restore();
  }
});

function pendingRow(interaction) {
  return pending.querySelector(`[data-interaction="${interaction}"]`);
}

function showThinking(thinking) {
  if (!pendingRow(thinking.interaction)) {
    pending.append(thinkingRow(thinking));
    restore();
  }
}

/** Go to the end of the messages if the answer to the viewer's own command comes there. */
function follow(command) {
  if (command?.user.id === server.viewer.user.id && !hasNewer) {
    anchor = { atEnd: true };
  }
}

function thinkingRow(thinking) {
  const text = el("p", {}, "feed-relay is thinking", el("span.dots", { "aria-hidden": "true" }, "…"));
  return row(thinking, text);
}

/** Return what Discord shows where the bot's answer should be. */
function failedRow(failed) {
  const dismiss = el("button.dismiss", { type: "button", onclick: () => own.remove() }, "Dismiss message");
  const own = row(failed, el("p.failed", { role: "alert" }, failed.error), dismiss);
  return own;
}

function row({ interaction, user, command, ephemeral }, text, action = "") {
  return el(
    "div.thinking-row",
    { dataset: { interaction }, role: "status" },
    command ? el("p.reply", {}, `${user.name} used /${command}`) : "",
    text,
    ephemeral ? el("p.dim", {}, "Only you can see this ", action) : action,
  );
}

setInterval(() => list.childElementCount && dress(list), 60000);
