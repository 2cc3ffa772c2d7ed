// Gradio runs this once for each page that shows the sketchpad, with `element`, `props` and `trigger` given.
// The drawing goes out in props.value as {mode, drawing}, a PNG data URL, black on white, while a stroke is still being
// drawn.

const HEIGHT = 512; // pixels of a drawing, whatever its size on the screen
const ACROSS = matchMedia("(max-width: 640px)").matches ? 2 : 3; // heights in a number's width; on a phone a finger needs room

// One sheet of paper for each mode, with its own drawing: strokes {tool, points} and {tool: "clear"}, oldest first; undo
// paints them again without the last.
const SHEETS = {
  digit: { width: HEIGHT, pen: HEIGHT / 16, history: [], holds: "one digit from 0 to 9" },
  number: { width: HEIGHT * ACROSS, pen: HEIGHT / 24, history: [], holds: "a number, its digits side by side" },
};
const SEND_EVERY_MS = 120; // a new answer about eight times a second is as fast as a reader can follow

const paper = element.querySelector(".paper");
const canvas = paper.querySelector("canvas");
const undoButton = element.querySelector("#undo");
const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });

let mode = "digit";
let sheet = SHEETS[mode];
let tool = "pen";
let stroke = null; // the stroke under the pen now
let timer = null;

function send() {
  clearTimeout(timer);
  timer = null;
  props.value = { mode, drawing: canvas.toDataURL("image/png") };
  trigger("input");
}

function sendSoon() {
  timer ??= setTimeout(send, SEND_EVERY_MS);
}

function wipe() {
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
}

function paintSegment({ tool, points }, end) {
  const [x, y] = points[end];
  const [fromX, fromY] = points[Math.max(end - 1, 0)];
  context.strokeStyle = tool === "eraser" ? "white" : "black";
  context.lineWidth = tool === "eraser" ? 2 * sheet.pen : sheet.pen;
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(x + 0.01, y); // a line without length is not drawn everywhere, and a tap must leave a dot
  context.stroke();
}

function paint(entry) {
  if (entry.tool === "clear") wipe();
  else entry.points.forEach((_, end) => paintSegment(entry, end));
}

function isBlank() {
  return sheet.history.length === 0 || sheet.history.at(-1).tool === "clear";
}

function showState() {
  paper.toggleAttribute("data-blank", isBlank());
  undoButton.disabled = sheet.history.length === 0;
  for (const button of element.querySelectorAll("[aria-pressed]")) {
    button.setAttribute("aria-pressed", String([tool, mode].includes(button.dataset.tool ?? button.dataset.draw)));
  }
}

function repaint() {
  wipe();
  sheet.history.forEach(paint);
  showState();
  send();
}

function extend(event) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  stroke.points.push([((event.clientX - left) * canvas.width) / width, ((event.clientY - top) * canvas.height) / height]);
  paintSegment(stroke, stroke.points.length - 1);
}

function startStroke(event) {
  if (!event.isPrimary || event.button !== 0) return; // a second finger or the palm draws nothing
  event.preventDefault(); // no text selection, no drag
  canvas.setPointerCapture(event.pointerId);
  stroke = { tool, points: [] };
  sheet.history.push(stroke);
  extend(event);
  showState();
  sendSoon();
}

function continueStroke(event) {
  if (!stroke || !event.isPrimary) return;
  const events = event.getCoalescedEvents?.() ?? [];
  (events.length ? events : [event]).forEach(extend);
  sendSoon();
}

function endStroke(event) {
  if (!stroke || !event.isPrimary) return;
  stroke = null;
  send();
}

function undo() {
  sheet.history.pop();
  repaint();
}

function clear() {
  if (!isBlank()) sheet.history.push({ tool: "clear" }); // so that undo brings the drawing back
  repaint();
}

function take(wanted) {
  if (stroke) return; // of another finger, which goes on drawing on its own sheet
  mode = wanted;
  sheet = SHEETS[mode];
  paper.dataset.mode = mode;
  paper.style.aspectRatio = `${sheet.width} / ${HEIGHT}`;
  canvas.setAttribute("aria-label", `Drawing area: draw ${sheet.holds} with a finger, a pen or the mouse`);
  canvas.width = sheet.width;
  canvas.height = HEIGHT;
  context.lineCap = context.lineJoin = "round"; // a canvas forgets this with its size
  repaint();
}

canvas.addEventListener("pointerdown", startStroke);
canvas.addEventListener("pointermove", continueStroke);
canvas.addEventListener("pointerup", endStroke);
canvas.addEventListener("pointercancel", endStroke);
undoButton.addEventListener("click", undo);
element.querySelector("#clear").addEventListener("click", clear);
for (const button of element.querySelectorAll("[data-tool]")) {
  button.addEventListener("click", () => {
    tool = button.dataset.tool;
    showState();
  });
}
for (const button of element.querySelectorAll("[data-draw]")) {
  button.addEventListener("click", () => take(button.dataset.draw));
}
window.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && sheet.history.length && !stroke) undo();
});

take(mode); // the blank drawing is sent too, so that the page says at once whether the service answers
