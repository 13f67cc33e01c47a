// Elements, short messages to the person, and times in the person's zone.

const TOAST_TIME = 6000;
const MINUTE = 60;
const UNITS = [
  ["year", 365 * 24 * 60 * MINUTE],
  ["month", 30 * 24 * 60 * MINUTE],
  ["day", 24 * 60 * MINUTE],
  ["hour", 60 * MINUTE],
  ["minute", MINUTE],
];
const FORMS = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

/** Return an element. `spec` is "tag.class.class"; children are elements or text, never HTML. */
export function el(spec, properties = {}, ...children) {
  const [tag, ...classes] = spec.split(".");
  const element = document.createElement(tag);
  element.classList.add(...classes);
  for (const [name, value] of Object.entries(properties)) {
    setProperty(element, name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function setProperty(element, name, value) {
  if (value === null || value === undefined || value === false) {
    return;
  }
  if (name === "dataset") {
    Object.assign(element.dataset, value);
  } else if (name.startsWith("on")) {
    element.addEventListener(name.slice(2), value);
  } else {
    element.setAttribute(name, value === true ? "" : value);
  }
}

export function byId(id) {
  return document.getElementById(id);
}

/** Fill an element with HTML that the server wrote; it has escaped all text in it. */
export function html(element, markup) {
  const template = document.createElement("template");
  template.innerHTML = markup;
  element.replaceChildren(template.content);
}

/** Show a sentence for a few seconds, also to screen readers. One that is said again is shown once. */
export function say(text, { error = false } = {}) {
  const toast = el(error ? "p.toast.error" : "p.toast", {}, text);
  const place = byId(error ? "alerts" : "toasts");
  [...place.children].find((each) => each.textContent === text)?.remove();
  place.append(toast);
  setTimeout(() => toast.remove(), TOAST_TIME);
}

/** Read a sentence to screen readers only. */
export function announce(text) {
  byId("news").textContent = text;
}

/** Write the times in an element in the person's zone and language. */
export function localTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const when = new Date(time.dateTime);
    time.title = format(when, "F");
    time.textContent = time.closest(".message > header") ? chatTime(when) : format(when, time.dataset.form);
  }
}

/** Return a time as people say it: "3 minutes ago" for the form R, else by Discord's forms. */
export function format(when, form) {
  return form === "R" ? ago(when) : new Intl.DateTimeFormat(undefined, FORMS[form] ?? FORMS.f).format(when);
}

function ago(when) {
  const seconds = (when - Date.now()) / 1000;
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  const [unit, size] = UNITS.find((each) => Math.abs(seconds) >= each[1]) ?? ["second", 1];
  return words.format(Math.round(seconds / size), unit);
}

function chatTime(when) {
  const time = format(when, "t");
  const days = dayNumber(new Date()) - dayNumber(when);
  return days === 0 ? `Today at ${time}` : days === 1 ? `Yesterday at ${time}` : `${format(when, "d")} ${time}`;
}

function dayNumber(when) {
  return Math.round(Date.UTC(when.getFullYear(), when.getMonth(), when.getDate()) / 86400000);
}

/** Return whether two times are on one day here. */
export function sameDay(one, two) {
  return dayNumber(one) === dayNumber(two);
}

setInterval(() => {
  for (const time of document.querySelectorAll('time[data-form="R"]')) {
    time.textContent = format(new Date(time.dateTime), "R");
  }
}, MINUTE * 500);
