/** The page of live streams: which there are at "#", one of them at "#ID". */

import { translatePage } from "../language.js";
import { startPicker } from "./picker.js";
import { showScreen } from "./screen.js";

const picker = document.getElementById("picker");
const screen = document.getElementById("screen");
let leave = () => {};

function route() {
  leave();
  const id = location.hash.match(/^#([\w-]+)$/)?.[1];
  const isStream = Boolean(id) && id !== "main";
  picker.hidden = isStream;
  screen.hidden = !isStream;
  window.scrollTo(0, 0);
  leave = isStream ? showScreen(id) : startPicker();
}

translatePage();
window.addEventListener("hashchange", () => {
  if (location.hash === "#main") return;
  route();
  document.getElementById("main").focus({ preventScroll: true });
});
route();
