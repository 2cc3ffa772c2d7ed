// Examples to click: strokes are drawn again as by hand, pictures are laid on the sheet.

import { item } from "./visit.js";

const SIDE = 512; // examples.json has strokes on a square of 1, from its upper left corner
const POINT_MS = 14;

export async function showExamples(pad, element, open) {
  const folder = new URL("faces/examples/", document.baseURI);
  const response = await fetch(new URL("examples.json", folder));
  const examples = response.ok ? await response.json() : [];
  const items = examples.map((example) => {
    const thumbnail = new URL(example.name, folder).href;
    return item({ thumbnail, label: example.label }, () => show(pad, open, example, thumbnail));
  });
  element.querySelector(".examples ul").append(...items);
}

async function show(pad, open, { name, label, mode, strokes }, address) {
  pad.paper.scrollIntoView({ block: "nearest" }); // on a phone it stands above what was clicked, out of sight
  if (strokes) {
    pad.clear();
    pad.take(mode);
    pad.choose({ tool: "pen", width: "M" });
    await replay(pad, strokes);
  } else {
    const content = await (await fetch(address)).blob();
    await open(new File([content], label, { type: content.type }), mode);
  }
}

// As a hand would; at once where motion is not wanted. Who draws meanwhile goes on with what stands there.
async function replay(pad, strokes) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  for (const points of strokes) {
    pad.begin();
    const { stroke } = pad;
    for (const [index, [x, y]] of points.entries()) {
      if (!still) await new Promise((resolve) => setTimeout(resolve, POINT_MS));
      if (pad.stroke !== stroke) return;
      pad.draw([Math.round(SIDE * (x - 0.5)), Math.round(SIDE * (y - 0.5)), index * POINT_MS]);
    }
    pad.finish();
  }
}
