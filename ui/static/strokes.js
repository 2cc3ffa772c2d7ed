// Why this answer: each stroke in the colour of what it speaks for, found by leaving it out; of a picture, or where there
// is but one stroke, its parts.

import { make, makeOneStop, moveByKeys } from "../faces/pixels.js";
import { contributionColour, showOcclusion, strokeContributions } from "../faces/why.js";
import { Film, answersTo, atRest } from "./fold.js";
import { placeOf } from "./hands.js";
import { paint } from "./paint.js";

const MOST = 63; // strokes, which one request can leave out; of more the first
const LITTLE = 0.05; // of a probability: what makes less of a difference makes none
const NEAR = 6; // pixels of the drawing beside a stroke
const WAITING = "When the pen rests: what each stroke speaks for.";

export function showStrokes(pad, fold) {
  const film = new Film(pad, fold);
  let view = null; // what is shown of the strokes now
  fold.say(WAITING);
  const show = async (reply, current) => {
    const strokes = pad.drawing.visible.filter(({ tool }) => tool === "pen").slice(0, MOST);
    const picture = pad.drawing.visible[0]?.tool === "picture";
    if (strokes.length === 0 && !picture) fold.say(WAITING);
    else if (strokes.length === 1 || picture) await showParts(pad, fold, reply, current);
    else view = await contributions(pad, fold, { reply, strokes, film, current });
  };
  const hide = () => {
    view = null;
    film.hide();
  };
  atRest(pad, fold, { show, hide });
  pad.canvas.addEventListener("pointermove", (event) => view?.point(pad.stroke ? null : strokeAt(pad, view, event)));
  pad.canvas.addEventListener("pointerleave", () => view?.point(null));
}

async function showParts(pad, fold, { answer }, current) {
  if (answer.digit === null) return fold.say("There is no digit in it to explain.");
  const reply = await pad.asking.aside({ ...pad.asking.asked, path: "explaining?occlusion=1" });
  if (reply && current() && !fold.failed(reply)) showOcclusion(fold.here, reply);
}

async function contributions(pad, fold, { reply, strokes, film, current }) {
  const { visible } = pad.drawing;
  const without = strokes.map((stroke) => visible.filter((entry) => entry !== stroke));
  const found = await answersTo(pad, without, current);
  if (!found || fold.failed(found)) return null;
  const view = { strokes, visible, film, found: strokeContributions(reply.answer, found.answers), digit: reply.answer.digit };
  build(view, fold.here);
  choose(view, null);
  view.point = (index) => index !== view.chosen && choose(view, index);
  return view;
}

// The list

function build(view, here) {
  const root = make("div", "why strokes");
  const words = make("div", "why-words");
  const list = make("ol");
  view.said = make("p", "why-said");
  view.buttons = view.found.map((each, index) => line(view, each, index));
  makeOneStop(view.buttons, 0);
  for (const button of view.buttons) list.appendChild(make("li")).append(button);
  for (const kind of ["pointerover", "focusin", "click"]) {
    list.addEventListener(kind, ({ target }) => {
      const index = view.buttons.indexOf(target.closest("button"));
      if (index >= 0) view.point(index);
    });
  }
  for (const kind of ["pointerleave", "focusout"]) list.addEventListener(kind, () => view.point(null));
  list.addEventListener("keydown", (event) => moveByKeys(event, view.buttons));
  words.append(view.said, list);
  root.append(view.film.copy, words);
  here.replaceChildren(root);
}

function line({ digit }, { value, sentence }, index) {
  const button = make("button", "stroke");
  button.type = "button";
  const mark = make("span", "stroke-mark", String(index + 1));
  mark.style.backgroundColor = contributionColour(value);
  button.append(mark, make("span", "", capital(sentence)), make("span", "stroke-side", side(value, digit)));
  return button;
}

function side(value, digit) {
  if (Math.abs(value) < LITTLE) return "makes little difference";
  if (digit === null) return "spoils it";
  return value > 0 ? `speaks for ${digit}` : `against ${digit}`;
}

const capital = (text) => `${text[0].toUpperCase()}${text.slice(1)}`;

// A stroke is chosen, or none: then the one that counts most is spoken of.
function choose(view, index) {
  view.chosen = index;
  view.buttons.forEach((button, each) => button.setAttribute("aria-current", String(each === index)));
  if (index !== null) makeOneStop(view.buttons, index);
  view.said.textContent = index === null ? verdict(view.found) : `Stroke ${index + 1}: ${view.found[index].sentence}.`;
  const entries = view.visible.map((entry) => {
    const each = view.strokes.indexOf(entry);
    return each < 0 ? entry : { ...entry, colour: colourOf(view, each), mark: String(each + 1) };
  });
  const marks = entries.filter(({ mark }) => mark).map((entry) => ({ ...entry, tool: "mark" }));
  view.film.show([...entries, ...marks], paintMarked);
}

function verdict(found) {
  const sizes = found.map(({ value }) => Math.abs(value));
  const most = sizes.indexOf(Math.max(...sizes));
  if (sizes[most] < LITTLE) return "No single stroke makes the difference.";
  return `Stroke ${most + 1} counts most. ${capital(found[most].sentence)}.`;
}

// The film

function colourOf({ found, chosen }, index) {
  const colour = contributionColour(found[index].value);
  return chosen === null || chosen === index ? colour : `color-mix(in srgb, ${colour} 35%, white)`;
}

// Strokes, then their numbers where they begin, so that no colour is needed to tell them apart.
function paintMarked(context, entry) {
  if (entry.tool !== "mark") return paint(context, entry);
  const [x, y] = entry.points[0];
  context.font = `700 ${entry.width * 0.8}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = "white";
  context.fillText(entry.mark, x, y + entry.width * 0.05);
}

function strokeAt(pad, { strokes }, event) {
  const [x, y] = placeOf(pad, event);
  const found = strokes.findLastIndex(({ points, width }) =>
    points.some((point, end) => distance([x, y], points[Math.max(end - 1, 0)], point) < width / 2 + NEAR),
  );
  return found < 0 ? null : found;
}

// Of a point from a line between two others.
function distance([x, y], [fromX, fromY], [toX, toY]) {
  const [alongX, alongY] = [toX - fromX, toY - fromY];
  const square = alongX ** 2 + alongY ** 2;
  const share = square ? ((x - fromX) * alongX + (y - fromY) * alongY) / square : 0;
  const nearest = Math.max(0, Math.min(1, share));
  return Math.hypot(x - fromX - nearest * alongX, y - fromY - nearest * alongY);
}
