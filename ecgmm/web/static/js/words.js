/** How things are called and times are written: as `ecgmm.analysis.words` does, from the JSON's figures. */

export const BEAT_NAMES = {
  N: "normal or bundle branch block",
  S: "supraventricular ectopic",
  V: "ventricular ectopic",
  F: "fusion",
  Q: "paced or unclassifiable",
};

/** Okabe and Ito's colours, which colour-blind readers can tell apart; a letter says the same. */
export const BEAT_COLOURS = { N: "#0072b2", S: "#e69f00", V: "#d55e00", F: "#cc79a7", Q: "#009e73" };
export const BEAT_INKS = { N: "#ffffff", S: "#221500", V: "#1f0b00", F: "#2a0718", Q: "#00150d" };

export const EPISODE_NAMES = {
  sinus: "sinus rhythm",
  af: "atrial fibrillation",
  flutter: "atrial flutter",
  other: "rhythm not clearly sinus",
  paced: "paced rhythm",
  vt: "ventricular tachycardia",
  idioventricular: "idioventricular rhythm",
  svt: "supraventricular tachycardia",
  ectopic_atrial: "ectopic atrial or junctional rhythm",
  junctional: "possibly junctional or low atrial rhythm",
  bigeminy: "ventricular bigeminy",
  av_block: "AV block",
  noise: "not read",
};
export const EPISODE_COLOURS = {
  sinus: "#dfe7ec", af: "#56b4e9", flutter: "#0072b2", other: "#f0e442", paced: "#009e73", vt: "#d55e00",
  idioventricular: "#f2b48a", svt: "#e69f00", ectopic_atrial: "#f6d58e", junctional: "#b79f00", bigeminy: "#cc79a7", av_block: "#a05195", noise: "#888888",
};

export const SEVERITY_NAMES = { critical: "Critical", warning: "Warning", info: "Note" };

/** Halves upwards, also those that are no binary fraction. */
function halfUp(value) {
  return Math.floor(value + 0.5 + 1e-9);
}

/** A probability in whole per cent that never claims certainty. */
export function percent(probability) {
  if (probability > 0.99) return "over 99 %";
  if (probability < 0.01) return "under 1 %";
  return `${halfUp(probability * 100)} %`;
}

/** A time as "7.3 s", "2:07.3" or "1:02:07.3". */
export function clock(seconds, decimals = 1) {
  const scale = 10 ** decimals;
  const ticks = halfUp(seconds * scale);
  const minutes = Math.floor(ticks / (60 * scale));
  const rest = ((ticks % (60 * scale)) / scale).toFixed(decimals);
  if (minutes === 0) return `${rest} s`;
  const padded = rest.padStart(decimals ? decimals + 3 : 2, "0");
  const hours = Math.floor(minutes / 60);
  return hours
    ? `${hours}:${String(minutes % 60).padStart(2, "0")}:${padded}`
    : `${minutes}:${padded}`;
}

/** A time for an axis: whole seconds, "0:07" style from a minute on. */
export function axisTime(seconds) {
  return clock(seconds, Number.isInteger(seconds) ? 0 : 1);
}

/** How grave a reading looks: its grade, or that it is critical, or normal with a doubt. */
export function lookOf({ summary: { verdict, grade }, findings, quality }) {
  const label = grade?.label ?? verdict;
  if (label === "abnormal" && findings.some((finding) => finding.severity === "critical")) return "critical";
  return label === "normal" && quality.doubts?.length ? "doubtful" : label;
}
