// Sends entries in batches until all have an answer: one bad file stops nothing, and a service or a page that does not
// answer is waited for.
import { readable } from "./files.js";

const BATCH_FILES = 8; // often enough to see it go on; the page reads four at a time
const BATCH_BYTES = 24 * 2 ** 20;
const MOST_TRIES = 3; // for a picture on which the service fails
const LONGEST_WAIT = 10; // seconds
const SERVICE = ["service_down", "busy", "too_often", "no_model"]; // codes by which no picture is at fault
const AWAY = { title: "This page's server does not answer", detail: "Your pictures are kept and read when it is back." };

// `queue` may grow meanwhile; what is left in it was not read. `show(row, entry)` gets each answer, `wait(words)` says
// why nothing goes on, and null when it does again. Throws an Error with the page's own words where it refuses all.
export async function send(queue, { form, mode, signal, show, wait }) {
  for (let failures = 0; queue.length > 0 && !signal.aborted; ) {
    const batch = nextBatch(queue, failures > 0 ? 1 : BATCH_FILES); // one picture tells whether it is back
    const { page, seconds, status } = await post(form, mode, batch, signal).catch(() => ({}));
    const rows = page ? [...page.querySelectorAll(".reading")] : [];
    if (rows.length !== batch.length) {
      queue.unshift(...batch);
      if (signal.aborted || (await leaveOut(batch, status))) continue;
      if (status === 413 && batch.length > 1) {
        failures = 1;
        continue;
      }
      const problem = page?.querySelector(".problem")?.textContent.trim();
      if (problem && !seconds) throw new Error(problem);
      wait(problem ? { title: problem, detail: "" } : AWAY);
      await pause(seconds ?? 1, failures++, signal);
      continue;
    }
    const late = rows.filter((row, place) => !done(row, batch[place], queue, show));
    if (late.length === 0 && failures > 0) wait(null);
    failures = late.length === 0 ? 0 : failures + 1;
    if (late.length > 0) {
      // A service that is busy for a moment is nothing to speak of.
      const spoken = failures > 1 || late[0].dataset.code !== "busy";
      if (spoken) wait({ title: text(late[0], ".title"), detail: text(late[0], ".detail") });
      await pause(seconds ?? 1, failures - 1, signal);
    }
  }
}

function nextBatch(queue, most) {
  const reason = queue[0].leftOut; // those that are left out go by themselves
  let count = 0;
  for (let bytes = 0; count < Math.min(most, queue.length) && queue[count].leftOut === reason; count++) {
    bytes += queue[count].file.size;
    if (count > 0 && bytes > BATCH_BYTES) break;
  }
  return queue.splice(0, count);
}

async function post(form, mode, batch, signal) {
  const body = new FormData();
  body.append("mode", mode);
  if (batch[0].leftOut) body.append("left_out", batch[0].leftOut);
  for (const { name, file, leftOut } of batch) body.append("images", leftOut ? new Blob() : file, name || "unnamed");
  // The header tells the page to leave out the pictures, which are here already.
  const reply = await fetch(form.action, { method: "POST", body, signal, headers: { "X-Requested-With": "fetch" } });
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const ours = page.getElementById("results");
  if (ours) document.querySelector(".colophon").replaceWith(page.querySelector(".colophon")); // what answers now
  return { page: ours ? page : undefined, seconds: Number(reply.headers.get("Retry-After")) || undefined, status: reply.status };
}

// Whether some of the batch is now left out: what cannot be read any more, or what a proxy finds too large.
async function leaveOut(batch, status) {
  const sent = batch.filter((entry) => !entry.leftOut);
  if (status === 413 && batch.length === 1) batch[0].leftOut = "too_large";
  for (const entry of sent) {
    if (!(await readable(entry.file))) entry.leftOut = "unreadable";
  }
  return sent.some((entry) => entry.leftOut);
}

// Whether the row is its entry's last word; if not, the entry is put back.
function done(row, entry, queue, show) {
  const { code } = row.dataset;
  entry.tries = (entry.tries ?? 0) + (code && !SERVICE.includes(code) ? 1 : 0);
  if (!code || entry.tries >= MOST_TRIES) {
    show(row, entry);
    return true;
  }
  if (entry.tries > 0) queue.push(entry); // behind all others, which it must not stop
  else queue.unshift(entry);
  return false;
}

// At least so many seconds, longer after each failure; shorter when the browser is back on line.
function pause(seconds, failures, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 1000 * Math.max(seconds, Math.min(LONGEST_WAIT, 2 ** failures)));
    for (const [target, event] of [[signal, "abort"], [window, "online"]]) {
      target.addEventListener(event, () => (clearTimeout(timer), resolve()), { once: true });
    }
  });
}

function text(row, selector) {
  return row.querySelector(selector)?.textContent.trim() ?? "";
}
