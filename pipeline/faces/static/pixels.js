// What the parts that scripts draw have in common: elements, numbers as pixels, the theme's colours.

export function make(tag, className, text) {
  const found = document.createElement(tag);
  if (className) found.className = className;
  if (text) found.textContent = text;
  return found;
}

/** A canvas; with a label it is a picture to screen readers, without one nothing. */
export function newCanvas(width, height, label) {
  const canvas = make("canvas");
  resize(canvas, width, height);
  if (label) {
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
  }
  return canvas;
}

export function resize(canvas, width, height) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/** The numbers of a layer of /explain: its `data`, as Uint8Array, or as Int8Array for filters. */
export function bytes({ data }, Kind = Uint8Array) {
  const text = atob(data);
  const found = new Kind(text.length);
  for (let k = 0; k < text.length; k++) found[k] = text.charCodeAt(k);
  return found;
}

/** Bytes from `start` on, as so much of a colour [red, green, blue] over what is behind the canvas. */
export function paint(canvas, values, start, colour) {
  const count = Math.min(canvas.width * canvas.height, values.length - start);
  const image = new ImageData(canvas.width, canvas.height);
  for (let k = 0; k < count; k++) {
    [image.data[4 * k], image.data[4 * k + 1], image.data[4 * k + 2]] = colour;
    image.data[4 * k + 3] = Math.round(Math.sqrt(values[start + k] * 255)); // as the eye sees: the faint is seen too
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** A colour that a CSS property of an element has now, as [red, green, blue]. */
export function colourOf(element, property) {
  const probe = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  probe.fillStyle = getComputedStyle(element).getPropertyValue(property);
  probe.fillRect(0, 0, 1, 1);
  return [...probe.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}

/** Arrow keys, Home and End among buttons that lie in rows and are one stop of the Tab key. */
export function moveByKeys(event, buttons) {
  const here = buttons.indexOf(event.target.closest("button"));
  const columns = buttons.filter((each) => each.offsetTop === buttons[0].offsetTop).length;
  const to = { Home: 0, End: buttons.length - 1, ArrowRight: here + 1, ArrowLeft: here - 1 };
  Object.assign(to, { ArrowDown: here + columns, ArrowUp: here - columns });
  if (here < 0 || !(event.key in to)) return;
  event.preventDefault();
  buttons[Math.max(0, Math.min(buttons.length - 1, to[event.key]))].focus();
}

/** The chosen one of such buttons is where the Tab key stops. */
export function makeOneStop(buttons, chosen) {
  buttons.forEach((each, index) => (each.tabIndex = index === chosen ? 0 : -1));
}
