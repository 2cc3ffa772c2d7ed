// What mouse, pen, finger, buttons and keys do to the pad.

export function listen(pad) {
  const { canvas, element } = pad;
  canvas.addEventListener("pointerdown", (event) => start(pad, event));
  canvas.addEventListener("pointermove", (event) => move(pad, event));
  canvas.addEventListener("pointerup", (event) => end(pad, event));
  canvas.addEventListener("pointercancel", (event) => end(pad, event));
  for (const name of ["undo", "redo", "clear"]) {
    element.querySelector(`.${name}`).addEventListener("click", () => pad[name]());
  }
  for (const button of element.querySelectorAll("[aria-pressed]")) {
    button.addEventListener("click", () => pad.choose(button.dataset));
  }
  window.addEventListener("keydown", (event) => key(pad, event));
}

function start(pad, event) {
  if (!event.isPrimary || event.button !== 0) return; // a second finger or the palm draws nothing
  event.preventDefault(); // no text selection, no drag
  pad.canvas.setPointerCapture(event.pointerId);
  pad.begin();
  pad.draw(at(pad, event));
}

function move(pad, event) {
  if (!pad.stroke || !event.isPrimary) return;
  const events = event.getCoalescedEvents?.() ?? [];
  (events.length ? events : [event]).forEach((each) => pad.draw(at(pad, each)));
}

function end(pad, event) {
  if (pad.stroke && event.isPrimary) pad.finish();
}

// A point of the screen on the drawing, and when in the stroke it came.
function at(pad, event) {
  const ms = Math.round(performance.timeOrigin + event.timeStamp - pad.stroke.began);
  return [...placeOf(pad, event), Math.max(0, ms)];
}

export function placeOf({ canvas, sheet, drawing }, event) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const { scale, x, y } = drawing.view;
  return [
    round((((event.clientX - left) / width - 0.5) * sheet.width) / scale + x),
    round((((event.clientY - top) / height - 0.5) * sheet.height) / scale + y),
  ];
}

function key(pad, event) {
  if (!event.ctrlKey && !event.metaKey) return;
  const name = { z: event.shiftKey ? "redo" : "undo", y: "redo" }[event.key.toLowerCase()];
  if (!name) return;
  event.preventDefault();
  pad[name]();
}

const round = (value) => Math.round(10 * value) / 10;
