/** The streams of the server, and what can be replayed as if it were live. */

import { getJson, postJson } from "../api.js";
import { h } from "../dom.js";
import { say } from "../language.js";
import { readKept } from "../kept.js";

const STREAMS = "/api/v1/streams";
const LOOK_EVERY_MS = 3000;
const list = document.getElementById("streams");
const problem = document.getElementById("picker-problem");

const sample = document.getElementById("watch-sample");

sample.addEventListener("click", () => replay({}));
sample.disabled = false;

/** Show the streams, again and again; gives what ends that. */
export function startPicker() {
  document.title = `ecgmm: ${say("live")}`;
  problem.textContent = "";
  showKept();
  let isLeft = false;
  let timer = 0;
  const look = async () => {
    try {
      showStreams((await getJson(STREAMS)).streams);
    } catch (error) {
      problem.textContent = say(error.message);
    }
    if (!isLeft) timer = setTimeout(look, LOOK_EVERY_MS);
  };
  look();
  return () => {
    isLeft = true;
    clearTimeout(timer);
  };
}

function showStreams(streams) {
  const cards = streams.map((stream) => h("li", { class: "card stream" },
    h("a", { href: `#${stream.id}` }, stream.title || stream.id),
    h("span", { class: "about" }, about(stream)),
    h("span", { class: "bpm" }, stream.heart_rate_bpm == null ? "--" : Math.round(stream.heart_rate_bpm))));
  if (!cards.length) cards.push(h("li", { class: "nothing" }, "None now."));
  list.replaceChildren(...cards);
}

function about(stream) {
  const alarms = stream.alarms.length;
  return [
    stream.state === "live" ? "Live" : "Waiting for its source",
    stream.leads.join(", "),
    `${stream.viewers} watching`,
    alarms ? `${alarms} alarm${alarms > 1 ? "s" : ""}` : "",
  ].filter(Boolean).map(say).join(" · ");
}

function showKept() {
  const kept = readKept();
  document.getElementById("replays").hidden = kept.length === 0;
  document.getElementById("replay-list").replaceChildren(...kept.map((entry) => h("li", { class: "card stream" },
    h("span", {}, entry.name),
    h("button", { type: "button", class: "button small", click: () => replay({ reading_id: entry.id }),
      "aria-label": `Replay ${entry.name}` }, "Replay"))));
}

async function replay(what) {
  try {
    location.hash = `#${(await postJson(STREAMS, what)).id}`;
  } catch (error) {
    problem.textContent = say(error.message);
  }
}
