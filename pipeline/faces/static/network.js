// The network at work: what it sees, the maps of both convolutions, the dense layers, the output. Live with a drawing.

import { bytes, colourOf, make, makeOneStop, moveByKeys, newCanvas, paint, resize } from "./pixels.js";

const LAYERS = {
  input: ["What it sees", "The writing, cut out, scaled and centred."],
  convolution_1: ["First convolution", "Each map shows where one small filter finds its piece of a stroke."],
  convolution_2: ["Second convolution", "Each map shows where one arrangement of such pieces is."],
  fully_connected_1: ["First dense layer", "Each unit weighs all of these maps."],
  fully_connected_2: ["Second dense layer", "Each unit weighs all units before it."],
  output: ["Output", "How strongly it speaks for each digit, and for none."],
};
const EMPTY = "There is nothing to look at yet.";
const DENSE_COLUMNS = 16; // units in a row
const FILTER_COLUMNS = 8; // filters in a row

const views = new WeakMap();

/** Show an answer of /explain in an element, or bring what is shown there up to date. */
export function showNetwork(element, explanation) {
  const shown = views.get(element);
  const view = shown?.model === explanation.model ? shown : build(element, explanation.model); // another may differ
  for (const each of explanation.filters ?? []) view.filters.set(each.name, signed(each));
  view.layers = new Map((explanation.layers ?? []).map((each) => [each.name, unsigned(each)]));
  view.root.classList.toggle("network-blank", view.layers.size === 0);
  view.note.textContent = view.layers.size ? "" : EMPTY;
  for (const layer of view.layers.values()) {
    if (!view.figures.has(layer.name)) view.figures.set(layer.name, buildLayer(view, layer));
  }
  if (view.chosen === null && view.maps.size) choose(view, view.maps.keys().next().value, 0);
  for (const each of ["ink", "accent", "doubt"]) view.colours[each] = colourOf(view.root, `--network-${each}`);
  for (const layer of view.layers.values()) view.figures.get(layer.name)(layer);
  drawDetail(view);
}

/** Whether the filters of this model are known here; if not, ask /explain for them once, with ?filters=1. */
export function hasFilters(element, model) {
  const view = views.get(element);
  return view?.model === model && view.filters.size > 0;
}

// What came

const unsigned = (each) => ({ ...each, values: bytes(each) });
const signed = (each) => ({ ...each, values: bytes(each, Int8Array) });
const title = (name) => (LAYERS[name] ?? [name, ""])[0];

function shapeInWords({ name, shape }) {
  if (shape.length === 1) return name === "output" ? `${shape[0] - 1} digits and “none”` : `${shape[0]} units`;
  const size = `${shape[1]}×${shape[2]}`;
  return shape[0] === 1 ? `${size} pixels` : `${shape[0]} maps of ${size}`;
}

// The panel

function build(element, model) {
  const root = make("div", "network");
  const note = make("p", "network-note");
  const flow = make("div", "network-flow");
  const view = { model, root, flow, note, colours: {}, chosen: null };
  for (const each of ["layers", "filters", "figures", "maps"]) view[each] = new Map();
  root.append(note, flow, buildDetail(view));
  for (const kind of ["pointerover", "focusin", "click"]) {
    flow.addEventListener(kind, ({ target }) => {
      const map = target.closest(".network-map");
      if (map) choose(view, map.dataset.layer, Number(map.dataset.index));
    });
  }
  flow.addEventListener("keydown", (event) => {
    const map = event.target.closest(".network-map");
    if (map) moveByKeys(event, view.maps.get(map.dataset.layer));
  });
  element.replaceChildren(root);
  views.set(element, view);
  return view;
}

/** The figure of one layer; gives the function that draws it anew. */
function buildLayer(view, layer) {
  const figure = make("figure", `network-layer network-${layer.name.replace(/_\d+$/, "")}`);
  const caption = make("figcaption");
  caption.append(make("strong", "", title(layer.name)), make("span", "network-shape", shapeInWords(layer)));
  const text = (LAYERS[layer.name] ?? [])[1];
  if (text) caption.append(make("span", "network-text", text));
  figure.append(caption);
  view.flow.append(figure);
  if (layer.name === "output") return buildOutput(figure, layer);
  if (layer.shape.length === 1) return buildDense(view, figure, layer);
  return layer.shape[0] === 1 ? buildPicture(view, figure, layer) : buildMaps(view, figure, layer);
}

function buildPicture(view, figure, layer) {
  const canvas = figure.appendChild(newCanvas(layer.shape[2], layer.shape[1], title(layer.name)));
  return ({ values }) => paint(canvas, values, 0, view.colours.ink);
}

function buildMaps(view, figure, { name, shape: [count, rows, columns] }) {
  const group = figure.appendChild(make("div", "network-maps"));
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", `${title(name)}: maps, by arrow keys`);
  const maps = Array.from({ length: count }, (_, index) => {
    const map = make("button", "network-map");
    map.type = "button";
    Object.assign(map.dataset, { layer: name, index });
    map.setAttribute("aria-label", `Map ${index + 1} of ${count}`);
    map.append(newCanvas(columns, rows));
    return map;
  });
  makeOneStop(maps, 0);
  group.append(...maps);
  view.maps.set(name, maps);
  return ({ values }) => {
    maps.forEach((map, index) => paint(map.firstChild, values, index * rows * columns, view.colours.accent));
  };
}

function buildDense(view, figure, { name, shape: [count] }) {
  const canvas = figure.appendChild(newCanvas(DENSE_COLUMNS, Math.ceil(count / DENSE_COLUMNS), title(name)));
  return ({ values }) => {
    const active = values.reduce((sum, value) => sum + (value > 0), 0);
    canvas.setAttribute("aria-label", `${title(name)}: ${active} of ${count} units are active`);
    paint(canvas, values, 0, view.colours.accent);
  };
}

function buildOutput(figure, { shape: [count] }) {
  const list = figure.appendChild(make("ol", "network-outputs"));
  const rows = Array.from({ length: count }, (_, index) => {
    const row = list.appendChild(make("li"));
    row.append(make("span", "network-label", index < 10 ? String(index) : "none"));
    const bar = row.appendChild(make("span", "network-bar"));
    return { row, bar, said: row.appendChild(make("span", "network-said")) };
  });
  return ({ values, scale }) => {
    const best = values.indexOf(Math.max(...values));
    rows.forEach(({ row, bar, said }, index) => {
      bar.style.setProperty("--share", Math.min(1, values[index] * scale).toFixed(3));
      row.classList.toggle("network-best", index === best);
      said.textContent = index === best ? "strongest" : "";
    });
  };
}

// One map and its filters, large

function buildDetail(view) {
  const figure = make("div", "network-detail");
  const caption = make("p");
  view.detail = { figure, caption, map: newCanvas(1, 1, "The map, enlarged"), filter: newCanvas(1, 1, "Its filter") };
  const legend = make("span", "network-legend", "In filters: ");
  legend.append(make("span", "network-for", "wants ink"), " ", make("span", "network-against", "wants none"));
  view.detail.legend = legend;
  caption.setAttribute("aria-live", "polite");
  view.detail.filter.className = "network-filter";
  const words = make("div", "network-words");
  words.append(caption, legend);
  figure.append(view.detail.map, view.detail.filter, words);
  figure.hidden = true;
  return figure;
}

function choose(view, name, index) {
  if (view.chosen?.name === name && view.chosen.index === index) return;
  const before = view.chosen && view.maps.get(view.chosen.name)[view.chosen.index];
  before?.removeAttribute("aria-current");
  view.chosen = { name, index };
  makeOneStop(view.maps.get(name), index);
  view.maps.get(name)[index].setAttribute("aria-current", "true");
  drawDetail(view);
}

function drawDetail(view) {
  const layer = view.chosen && view.layers.get(view.chosen.name);
  const { figure, caption, map, filter, legend } = view.detail;
  figure.hidden = !layer;
  if (!layer || !view.colours.accent) return;
  const [count, rows, columns] = layer.shape;
  const filters = view.filters.get(layer.name);
  resize(map, columns, rows);
  paint(map, layer.values, view.chosen.index * rows * columns, view.colours.accent);
  filter.hidden = legend.hidden = !filters;
  const said = [`${title(layer.name)}, map ${view.chosen.index + 1} of ${count}.`];
  if (filters) said.push(drawFilters(filter, filters, view.chosen.index, view.colours));
  if (caption.textContent !== said.join(" ")) caption.textContent = said.join(" ");
}

/** The filters of one map, side by side; what they are, in words. */
function drawFilters(canvas, { values, shape: [, inputs, rows, columns] }, index, { accent, doubt }) {
  const across = Math.min(inputs, FILTER_COLUMNS);
  const down = Math.ceil(inputs / across);
  const size = rows * columns;
  const own = values.subarray(index * inputs * size, (index + 1) * inputs * size);
  const most = own.reduce((found, value) => Math.max(found, Math.abs(value)), 1);
  resize(canvas, across * (columns + 1) - 1, down * (rows + 1) - 1);
  const image = new ImageData(canvas.width, canvas.height);
  own.forEach((value, k) => {
    const [input, y, x] = [Math.floor(k / size), Math.floor((k % size) / columns), k % columns];
    const at = (Math.floor(input / across) * (rows + 1) + y) * canvas.width + (input % across) * (columns + 1) + x;
    image.data.set([...(value < 0 ? doubt : accent), Math.round((255 * Math.abs(value)) / most)], 4 * at);
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
  if (inputs === 1) return `Its filter: ${columns}×${rows}.`;
  return `Its ${inputs} filters: ${columns}×${rows}, one for each map before.`;
}
