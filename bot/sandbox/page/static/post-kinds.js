// What the form asks for each kind of post, and an example of each.

const FIELDS = {
  text: { title: "Title", text: "Text" },
  photo: { text: "Caption" },
  "photo set": { text: "Caption" },
  video: { title: "Title", link: "Address of the video", text: "Caption" },
  link: { title: "Title of the page", link: "Address", text: "Description" },
  quote: { text: "What was said", source: "Said by" },
  chat: { title: "Title", text: "A line for each turn: name: words" },
  audio: { link: "Address of the sound", text: "Caption" },
  answer: { trail: "Question, as name: words", text: "Your answer" },
  reblog: { title: "Title", trail: "Reblogged from", text: "Your words" },
  poll: { title: "Question", text: "Answers, one per line" },
};

// Return the labels of the fields that this kind has, by field.
export function fieldsOf(kind) {
  return FIELDS[kind] ?? FIELDS.text;
}

export const examples = {
  text: {
    title: "A paper boat in the rain",
    text: "Folded from yesterday's weather forecast, which was wrong.\n\nIt reached the second drain before it sank, and we cheered.",
    tags: ["paper", "rain"],
    pictures: [{ name: "paper-boat" }],
  },
  photo: { text: "She was faster than she looked.", tags: ["wildlife"], pictures: [{ name: "snail" }] },
  "photo set": { text: "Before, during and after.", tags: ["harvest"], pictures: [{ name: "seedlings" }, { name: "chard" }, { name: "soup" }] },
  video: { title: "Wind, one minute", link: "https://video.example/wind.mp4", tags: ["video"], pictures: [{ name: "kite" }] },
  link: { title: "How to read a weather map", link: "https://weather.example/maps", text: "Ten minutes, and the forecast makes sense.", tags: ["weather"] },
  quote: { text: "Measure twice, then ask somebody.", source: "the carpenter", tags: ["quotes"] },
  chat: { title: "At the kitchen window", text: "Mia: Is that rain?\nNoor: No, that is the neighbour's radio.", tags: ["overheard"] },
  audio: { link: "https://music.example/kettle.mp3", text: "A kettle in three movements.", tags: ["music"] },
  answer: { trail: [{ blog: "curious", text: "Do you take requests?" }], text: "Always. Slowly.", tags: ["questions"] },
  reblog: { title: "", trail: [{ blog: "garden", text: "Take a courgette. Please. Take two." }], text: "I took three.", tags: ["reblog"] },
  poll: { title: "Tea or coffee?", text: "Tea\nCoffee\nWhatever is warm", tags: ["questions"] },
};
