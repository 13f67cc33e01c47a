// A forum: its posts as a list, the ones with the newest messages first.

import { byId, el, format } from "/static/dom.js";
import { orderedChannels, server, watch } from "/static/server.js";
import { isUnread } from "/static/unread.js";

let forum = null;

watch(draw);

/** Show the posts of a forum; null: none is open. */
export function showForum(id) {
  forum = id;
  byId("posts").hidden = forum === null;
  byId("scroll").hidden = forum !== null;
  byId("jump").hidden = forum !== null || byId("jump").hidden;
  draw();
}

function draw() {
  if (forum === null) {
    return;
  }
  const posts = orderedChannels().filter((each) => each.parent === forum);
  const items = posts.map((post) =>
    el(
      "li",
      {},
      el(
        isUnread(post) ? "a.post-card.unread" : "a.post-card",
        { href: `#${post.id}`, dataset: { channel: post.id } },
        el("strong", { dir: "auto" }, post.name),
        el("span.tags", {}, post.tags.map((tag) => el("span", { dir: "auto" }, tag))),
        el("span.dim", {}, `${count(post.messages)} · ${format(new Date(post.created_at), "R")}`),
      ),
    ),
  );
  const focused = byId("posts").contains(document.activeElement) && document.activeElement.dataset.channel;
  byId("posts").replaceChildren(...(items.length ? items : [el("li.dim", {}, `No posts in ${server.channels.get(forum)?.name} yet.`)]));
  focused && byId("posts").querySelector(`[data-channel="${focused}"]`)?.focus();
}

function count(messages) {
  return messages === 1 ? "1 message" : `${messages} messages`;
}
