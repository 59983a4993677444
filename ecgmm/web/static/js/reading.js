/** One reading: the verdict first, then the facts, then the evidence. */

import { ApiError, getBlob, getJson, readingPath } from "./api.js";
import { buildAsked } from "./asked.js";
import { Changes } from "./changes.js";
import { buildCompare } from "./compare.js";
import { announce, h, svg } from "./dom.js";
import { keptOf, readKept, refreshKept } from "./kept.js";
import { say } from "./language.js";
import { buildPages } from "./pages.js";
import { PhotoCard } from "./photo.js";
import { buildSheet } from "./sheet.js";
import { SignalSource } from "./signal.js";
import { StripSource } from "./strips.js";
import { Viewer } from "./viewer.js";
import { BEAT_NAMES, EPISODE_COLOURS, EPISODE_NAMES, SEVERITY_NAMES, clock, lookOf } from "./words.js";

const NOT_A_MEDICAL_DEVICE = "Not a medical device: no diagnosis, no substitute for a physician.";
const MOST_STRETCHES = 12;
const EXPORTS = [
  ["pdf", "Report as PDF"], ["png", "Strips as PNG"], ["csv", "Beats as CSV"],
  ["wfdb", "Beats as WFDB annotations"], ["json", "Reading as JSON"],
];
const QUALITY = {
  good: { level: "Good", sentence: "The beats are clearly seen." },
  fair: { level: "Fair", sentence: "Some of it is hard to read." },
  poor: { level: "Poor", sentence: "Much of it is hard to read; rely on little of it." },
};
const ICONS = {
  normal: "M5 13l5 5 9-11", borderline: "M5 12h14", abnormal: "M12 5v9M12 18.5v.5",
  unreadable: "M7 7l10 10M17 7L7 17", doubtful: "M9 9a3 3 0 1 1 3 4v2M12 18.5v.5",
};

/**
 * Fill an article with a reading.
 * @param {HTMLElement} article
 * @param {string} id
 * @param {AbortSignal} left aborted when the page turns elsewhere
 * @param {(timeS: number | null) => void} onChanged called when the reading was corrected, at a time
 * @param {number | null} [changedAtS] after a correction: the time of its beat, null where it has none
 */
export async function showReading(article, id, left, onChanged, changedAtS) {
  if (!article.hasChildNodes()) article.append(h("p", { class: "message" }, "Opening the reading"));
  try {
    const [reading, view] = await Promise.all([getJson(readingPath(id)), getJson(readingPath(id, "/view"))]);
    if (left.aborted) return;
    article.replaceChildren();
    document.title = `${say(view.plain.headline)} · ${reading.input}`;
    const viewer = build(article, id, reading, view, left, onChanged);
    if (changedAtS != null) viewer?.pickAt(changedAtS);
    if (changedAtS !== undefined) refreshKept(keptOf(id, reading, view));
    announce(`${view.plain.headline}. ${view.plain.certainty}`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    article.replaceChildren(
      h("h1", { id: "headline" }, "This reading cannot be shown"), h("p", { class: "problem" }, error.message),
      h("p", {}, h("a", { class: "button", href: "#/" }, "Read another ECG")),
    );
  }
}

/** Fill the article; gives its viewer, where it has one. */
function build(article, id, reading, view, left, onChanged) {
  const isReadable = reading.summary.verdict !== "unreadable";
  const shown = isReadable ? reading : { ...reading, beats: [] };
  const viewerPlace = h("section", { class: "card viewer", "aria-label": "The ECG" });
  let viewer = null;
  const findings = buildFindings(reading, (beats, first) => viewer.showProof(beats, first));
  article.append(buildCrumbs(id, reading), buildPages(view.pages, reading.page) ?? "", buildVerdict(reading, view.plain));
  if (isReadable) article.append(buildFacts(reading, view.facts));
  if (view.notes?.length) article.append(h("p", { class: "notes" }, `Note: ${view.notes.join(" ")}`));
  if (isReadable) article.append(findings);
  const { episodes = [] } = reading.rhythm;
  if (isReadable && episodes.length > 1) article.append(buildEpisodes(episodes, view.facts.course, (s) => viewer?.centre(s)));
  if (view.asked.length) article.append(buildAsked(view.asked));
  if (view.picture) article.append(new PhotoCard(id, shown, view.picture).element);
  const hasRows = view.signal || view.picture.strips.some((strip) => !strip.refusal);
  if (hasRows) {
    article.append(viewerPlace);
    viewer = new Viewer(viewerPlace, id, shown, (onArrival) => (view.signal
      ? new SignalSource(id, view.signal, onArrival)
      : new StripSource(id, view.picture, reading.duration_s, onArrival)));
    left.addEventListener("abort", () => viewer.stop());
    if (isReadable || reading.corrections) {
      const changes = new Changes(id, reading, Boolean(view.signal), onChanged);
      viewer.onPick = (beat) => changes.choose(beat);
      viewerPlace.append(changes.element);
    }
    const firstProof = reading.findings.find((finding) => finding.beats.length < reading.beats.length);
    if (firstProof?.beats.length) viewer.centre(reading.beats[firstProof.beats[0]].time_s);
  }
  if (hasRows) article.append(buildSheet(id, reading.leads, left));
  const others = readKept().filter((kept) => kept.id !== id);
  article.append(buildCompare(id, others, left) ?? "", buildSignature());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "p" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    printReading(id);
  }, { signal: left });
  return viewer;
}

function buildCrumbs(id, reading) {
  return h("div", { class: "crumbs" },
    h("p", { class: "file" }, h("a", { class: "button small", href: "#/" }, "‹ All ECGs"), " ", reading.input),
    h("p", { class: "print-only printed" }, `Printed on ${new Date().toLocaleString()}`),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "button small", click: () => printReading(id) }, "Print"),
      buildMenu(id)));
}

function buildMenu(id) {
  const list = h("div", { class: "menu-list", id: "export-list", hidden: true });
  const button = h("button", {
    type: "button", class: "button small primary", "aria-expanded": "false", "aria-controls": "export-list",
    click: () => toggle(list.hidden),
  }, "Export");
  const toggle = (isOpen) => {
    list.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) list.firstChild.focus();
  };
  list.append(...EXPORTS.map(([kind, words]) => h("button", {
    type: "button",
    click: async (event) => {
      event.currentTarget.disabled = true;
      await download(id, kind).finally(() => { event.target.disabled = false; });
      toggle(false);
      button.focus();
    },
  }, words)));
  const menu = h("div", {
    class: "menu",
    keydown: (event) => {
      if (event.key !== "Escape") return;
      toggle(false);
      button.focus();
    },
    focusout: (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) toggle(false);
    },
  }, button, list);
  return menu;
}

/** Fetch first, because a link cannot bear a token. */
async function download(id, kind) {
  const suffix = kind === "wfdb" ? "atr" : kind;
  try {
    const blob = await getBlob(readingPath(id, `/export/${kind}`));
    const name = document.querySelector(".crumbs .file").lastChild.textContent.trim();
    const url = URL.createObjectURL(blob);
    h("a", { href: url, download: `${name.replace(/\.[^.]*$/, "")}.${suffix}` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    announce("Saved");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    announce(error.message);
    window.alert(error.message);
  }
}

/** Print the report's pages, which the server draws to scale, and nothing else. */
async function printReading(id) {
  const article = document.getElementById("reading");
  if (!article.querySelector(".report-page")) {
    try {
      const { pages } = await getJson(readingPath(id, "/report"));
      const images = pages.map((page) => h("img", {
        class: "print-only report-page", alt: "A page of the report",
        src: URL.createObjectURL(new Blob([page], { type: "image/svg+xml" })),
      }));
      await Promise.all(images.map((image) => image.decode()));
      article.append(...images);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      announce(error.message);
    }
  }
  window.print();
}

function buildVerdict(reading, plain) {
  const { verdict, grade } = reading.summary;
  const label = grade?.label ?? verdict;
  const look = lookOf(reading);
  const sure = label === "normal" ? 1 - grade?.disease_probability : grade?.disease_probability;
  const meter = grade && h("div", { class: "meter", "aria-hidden": "true" }, h("span"));
  if (meter) meter.firstChild.style.width = `${Math.round(sure * 100)}%`;
  return h("section", { class: `card verdict ${look}` },
    h("div", { class: "verdict-head" },
      h("span", { class: "verdict-icon", "aria-hidden": "true" },
        svg("svg", { viewBox: "0 0 24 24" }, svg("path", { d: ICONS[look] ?? ICONS[label] }))),
      h("div", {}, h("h1", { id: "headline" }, plain.headline),
        plain.certainty && h("p", { class: "certainty" }, plain.certainty), meter)),
    plain.sentences.length > 0 && h("ul", {}, plain.sentences.map((sentence) => h("li", {}, sentence))),
    verdict === "unreadable" && h("p", { class: "reasons" }, reading.quality.reasons.join(" ")),
    reading.not_judged.length > 0 && verdict !== "unreadable"
      && h("p", { class: "not-judged" }, `Not judged: ${reading.not_judged.join(", ")}.`),
    h("p", { class: "advice" }, plain.advice),
    h("p", { class: "not-a-device" }, NOT_A_MEDICAL_DEVICE));
}

/** Letters from which on a fact is a sentence rather than a figure. */
const LONG_FACT = 40;

/** The server words every figure, so that none is rounded twice. */
function buildFacts(reading, facts) {
  const isLong = (value) => typeof value === "string" && value.length > LONG_FACT;
  const fact = (name, value, more) => h("div", { class: isLong(value) ? "card fact long" : "card fact" },
    h("dt", {}, name), h("dd", {}, value, more && h("small", {}, more)));
  const counts = Object.entries(reading.summary.beat_counts).filter(([, count]) => count);
  const range = facts.heart_rate_range;
  return h("dl", { class: "facts" },
    fact("Heart rate", facts.heart_rate, range ? `mean; ${range} over 8 beats` : "mean"),
    fact("Rhythm", facts.rhythm, facts.fibrillation),
    fact("Beats", reading.beats.length, h("ul", { class: "counts" }, counts.map(([label, count]) => h("li", {
      title: BEAT_NAMES[label],
    }, h("span", { class: `badge ${label}`, "aria-hidden": "true" }, label), `${count}`,
      h("span", { class: "visually-hidden" }, ` ${BEAT_NAMES[label]}`))))),
    facts.intervals && fact("Intervals", facts.intervals, facts.axes && `axes: ${facts.axes}`),
    fact("Ectopic burden", facts.burden, facts.burden_of_each),
    fact("Quality", QUALITY[facts.quality_level].level,
      [QUALITY[facts.quality_level].sentence, ...reading.quality.reasons, `Score ${facts.quality} of at most 1.`].join(" ")),
    fact("Recording", facts.duration,
      `${reading.modality === "image" ? "picture" : "signal"}, ${facts.leads}; model ${facts.model}`));
}

function buildFindings(reading, onProof) {
  const { findings, beats } = reading;
  return h("section", { "aria-labelledby": "findings-title" },
    h("h2", { id: "findings-title" }, "Findings"),
    reading.summary.statement && h("p", { class: "statement" }, reading.summary.statement),
    reading.summary.caution && h("p", { class: "caution" }, reading.summary.caution),
    findings.length === 0 && h("p", {}, "None."),
    h("ul", { class: "findings" }, findings.map((finding) => h("li", {}, finding.leads.length
      ? h("div", { class: "finding" }, h("p", { class: "said" }, sayFinding(finding)),
        h("p", { class: "evidence" }, `It shows in ${finding.leads.join(", ")}${sayWaves(finding)}.`))
      : h("details", { class: "finding" }, h("summary", { "data-action": say("Show evidence") }, sayFinding(finding)), buildEvidence(finding, beats, onProof))))));
}

/** The longest episodes in time order; each leads to its beginning. */
function buildEpisodes(episodes, course, onChoose) {
  const longest = [...episodes].sort((a, b) => (b.end_s - b.start_s) - (a.end_s - a.start_s)).slice(0, MOST_STRETCHES);
  longest.sort((a, b) => a.start_s - b.start_s);
  const item = ({ label, start_s: start, end_s: end }) => {
    const colour = h("span", { class: "episode-colour", "aria-hidden": "true" });
    colour.style.background = EPISODE_COLOURS[label];
    return h("li", {}, colour, `${EPISODE_NAMES[label]} `,
      h("button", { type: "button", class: "go", click: () => onChoose(start) }, `${clock(start)} to ${clock(end)}`));
  };
  return h("section", { "aria-labelledby": "episodes-title" },
    h("h2", { id: "episodes-title" }, "Rhythm in time"),
    course && h("p", {}, `${course}.`),
    h("ul", { class: "episodes" }, longest.map(item)),
    episodes.length > longest.length && h("p", {}, `And ${episodes.length - longest.length} shorter episodes.`));
}

function sayWaves({ waves }) {
  return waves.length ? `, in ${waves.join(" and ")}` : "";
}

function sayFinding({ severity, text }) {
  return [h("span", { class: `severity ${severity}` }, SEVERITY_NAMES[severity]), h("span", {}, text)];
}

/** A button for each stretch of neighbouring beats that prove a finding. */
function buildEvidence(finding, beats, onProof) {
  if (finding.beats.length === beats.length || finding.beats.length === 0) {
    const words = finding.beats.length ? "The whole recording shows it." : "It rests on the recording as a whole.";
    return h("div", { class: "evidence" }, words, finding.beats.length > 0 && h("button", {
      type: "button", class: "go", click: () => onProof([], finding.beats[0]),
    }, "Go to the beginning"));
  }
  const stretches = stretchesOf(finding.beats);
  const chip = ([first, last]) => {
    const from = clock(beats[first].time_s);
    const words = first === last ? from : `${from} to ${clock(beats[last].time_s)}`;
    return h("button", { type: "button", click: () => onProof(finding.beats, first) }, words);
  };
  const place = h("div", { class: "evidence" }, "At ", stretches.slice(0, MOST_STRETCHES).map(chip));
  const rest = stretches.slice(MOST_STRETCHES);
  if (rest.length) {
    const more = h("button", {
      type: "button",
      click: () => more.replaceWith(...rest.splice(0, 100).map(chip), rest.length ? more : ""),
    }, "Show more");
    place.append(more, ` ${rest.length} more; or press N in the strip`);
  }
  return place;
}

function stretchesOf(indices) {
  const stretches = [];
  for (const index of indices) {
    const last = stretches.at(-1);
    if (last && last[1] === index - 1) last[1] = index;
    else stretches.push([index, index]);
  }
  return stretches;
}

function buildSignature() {
  return h("div", { class: "print-only signature", "aria-hidden": "true" },
    ["Name", "Date of birth", "Recorded on", "Reviewed by"].map((words) => h("span", {}, words)));
}
