// Asks this page's server what is on the sheet: one request at a time. While one is under way the newest question waits,
// and what lies between is left out. Where waiting can help it is asked again, until there is an answer.

const RETRY_MS = 2000;
const PATIENCE_MS = 45_000; // the server itself gives up after 30 s
const KEPT = { status: "failure", large: "", detail: "Your drawing is kept and read in a moment.", retry: true };
const NO_CONNECTION = { ...KEPT, title: "No connection", detail: "Your drawing is kept and read when it is back." };
const NO_ANSWER = { ...KEPT, title: "No answer at the moment" };

export class Asking {
  // question() → {mode, file, tooLarge?}; answered(reply, current), current where nothing has changed since; `asked` is
  // the question that was answered last
  constructor(question, answered, waiting) {
    Object.assign(this, { question, answered, waiting, busy: false, changed: false, timer: null, asides: [] });
    addEventListener("online", () => this.timer && this.ask());
  }

  ask() {
    clearTimeout(this.timer);
    this.timer = null;
    this.changed = this.busy;
    this.asides.splice(0).forEach(({ resolve }) => resolve(null)); // they were about what is no more
    if (!this.busy) this.run();
  }

  // By the way, in its turn behind the reading of the drawing: the reply, null where something new has come up meanwhile.
  // `path` tells where another question than what it reads as goes.
  aside(question) {
    return new Promise((resolve) => {
      this.asides.push({ question, resolve });
      this.next();
    });
  }

  async next() {
    if (this.busy || this.asides.length === 0) return;
    const { question, resolve } = this.asides.shift();
    this.busy = true;
    const reply = await answerTo(question);
    this.busy = false;
    resolve(this.changed ? null : reply);
    if (this.changed) this.ask();
    else this.next();
  }

  async run() {
    this.busy = true;
    this.waiting(true);
    const question = this.question();
    const reply = await answerTo(question);
    const current = !this.changed;
    if (current) this.waiting(false);
    this.asked = question;
    this.answered(reply, current);
    this.busy = false;
    if (this.changed) this.ask();
    else if (reply.retry) this.timer = setTimeout(() => this.ask(), RETRY_MS);
    else this.next();
  }
}

async function answerTo({ mode, file, reply, path = `reading/${mode}` }) {
  if (reply) return { mode, ...reply };
  try {
    return { mode, ...(await jsonOf(await sent(path, file))) };
  } catch (error) {
    console.debug(error);
    return { mode, ...NO_CONNECTION };
  }
}

function sent(path, file) {
  return fetch(new URL(path, document.baseURI), {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream" },
    body: file,
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}

async function jsonOf(response) {
  const reply = await response.json().catch(() => null); // of whatever stands between
  if (reply?.status === "signed_out") location.reload(); // to sign in; the drawing is kept
  return typeof reply?.status === "string" ? reply : NO_ANSWER;
}
