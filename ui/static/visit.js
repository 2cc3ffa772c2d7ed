// What is made of answers at rest: said to those who listen, counted for this visit, and the last drawings to click.

import { browser, keep, kept, packed, tab, unpacked } from "./keeping.js";

const TALLY = "digits-tally";
const RECENT = "digits-recent";
const MOST_RECENT = 12;
const MOST_CHARACTERS = 600_000; // of the last drawings all together
const THUMBNAIL = 72; // pixels high
const OUTCOMES = {
  digit: "read",
  number: "read",
  unsure: "unsure",
  not_a_digit: "refused",
  not_a_number: "refused",
};

// A screen reader hears the answer once the pen rests, not a dozen times a stroke.
export function sayAnswers(pad, element) {
  const region = element.querySelector(".said");
  const answer = element.querySelector(".answer");
  let last = "";
  pad.addEventListener("rest", ({ detail: { status } }) => {
    const parts = [...answer.querySelectorAll(".large, .title, .detail, .offer")].map(({ textContent }) => textContent);
    const text = parts.filter(Boolean).join(". ");
    const again = text === last;
    if ((status === "blank" && !last) || (status === "failure" && again)) return; // nothing was done; asked again
    last = text;
    region.textContent = region.textContent === text ? `${text}\u00a0` : text; // the same again is a change too
  });
}

export function countAnswers(pad, element) {
  const line = element.querySelector(".tally");
  const tally = { read: 0, unsure: 0, refused: 0, last: {}, ...kept(tab, TALLY) };
  const show = () => {
    line.hidden = tally.read + tally.unsure + tally.refused === 0;
    line.textContent = `This visit: ${tally.read} read, ${tally.unsure} unsure, ${tally.refused} refused`;
  };
  pad.addEventListener("rest", ({ detail: { status } }) => {
    const outcome = OUTCOMES[status];
    if (!outcome) return;
    if (tally.last.id === pad.id) tally[tally.last.outcome] -= 1; // the same drawing, gone on with
    tally[outcome] += 1;
    tally.last = { id: pad.id, outcome };
    keep(tab, TALLY, tally);
    show();
  });
  show();
}

export function keepRecent(pad, element) {
  const section = element.querySelector(".recent");
  let drawings = kept(browser, RECENT) ?? [];
  const show = () => {
    section.hidden = drawings.length === 0;
    section.querySelector("ul").replaceChildren(...drawings.map((each) => item(each, () => restore(pad, each))));
  };
  pad.addEventListener("rest", ({ detail: { status, short } }) => {
    const { id, mode, drawing } = pad;
    const entries = packed(drawing.visible);
    if (!OUTCOMES[status] || entries.length < drawing.visible.length) return;
    const other = drawings.filter((each) => each.id !== id);
    drawings = bounded([{ id, mode, entries, view: drawing.view, label: short, thumbnail: thumbnail(pad) }, ...other]);
    keep(browser, RECENT, drawings);
    show();
  });
  section.querySelector(".forget").addEventListener("click", () => {
    drawings = [];
    keep(browser, RECENT, drawings);
    show();
    pad.canvas.focus();
  });
  show();
}

function bounded(drawings) {
  const found = drawings.slice(0, MOST_RECENT);
  while (JSON.stringify(found).length > MOST_CHARACTERS) found.pop();
  return found;
}

async function restore(pad, { id, mode, entries, view }) {
  pad.paper.scrollIntoView({ block: "nearest" });
  pad.replace({ id, mode, view, entries: await unpacked(entries) });
}

function thumbnail({ canvas, sheet }) {
  const small = document.createElement("canvas");
  small.height = THUMBNAIL;
  small.width = Math.round((THUMBNAIL * sheet.width) / sheet.height);
  small.getContext("2d").drawImage(canvas, 0, 0, small.width, small.height);
  return small.toDataURL("image/png");
}

// A picture to click, with what it is.
export function item({ thumbnail, label }, clicked) {
  const row = document.createElement("li");
  const button = Object.assign(document.createElement("button"), { type: "button" });
  const image = Object.assign(document.createElement("img"), { src: thumbnail, alt: "" });
  button.append(image, Object.assign(document.createElement("span"), { textContent: label }));
  button.addEventListener("click", clicked);
  row.append(button);
  return row;
}
