// Which channels have messages that the viewer has not seen, and how many of them are pings.

import { on } from "/static/api.js";
import { isNewer, server, viewerName, watch } from "/static/server.js";

const read = new Map();
const pings = new Map();
let reader = null;

watch(() => {
  if (reader !== viewerName()) {
    reader = viewerName();
    read.clear();
    pings.clear();
    server.channels.forEach((channel) => markRead(channel.id));
  }
});
on("message", ({ message }) => {
  if (message.pings_me) {
    pings.set(message.channel, (pings.get(message.channel) ?? 0) + 1);
  }
});

/** Return the newest message that the viewer has seen; null: none of them. */
export function lastRead(id) {
  return read.get(id) ?? null;
}

/** Return whether a channel has something new. */
export function isUnread(channel) {
  return isNewer(channel.last_message, lastRead(channel.id));
}

/** Return how many pings the viewer has not seen. */
export function pingsIn(id) {
  return pings.get(id) ?? 0;
}

/** Note that the viewer has seen all messages of a channel. */
export function markRead(id) {
  read.set(id, server.channels.get(id)?.last_message ?? null);
  pings.delete(id);
}
