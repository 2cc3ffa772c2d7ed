// Gradio runs this once for each page that shows the sketchpad, with `element`, `props` and `trigger` given.
// The drawing goes out as a PNG data URL in props.value, black on white, while a stroke is still being drawn.

const SIDE = 512; // pixels of the drawing, whatever its size on the screen
const WIDTHS = { pen: SIDE / 16, eraser: SIDE / 8 };
const SEND_EVERY_MS = 120; // a new answer about eight times a second is as fast as a reader can follow

const paper = element.querySelector(".paper");
const canvas = paper.querySelector("canvas");
const undoButton = element.querySelector("#undo");
const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
canvas.width = canvas.height = SIDE;
context.lineCap = context.lineJoin = "round";

let tool = "pen";
let history = []; // strokes {tool, points} and {tool: "clear"}, oldest first: undo paints them again without the last
let stroke = null; // the stroke under the pen now
let timer = null;

function send() {
  clearTimeout(timer);
  timer = null;
  props.value = canvas.toDataURL("image/png");
  trigger("input");
}

function sendSoon() {
  timer ??= setTimeout(send, SEND_EVERY_MS);
}

function wipe() {
  context.fillStyle = "white";
  context.fillRect(0, 0, SIDE, SIDE);
}

function paintSegment({ tool, points }, end) {
  const [x, y] = points[end];
  const [fromX, fromY] = points[Math.max(end - 1, 0)];
  context.strokeStyle = tool === "eraser" ? "white" : "black";
  context.lineWidth = WIDTHS[tool];
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
  return history.length === 0 || history.at(-1).tool === "clear";
}

function showState() {
  paper.toggleAttribute("data-blank", isBlank());
  undoButton.disabled = history.length === 0;
  for (const button of element.querySelectorAll("[data-tool]")) {
    button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
  }
}

function repaint() {
  wipe();
  history.forEach(paint);
  showState();
  send();
}

function extend(event) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  stroke.points.push([((event.clientX - left) * SIDE) / width, ((event.clientY - top) * SIDE) / height]);
  paintSegment(stroke, stroke.points.length - 1);
}

function startStroke(event) {
  if (!event.isPrimary || event.button !== 0) return; // a second finger or the palm draws nothing
  event.preventDefault(); // no text selection, no drag
  canvas.setPointerCapture(event.pointerId);
  stroke = { tool, points: [] };
  history.push(stroke);
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
  history.pop();
  repaint();
}

function clear() {
  if (!isBlank()) history.push({ tool: "clear" }); // so that undo brings the drawing back
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
window.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && history.length && !stroke) undo();
});

repaint(); // the blank drawing is sent too, so that the page says at once whether the service answers
