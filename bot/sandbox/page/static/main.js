// Starts the page: connects, reads the server, opens a channel.

import { ApiError, connect, on } from "/static/api.js";
import { byId, el, say } from "/static/dom.js";
import { refresh, viewerName } from "/static/server.js";
import { openFirst } from "/static/shell.js";
import "/static/strip.js";

let isLost = false;

on("hello", async () => {
  try {
    await refresh();
    openFirst();
    document.body.dataset.state = "ready";
  } catch (error) {
    showProblem(error.message);
  }
});
on("connection", (state) => {
  if (state === "lost" && !isLost) {
    say("The connection to the demo was lost. Connecting again…", { error: true });
  } else if (state === "open" && isLost) {
    say("Connected again.");
  }
  isLost = state === "lost";
});
addEventListener("unhandledrejection", (event) => {
  if (event.reason instanceof ApiError) {
    event.preventDefault();
    say(event.reason.message, { error: true });
  }
});
on("refused", () => showProblem("Open the page with the address that the demo printed."));

/** Show a sentence instead of the page. */
function showProblem(text) {
  document.body.dataset.state = "failed";
  byId("scroll").replaceChildren(el("p.problem", { role: "alert" }, text));
}

connect(viewerName());
