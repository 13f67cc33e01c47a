// The strip on top: what the relay does, in numbers and as a plot of the last five minutes.

import { on } from "/static/api.js";
import { byId, el } from "/static/dom.js";

const NUMBERS = {
  polls: "Feeds that were asked for news",
  new: "New posts found",
  waiting: "Posts that wait to be sent",
  held: "Posts that wait for an admin's decision",
  sent: "Messages sent",
  retried: "Sends that were tried again",
};
const SECONDS = 300;
const BIN = 10;
const HEIGHT = 40;
const SVG = "http://www.w3.org/2000/svg";

let samples = [];
let isDrawn = true;

for (const [name, title] of Object.entries(NUMBERS)) {
  byId("numbers").append(el("div", { title }, el("dt", {}, name), el("dd", { dataset: { number: name } }, "–")));
}
on("hello", ({ relay }) => show(relay?.history ?? []));
on("relay", ({ sample }) => show([...samples, sample]));
on("bot", showBot);
on("hello", ({ bot }) => bot && showBot(bot));
on("connection", (state) => state === "lost" && showState("The demo doesn't answer", "down"));

function show(found) {
  samples = found.slice(-SECONDS);
  const last = samples.at(-1);
  for (const number of document.querySelectorAll("#numbers dd")) {
    number.textContent = last ? last[number.dataset.number].toLocaleString() : "–";
  }
  if (isDrawn) {
    isDrawn = false;
    requestAnimationFrame(draw);
  }
}

function draw() {
  isDrawn = true;
  const now = samples.length ? Date.parse(samples.at(-1).at) : 0;
  const bins = Array.from({ length: SECONDS / BIN }, () => ({ sent: 0, waiting: 0 }));
  samples.forEach((sample, index) => {
    const bin = bins[Math.floor((SECONDS - 1 - (now - Date.parse(sample.at)) / 1000) / BIN)];
    if (bin) {
      bin.sent += index ? Math.max(sample.sent - samples[index - 1].sent, 0) : 0;
      bin.waiting = Math.max(bin.waiting, sample.waiting + sample.held);
    }
  });
  const most = Math.max(4, ...bins.map((bin) => Math.max(bin.sent, bin.waiting)));
  const plot = byId("plot");
  plot.replaceChildren(...bins.map((bin, index) => bar(index, (bin.sent / most) * HEIGHT)), line(bins, most));
  const sent = bins.reduce((sum, bin) => sum + bin.sent, 0);
  plot.setAttribute("aria-label", `In the last five minutes ${sent} messages were sent`);
}

function bar(index, height) {
  return shape("rect", { x: index * BIN + 1, y: HEIGHT - height, width: BIN - 2, height, class: "sent" });
}

function line(bins, most) {
  const points = bins.map((bin, index) => `${index * BIN + BIN / 2},${HEIGHT - 1 - (bin.waiting / most) * (HEIGHT - 2)}`);
  return shape("polyline", { points: points.join(" "), class: "waiting" });
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) {
    made.setAttribute(attribute, value);
  }
  return made;
}

function showBot({ running, connected }) {
  if (!running) {
    showState("The bot is not running", "down");
  } else if (connected) {
    showState("The bot is online", "up");
  } else {
    showState("The bot is connecting", "connecting");
  }
}

function showState(words, state) {
  byId("bot-state").textContent = words;
  byId("bot-state").dataset.state = state;
}
