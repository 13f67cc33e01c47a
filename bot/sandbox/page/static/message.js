// One message: the server wrote its HTML; this adds local times, colours, buttons that work, and keys.

import { ApiError, send } from "/static/api.js";
import { byId, el, html, localTimes, say } from "/static/dom.js";
import { closeMenus, fillMenu, isMulti, valuesOf } from "/static/selects.js";
import { openMenu } from "/static/menu.js";
import { showModal } from "/static/modal.js";
import { here, interact } from "/static/server.js";

const FAILED = "This interaction failed.";
const messages = new WeakMap();

/** Return a message as an item of the list. */
export function makeItem(message) {
  const item = el("li", { dataset: { id: message.id } });
  fill(item, message);
  return item;
}

/** Show a changed message; the focus stays at the same button. */
export function replaceItem(item, message) {
  const focusable = () => [...item.querySelectorAll("article, article :is(a, button, summary, [tabindex])")];
  const focused = focusable().indexOf(document.activeElement);
  fill(item, message);
  if (focused >= 0) {
    const now = focusable();
    const same = now[focused];
    (same && !same.disabled ? same : now[0]).focus({ preventScroll: true });
  }
}

/** Return the message that an element is part of. */
export function messageOf(element) {
  return messages.get(element.closest("#messages > li"));
}

function fill(item, message) {
  messages.set(item, message);
  item.dataset.interaction = message.interaction ?? "";
  html(item, message.html);
  const article = item.querySelector("article");
  article.tabIndex = -1;
  article.setAttribute("aria-label", `${message.author.name}: ${wordsOf(article) || message.text}`);
  article.append(moreButton());
  dress(item);
}

/** Return a message's words without the marks of Markdown, which a screen reader would read. */
function wordsOf(article) {
  return article.querySelector(".body > .content")?.textContent.trim() ?? "";
}

function moreButton() {
  return el(
    "button.more",
    { type: "button", tabindex: "-1", "aria-haspopup": "menu", "aria-label": "More for this message", title: "More" },
    "⋯",
  );
}

/** Write local times, and set the colours that the page's policy doesn't allow in attributes. */
export function dress(root) {
  localTimes(root);
  for (const coloured of root.querySelectorAll("[data-colour]")) {
    coloured.style.borderInlineStartColor = coloured.dataset.colour;
  }
}

const list = byId("messages");

list.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest(selector);
  const spoiler = on(".spoiler:not(.shown)");
  if (spoiler) {
    event.preventDefault();
    spoiler.classList.add("shown");
  } else if (on(".more")) {
    openMenu(messageOf(event.target), on(".more"));
  } else if (on(".dismiss")) {
    dismiss(messageOf(event.target));
  } else if (on(".select .options > button")) {
    choose(on(".select"), on("button"));
  } else if (on(".select .done")) {
    press(on(".select"), valuesOf(on(".select")));
  } else if (on("button[data-custom-id]")) {
    press(on("button[data-custom-id]"));
  }
});
list.addEventListener("contextmenu", (event) => {
  if ((event.target.matches("img") || !event.target.closest("a")) && String(getSelection()) === "") {
    event.preventDefault();
    openMenu(messageOf(event.target), null, { x: event.clientX, y: event.clientY });
  }
});
list.addEventListener(
  "toggle",
  (event) => event.target.matches(".select[open]") && fillMenu(event.target),
  { capture: true },
);

function choose(select, option) {
  if (!isMulti(select)) {
    press(select, [option.dataset.value]);
    return;
  }
  const isChosen = option.getAttribute("aria-pressed") === "true";
  option.setAttribute("aria-pressed", String(!isChosen));
}

/** Press a button, or choose in a menu. Return what the bot answered first; null if it was not asked.
 *
 * A message takes one press at a time, as in Discord.
 */
export async function press(control, values) {
  const message = messageOf(control);
  const article = control.closest("article");
  if (article.querySelector('[aria-busy="true"]')) {
    return null;
  }
  article.querySelector(".failed")?.remove();
  control.setAttribute("aria-busy", "true");
  const body = { kind: "component", channel: message.channel, message: message.id, custom_id: control.dataset.customId };
  try {
    const answer = await interact(values ? { ...body, values } : body);
    closeMenus(article);
    if (answer.outcome === "modal") {
      showModal(answer);
    } else if (answer.outcome === "failed") {
      fail(article, FAILED);
    }
    return answer;
  } catch (error) {
    fail(article, error instanceof ApiError ? error.message : FAILED);
    return null;
  } finally {
    control.removeAttribute("aria-busy");
  }
}

function fail(article, text) {
  article.querySelector(".body").append(el("p.failed", { role: "alert" }, text));
}

async function dismiss(message) {
  try {
    await send("DELETE", here(`/channels/${message.channel}/messages/${message.id}`));
  } catch (error) {
    say(error.message, { error: true });
  }
}

list.addEventListener("keydown", (event) => {
  const article = event.target.closest("article");
  const key = event.key;
  if (event.target.matches(".spoiler") && (key === "Enter" || key === " ")) {
    event.preventDefault();
    event.target.classList.toggle("shown");
  } else if (event.target.closest(".select[open]") && key === "Escape") {
    event.target.closest(".select").querySelector("summary").focus();
    closeMenus(article);
  } else if (event.target === article) {
    moveBetween(article, event);
  }
});

function moveBetween(article, event) {
  const item = article.closest("li");
  const target = {
    ArrowUp: item.previousElementSibling,
    ArrowDown: item.nextElementSibling,
    Home: list.firstElementChild,
    End: list.lastElementChild,
  }[event.key];
  if (target) {
    event.preventDefault();
    target.querySelector("article").focus();
  } else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey) || event.key === "Enter") {
    event.preventDefault();
    openMenu(messageOf(article), article.querySelector(".more"));
  } else if (event.key === "Escape") {
    byId("compose").focus();
  }
}

list.addEventListener("focusin", (event) => setTabStop(event.target.closest("article")));

/** Let Tab reach one message, the one that had the focus last, and everything in it. */
function setTabStop(article) {
  for (const each of list.querySelectorAll('article[tabindex="0"]')) {
    each.tabIndex = -1;
    each.querySelector(".more").tabIndex = -1;
  }
  article.tabIndex = 0;
  article.querySelector(".more").tabIndex = 0;
}

byId("scroll").addEventListener("keydown", (event) => {
  if (event.target === event.currentTarget && ["ArrowUp", "ArrowDown", "Enter"].includes(event.key)) {
    event.preventDefault();
    list.lastElementChild?.querySelector("article").focus();
  }
});
