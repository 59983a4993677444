/**
 * The page's words in the reader's language. A message is known by its English text; `lang/*.json` has the others,
 * `{0}` standing for what differs from one time to the next. What no file knows stays English.
 */

const KEY = "ecgmm-language";
const LANGUAGES = ["en", "de", "fr", "es"];
const SPOKEN_ATTRIBUTES = ["aria-label", "title", "alt", "placeholder"];
const FEWEST_LETTERS = 4;
const SENTENCES = /(?<=[.?!]) (?=\p{Lu})/u;
const LIST = /(, |; )/;
const JOINED = /( and | or )/;

/** What the reader chose; otherwise the first that the browser asks for and there is. */
export const language = LANGUAGES.find((name) => name === localStorage.getItem(KEY))
  ?? navigator.languages.map((name) => name.slice(0, 2)).find((name) => LANGUAGES.includes(name)) ?? "en";
const messages = new Map(Object.entries(await load()));
const patterns = [...messages].filter(([english]) => english.includes("{0}")).map(toPattern)
  .sort((a, b) => b.letters - a.letters);

async function load() {
  if (language === "en") return {};
  try {
    return await (await fetch(`/static/lang/${language}.json`)).json();
  } catch {
    return {};
  }
}

/** A key with little text of its own stands only around figures: "{0} to {1}" is no part of a sentence. */
function toPattern([english, translated]) {
  const literals = english.split(/\{\d\}/);
  const letters = literals.join("").replace(/\P{L}/gu, "").length;
  const some = letters < FEWEST_LETTERS ? "(\\d[^.]*(?:\\.\\d+)?[^.]*)" : "(.+?)";
  const escaped = literals.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return { expression: new RegExp(`^${escaped.join(some)}$`), translated, letters };
}

/** A text in the reader's language: as a whole, by a pattern, sentence by sentence, or as a list. */
export function say(text) {
  if (!messages.size || !text.trim()) return text;
  const [, before, core, after] = text.match(/^(\s*)(.*?)(\s*)$/s);
  const plain = core.replace(/\s+/g, " ");
  return before + (whole(plain) ?? inParts(plain, SENTENCES, " ") ?? inParts(plain, LIST, "") ?? inParts(plain, JOINED, "") ?? plain) + after;
}

function whole(text) {
  if (messages.has(text)) return messages.get(text);
  for (const { expression, translated } of patterns) {
    const found = text.match(expression);
    if (found) return translated.replace(/\{(\d)\}/g, (_, index) => say(found[Number(index) + 1]));
  }
  return null;
}

/** The same where it is made of several; null where it is not. */
function inParts(text, border, between) {
  const parts = text.split(border);
  const joints = { " and ": "and", " or ": "or" };
  return parts.length > 1
    ? parts.map((part) => (joints[part] ? ` ${messages.get(joints[part]) ?? joints[part]} ` : say(part))).join(between)
    : null;
}

/** Translate what stands in the page's file, and let the reader choose. */
export function translatePage() {
  document.documentElement.lang = language;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) walker.currentNode.data = say(walker.currentNode.data);
  for (const name of SPOKEN_ATTRIBUTES) {
    for (const element of document.querySelectorAll(`[${name}]`)) element.setAttribute(name, spoken(name, element.getAttribute(name)));
  }
  const chooser = document.getElementById("language");
  chooser.value = language;
  chooser.addEventListener("change", () => {
    localStorage.setItem(KEY, chooser.value);
    location.reload();
  });
}

/** The value of an attribute: in the reader's language where it is read to people. */
export function spoken(name, value) {
  return typeof value === "string" && SPOKEN_ATTRIBUTES.includes(name) ? say(value) : value;
}
