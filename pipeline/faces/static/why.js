// Why it reads what it reads: what each stroke or part speaks for, and how the answer came about while it was drawn.

import { bytes, colourOf, make, makeOneStop, moveByKeys, newCanvas, paint } from "./pixels.js";

const SIDE = 7; // parts in a row and rows of them
// On paper, which stays white: what speaks for the answer, against it, and what makes no difference.
const [FOR, AGAINST, NEITHER] = [[47, 74, 208], [184, 84, 0], [138, 143, 156]];

/** A probability 0 to 1 in whole percent; never "100 %" nor "0 %". */
export function percent(probability) {
  const whole = Math.round(100 * probability);
  if (whole >= 100) return "> 99 %";
  return whole <= 0 ? "< 1 %" : `${whole} %`;
}

function withoutIt(what, digit, { digit: rival, probability }) {
  if (rival === null) return `without this ${what}: no digit`;
  return `without this ${what}: ${rival === digit ? "still " : ""}${rival}, ${percent(probability)}`;
}

// Strokes

/**
 * What each stroke contributes: `full` is the Answer to all strokes, `without` the Answers with one left out, in their
 * order. Gives {value, sentence} for each: −1 to 1, above 0 where it speaks for what was read. An error in place of an
 * Answer, as in a batch, gives 0 and no sentence.
 */
export function strokeContributions(full, without) {
  return without.map((answer) => {
    if (answer?.probabilities === undefined) return { value: 0, sentence: "" };
    if (full.digit === null) return { value: -answer.confidence, sentence: sentenceWithout(null, answer) };
    const value = likelihood(full, full.digit) - likelihood(answer, full.digit);
    return { value: Math.max(-1, Math.min(1, value)), sentence: sentenceWithout(full.digit, answer) };
  });
}

/** How likely an Answer holds that digit; where it says that there is none, it does not. */
function likelihood(answer, digit) {
  if (answer.digit === null) return 0;
  return answer.digit === digit ? answer.confidence : answer.probabilities[digit];
}

function sentenceWithout(digit, answer) {
  if (answer.status === "blank") return "without this stroke: nothing";
  return withoutIt("stroke", digit, { digit: answer.digit, probability: answer.confidence });
}

/** The colour on white paper of a contribution −1 to 1: blue speaks for the answer, orange against it, grey neither. */
export function contributionColour(value) {
  const share = Math.sqrt(Math.min(1, Math.abs(value))); // small ones are told from none
  const end = value < 0 ? AGAINST : FOR;
  return `rgb(${NEITHER.map((from, k) => Math.round(from + share * (end[k] - from))).join(", ")})`;
}

// Parts of a picture

/** Show what hiding parts would change, of an answer of /explain?occlusion=1, over what the network saw. */
export function showOcclusion(element, answer) {
  const input = answer.layers?.find(({ name }) => name === "input");
  element.replaceChildren();
  if (!answer.occlusion || !input) return;
  const root = element.appendChild(make("div", "why"));
  const stage = root.appendChild(make("div", "why-stage"));
  const picture = stage.appendChild(newCanvas(input.shape[2], input.shape[1]));
  const grid = stage.appendChild(make("div", "why-grid"));
  const words = make("div", "why-words");
  const said = make("p", "why-said");
  said.setAttribute("aria-live", "polite");
  const strongest = mostTelling(answer.occlusion.parts);
  words.append(make("p", "", "Hidden part by part. Point at one, or use the arrow keys."), said, legend());
  root.append(words);
  grid.setAttribute("role", "group");
  grid.setAttribute("aria-label", "Parts of what the network saw");
  const buttons = answer.occlusion.parts.map((part, index) => partButton(part, index, answer.digit));
  const choose = (index) => {
    grid.querySelector("[aria-current]")?.removeAttribute("aria-current");
    buttons[index].setAttribute("aria-current", "true");
    makeOneStop(buttons, index);
    said.textContent = capital(withoutIt("part", answer.digit, answer.occlusion.parts[index]));
  };
  for (const kind of ["pointerover", "focusin", "click"]) {
    grid.addEventListener(kind, ({ target }) => {
      const index = buttons.indexOf(target);
      if (index >= 0) choose(index);
    });
  }
  grid.addEventListener("keydown", (event) => moveByKeys(event, buttons));
  grid.append(...buttons);
  choose(strongest);
  paint(picture, bytes(input), 0, colourOf(root, "--why-ink"));
}

const capital = (text) => `${text[0].toUpperCase()}${text.slice(1)}.`;

function mostTelling(parts) {
  const sizes = parts.map(({ change }) => Math.abs(change));
  return sizes.indexOf(Math.max(...sizes));
}

function partButton(part, index, digit) {
  const button = make("button", part.change < 0 ? "why-part why-for" : "why-part why-against");
  button.type = "button";
  button.style.setProperty("--share", Math.sqrt(Math.min(1, Math.abs(part.change))).toFixed(3));
  const [row, column] = [Math.floor(index / SIDE) + 1, (index % SIDE) + 1];
  button.setAttribute("aria-label", `Row ${row}, column ${column}: ${withoutIt("part", digit, part)}`);
  return button;
}

function legend() {
  const found = make("p", "why-legend");
  found.append(make("span", "why-key why-for", "speaks for it"), " ", make("span", "why-key why-against", "against it"));
  return found;
}

// The drawing's time

const NEAR = 0.05; // a digit that was never as likely has no line
const HEIGHT = 96; // CSS pixels of the chart
const MARGIN = 8; // CSS pixels left and right of it: half the slider's thumb

const replays = new WeakMap();

/**
 * A slider over the time of a drawing with the probabilities along it, or bring it up to date: `times` in milliseconds
 * from its beginning, rising, `answers` the Answer at each; `onSeek(time, index)` is told where it was moved to.
 */
export function showReplay(element, { times, answers, onSeek }) {
  const view = replays.get(element) ?? buildReplay(element);
  stop(view);
  Object.assign(view, { times, answers, onSeek });
  view.root.hidden = times.length < 2;
  if (view.root.hidden) return;
  Object.assign(view.slider, { min: times[0], max: times.at(-1), step: 1, value: times.at(-1) });
  at(view, times.at(-1));
}

function buildReplay(element) {
  const root = make("div", "why why-replay");
  const canvas = newCanvas(1, 1, "How likely each digit was while it was drawn");
  const row = make("div", "why-row");
  const play = make("button", "why-play", "Play");
  play.type = "button";
  const slider = make("input", "why-slider");
  slider.type = "range";
  slider.setAttribute("aria-label", "Time of the drawing");
  const said = make("p", "why-said");
  row.append(play, said);
  root.append(canvas, slider, row);
  element.replaceChildren(root);
  const view = { root, canvas, play, slider, said, timer: null };
  replays.set(element, view);
  slider.addEventListener("input", () => (stop(view), seek(view, Number(slider.value))));
  slider.addEventListener("keydown", (event) => step(view, event));
  play.addEventListener("click", () => (view.timer === null ? start(view) : stop(view)));
  new ResizeObserver(() => view.times?.length > 1 && drawChart(view)).observe(canvas);
  return view;
}

/** The last answer that was there at a time. */
function indexAt({ times }, time) {
  const later = times.findIndex((each) => each > time);
  return Math.max(0, (later < 0 ? times.length : later) - 1);
}

function at(view, time) {
  const answer = view.answers[indexAt(view, time)];
  const words = { blank: "nothing yet", not_a_digit: "no digit" }[answer.status];
  const found = words ?? `${answer.digit}${answer.status === "unsure" ? "?" : ""}, ${percent(answer.confidence)}`;
  view.time = time;
  view.said.textContent = `${((time - view.times[0]) / 1000).toFixed(1)} s: ${found}`;
  view.slider.setAttribute("aria-valuetext", view.said.textContent);
  drawChart(view);
}

function seek(view, time) {
  view.slider.value = time;
  at(view, time);
  view.onSeek?.(time, indexAt(view, time));
}

/** By keys from answer to answer; a millisecond at a time nobody would come far. */
function step(view, event) {
  const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  stop(view);
  const index = indexAt(view, Number(view.slider.value)) + by;
  seek(view, view.times[Math.max(0, Math.min(view.times.length - 1, index))]);
}

/** At the pace it was drawn; from the beginning where it has come to the end. */
function start(view) {
  const end = view.times.at(-1);
  const from = view.time < end ? view.time : view.times[0];
  const began = performance.now();
  view.play.textContent = "Pause";
  const frame = (now) => {
    const time = Math.min(end, from + Math.max(0, Math.round(now - began)));
    seek(view, time);
    if (time < end) view.timer = requestAnimationFrame(frame);
    else stop(view);
  };
  view.timer = requestAnimationFrame(frame);
}

function stop(view) {
  if (view.timer !== null) cancelAnimationFrame(view.timer);
  view.timer = null;
  view.play.textContent = "Play";
}

function drawChart({ root, canvas, times, answers, time }) {
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = HEIGHT * scale;
  const context = canvas.getContext("2d");
  const [accent, quiet] = ["--why-accent", "--why-quiet"].map((each) => `rgb(${colourOf(root, each).join(", ")})`);
  context.scale(scale, scale);
  context.font = `600 12px ${getComputedStyle(root).fontFamily}`;
  const x = (t) => MARGIN + ((t - times[0]) / Math.max(1, times.at(-1) - times[0])) * (width - 2 * MARGIN);
  const y = (p) => HEIGHT - 6 - p * (HEIGHT - 24);
  const last = answers.at(-1).digit;
  for (let digit = 0; digit < 10; digit++) {
    const line = answers.map((answer) => likelihood(answer, digit));
    const most = Math.max(...line);
    if (most < NEAR) continue;
    context.strokeStyle = context.fillStyle = digit === last ? accent : quiet;
    context.lineWidth = digit === last ? 2.5 : 1.25;
    context.beginPath();
    line.forEach((p, k) => context[k ? "lineTo" : "moveTo"](x(times[k]), y(p)));
    context.stroke();
    const peak = digit === last ? line.length - 1 : line.indexOf(most);
    context.fillText(digit, Math.min(x(times[peak]) - 3, width - 24), y(line[peak]) - 5); // clear of the mark at the end
  }
  context.fillStyle = accent;
  context.fillRect(x(time) - 0.75, 0, 1.5, HEIGHT);
}
