// The guided tour: what to do next, in a panel beside the page. A step is over when the person has done it.

import { send, get } from "/static/api.js";
import { blogNamed, chooseBlog, fill, ready as blogsReady } from "/static/blogs.js";
import { el, say } from "/static/dom.js";
import { examples } from "/static/post-kinds.js";
import { server } from "/static/server.js";
import { channelNamed, openChannel, openSide, prefill, setViewer } from "/static/shell.js";
import { ready as troubleReady } from "/static/trouble.js";

const CHANNEL = "paper-boats";
const BLOG = "paper-boats";
const TAG = "paper";
const OUTAGE = "discord-outage";
const KEY = "feed-relay.tour";
const SECOND = { title: "A boat that waited", text: "It left during the storm, and it arrived after it.", tags: [TAG] };

const title = () => examples.text.title;

// --- what a step waits for: each returns what stops the waiting -------------------------------------------------------

const heard = (event, wanted) => (next) => {
  const listen = ({ detail }) => wanted(detail) && next();
  document.addEventListener(event, listen);
  return () => document.removeEventListener(event, listen);
};

const answered = (command) => heard("feed-relay:answer", (answer) => answer.command === command);

const shown = (words) => (next) => {
  const messages = document.getElementById("messages");
  const look = () => [...messages.querySelectorAll("article")].some((one) => one.textContent.includes(words())) && next();
  const observer = new MutationObserver(look);
  observer.observe(messages, { childList: true, subtree: true, characterData: true });
  look();
  return () => observer.disconnect();
};

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

// --- what a step does for the person ------------------------------------------------------------------------------------

async function use(command) {
  here();
  await until(() => server.commands.some((each) => command.startsWith(`/${each.name} `)));
  prefill(command);
  document.getElementById("compose").form.requestSubmit();
}

function here() {
  const channel = channelNamed(CHANNEL);
  if (channel) openChannel(channel.id);
}

async function press(label) {
  const found = await until(() => [...document.querySelectorAll("#messages article button")].findLast((one) => one.textContent.trim() === label));
  found?.click();
}

// Return what `find` finds, as soon as the page shows it; after ten seconds, null.
function until(find) {
  return new Promise((resolve) => {
    const look = () => {
      const found = find();
      if (found) finish(found);
    };
    const observer = new MutationObserver(look);
    const timer = setTimeout(() => finish(null), 10_000);
    const finish = (found) => {
      observer.disconnect();
      clearTimeout(timer);
      resolve(found);
    };
    observer.observe(document.body, { childList: true, subtree: true, attributes: true, characterData: true });
    look();
  });
}

function write(draft) {
  openSide();
  chooseBlog(BLOG);
  fill({ kind: "text", ...draft });
}

function publish(draft) {
  write(draft);
  document.getElementById("post-form").requestSubmit();
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
    done: shown(() => "now follows"),
    async act() {
      await use(`/feed add url:${address()}`);
      await press("Subscribe");
    },
  },
  {
    title: "Choose a tag",
    text: () => ["The channel gets every post now. Narrow it to one tag: ", el("kbd", {}, `/follow add tag:${TAG}`)],
    target: "#compose",
    begin: here,
    done: answered("follow add"),
    act: () => use(`/follow add tag:${TAG}`),
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
    act: () => publish(examples.text),
  },
  {
    title: "Find it again",
    text: () => ["Members can search everything, also the year before the bot came: ", el("kbd", {}, "/search query:paper boat")],
    target: "#compose",
    begin: here,
    done: answered("search"),
    act: () => use("/search query:paper boat"),
  },
  {
    title: "Ask why",
    text: () => ["Ask why the post is here, and which part of the rule decided: ", el("kbd", {}, `/why link:${title()}`)],
    target: "#compose",
    begin: here,
    done: answered("why"),
    act: () => use(`/why link:${title()}`),
  },
  {
    title: "Break something",
    text: () => ["Under Trouble, press ", el("b", {}, "Discord outage"), ", then publish the post in the form. It can't be sent: the strip counts it as waiting."],
    target: `[data-trouble="${OUTAGE}"]`,
    begin() {
      here();
      write(SECOND);
    },
    done: waiting,
    async act() {
      if (!(await isBroken())) await send("POST", `/api/troubles/${OUTAGE}`, {});
      publish(SECOND);
    },
  },
  {
    title: "Watch it heal",
    text: "End the outage with the same button. The post arrives, once.",
    target: `[data-trouble="${OUTAGE}"]`,
    begin: openSide,
    done: shown(() => SECOND.title),
    async act() {
      if (await isBroken()) await send("DELETE", `/api/troubles/${OUTAGE}`);
      here();
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
let stop = () => {};

function go(number) {
  stop();
  mark(null);
  if (number >= STEPS.length) return close();
  current = number;
  const step = STEPS[number];
  panel.dataset.step = number;
  progress.textContent = number && number < STEPS.length - 1 ? `Step ${number} of ${STEPS.length - 2}` : "";
  heading.textContent = step.title;
  words.replaceChildren(...[].concat(typeof step.text === "function" ? step.text() : step.text));
  doIt.textContent = step.action ?? "Do it for me";
  doIt.disabled = false;
  skip.hidden = Boolean(step.action);
  step.begin();
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
  doIt.disabled = true;
  try {
    await step.act();
  } catch (error) {
    say(error.message, { error: true });
  } finally {
    doIt.disabled = false;
  }
}

function mark(selector) {
  for (const one of document.querySelectorAll(".tour-target")) one.classList.remove("tour-target");
  if (selector) document.querySelector(selector)?.classList.add("tour-target");
}

function close() {
  stop();
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

panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
document.getElementById("strip").append(again);
if (sessionStorage.getItem(KEY) !== "over") open(false);
