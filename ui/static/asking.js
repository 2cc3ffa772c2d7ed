// Asks this page's server what is on the sheet: one request at a time. While one is under way the newest question waits,
// and what lies between is left out. Where waiting can help it is asked again, until there is an answer.

const RETRY_MS = 2000;
const PATIENCE_MS = 45_000; // the server itself gives up after 30 s
const KEPT = { status: "failure", large: "", detail: "Your drawing is kept and read in a moment.", retry: true };
const NO_CONNECTION = { ...KEPT, title: "No connection", detail: "Your drawing is kept and read when it is back." };
const NO_ANSWER = { ...KEPT, title: "No answer at the moment" };

export class Asking {
  // question() → {mode, file, tooLarge?}; answered(reply, current), current where nothing has changed since
  constructor(question, answered, waiting) {
    Object.assign(this, { question, answered, waiting, busy: false, changed: false, timer: null });
    addEventListener("online", () => this.timer && this.ask());
  }

  ask() {
    clearTimeout(this.timer);
    this.timer = null;
    this.changed = this.busy;
    if (!this.busy) this.run();
  }

  // By the way, of a pen at rest: the reply, null where there is none or something new has come up meanwhile.
  async aside(question) {
    if (this.busy) return null;
    this.busy = true;
    const reply = await answerTo(question);
    this.busy = false;
    if (this.changed) this.ask();
    else if (reply.status !== "failure") return reply;
    return null;
  }

  async run() {
    this.busy = true;
    this.waiting(true);
    const reply = await answerTo(this.question());
    this.busy = false;
    const current = !this.changed;
    if (current) this.waiting(false);
    this.answered(reply, current);
    if (!current) this.ask();
    else if (reply.retry) this.timer = setTimeout(() => this.ask(), RETRY_MS);
  }
}

async function answerTo({ mode, file, reply }) {
  if (reply) return { mode, ...reply };
  try {
    return { mode, ...(await jsonOf(await sent(mode, file))) };
  } catch (error) {
    console.debug(error);
    return { mode, ...NO_CONNECTION };
  }
}

function sent(mode, file) {
  return fetch(new URL(`reading/${mode}`, document.baseURI), {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream" },
    body: file,
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}

async function jsonOf(response) {
  const reply = await response.json().catch(() => null); // of whatever stands between
  if (reply?.status === "signed_out") location.reload(); // to sign in; the drawing is kept
  return reply?.title === undefined ? NO_ANSWER : reply;
}
