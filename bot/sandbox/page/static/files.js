// Files that a person gives to a command, or attaches to a message.

import { byId, el, say } from "/static/dom.js";

const MAX_SIZE = 1_000_000; // bytes; more than any command of the bot takes
const MAX_FILES = 10;

const picker = byId("files");
const list = byId("attached");
let attached = [];

/** Return what is wrong with a file; "" if nothing is. */
export function fileProblem(file) {
  return file.size > MAX_SIZE ? `“${file.name}” is larger than 1 MB. Choose a smaller file.` : "";
}

/** Attach files to the next message. */
export function attach(files) {
  const problem = files.map(fileProblem).find(Boolean) ?? "";
  const isTooMany = attached.length + files.length > MAX_FILES;
  if (problem || isTooMany) {
    say(problem || `A message has at most ${MAX_FILES} files.`, { error: true });
    return;
  }
  attached = [...attached, ...files];
  draw();
}

/** Return the files of the next message; from now on it has none. */
export function takeFiles() {
  const taken = attached;
  attached = [];
  draw();
  return taken;
}

function draw() {
  list.replaceChildren(
    ...attached.map((file, index) => {
      const remove = () => {
        attached = attached.filter((each) => each !== file);
        draw();
        (list.querySelectorAll("button")[index] ?? byId("compose")).focus();
      };
      const button = el("button.quiet", { type: "button", "aria-label": `Remove ${file.name}`, onclick: remove }, "×");
      return el("li.option", {}, el("span", { dir: "auto" }, file.name), button);
    }),
  );
  list.hidden = !attached.length;
}

byId("attach").addEventListener("click", () => picker.click());
picker.addEventListener("change", () => {
  attach([...picker.files]);
  picker.value = "";
  byId("compose").focus();
});
