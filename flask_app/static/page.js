// Immediate results, of any number of pictures. The page works without this script; the server renders every answer.
//   files     what was dropped or chosen, folders and zip files opened
//   sending   batches, waiting, trying again
//   list      the rows, their order, copies and files of them
//   previews  their pictures
//   keep      over a reload
//   explaining  why a digit is read as it is
//   feedback  whether an answer is right
// What is added to an answer listens to "reading", finds its row in event.target and its picture by list.fileOf(row).
import "./explaining.js";
import "./feedback.js";
import { MOST_FILES, dropped, entriesOf } from "./files.js";
import { keep, kept } from "./keep.js";
import * as list from "./list.js";
import { showPicture } from "./previews.js";
import { send } from "./sending.js";

const form = document.getElementById("upload");
const inputs = [...form.querySelectorAll("input[type=file]")];
const status = document.getElementById("status");
const progress = document.getElementById("progress");
const cancel = document.getElementById("cancel");
const again = document.getElementById("again");
const results = document.getElementById("results");
const outcomes = status.dataset.outcomes.split(",");

let pictures = []; // all entries that the list is of
let queue = []; // those that wait
let job = null; // what stops the sending
let running = false;
let opening = 0; // drops and choices whose files are being looked at

document.documentElement.classList.add("scripted");
for (const id of ["copy", "clear"]) document.getElementById(id).hidden = false;

const mode = () => form.querySelector("[name=mode]:checked").value;

// What is chosen while others are read is read after them; otherwise it takes their place.
async function take(files) {
  if (files.length === 0) return;
  if (!job) start([]);
  const mine = job;
  opening += 1;
  const entries = await entriesOf(files.slice(0, MOST_FILES), Number(form.dataset.largest));
  opening -= 1;
  if (job !== mine) return; // stopped meanwhile
  if (files.length > MOST_FILES) report(`${files.length} files came at once; the first ${MOST_FILES} are read.`);
  for (const entry of entries) entry.index = pictures.push(entry) - 1;
  queue.push(...entries);
  await run();
}

function start(entries) {
  job = new AbortController();
  pictures = entries;
  queue = [...entries];
  list.clear();
  report(null);
  status.textContent = "";
  progressed();
}

async function run() {
  if (running) return; // the run that is on sends what was added to the queue
  running = true;
  progressed();
  try {
    await send(queue, { form, mode: mode(), signal: job.signal, show, wait });
  } catch (problem) {
    report(problem.message);
    job.abort();
  }
  running = false;
  if (opening > 0 && !job.signal.aborted) return; // files are being looked at still
  job = null;
  await finish();
}

function show(page, entry) {
  const row = document.adoptNode(page);
  row.dataset.index = entry.index;
  const details = row.querySelector("details");
  if (details) details.open = pictures.length === 1;
  entry.done = row.dataset.outcome !== "not read";
  list.add(row, entry.file);
  entry.shown = showPicture(row, entry.file);
  progressed();
}

function wait(words) {
  status.textContent = words ? `${words.title}. ${words.detail}`.trim() : "";
  progressed(words !== null);
}

function progressed(waiting = false) {
  const done = list.rows().length;
  const bar = progress.querySelector("progress");
  progress.hidden = cancel.hidden = job === null;
  again.hidden = true;
  form.setAttribute("aria-busy", job !== null);
  [bar.max, bar.value] = [Math.max(pictures.length, 1), done];
  const count = `${done} of ${pictures.length}${waiting ? ", waiting" : ""}`;
  document.getElementById("count").textContent = pictures.length === 0 ? "Opening" : count;
}

async function finish() {
  progressed();
  const left = pictures.filter((entry) => !entry.done).length;
  again.hidden = left === 0;
  again.textContent = pictures.length === left ? "Read again" : `Read the other ${left}`;
  status.textContent = list.summary(outcomes);
  await Promise.all(pictures.map((entry) => entry.shown));
  keep(list.rows());
}

// One line about all, in the page's own words; null takes it away.
function report(problem) {
  results.querySelector(".problem")?.remove();
  if (problem === null) return;
  const line = Object.assign(document.createElement("p"), { className: "problem", textContent: problem });
  line.setAttribute("role", "alert");
  results.prepend(line);
}

function stop() {
  job?.abort();
  if (job && !running) run(); // to its end
}

for (const input of inputs) {
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = ""; // so that the same file, drawn anew, can be chosen again
    take(files);
  });
}
form.addEventListener("submit", (event) => event.preventDefault());
// The same pictures, read the other way.
form.querySelector("fieldset").addEventListener("change", async () => {
  const same = pictures.filter((entry) => entry.file);
  if (same.length === 0) return;
  stop();
  while (job) await new Promise((resolve) => setTimeout(resolve, 20));
  start(same.map(({ name, file, leftOut, index }) => ({ name, file, leftOut, index })));
  await run();
});
cancel.addEventListener("click", stop);
again.addEventListener("click", () => {
  queue = pictures.filter((entry) => !entry.done);
  for (const row of list.rows()) if (row.dataset.outcome === "not read") row.remove();
  for (const entry of queue) entry.tries = 0;
  job = new AbortController();
  run();
});
document.getElementById("clear").addEventListener("click", () => {
  stop();
  [pictures, queue] = [[], []];
  list.clear();
  report(null);
  finish();
  form.querySelector("input[type=file]").focus();
});
document.getElementById("copy").addEventListener("click", async () => {
  await list.copy();
  status.textContent = "Copied.";
});
for (const link of document.querySelectorAll(".examples a")) {
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    form.querySelector(`[name=mode][value=${link.dataset.mode}]`).checked = true;
    const name = link.dataset.file.split("/").pop();
    const reply = await fetch(link.dataset.file).catch(() => null);
    if (reply?.ok) take([new File([await reply.blob()], name)]);
    else location.assign(link.href);
  });
}
document.addEventListener("paste", (event) => take([...event.clipboardData.files]));

// The whole page takes drops: a picture that misses the zone must not replace the page.
document.addEventListener("dragover", (event) => {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  form.classList.add("dropping");
});
document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) form.classList.remove("dropping");
});
document.addEventListener("drop", async (event) => {
  form.classList.remove("dropping");
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  take(await dropped(event.dataTransfer));
});

if (list.rows().length === 0) for (const row of kept()) list.add(document.adoptNode(row));
list.refresh();
status.textContent = list.rows().length > 0 ? list.summary(outcomes) : status.textContent;
addEventListener("pagehide", () => keep(list.rows()));
