/** The page: uploads at "#/", a reading at "#/r/ID". */

import { startCamera } from "./camera/camera.js";
import { say, translatePage } from "./language.js";
import { showReading } from "./reading.js";
import { addFiles, startUploads } from "./uploads.js";

const home = document.getElementById("home");
const article = document.getElementById("reading");
let leave = () => {};

async function route() {
  leave();
  leave = () => {};
  const id = location.hash.match(/^#\/r\/([\w-]+)$/)?.[1];
  home.hidden = Boolean(id);
  article.hidden = !id;
  article.replaceChildren();
  if (!id) {
    document.title = `ecgmm: ${say("Show me an ECG")}`;
    return;
  }
  window.scrollTo(0, 0);
  await open(id);
}

/** Show a reading; once it was corrected it is shown again where one looks. */
async function open(id, changedAtS) {
  leave();
  const left = new AbortController();
  leave = () => left.abort();
  await showReading(article, id, left.signal, (atS) => open(id, atS), changedAtS);
}

translatePage();
startUploads();
startCamera((photo) => addFiles([photo]));
window.addEventListener("hashchange", async () => {
  await route();
  document.getElementById("main").focus({ preventScroll: true });
});
route();
navigator.serviceWorker?.register("/service_worker.js").catch(() => {});
