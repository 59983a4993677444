/** The server's API. Every failure is an ApiError with one sentence for people. */

export const TOKEN_KEY = "ecgmm-token";
const API = "/api/v1";

export class ApiError extends Error {
  constructor(status, code, message, retryAfterS = 0) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterS = retryAfterS;
  }
}

let askingForToken = null;

/** GET of JSON. */
export async function getJson(path) {
  return (await request(path)).json();
}

/** GET of anything, as a blob. */
export async function getBlob(path) {
  return (await request(path)).blob();
}

/** GET of bytes. */
export async function getBytes(path, signal) {
  return (await request(path, { signal })).arrayBuffer();
}

export async function postJson(path, body) {
  return sendJson("POST", path, body);
}

export async function putJson(path, body) {
  return sendJson("PUT", path, body);
}

async function sendJson(method, path, body) {
  const options = {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  return (await request(path, options)).json();
}

export async function remove(path) {
  await request(path, { method: "DELETE" });
}

/** Where a reading, or a part of it, is. */
export function readingPath(id, part = "") {
  return `${API}/readings/${encodeURIComponent(id)}${part}`;
}

/**
 * Upload files that belong together.
 * @param {File[]} files
 * @param {Record<string, string>} fields what the form says beside them
 * @param {(share: number) => void} onProgress share of the bytes that are sent
 * @returns {Promise<object>} the job
 */
export async function upload(files, fields, onProgress) {
  return withToken(() => sendUpload(files, fields, onProgress));
}

/** XMLHttpRequest, because fetch does not tell how much is sent. */
function sendUpload(files, fields, onProgress) {
  const form = new FormData();
  for (const file of files) form.append("files", file, file.name);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", `${API}/analyze?wait=0`);
    for (const [name, value] of Object.entries(authorization())) call.setRequestHeader(name, value);
    call.responseType = "json";
    call.upload.onprogress = (event) => event.total && onProgress(event.loaded / event.total);
    call.onerror = () => reject(unreachable());
    call.onload = () => {
      if (call.status < 300) resolve(call.response);
      else reject(refusal(call.status, call.response, call.getResponseHeader("Retry-After")));
    };
    call.send(form);
  });
}

/**
 * Follow a job by its server-sent events until it is done.
 * EventSource cannot bear a token, so the stream is read by hand.
 */
export async function followJob(id, onChange) {
  const response = await request(`${API}/jobs/${encodeURIComponent(id)}/events`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let job = null;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
    const events = text.split("\n\n");
    text = events.pop();
    for (const event of events) {
      const data = event.split("\n").find((line) => line.startsWith("data: "));
      if (data) onChange((job = JSON.parse(data.slice(6))));
    }
  }
  if (!job || job.state !== "done") throw unreachable();
  return job;
}

function request(path, options = {}) {
  return withToken(() => requestOnce(path, options));
}

/** Try, and try again with another token until the server accepts one or the user gives up. */
async function withToken(attempt) {
  for (;;) {
    const isAgain = sessionStorage.getItem(TOKEN_KEY) !== null;
    try {
      return await attempt();
    } catch (error) {
      if (error.status !== 401) throw error;
      await askForToken(isAgain);
    }
  }
}

async function requestOnce(path, options) {
  let response;
  try {
    response = await send(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw unreachable();
  }
  if (!response.ok) {
    const body = await response.json().catch(() => null);
    throw refusal(response.status, body, response.headers.get("Retry-After"));
  }
  return response;
}

function send(path, options) {
  return fetch(path, { ...options, headers: { ...options.headers, ...authorization() } });
}

function authorization() {
  const token = sessionStorage.getItem(TOKEN_KEY);
  return token ? { Authorization: `Bearer ${token}` } : {};
}

function refusal(status, body, retryAfter) {
  if (status === 401) sessionStorage.removeItem(TOKEN_KEY);
  const error = body?.error ?? {};
  const message = error.message ?? `The server answered with status ${status}.`;
  return new ApiError(status, error.code ?? "refused", message, Number(retryAfter) || 0);
}

function tokenMissing() {
  return new ApiError(403, "needs_token", "This server reads nothing without its token. Reload the page to give it.");
}

function unreachable() {
  return new ApiError(0, "unreachable", "The server cannot be reached. Is it still running?");
}

/** Ask once, however many requests were refused together. */
function askForToken(isAgain) {
  askingForToken ??= new Promise((resolve, reject) => {
    const dialog = document.getElementById("token-dialog");
    const input = document.getElementById("token");
    input.value = "";
    dialog.returnValue = "";
    dialog.querySelector("[role=alert]")?.replaceChildren(isAgain ? "That was not it." : "");
    dialog.addEventListener("close", () => {
      askingForToken = null;
      if (dialog.returnValue !== "ok") reject(tokenMissing());
      else resolve(sessionStorage.setItem(TOKEN_KEY, input.value));
    }, { once: true });
    dialog.showModal();
  });
  return askingForToken;
}
