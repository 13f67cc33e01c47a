// The server of the demo: requests with the token, and events over a WebSocket.

const TOKEN_KEY = "feed-relay-token";
const FIRST_PAUSE = 500;
const MAX_PAUSE = 8000;
const WRONG_TOKEN = 4001;

const token = takeToken();
const handlers = new Map();
let socket = null;
let viewer = "";
let pause = FIRST_PAUSE;

/** An answer that is an error; the message is a sentence for people. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The token comes in the address and leaves it at once, so that it is in no history and no picture of the screen. */
function takeToken() {
  const found = new URLSearchParams(location.hash.slice(1)).get("token");
  if (found) {
    sessionStorage.setItem(TOKEN_KEY, found);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(TOKEN_KEY) ?? "";
}

/** Return the JSON at a path. */
export function get(path, query = {}) {
  const search = new URLSearchParams(query).toString();
  return request(search ? `${path}?${search}` : path, { method: "GET" });
}

/** Send JSON and return the answer's JSON; null if it has none. */
export function send(method, path, body = {}) {
  return request(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

/** Post JSON and files, which it names by their numbers. Return the answer's JSON. */
export function sendFiles(path, body, files) {
  if (!files.length) {
    return send("POST", path, body);
  }
  const form = new FormData();
  form.append("payload_json", JSON.stringify(body));
  files.forEach((file, number) => form.append(`files[${number}]`, file));
  return request(path, { method: "POST", body: form });
}

async function request(path, options) {
  let response;
  try {
    const headers = { ...options.headers, Authorization: `Bearer ${token}` };
    response = await fetch(path, { ...options, headers });
  } catch {
    throw new ApiError(0, "The demo doesn't answer. Is it still running?");
  }
  const body = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) {
    throw new ApiError(response.status, body?.error ?? `The demo answered with the error ${response.status}.`);
  }
  return body;
}

/** Call `handler` with each event of a type. Return a function that ends it. Also "connection": "open" or "lost", and "refused": the token is wrong. */
export function on(type, handler) {
  if (!handlers.has(type)) {
    handlers.set(type, new Set());
  }
  handlers.get(type).add(handler);
  return () => handlers.get(type).delete(handler);
}

function emit(type, data) {
  for (const handler of [...(handlers.get(type) ?? [])]) {
    handler(data);
  }
}

/** Receive the events as this viewer; replaces an earlier connection. */
export function connect(name) {
  viewer = name;
  const replaced = socket;
  socket = null;
  replaced?.close();
  open();
}

function open() {
  const opened = new WebSocket(`${location.origin.replace("http", "ws")}/live`);
  socket = opened;
  opened.onopen = () => opened.send(JSON.stringify({ token, viewer }));
  opened.onmessage = (message) => receive(opened, JSON.parse(message.data));
  opened.onclose = ({ code }) => {
    if (socket !== opened) {
      return;
    }
    if (code === WRONG_TOKEN) {
      emit("refused", {});
      return;
    }
    emit("connection", "lost");
    setTimeout(() => socket === opened && open(), pause * (0.5 + Math.random()));
    pause = Math.min(pause * 2, MAX_PAUSE);
  };
}

function receive(from, event) {
  if (socket !== from) {
    return;
  }
  if (event.type === "hello") {
    pause = FIRST_PAUSE;
    emit("connection", "open");
  }
  emit(event.type, event);
}
