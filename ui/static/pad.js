// The sheet with its drawing and tools. Tells of four things: "begin" (of a stroke), "change" (of the drawing), "answer"
// (detail: the reply, see ui/render.py) and "rest", a second after the answer to a drawing that the pen has left (detail:
// the reply).

import { Asking } from "./asking.js";
import { Drawing, SHEETS } from "./drawing.js";
import { listen } from "./hands.js";
import { paint, paintSegment, png, prepare, render } from "./paint.js";

const SEND_EVERY_MS = 120; // a new answer about eight times a second is as fast as a reader can follow
const REST_MS = 1000;
const WIDTHS = { S: 0.6, M: 1, L: 1.6 };

export class Pad extends EventTarget {
  constructor(element) {
    super();
    this.element = element;
    this.paper = element.querySelector(".paper");
    this.canvas = element.querySelector("canvas");
    Object.assign(this, { drawing: new Drawing(), mode: "digit", tool: "pen", width: "M", stroke: null, id: newId() });
    this.asking = new Asking(
      () => this.question(),
      (reply, current) => this.answered(reply, current),
      (waiting) => element.querySelector(".answer").toggleAttribute("data-waiting", waiting),
    );
    listen(this);
  }

  get sheet() {
    return SHEETS[this.mode];
  }

  // The strokes that are seen, oldest first, each with the time of its points; see drawing.js.
  get strokes() {
    return this.drawing.visible.filter(({ points }) => points);
  }

  // Some of the entries that are seen as a PNG file, as it would be sent.
  render(entries) {
    return render(entries, this.sheet, this.drawing.view);
  }

  question() {
    const { mode, drawing } = this;
    const { file, reply } = drawing.picture ?? { file: png(this.canvas) };
    return { mode, file, reply };
  }

  answered(reply, current) {
    this.dispatchEvent(new CustomEvent("answer", { detail: reply }));
    if (current && !this.stroke && !this.sending) this.resting = setTimeout(() => this.rest(reply), REST_MS);
  }

  async rest(reply) {
    if (this.mayBeNumber(reply)) {
      const found = await this.asking.aside({ ...this.question(), mode: "number" });
      if (!found) return;
      const number = found.digits?.length > 1 ? found.text : "";
      if (number) this.dispatchEvent(new CustomEvent("answer", { detail: { ...reply, number } }));
    }
    this.dispatchEvent(new CustomEvent("rest", { detail: reply }));
  }

  // One digit was asked for, and found; the service does not say whether others stand beside it.
  mayBeNumber({ mode, status }) {
    const several = this.drawing.picture || this.strokes.length > 1;
    return mode === "digit" && ["digit", "unsure"].includes(status) && several;
  }

  send() {
    clearTimeout(this.sending);
    clearTimeout(this.resting);
    this.sending = null;
    this.asking.ask();
  }

  sendSoon() {
    clearTimeout(this.resting);
    this.sending ??= setTimeout(() => this.send(), SEND_EVERY_MS);
  }

  // Show and send what has changed, other than by a stroke, which is drawn and sent on its way.
  changed() {
    if (this.drawing.blank) this.drawing.fit(this.sheet);
    const { entries, visible, undone, view } = this.drawing;
    this.context = prepare(this.canvas, this.sheet, view);
    visible.forEach((entry) => paint(this.context, entry));
    this.showState(entries, undone);
    this.send();
    this.dispatchEvent(new Event("change"));
  }

  showState({ length }, undone) {
    const button = (name) => this.element.querySelector(name);
    this.element.querySelector(".room").dataset.mode = this.mode;
    this.paper.toggleAttribute("data-blank", this.drawing.blank);
    this.paper.style.aspectRatio = `${this.sheet.width} / ${this.sheet.height}`;
    this.canvas.setAttribute("aria-label", this.label());
    button(".undo").disabled = length === 0;
    button(".redo").disabled = undone.length === 0;
    const pressed = [this.tool, this.mode, this.width];
    for (const each of this.element.querySelectorAll("[aria-pressed]")) {
      const { tool, mode, width } = each.dataset;
      each.setAttribute("aria-pressed", String(pressed.includes(tool ?? mode ?? width)));
    }
  }

  label() {
    const { picture, blank } = this.drawing;
    if (picture) return `The picture ${picture.name}`;
    return blank ? `Drawing area: draw ${this.sheet.holds} with a finger, a pen or the mouse` : "Your drawing";
  }

  add(entry) {
    if (this.drawing.blank) this.id = newId();
    this.drawing.add(entry);
    this.drawing.trim();
  }

  take(mode) {
    if (this.stroke || mode === this.mode) return; // another finger goes on drawing on its own sheet
    this.mode = mode;
    this.drawing.fit(this.sheet);
    this.changed();
  }

  undo() {
    if (this.drawing.entries.length > 0) this.step(() => this.drawing.undo());
  }

  redo() {
    if (this.drawing.undone.length > 0) this.step(() => this.drawing.redo());
  }

  step(change) {
    if (this.stroke) return;
    const { blank } = this.drawing;
    change();
    if (blank) this.drawing.fit(this.sheet); // what comes back may be of another sheet
    this.changed();
  }

  clear() {
    if (this.stroke) return;
    if (!this.drawing.blank) this.add({ tool: "clear" }); // so that undo brings the drawing back
    this.tool = "pen"; // with an eraser the next stroke would draw nothing
    this.changed();
  }

  lay(picture) {
    this.add({ tool: "picture", ...picture });
    this.drawing.fit(this.sheet);
    Object.assign(this, { tool: "pen", id: newId() });
    this.changed();
  }

  // Take up a drawing where it was left, history and all.
  restore({ drawing, mode, id }) {
    Object.assign(this, { drawing: new Drawing(drawing), mode, id });
    this.changed();
  }

  // Lay another drawing over this one, which undo brings back.
  replace({ entries, view, mode, id }) {
    if (!this.drawing.blank) this.drawing.add({ tool: "clear" });
    entries.forEach((entry) => this.drawing.add(entry));
    Object.assign(this, { mode, id, tool: "pen" });
    this.drawing.view = view;
    this.changed();
  }

  // Go on with the stroke to a point of the drawing.
  draw(point) {
    this.stroke.points.push(point);
    paintSegment(this.context, this.stroke, this.stroke.points.length - 1);
    this.sendSoon();
  }

  // A new stroke of the tool in hand.
  begin() {
    const width = (this.sheet.pen * (this.tool === "eraser" ? 2 : WIDTHS[this.width])) / this.drawing.view.scale;
    this.stroke = { tool: this.tool, width: round(width), points: [], began: Date.now() };
    this.add(this.stroke);
    this.dispatchEvent(new Event("begin"));
    this.showState(this.drawing.entries, this.drawing.undone);
  }

  finish() {
    this.stroke = null;
    this.send();
    this.dispatchEvent(new Event("change"));
  }

  choose({ tool = this.tool, width = this.width, mode }) {
    Object.assign(this, { tool, width });
    if (mode) this.take(mode);
    else this.showState(this.drawing.entries, this.drawing.undone);
  }
}

const round = (value) => Math.round(10 * value) / 10;
const newId = () => Math.random().toString(36).slice(2);
