// The right column's blogs: their posts, and a form that publishes, edits, back-dates and deletes one.

import { get, on, send } from "/static/api.js";
import { el, localTimes, say } from "/static/dom.js";
import { examples, fieldsOf } from "/static/post-kinds.js";

const PAGE = 20;
const section = document.getElementById("blogs");

const state = { blogs: new Map(), pictures: [], blog: null, posts: [], older: false, editing: null };

// --- the form -------------------------------------------------------------------------------------------------------

const blogChoice = el("select", { id: "blog", onchange: () => chooseBlog(blogChoice.value) });
const address = el("input", { id: "blog-address", type: "text", readonly: true, dir: "ltr", onfocus: () => address.select() });
const kind = el("select", { id: "post-kind", onchange: showFields });
const title = el("input", { id: "post-title", type: "text", maxlength: 300, dir: "auto", autocomplete: "off" });
const link = el("input", { id: "post-link", type: "url", dir: "ltr", autocomplete: "off" });
const trail = el("textarea", { id: "post-trail", rows: 3, dir: "auto" });
const text = el("textarea", { id: "post-text", rows: 5, dir: "auto" });
const source = el("input", { id: "post-source", type: "text", maxlength: 300, dir: "auto", autocomplete: "off" });
const tags = el("input", { id: "post-tags", type: "text", dir: "auto", autocomplete: "off" });
const date = el("input", { id: "post-date", type: "datetime-local", step: 60 });
const pictures = el("div", { class: "drawings" });
const chosen = el("summary", {}, "Pictures");
const pictureField = el("details", { class: "pictures" }, chosen, pictures);
const heading = el("h3", { id: "post-heading" }, "Write a post");
const publish = el("button.primary", { type: "submit" }, "Publish");
const cancel = el("button.quiet", { type: "button", hidden: true, onclick: () => startAnew() }, "Cancel");
const example = el("button.quiet", { type: "button", id: "post-example", onclick: fillInExample }, "Fill in an example");
const problem = el("p", { id: "post-problem", class: "problem", role: "alert" });

const fields = {
  title: field("Title", title),
  link: field("Address", link),
  trail: field("Reblogged from", trail, "One earlier post per line, the first one on top: name: words"),
  text: field("Text", text),
  source: field("Said by", source),
};

const form = el(
  "form",
  { id: "post-form", "aria-labelledby": "post-heading", onsubmit: submit, novalidate: true },
  heading,
  field("Kind", kind),
  ...Object.values(fields),
  field("Tags, with commas between", tags),
  pictureField,
  field("Date", date, "Empty: now. An earlier date back-dates the post."),
  problem,
  el("div", { class: "actions" }, publish, cancel, example),
);

function field(label, input, hint = "") {
  const name = el("span", {}, label);
  const about = hint ? el("span", { class: "dim hint", id: `${input.id}-hint` }, hint) : null;
  if (about) input.setAttribute("aria-describedby", about.id);
  const box = el("div.field", {}, el("label", { for: input.id }, name), input, ...(about ? [about] : []));
  return Object.assign(box, { rename: (words) => { name.textContent = words; } });
}

function showFields() {
  const shown = fieldsOf(kind.value);
  for (const [name, box] of Object.entries(fields)) {
    box.hidden = !(name in shown);
    if (name in shown) box.rename(shown[name]);
  }
  problem.textContent = "";
}

function draft() {
  const shown = fieldsOf(kind.value);
  const given = (name, input) => (name in shown ? input.value : "");
  return {
    kind: kind.value,
    title: given("title", title),
    text: given("text", text),
    link: given("link", link),
    source: given("source", source),
    trail: given("trail", trail).split("\n").filter((line) => line.trim()).map(earlierPost),
    tags: tags.value.split(",").map((tag) => tag.trim()).filter(Boolean),
    author: state.editing?.author ?? state.blog.posts[0]?.author ?? "",
    pictures: chosenPictures(),
    published: publishedDate(),
  };
}

function earlierPost(line) {
  const colon = line.indexOf(":");
  return colon < 0 ? { blog: "", text: line.trim() } : { blog: line.slice(0, colon).trim(), text: line.slice(colon + 1).trim() };
}

function chosenPictures() {
  const alts = new Map((state.editing?.pictures ?? []).map((picture) => [picture.name, picture.alt]));
  return [...pictures.querySelectorAll("input:checked")].map(({ value }) => ({
    name: value,
    alt: alts.get(value) ?? `A drawing: ${value.replaceAll("-", " ")}`,
  }));
}

// An unchanged date stays as it is: the field knows no seconds.
function publishedDate() {
  if (!date.value || date.value === date.defaultValue) return null;
  return new Date(date.value).toISOString();
}

// Fill the form; what the draft doesn't name becomes empty.
export function fill(values) {
  kind.value = values.kind ?? "text";
  title.value = values.title ?? "";
  text.value = values.text ?? "";
  link.value = values.link ?? "";
  source.value = values.source ?? "";
  trail.value = (values.trail ?? []).map((earlier) => `${earlier.blog}: ${earlier.text.replaceAll(/\s*\n\s*/g, " ")}`).join("\n");
  tags.value = (values.tags ?? []).join(", ");
  const names = (values.pictures ?? []).map((picture) => picture.name);
  for (const box of pictures.querySelectorAll("input")) box.checked = names.includes(box.value);
  date.value = date.defaultValue = values.published ? localDate(values.published) : "";
  countPictures();
  showFields();
}

function localDate(iso) {
  const moment = new Date(iso);
  return new Date(moment - moment.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

function fillInExample() {
  fill({ kind: kind.value, ...examples[kind.value] });
  publish.focus();
}

function startAnew(kindOfPost = kind.value) {
  state.editing = null;
  heading.textContent = "Write a post";
  publish.textContent = "Publish";
  cancel.hidden = true;
  example.hidden = false;
  fill({ kind: kindOfPost });
}

function edit(post) {
  state.editing = post;
  heading.textContent = "Edit the post";
  publish.textContent = "Save";
  cancel.hidden = false;
  example.hidden = true;
  fill(post);
  form.scrollIntoView({ block: "nearest" });
  heading.parentElement.querySelector(".field:not([hidden]) :is(input, textarea)").focus();
}

/** Publish or save what the form contains. Return whether the blog has it. */
export async function save() {
  if (publish.disabled) return false;
  const posts = `/api/blogs/${state.blog.name}/posts`;
  const old = state.editing;
  publish.disabled = true;
  try {
    const { post } = old ? await send("PUT", `${posts}/${old.id}`, draft()) : await send("POST", posts, draft());
    startAnew();
    say(old ? "Saved." : `Published in ${state.blog.title}.`);
    document.dispatchEvent(new CustomEvent("feed-relay:published", { detail: { blog: state.blog.name, post, edited: Boolean(old) } }));
    return true;
  } catch (error) {
    problem.textContent = error.message;
    return false;
  } finally {
    publish.disabled = false;
  }
}

function submit(event) {
  event.preventDefault();
  save();
}

// --- the pictures ---------------------------------------------------------------------------------------------------

function showPictures() {
  pictures.replaceChildren(
    ...state.pictures.map((picture) =>
      el(
        "label",
        { title: picture.name },
        el("input", { type: "checkbox", value: picture.name, onchange: countPictures }),
        el("img", { src: picture.url, alt: picture.name.replaceAll("-", " "), width: 72, height: 45, loading: "lazy" }),
      ),
    ),
  );
}

function countPictures() {
  const count = pictures.querySelectorAll("input:checked").length;
  chosen.textContent = count ? `Pictures: ${count} chosen` : "Pictures";
}

// --- the posts ------------------------------------------------------------------------------------------------------

const list = el("ol", { id: "blog-posts" });
const more = el("button.quiet", { type: "button", onclick: showOlder }, "Older posts");

function item(post) {
  const removed = () => remove(post);
  const actions = el("div", { class: "actions" });
  const ask = () => {
    const yes = el("button.danger", { type: "button", onclick: removed }, "Delete");
    const no = el("button.quiet", { type: "button", onclick: () => offer(true) }, "Keep");
    actions.replaceChildren(el("span", {}, "Delete this post?"), yes, no);
    yes.focus();
  };
  const offer = (focus) => {
    const deleting = el("button.quiet", { type: "button", "aria-label": `Delete “${post.headline}”`, onclick: ask }, "Delete");
    const editing = el("button.quiet", { type: "button", "aria-label": `Edit “${post.headline}”`, onclick: () => edit(post) }, "Edit");
    actions.replaceChildren(editing, deleting);
    if (focus) deleting.focus();
  };
  offer(false);
  const when = el("time", { datetime: post.published });
  const marks = [post.kind, ...(post.updated ? ["edited"] : []), ...post.tags.map((tag) => `#${tag}`)];
  return el(
    "li",
    { dataset: { post: post.id, version: JSON.stringify(post) } },
    el("span", { class: "headline", dir: "auto" }, post.headline),
    el("span", { class: "dim", dir: "auto" }, when, ` · ${marks.join(" · ")}`),
    actions,
  );
}

// Keep the items that haven't changed, so that nobody's focus is lost when a blog publishes.
function showPosts() {
  const old = new Map([...list.children].map((one) => [one.dataset.post, one]));
  const items = state.posts.map((post) => {
    const known = old.get(post.id);
    return known?.dataset.version === JSON.stringify(post) ? known : item(post);
  });
  for (const one of list.children) if (!items.includes(one)) one.remove();
  items.forEach((one, index) => {
    if (list.children[index] !== one) list.insertBefore(one, list.children[index] ?? null);
  });
  more.hidden = !state.older;
  localTimes(list);
}

async function remove(post) {
  try {
    await send("DELETE", `/api/blogs/${state.blog.name}/posts/${post.id}`);
    if (state.editing?.id === post.id) startAnew();
    say("Deleted. The bot keeps what it has already posted.");
    const gone = list.querySelector(`[data-post="${post.id}"]`);
    (gone?.nextElementSibling ?? gone?.previousElementSibling)?.querySelector("button").focus();
  } catch (error) {
    say(error.message, { error: true });
  }
}

async function load(name, before) {
  return get(`/api/blogs/${name}/posts`, { limit: PAGE, ...(before ? { before } : {}) });
}

let asked = 0;

// Only the answer that was asked for last counts.
async function refresh() {
  asked += 1;
  const own = asked;
  const shown = Math.max(PAGE, state.posts.length);
  const { posts, older } = await get(`/api/blogs/${state.blog.name}/posts`, { limit: Math.min(shown, 100) });
  if (own !== asked) return;
  Object.assign(state, { posts, older });
  showPosts();
}

async function showOlder() {
  const { posts, older } = await load(state.blog.name, state.posts.at(-1).id);
  state.posts.push(...posts);
  state.older = older;
  showPosts();
  list.querySelector(`[data-post="${posts[0]?.id}"] button`)?.focus();
}

// --- the section ----------------------------------------------------------------------------------------------------

export function chooseBlog(name) {
  const blog = state.blogs.get(name);
  if (!blog || blog === state.blog) return;
  blogChoice.value = name;
  address.value = blog.url;
  state.blog = blog;
  state.posts = blog.posts;
  state.older = blog.count > blog.posts.length;
  list.lang = form.lang = blog.language;
  if (state.editing) startAnew(); // what is written for a new post stays
  showPosts();
  refresh();
}

export function blogNamed(name) {
  return state.blogs.get(name);
}

async function start() {
  const { blogs, kinds, pictures: drawings } = await get("/api/blogs");
  state.blogs = new Map(blogs.map((blog) => [blog.name, blog]));
  state.pictures = drawings;
  blogChoice.replaceChildren(...blogs.map((blog) => el("option", { value: blog.name, lang: blog.language }, blog.title)));
  kind.replaceChildren(...kinds.map((one) => el("option", { value: one }, one[0].toUpperCase() + one.slice(1))));
  showPictures();
  showFields();
  chooseBlog(blogs[0]?.name);
}

section.append(
  el("h2", {}, "Blogs"),
  field("Blog", blogChoice),
  field("Its address", address, "Follow it with /feed add."),
  form,
  el("h3", { id: "posts-heading" }, "Posts"),
  list,
  more,
);
list.setAttribute("aria-labelledby", "posts-heading");
on("blog-changed", ({ blog }) => blog === state.blog?.name && refresh());
on("hello", () => state.blog && refresh());
export const ready = start().catch((error) => say(error.message, { error: true }));
