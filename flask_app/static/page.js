// Drop, paste and immediate results. The page works without this script; the server renders everything shown.
"use strict";

const form = document.querySelector("form");
const input = document.getElementById("images");
const button = document.querySelector("button");
let turn = 0; // only the latest submission may change the page

document.documentElement.classList.add("scripted");
button.hidden = true; // choosing already sends; afterwards the button sends the same pictures again

async function send() {
  const mine = ++turn;
  const pictures = new FormData(form);
  setBusy(true);
  const page = await answerTo(pictures).catch(() => spare("unreachable"));
  if (mine !== turn) return;
  setBusy(false);
  show(page, pictures.getAll(input.name));
}

async function answerTo(pictures) {
  const size = pictures.getAll(input.name).reduce((sum, file) => sum + file.size, 0);
  if (size > form.dataset.maxMebibytes * 2 ** 20) return spare("too-large");
  const headers = { "X-Requested-With": "fetch" }; // the server then leaves out the pictures, which are here already
  const reply = await fetch(form.action, { method: "POST", body: pictures, headers });
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  if (!page.getElementById("results")) throw new Error("not an answer of this page");
  return page;
}

function spare(id) {
  return document.getElementById(id).content.cloneNode(true);
}

function show(page, pictures) {
  for (const id of ["status", "results"]) {
    document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
  }
  for (const image of document.querySelectorAll("img[data-upload]")) {
    // The type that the server told from the bytes, not the one that the file's name suggests.
    const url = URL.createObjectURL(new Blob([pictures[image.dataset.upload]], { type: image.dataset.type }));
    image.addEventListener("load", () => URL.revokeObjectURL(url), { once: true });
    image.src = url;
  }
}

function setBusy(busy) {
  const count = input.files.length;
  form.setAttribute("aria-busy", busy);
  document.getElementById("results").setAttribute("aria-busy", busy);
  button.hidden = count === 0;
  if (busy) document.getElementById("status").textContent = `Reading ${count === 1 ? "1 picture" : `${count} pictures`}…`;
}

function take(files) {
  if (files.length === 0) return;
  input.files = files;
  send();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
input.addEventListener("change", () => take(input.files));
form.querySelector("fieldset").addEventListener("change", () => take(input.files)); // the same pictures, read the other way
// Without this, choosing the same file again, drawn anew, would change nothing and so send nothing.
input.addEventListener("click", () => {
  input.value = "";
  button.hidden = true;
});
document.addEventListener("paste", (event) => take(event.clipboardData.files));

// The whole page takes drops: a picture that misses the zone must not replace the page.
document.addEventListener("dragover", (event) => {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  form.classList.add("dropping");
});
document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) form.classList.remove("dropping");
});
document.addEventListener("drop", (event) => {
  form.classList.remove("dropping");
  if (event.dataTransfer.files.length === 0) return;
  event.preventDefault();
  take(event.dataTransfer.files);
});
