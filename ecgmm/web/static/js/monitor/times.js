/** Times as a monitor writes them. */

import { language } from "../language.js";

const DAY_TIME = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

/** A time of day from seconds since 1970. */
export function timeOfDay(seconds) {
  return DAY_TIME.format(new Date(seconds * 1000));
}

/** A time on the stream's own clock, such as "0:07" or "1:02:07". */
export function streamTime(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const padded = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${padded(minutes)}:${padded(rest)}` : `${minutes}:${padded(rest)}`;
}
