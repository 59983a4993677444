/** The readings that this tab has, by session storage. */

import { lookOf } from "./words.js";

const KEY = "ecgmm-readings";
const MOST = 100;

/** What this tab has read, the oldest first. */
export function readKept() {
  return readList(KEY);
}

/** Note a reading. */
export function keepReading(entry) {
  writeList(KEY, [...without(readKept(), entry.id), entry]);
}

/** Note that a reading of this tab has changed; whoever shows it hears of it. */
export function refreshKept(entry) {
  const entries = readKept();
  if (!entries.some(({ id }) => id === entry.id)) return;
  writeList(KEY, entries.map((old) => (old.id === entry.id ? entry : old)));
  document.dispatchEvent(new CustomEvent("reading-changed", { detail: entry }));
}

export function forgetKept(id) {
  writeList(KEY, without(readKept(), id));
}

/** A reading as the list of this tab has it. */
export function keptOf(id, reading, view) {
  return {
    id,
    name: reading.input,
    verdict: lookOf(reading),
    words: view.facts.verdict,
    detail: [view.facts.heart_rate, view.pages?.length && `${view.pages.length} pages`].filter(Boolean).join(", "),
  };
}

export function readList(key) {
  return JSON.parse(sessionStorage.getItem(key) ?? "[]");
}

export function writeList(key, entries) {
  sessionStorage.setItem(key, JSON.stringify(entries.slice(-MOST)));
}

export function without(entries, id) {
  return entries.filter((entry) => entry.id !== id);
}
