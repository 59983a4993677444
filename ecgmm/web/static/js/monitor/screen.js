/** One stream on the screen: everything that its server says, where it belongs. */

import { postJson } from "../api.js";
import { announce, h } from "../dom.js";
import { say } from "../language.js";
import { BEAT_NAMES, SEVERITY_NAMES } from "../words.js";
import { Alarms } from "./alarms.js";
import { Connection } from "./connection.js";
import { LimitsDialog } from "./limits.js";
import { rhythmOf } from "./rhythm.js";
import { Sound } from "./sound.js";
import { Sweep } from "./sweep.js";
import { streamTime } from "./times.js";

const ECTOPIC = ["S", "V", "F"];
const MINUTE_S = 60;
const QUIET_MS = 3000;
const LOOK_EVERY_MS = 500;
const RATE_ALARMS = ["asystole", "extreme_tachycardia", "extreme_bradycardia", "tachycardia", "bradycardia"];

const at = (id) => document.getElementById(id);

/** Show a stream; gives what ends that. */
export function showScreen(id) {
  const screen = new Screen(id);
  return () => screen.stop();
}

class Screen {
  constructor(id) {
    this.id = id;
    this.path = `/api/v1/streams/${encodeURIComponent(id)}`;
    this.beats = new Map();
    this.rate = null;
    this.left = new AbortController();
    at("log").replaceChildren();
    at("screen-title").textContent = say("Live");
    for (const figure of ["rate", "rhythm", "ectopic", "last-beat"]) at(figure).textContent = "--";
    this.sweep = new Sweep(at("frame"), at("trace"), at("lead-names"));
    this.alarms = new Alarms(at("alarms"), at("log"), (alarm) => this.acknowledge(alarm));
    this.alarms.show();
    this.sound = new Sound();
    this.limitsDialog = new LimitsDialog(at("limits-dialog"), (changes) => postJson(`${this.path}/limits`, changes));
    this.bind();
    this.tellScale();
    this.showLegend();
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.connection = new Connection(id, (message) => this.take(message), (...state) => this.setLink(...state));
  }

  stop() {
    this.left.abort();
    clearInterval(this.timer);
    this.connection.stop();
    this.sweep.stop();
    this.sound.stop();
    this.wakeLock?.release();
  }

  bind() {
    const options = { signal: this.left.signal };
    at("sound").addEventListener("click", () => this.toggleSound(), options);
    at("limits").addEventListener("click", () => this.openLimits(), options);
    at("gain").addEventListener("change", () => {
      this.sweep.setGain(Number(at("gain").value));
      this.tellScale();
    }, options);
    document.addEventListener("keydown", (event) => this.key(event), options);
    document.addEventListener("visibilitychange", () => this.stayAwake(), options);
    at("sound").setAttribute("aria-pressed", "false");
    this.stayAwake();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, dialog")) return;
    const actions = {
      a: () => this.alarms.acknowledgeFirst() || announce("No alarm to acknowledge"),
      s: () => this.toggleSound(),
      l: () => this.openLimits(),
    };
    actions[event.key.toLowerCase()]?.();
  }

  /** A screen that goes dark is no monitor; browsers that cannot help it are left alone. */
  async stayAwake() {
    if (document.visibilityState !== "visible") return;
    this.wakeLock = await navigator.wakeLock?.request("screen").catch(() => null);
  }

  take(message) {
    const actions = {
      stream: () => this.takeStream(message),
      trace: () => this.takeTrace(message),
      beat: () => this.takeBeat(message),
      heart_rate: () => this.takeRate(message),
      alarm: () => this.takeAlarm(message),
      condition: () => this.takeCondition(message),
      limits: () => { this.limits = message.limits; },
      error: () => announce(message.message),
    };
    actions[message.type]?.();
  }

  takeStream(stream) {
    this.limits = stream.limits;
    at("screen-title").textContent = stream.title || stream.id;
    document.title = `${stream.title || stream.id}: ${say("live")}`;
    for (const alarm of stream.alarms) this.takeAlarm(alarm);
  }

  takeTrace(event) {
    this.sweep.addTrace(event);
    this.tracedMs = performance.now();
    this.isOff = event.samples_mv.at(-1).every((millivolts) => millivolts === null);
  }

  takeBeat(beat) {
    this.sweep.addBeat(beat);
    if (beat.label === "none") this.beats.delete(beat.id);
    else this.beats.set(beat.id, beat);
    for (const [id, { time_s: timeS }] of this.beats) if (timeS < beat.time_s - MINUTE_S) this.beats.delete(id);
    const counts = ECTOPIC.map((label) => [label, [...this.beats.values()].filter((one) => one.label === label).length]);
    at("ectopic").textContent = counts.map(([label, count]) => `${label} ${count}`).join("  ");
    const last = [...this.beats.values()].reduce((a, b) => (a && a.time_s > b.time_s ? a : b), null);
    at("last-beat").textContent = last ? `${last.label}, ${say(BEAT_NAMES[last.label])}` : "--";
    this.showRate();
  }

  takeRate({ bpm }) {
    this.rate = bpm;
    this.showRate();
  }

  takeAlarm(alarm) {
    if (!this.alarms.add(alarm)) return;
    const words = `${SEVERITY_NAMES[alarm.severity]}: ${alarm.text}`;
    if (alarm.state === "raised") at("alarm-announcer").textContent = say(words);
    else announce(`${alarm.state === "cleared" ? "Cleared" : "Acknowledged"}: ${alarm.text}`);
    this.sound.set(this.alarms.unheeded);
    this.showRate();
  }

  takeCondition(condition) {
    if (this.alarms.addCondition(condition)) announce(condition.text);
  }

  acknowledge(alarm) {
    const isSent = this.connection.send({ type: "acknowledge", alarm_id: alarm.id });
    if (!isSent) announce("Not connected: the alarm could not be acknowledged.");
  }

  openLimits() {
    if (this.limits) this.limitsDialog.open(this.limits);
  }

  toggleSound() {
    this.sound.toggle();
    at("sound").setAttribute("aria-pressed", String(this.sound.isOn));
    announce(this.sound.isOn ? "Alarms sound on this device" : "Alarms are silent on this device");
  }

  showRate() {
    const standing = this.alarms.sorted;
    const alarm = standing.find(({ code }) => RATE_ALARMS.includes(code));
    at("rate").textContent = this.rate == null ? "--" : String(Math.round(this.rate));
    at("rate").closest(".figure").className = `figure rate ${alarm?.severity ?? ""}`;
    const beats = [...this.beats.values()];
    const rhythm = standing.map((one) => rhythmOf(one, beats)).find(Boolean);
    at("rhythm").textContent = say(rhythm ?? "No rhythm alarm");
  }

  setLink(state, detail = "") {
    this.link = state;
    this.linkDetail = detail;
    this.look();
  }

  /** Say how fresh what is shown is. */
  look() {
    const quietMs = performance.now() - (this.tracedMs ?? performance.now());
    const [english, mood] = this.stateWords(quietMs);
    const words = say(english);
    const place = at("link-state");
    if (place.textContent !== words) place.textContent = words;
    place.className = `link-state ${mood}`;
    at("screen").querySelector(".watch").classList.toggle("stale", this.link !== "open" || quietMs > QUIET_MS);
  }

  stateWords(quietMs) {
    switch (this.link) {
      case "connecting": return ["Connecting", ""];
      case "waiting": return [`Connection lost, trying again within ${this.linkDetail}`, "trouble"];
      case "ended": return ["The stream has ended", ""];
      case "gone": return ["There is no such stream any more", "trouble"];
      default:
    }
    if (this.tracedMs === undefined) return ["Waiting for samples and model", ""];
    if (quietMs > QUIET_MS) return [`No samples for ${Math.floor(quietMs / 1000)} s`, "trouble"];
    if (this.isOff) return ["All leads off", "trouble"];
    return [`Live, ${streamTime(this.sweep.trace.endS)}`, "live"];
  }

  tellScale() {
    at("scale").textContent = say(`25 mm/s, ${this.sweep.mmPerMv} mm/mV. A beat's name comes within about two seconds and `
      + "may be corrected once. Not a medical device.");
  }

  showLegend() {
    at("legend").replaceChildren(...Object.entries(BEAT_NAMES).map(([label, name]) => h("li", {},
      h("span", { class: `badge ${label}`, "aria-hidden": "true" }, label), name)));
  }
}
