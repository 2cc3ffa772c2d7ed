// A fold, what it shows of a drawing at rest, and the film that it lays over the paper meanwhile.

import { make, newCanvas } from "../faces/pixels.js";
import { prepare } from "./paint.js";

export class Fold {
  constructor(details) {
    this.details = details;
    this.name = details.dataset.fold;
    this.note = make("p", "fold-note");
    this.here = make("div", "fold-here");
    details.querySelector(".fold").append(this.note, this.here);
  }

  get open() {
    return this.details.open;
  }

  // In place of what it shows.
  say(words) {
    this.note.textContent = words;
    this.here.hidden = words !== "";
  }

  // Whether a reply is a failure, which is then said.
  failed({ status, title, detail }) {
    const failed = status === "failure";
    this.say(failed ? [title, detail].filter(Boolean).join(". ") : "");
    return failed;
  }
}

/**
 * While a fold is open: `show(reply, current)` once the pen rests on a digit sheet, where `current()` tells whether it
 * still does; `hide()` when it does no more, and what the fold shows is then old.
 */
export function atRest(pad, fold, { show, hide }) {
  let reply = null;
  let round = 0;
  const update = async () => {
    round += 1;
    const mine = round;
    fold.here.inert = true;
    hide();
    if (!fold.open || !reply) return;
    if (fold.note.textContent) fold.say("One moment …");
    await show(reply, () => mine === round);
    fold.here.inert = mine !== round;
  };
  const found = (detail) => {
    reply = detail;
    update();
  };
  pad.addEventListener("rest", ({ detail }) => found(detail.mode === "digit" && detail.answer ? detail : null));
  pad.addEventListener("begin", () => found(null));
  pad.addEventListener("change", () => found(null));
  fold.details.addEventListener("toggle", update);
}

/** The replies to some drawings, lists of entries, in one request; null where the pen rests no more. */
export async function answersTo(pad, drawings, current) {
  const parts = [];
  for (const entries of drawings) {
    const file = await pad.render(entries);
    const length = new DataView(new ArrayBuffer(4));
    length.setUint32(0, file.size);
    parts.push(length, file);
    await new Promise((resolve) => setTimeout(resolve)); // a pen that sets out meanwhile is not kept waiting
    if (!current()) return null;
  }
  const reply = await pad.asking.aside({ path: "answers", file: new Blob(parts) });
  return current() ? reply : null;
}

/** A film over the paper that lets the pen through, and a small copy for where the paper is out of sight. */
export class Film {
  constructor(pad, { name }) {
    this.pad = pad;
    this.canvas = newCanvas(1, 1);
    this.canvas.className = `film film-${name}`;
    this.copy = newCanvas(1, 1, "The drawing");
    this.copy.className = "film-copy";
  }

  show(entries, paint) {
    const { sheet, drawing, canvas } = this.pad;
    for (const each of [this.canvas, this.copy]) {
      const context = prepare(each, sheet, drawing.view);
      entries.forEach((entry) => paint(context, entry));
    }
    canvas.after(this.canvas);
  }

  hide() {
    this.canvas.remove();
  }
}
