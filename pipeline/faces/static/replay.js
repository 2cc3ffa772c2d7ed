// The time of a drawing, and how likely each digit was along it.

import { likelihood, percent } from "./answers.js";
import { colourOf, make, newCanvas } from "./pixels.js";

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
