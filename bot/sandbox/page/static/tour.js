// The guided tour: what to do next, in a panel beside the page. A step is over when the person has done it.

import { send, get } from "/static/api.js";
import { blogNamed, chooseBlog, fill, ready as blogsReady, save } from "/static/blogs.js";
import { submitCommand } from "/static/command.js";
import { el, say } from "/static/dom.js";
import { press as pressControl } from "/static/message.js";
import { examples } from "/static/post-kinds.js";
import { isNewer, server } from "/static/server.js";
import { channelNamed, openChannel, openSide, prefill, setViewer } from "/static/shell.js";
import { ready as troubleReady } from "/static/trouble.js";

const CHANNEL = "paper-boats";
const BLOG = "paper-boats";
const TAG = "paper";
const OUTAGE = "discord-outage";
const KEY = "feed-relay.tour";
const DO_IT = "Do it for me";
const SECOND = { title: "A boat that waited", text: "It left during the storm, and it arrived after it.", tags: [TAG] };

const title = () => examples.text.title;

// --- what a step waits for: each returns what stops the waiting -------------------------------------------------------

// Wait for a message with these words that is newer than the step: an earlier tour left others.
const shown = (words) => (next) => {
  let since;
  const isIt = (one) => isNewer(one.dataset.message, since) && one.textContent.match(words());
  const look = () => {
    if (!isLoaded()) return;
    if (since === undefined) since = newestMessage();
    if (articles().some(isIt)) next();
  };
  const observer = new MutationObserver(look);
  observer.observe(room, { attributes: true, childList: true, subtree: true, characterData: true });
  look();
  return () => observer.disconnect();
};

const room = document.getElementById("scroll");
const articles = () => [...room.querySelectorAll("article")];
const isLoaded = () => room.ariaBusy !== "true";

function newestMessage() {
  const ids = [channelNamed(CHANNEL)?.last_message ?? null, ...articles().map((one) => one.dataset.message)];
  return ids.reduce((newest, id) => (isNewer(id, newest) ? id : newest), null);
}

const answered = (command) => shown(() => `used /${command}`);

// Posts also wait for a moment on their way, so only those during the outage count.
const waiting = (next) => {
  const number = document.querySelector("#strip [data-number=waiting]");
  const isOut = () => document.querySelector(`.active [data-trouble="${OUTAGE}"]`) !== null;
  const look = () => isOut() && Number.parseInt(number.textContent, 10) > 0 && next();
  const observer = new MutationObserver(look);
  observer.observe(number, { childList: true, subtree: true, characterData: true });
  look();
  return () => observer.disconnect();
};

// --- what a step does for the person: each returns whether it was done, and its end is the end of the step ---------------

const isOnline = () => document.getElementById("bot-state").dataset.state === "up";
const isRegistered = (command) => server.commands.some((each) => command.startsWith(`/${each.name} `));

// Use a command, and press a button of the answer. Do it again if the bot is restarted before the step is over.
async function use(command, button, signal) {
  const isReady = () => channelNamed(CHANNEL) && isOnline() && isRegistered(command);
  while (await until(isReady, signal)) {
    const interaction = await sendCommand(command);
    if (interaction === null) return false;
    if (interaction && button && !(await press(interaction, button, signal))) return false;
    if (interaction) await until(() => !isOnline(), signal);
  }
  return true;
}

// Return the interaction; "" if the bot is too busy or gone; null if the page refused the command.
async function sendCommand(command) {
  here();
  prefill(command);
  const answer = await submitCommand();
  return answer?.outcome === "failed" ? "" : (answer?.interaction ?? null);
}

// Press a button below an answer, and again while a busy bot does not notice. Stop when the bot is gone.
// Return false if the bot is there, but the button could not be pressed.
async function press(interaction, label, signal) {
  const buttons = () => [...document.querySelectorAll(`#messages [data-interaction="${interaction}"] button`)];
  const find = () => buttons().find((one) => one.textContent.trim() === label);
  let answer = null;
  do {
    const found = await until(() => (isOnline() ? find() : "gone"), signal);
    answer = found instanceof Element ? await pressControl(found) : null;
  } while (answer?.outcome === "failed");
  return answer !== null || !isOnline();
}

function here() {
  const channel = channelNamed(CHANNEL);
  if (channel) openChannel(channel.id);
}

// Return what `find` finds, as soon as the page shows it; null once the step is left.
function until(find, signal) {
  return new Promise((resolve) => {
    const look = () => {
      const found = signal.aborted ? null : find();
      if (found || signal.aborted) finish(found);
    };
    const observer = new MutationObserver(look);
    const finish = (found) => {
      observer.disconnect();
      resolve(found);
    };
    signal.addEventListener("abort", look);
    observer.observe(document.body, { childList: true, subtree: true, attributes: true, characterData: true });
    look();
  });
}

function write(draft) {
  openSide();
  chooseBlog(BLOG);
  fill({ kind: "text", ...draft });
}

// Publish a post, unless the person has already done it in this step, and wait until the step is over.
async function publish(draft, signal) {
  if (!published.has(draft.title)) {
    write(draft);
    if (!(await save())) return false;
  }
  await until(() => null, signal);
  return true;
}

const isBroken = async () => (await get("/api/troubles")).troubles.find((one) => one.id === OUTAGE)?.active;

// --- the steps ----------------------------------------------------------------------------------------------------------

const STEPS = [
  {
    title: "Try everything in two minutes",
    text: "This is a server with a real bot in it. Blogs are on the right. Nothing leaves your machine, so press anything.",
    action: "Start the tour",
    begin() {},
    act() {},
  },
  {
    title: "Follow a blog",
    text: () => ["In ", el("b", {}, `#${CHANNEL}`), ", type ", el("kbd", {}, `/feed add url:${address()}`), " and press Enter. Then press ", el("b", {}, "Subscribe"), " below the answer."],
    target: "#compose",
    begin: here,
    done: shown(() => /(now|already) follows/),
    act: (signal) => use(`/feed add url:${address()}`, "Subscribe", signal),
  },
  {
    title: "Choose a tag",
    text: () => ["The channel gets every post now. Narrow it to one tag: ", el("kbd", {}, `/follow add tag:${TAG}`)],
    target: "#compose",
    begin: here,
    done: answered("follow add"),
    act: (signal) => use(`/follow add tag:${TAG}`, "", signal),
  },
  {
    title: "Publish a post",
    text: () => ["The form on the right has a post for Paper Boats, tagged ", el("b", {}, TAG), ". Change what you like except the title, press ", el("b", {}, "Publish"), ", and watch it arrive."],
    target: "#post-form",
    begin() {
      here();
      write(examples.text);
    },
    done: shown(title),
    act: (signal) => publish(examples.text, signal),
  },
  {
    title: "Find it again",
    text: () => ["Members can search everything, also the year before the bot came: ", el("kbd", {}, "/search query:paper boat")],
    target: "#compose",
    begin: here,
    done: answered("search"),
    act: (signal) => use("/search query:paper boat", "", signal),
  },
  {
    title: "Ask why",
    text: () => ["Ask why the post is here, and which part of the rule decided: ", el("kbd", {}, `/why link:${title()}`)],
    target: "#compose",
    begin: here,
    done: answered("why"),
    act: (signal) => use(`/why link:${title()}`, "", signal),
  },
  {
    title: "Break something",
    text: () => ["Under Trouble, press ", el("b", {}, "Discord is down"), ", then ", el("b", {}, "Publish"), " the post in the form above. It can't be sent: the numbers on top count it as waiting."],
    target: `[data-trouble="${OUTAGE}"]`,
    begin() {
      here();
      write(SECOND);
    },
    done: waiting,
    async act(signal) {
      if (!(await isBroken())) await send("POST", `/api/troubles/${OUTAGE}`, {});
      return publish(SECOND, signal);
    },
  },
  {
    title: "Watch it heal",
    text: "End the outage with the same button. The post arrives, once.",
    target: `[data-trouble="${OUTAGE}"]`,
    begin: openSide,
    done: shown(() => SECOND.title),
    async act(signal) {
      if (await isBroken()) await send("DELETE", `/api/troubles/${OUTAGE}`);
      here();
      await until(() => null, signal);
    },
  },
  {
    title: "That was the tour",
    text: "Go on as you like: hold a flood, switch to a newcomer, kill the bot. The README says how to run your own.",
    action: "Close",
    begin() {},
    act: () => close(),
  },
];

function address() {
  return blogNamed(BLOG)?.url ?? "";
}

// --- the panel ------------------------------------------------------------------------------------------------------------

const place = document.getElementById("tour");
const heading = el("h2", {});
const words = el("p", {});
const progress = el("p", { class: "dim" });
const doIt = el("button.primary", { type: "button", onclick: act });
const skip = el("button.quiet", { type: "button", onclick: () => go(current + 1) }, "Skip");
const end = el("button.quiet", { type: "button", "aria-label": "End the tour", onclick: close }, "✕");
const panel = el(
  "section",
  { class: "tour", "aria-label": "Guided tour" },
  el("div", { "aria-live": "polite" }, progress, heading, words),
  el("div", { class: "actions" }, doIt, skip),
  end,
);
const again = el("button.quiet", { type: "button", id: "start-tour", onclick: () => open(true) }, "Tour");

let current = 0;
let wasAsked = false; // by the button, which then gets the focus back from whatever it used
let left = new AbortController(); // aborted when the person leaves the step
let stop = () => {};
const published = new Set(); // the titles of the posts that were published in this step

function leave() {
  stop();
  left.abort();
  left = new AbortController();
}

function go(number) {
  leave();
  mark(null);
  if (number >= STEPS.length) return close();
  current = number;
  published.clear();
  const step = STEPS[number];
  panel.dataset.step = number;
  progress.textContent = number && number < STEPS.length - 1 ? `Step ${number} of ${STEPS.length - 2}` : "";
  heading.textContent = step.title;
  words.replaceChildren(...[].concat(typeof step.text === "function" ? step.text() : step.text));
  doIt.textContent = step.action ?? DO_IT;
  doIt.disabled = false;
  skip.hidden = Boolean(step.action);
  step.begin();
  if (wasAsked) doIt.focus();
  wasAsked = false;
  mark(step.target);
  stop = waitFor(step, number);
}

function waitFor(step, number) {
  if (!step.done) return () => {};
  let over = false;
  const next = () => {
    if (over) return;
    over = true;
    queueMicrotask(() => current === number && go(number + 1));
  };
  const unsubscribe = step.done(next);
  return () => {
    over = true;
    unsubscribe();
  };
}

async function act() {
  const step = STEPS[current];
  if (!step.done) {
    await step.act();
    if (step !== STEPS.at(-1)) go(current + 1);
    return;
  }
  wasAsked = true;
  doIt.disabled = true;
  doIt.textContent = "Working…";
  try {
    if (await until(isLoaded, left.signal)) await step.act(left.signal);
  } catch (error) {
    say(error.message, { error: true });
  } finally {
    if (step === STEPS[current]) {
      wasAsked = false;
      doIt.disabled = false;
      doIt.textContent = DO_IT;
    }
  }
}

function mark(selector) {
  for (const one of document.querySelectorAll(".tour-target")) one.classList.remove("tour-target");
  const target = selector && document.querySelector(selector);
  target?.classList.add("tour-target");
  target?.scrollIntoView({ block: target.offsetHeight < innerHeight / 2 ? "center" : "start" });
}

function close() {
  leave();
  mark(null);
  stop = () => {};
  const hadFocus = panel.contains(document.activeElement);
  panel.remove();
  sessionStorage.setItem(KEY, "over");
  if (hadFocus) again.focus();
}

async function open(asked) {
  await Promise.all([blogsReady, troubleReady]);
  place.append(panel);
  setViewer("admin");
  go(0);
  if (asked) doIt.focus();
}

document.addEventListener("feed-relay:published", ({ detail }) => published.add(detail.post.title));
panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
document.getElementById("strip").append(again);
if (sessionStorage.getItem(KEY) !== "over") open(false);
