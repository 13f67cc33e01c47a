// What other parts of the page may ask for: open a channel, write into the field, open a drawer, switch the viewer.

import { markCurrent, iconOf } from "/static/channels.js";
import { composeIn, prefill } from "/static/composer.js";
import { byId } from "/static/dom.js";
import { showForum } from "/static/forum.js";
import { showChannel } from "/static/messages.js";
import { become, orderedChannels, server, viewerName, watch } from "/static/server.js";

export { prefill, become as setViewer, viewerName as viewer };

let current = null;

/** Return the open channel. */
export function currentChannel() {
  return server.channels.get(current) ?? null;
}

/** Return the channel with this name; undefined without one. */
export function channelNamed(name) {
  return orderedChannels().find((each) => each.name === name.replace(/^#/, ""));
}

/** Open a channel, a forum or a thread at once. One that is open keeps its draft. */
export function openChannel(id) {
  if (id !== current) {
    history.pushState(null, "", `#${id}`);
    show(id);
  }
  closeDrawers();
}

/** Open the channel of the address, else the one that is open, else the first. */
export function openFirst() {
  const wanted = [location.hash.slice(1), current].find((id) => server.channels.has(id));
  const first = wanted ?? orderedChannels()[0]?.id;
  if (first) {
    current = null;
    history.replaceState(null, "", `#${first}`);
    show(first);
  }
}

function show(id) {
  const channel = server.channels.get(id);
  if (!channel) {
    return;
  }
  current = id;
  const isForum = channel.kind === "forum";
  showForum(isForum ? id : null);
  if (!isForum) {
    showChannel(id);
  }
  composeIn(id);
  markCurrent(id);
  drawHead();
  closeDrawers();
  document.dispatchEvent(new CustomEvent("feed-relay:channel", { detail: channel }));
}

function drawHead() {
  const channel = currentChannel();
  if (!channel) {
    return;
  }
  byId("room-name").className = iconOf(channel);
  byId("room-name").textContent = channel.name;
  byId("room-topic").textContent = channel.topic;
  byId("scroll").setAttribute("aria-label", `Messages in ${channel.name}`);
  document.title = `#${channel.name} · ${server.name} · feed-relay demo`;
}

watch(() => {
  drawHead();
  if (current && !server.channels.has(current)) {
    openFirst();
  }
});
addEventListener("hashchange", () => show(location.hash.slice(1)));
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-channel]");
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    openChannel(link.dataset.channel);
  }
});

const DRAWERS = { channels: "open-channels", side: "open-side" };

/** Open the drawer with the blogs; on a wide screen it is always open. */
export function openSide() {
  openDrawer("side");
}

function openDrawer(name) {
  closeDrawers();
  if (!byId(DRAWERS[name]).checkVisibility()) {
    return; // wide enough for the column
  }
  document.body.dataset.drawer = name;
  byId(DRAWERS[name]).setAttribute("aria-expanded", "true");
  byId("backdrop").hidden = false;
  byId(name).querySelector("a, button, select, input")?.focus();
}

function closeDrawers() {
  const open = document.body.dataset.drawer;
  if (open) {
    delete document.body.dataset.drawer;
    byId(DRAWERS[open]).setAttribute("aria-expanded", "false");
    byId("backdrop").hidden = true;
  }
}

for (const [name, button] of Object.entries(DRAWERS)) {
  byId(button).addEventListener("click", () => openDrawer(name));
}
byId("close-side").addEventListener("click", () => {
  closeDrawers();
  byId("open-side").focus();
});
byId("backdrop").addEventListener("click", closeDrawers);
document.addEventListener("feed-relay:published", ({ detail }) => {
  if (document.body.dataset.drawer && !detail.edited) {
    closeDrawers(); // it hides the channel in which the post arrives
    byId("open-side").focus();
  }
});
addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.body.dataset.drawer;
  if (open) {
    closeDrawers();
    byId(DRAWERS[open]).focus();
  }
});
