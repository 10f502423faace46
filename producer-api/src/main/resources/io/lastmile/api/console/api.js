const KEY = "lastmile-key";
let asking = null;

/** What the API answered instead of what was asked for (RFC 9457). */
export class Problem extends Error {
  constructor({ status, type, title, detail }) {
    super(detail);
    Object.assign(this, { status, type: type ?? "", title: title ?? "That did not work.", detail: detail ?? "" });
  }
}

/** Asks the API; where it asks for a key, asks for one, and again. */
export async function call(path, options = {}) {
  for (;;) {
    const key = sessionStorage.getItem(KEY);
    const headers = { ...options.headers };
    if (key) headers.Authorization = `Bearer ${key}`;
    let answer;
    try {
      answer = await fetch(path, { ...options, headers });
    } catch (failure) {
      if (failure.name === "AbortError") throw failure;
      throw new Problem({ status: 0, title: "No answer.", detail: "The API does not answer right now." });
    }
    if (answer.ok) return answer;
    const said = await answer.json().catch(() => ({}));
    if (answer.status !== 401) throw new Problem({ ...said, status: answer.status });
    await newKey(key);
  }
}

export async function json(path, options) {
  return (await call(path, options)).json();
}

/** As json(), but what is not there is null. */
export async function jsonOrNull(path, options) {
  try {
    return await json(path, options);
  } catch (problem) {
    if (problem.status === 404) return null;
    throw problem;
  }
}

/** Asks once, however many calls wait for it. */
function newKey(refused) {
  if (sessionStorage.getItem(KEY) !== refused) return Promise.resolve();
  asking ??= ask(refused !== null).finally(() => { asking = null; });
  return asking;
}

function ask(wasWrong) {
  const dialog = document.getElementById("key");
  dialog.querySelector(".wrong").hidden = !wasWrong;
  dialog.querySelector("input").value = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      sessionStorage.setItem(KEY, dialog.querySelector("input").value.trim());
      resolve();
    }, { once: true });
  });
}

/** Server-sent events of a path, until the signal; EventSource itself cannot show a key. */
export async function* events(path, signal) {
  const answer = await call(path, { signal });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const event = parse(text.slice(0, end));
      text = text.slice(end + 2);
      if (event.data) yield event;
    }
  }
}

function parse(block) {
  const event = { name: "message", data: "" };
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) event.name = line.slice(7);
    if (line.startsWith("data: ")) event.data += line.slice(6);
  }
  return event;
}
