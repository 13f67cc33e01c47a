// What the viewer knows of the server: channels, members, roles, commands. Views redraw when it changes.

import { connect, get, on, sendFiles } from "/static/api.js";

const VIEWER_KEY = "feed-relay-viewer";
const watchers = new Set();

export const server = {
  name: "",
  viewer: null,
  viewers: [],
  channels: new Map(),
  roles: [],
  members: [],
  commands: [],
};

/** Call `draw` after each change of the server. */
export function watch(draw) {
  watchers.add(draw);
}

function changed() {
  if (!server.viewer) {
    return; // nothing is known yet
  }
  for (const draw of watchers) {
    draw();
  }
}

/** Return the name of the viewer whose eyes the page borrows. */
export function viewerName() {
  return sessionStorage.getItem(VIEWER_KEY) ?? "admin";
}

/** See the server as somebody else. */
export function become(name) {
  if (name !== viewerName()) {
    sessionStorage.setItem(VIEWER_KEY, name);
    connect(name);
  }
}

/** Return a path of the API as the viewer. */
export function here(path) {
  return `/api/as/${viewerName()}${path}`;
}

let reading = 0;
const early = [];

/** Read everything anew. What changes meanwhile is changed afterwards: the answer may be older. */
export async function refresh() {
  reading += 1;
  try {
    take(await get(here("/server")));
  } finally {
    reading -= 1;
  }
  if (!reading) {
    early.splice(0).forEach((make) => make());
  }
  changed();
}

function take(found) {
  Object.assign(server, {
    name: found.server.name,
    viewer: found.viewer,
    viewers: found.viewers,
    channels: new Map(found.channels.map((channel) => [channel.id, channel])),
    roles: found.roles,
    members: found.members,
    commands: found.commands,
  });
}

function change(make) {
  if (reading) {
    early.push(make);
  } else {
    make();
    changed();
  }
}

/** Use a command, a button, a menu or a form, and return what the bot answered first. */
export async function interact(body, files = []) {
  const answer = await sendFiles(here("/interactions"), body, files);
  document.dispatchEvent(new CustomEvent("feed-relay:answer", { detail: { ...body, ...answer } }));
  return answer;
}

/** Return whether an id is newer; ids are numbers that don't fit into JavaScript's. */
export function isNewer(id, other) {
  return id !== null && (other === null || id.length > other.length || (id.length === other.length && id > other));
}

/** Return the channels in order, each followed by its threads with the newest first. */
export function orderedChannels() {
  const all = [...server.channels.values()];
  const threads = Map.groupBy(all.filter((each) => each.parent), (each) => each.parent);
  const newestFirst = (one, two) => (isNewer(activity(one), activity(two)) ? -1 : 1);
  return all
    .filter((each) => !each.parent)
    .flatMap((each) => [each, ...(threads.get(each.id) ?? []).sort(newestFirst)]);
}

function activity(channel) {
  return channel.last_message ?? channel.id;
}

on("channel", ({ channel }) => change(() => server.channels.set(channel.id, channel)));
on("channel-gone", ({ id }) => change(() => server.channels.delete(id)));
on("message", ({ message }) => message.ephemeral || change(() => count(message)));
on("server-changed", refresh);
on("commands-changed", async () => {
  const { commands } = await get(here("/commands"));
  change(() => Object.assign(server, { commands }));
});

function count(message) {
  const channel = server.channels.get(message.channel);
  if (channel && isNewer(message.id, channel.last_message)) {
    channel.last_message = message.id;
    channel.messages += 1;
  }
}
