/** The rhythm that an alarm is about, and how fast it is: the displayed heart rate is a mean over more than that. */

const RHYTHMS = {
  asystole: "Asystole",
  ventricular_fibrillation: "Ventricular fibrillation",
  ventricular_tachycardia: "Ventricular tachycardia",
  pvc_run: "Run of ventricular beats",
  af_onset: "Atrial fibrillation",
};
const VENTRICULAR = ["ventricular_tachycardia", "pvc_run"];
const WITHOUT_RATE = ["asystole", "ventricular_fibrillation"];
const MOST_INTERVALS = 8;

/** In words, such as "Ventricular tachycardia, 170 bpm"; null where the alarm is about no rhythm. */
export function rhythmOf(alarm, beats) {
  if (!(alarm.code in RHYTHMS)) return null;
  const bpm = WITHOUT_RATE.includes(alarm.code) ? null : rateOf(alarm, beats);
  return bpm === null ? RHYTHMS[alarm.code] : `${RHYTHMS[alarm.code]}, ${bpm} bpm`;
}

/** The median rate of its last beats in whole bpm; of a ventricular rhythm only what lies between ventricular beats. */
function rateOf({ code, onset_s: onsetS }, beats) {
  const since = beats.filter((beat) => beat.time_s >= onsetS).sort((a, b) => a.time_s - b.time_s);
  const counts = (beat) => !VENTRICULAR.includes(code) || beat.label === "V";
  const intervals = since.slice(1)
    .map((beat, at) => (counts(beat) && counts(since[at]) ? beat.time_s - since[at].time_s : null))
    .filter((interval) => interval !== null).slice(-MOST_INTERVALS).sort((a, b) => a - b);
  if (!intervals.length) return null;
  const middle = intervals.length / 2;
  return Math.round(120 / (intervals[Math.ceil(middle) - 1] + intervals[Math.floor(middle)]));
}
