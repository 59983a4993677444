/** From files to readings: drop, pick, paste or photograph; a card with its progress for each. */

import { ApiError, followJob, getJson, readingPath, remove, upload } from "./api.js";
import { announce, h } from "./dom.js";
import { forgetKept, keepReading, keptOf, readKept, readList, without, writeList } from "./kept.js";
import { say } from "./language.js";

const AT_ONCE = 3;
const MOST_RETRIES = 60;
const JOBS_KEY = "ecgmm-jobs";
const HEADER = /\.hea$/i;

const waiting = [];
let running = 0;

/** Listen to everything that can bring a file, and show what this tab has read before. */
export function startUploads() {
  const drop = document.getElementById("drop");
  for (const id of ["pick", "camera"]) {
    const input = document.getElementById(id);
    const take = () => {
      addFiles([...input.files]);
      input.value = "";
    };
    input.addEventListener("change", take);
    take(); // what was chosen before anything listened
  }
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    addFiles([...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => addFiles([...event.clipboardData.files]));
  document.getElementById("sample").addEventListener("click", addSample);
  for (const kept of readKept()) showKept(kept);
  for (const { id, name } of readList(JOBS_KEY)) follow({ id, state: "reading" }, new Card(name));
}

/** Show the card of a reading that this tab has. */
export function showKept(kept) {
  const card = new Card(kept.name);
  card.showReading(kept);
}

async function addSample() {
  const response = await fetch("/sample.csv");
  addFiles([new File([await response.blob()], "sample.csv", { type: "text/csv" })]);
}

/** Read files, each on a card of its own. */
export function addFiles(files) {
  if (!files.length) return;
  location.hash = "#/";
  for (const group of belongingTogether(files)) {
    waiting.push({ group, card: new Card(group.map((file) => file.name).join(", ")) });
  }
  announce(`${files.length} file${files.length > 1 ? "s" : ""} added`);
  startNext();
}

/** A WFDB header goes with the files of its name; everything else is on its own. */
function belongingTogether(files) {
  const stem = (file) => file.name.replace(/\.[^.]*$/, "");
  const headers = files.filter((file) => HEADER.test(file.name));
  const others = files.filter((file) => !HEADER.test(file.name));
  if (headers.length === 0) return others.map((file) => [file]);
  const groups = headers.map((header) => [
    header, ...others.filter((file) => stem(file) === stem(header)),
  ]);
  const taken = new Set(groups.flat());
  const left = others.filter((file) => !taken.has(file));
  return headers.length === 1 && groups[0].length === 1
    ? [[...groups[0], ...left]]
    : [...groups, ...left.map((file) => [file])];
}

function startNext() {
  while (running < AT_ONCE && waiting.length) {
    running += 1;
    const { group, card } = waiting.shift();
    readGroup(group, card).finally(() => {
      running -= 1;
      startNext();
    });
  }
}

async function readGroup(group, card, stated = {}) {
  try {
    const ask = (missing) => card.ask(missing, stated, (said) => readGroup(group, card, said));
    await follow(await uploadPatiently(group, card, stated), card, ask);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    card.showError(error.message);
  }
}

/** Follow a job to its end; one that a reload interrupts is followed again by the next page. */
async function follow(job, card, ask = () => {}) {
  writeList(JOBS_KEY, [...without(readList(JOBS_KEY), job.id), { id: job.id, name: card.name }]);
  try {
    const done = job.state === "done" ? job : await followJob(job.id, (now) => card.showJob(now));
    done.inputs.forEach((input, index) => {
      const own = index === 0 ? card : new Card(input.name);
      if (!input.error) own.showRead(input);
      else own.showError(input.error.message);
      if (input.error?.missing && done.inputs.length === 1) ask(input.error.missing);
    });
    writeList(JOBS_KEY, without(readList(JOBS_KEY), job.id));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) writeList(JOBS_KEY, without(readList(JOBS_KEY), job.id));
    card.showError(error.message);
  }
}

/** Upload, and come back when the server says that it is too busy. */
async function uploadPatiently(group, card, stated) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await upload(group, { ...fields(), ...stated }, (share) => card.showSent(share));
    } catch (error) {
      if (error.status !== 503 || attempt >= MOST_RETRIES) throw error;
      card.show("The server is busy; waiting for a place", 0);
      await new Promise((resolve) => setTimeout(resolve, 1000 * (error.retryAfterS || 5)));
    }
  }
}

function fields() {
  const said = {
    sampling_rate_hz: document.getElementById("rate").value,
    unit: document.getElementById("unit").value,
    speed: document.getElementById("speed").value,
    gain: document.getElementById("gain").value,
    layout: document.getElementById("layout").value,
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value));
}

/** One upload on the page. */
class Card {
  constructor(name) {
    this.name = name;
    this.title = h("span", { class: "upload-name" }, name);
    this.bar = h("progress", { max: 1, value: 0, "aria-label": `Progress of ${name}` });
    this.state = h("p", { class: "upload-state" }, "Waiting");
    this.element = h("li", { class: "card upload" }, this.title, this.bar, this.state);
    document.getElementById("upload-list").prepend(this.element);
    document.getElementById("uploads").hidden = false;
  }

  show(text, share) {
    this.state.textContent = say(text);
    this.bar.value = share;
  }

  showSent(share) {
    this.show(share < 1 ? `Sending, ${Math.round(share * 100)} %` : "Sent", share * 0.2);
  }

  showJob(job) {
    const share = job.inputs.reduce((sum, input) => sum + input.progress, 0) / job.inputs.length;
    const current = job.inputs.find((input) => input.state === "reading") ?? job.inputs[0];
    this.show(current.stage, 0.2 + 0.8 * share);
  }

  showError(message) {
    this.element.classList.add("failed");
    this.bar.remove();
    this.state.textContent = say(message);
    this.addDismiss("Dismiss", () => {});
    announce(`${this.name}: ${message}`);
  }

  /** Ask for what the file does not say, and read it again with that. */
  ask(missing, stated, onSaid) {
    const field = (name, control) => {
      control.name = name;
      control.value = stated[name] ?? "";
      control.required = missing === name;
      return control;
    };
    const rate = field("sampling_rate_hz", h("input", { type: "number", min: 0.01, step: "any", inputmode: "decimal" }));
    const unit = field("unit", h("select", {}, ["", "uV", "mV", "V"].map((text) => h("option", { value: text }, text || "as in the file"))));
    const submit = (event) => {
      event.preventDefault();
      const said = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
      this.start();
      onSaid(said);
    };
    const form = h("form", { class: "fields", submit },
      h("label", {}, "Samples a second ", rate), h("label", {}, "Unit ", unit),
      h("button", { class: "button small primary" }, "Read it with that"));
    this.element.append(form);
  }

  /** As it was before anything was read. */
  start() {
    this.element.classList.remove("failed");
    this.element.replaceChildren(this.title, this.bar, this.state);
    this.show("Waiting", 0);
    announce(`${this.name}: Waiting`);
  }

  async showRead(input) {
    const [reading, view] = await Promise.all(
      [getJson(readingPath(input.reading_id)), getJson(readingPath(input.reading_id, "/view"))],
    );
    const kept = keptOf(input.reading_id, reading, view);
    keepReading(kept);
    this.showReading(kept);
    announce(`${kept.name}: ${kept.words}`);
  }

  showReading(kept) {
    const link = h("a", { href: `#/r/${kept.id}` }, kept.name);
    this.title.replaceChildren(link);
    this.bar.remove();
    this.tell(kept);
    document.addEventListener("reading-changed", ({ detail }) => detail.id === kept.id && this.tell(detail));
    this.addDismiss("Forget this reading, here and on the server", () => {
      forgetKept(kept.id);
      remove(readingPath(kept.id)).catch(() => {});
    });
  }

  tell(kept) {
    this.state.replaceChildren(h("span", { class: `chip ${kept.verdict}` }, kept.words), ` ${kept.detail}`);
  }

  addDismiss(label, action) {
    const button = h("button", {
      type: "button", class: "dismiss", "aria-label": `${label}: ${this.name}`, title: label,
      click: () => {
        action();
        this.element.remove();
        const list = document.getElementById("upload-list");
        document.getElementById("uploads").hidden = !list.children.length;
      },
    }, "×");
    this.element.append(button);
  }
}
