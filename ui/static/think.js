// Three folds below the answer to a digit: the network at work, why this answer, the drawing's time. Folded they ask
// nothing; what they ask takes its turn behind the reading of the drawing.

import { hasFilters, showNetwork } from "../faces/network.js";
import { Fold } from "./fold.js";
import { browser, keep, kept } from "./keeping.js";
import { showMoments } from "./moments.js";
import { showStrokes } from "./strokes.js";

const OPEN = "digits-folds"; // which of them stay open in this browser

export function showThinking(pad, element) {
  const folds = [...element.querySelectorAll(".folds details")].map((details) => new Fold(details));
  const [network, why, replay] = folds;
  showLive(pad, network);
  showStrokes(pad, why);
  showMoments(pad, replay);
  const open = kept(browser, OPEN) ?? [];
  folds.forEach((fold) => (fold.details.open = open.includes(fold.name)));
  const names = () => folds.filter((fold) => fold.open).map((fold) => fold.name);
  folds.forEach((fold) => fold.details.addEventListener("toggle", () => keep(browser, OPEN, names())));
}

// What each layer says, live with the drawing.
function showLive(pad, fold) {
  let last = null; // reply
  let shown = null; // picture
  const update = async () => {
    const question = pad.asking.asked;
    if (!fold.open || last?.mode !== "digit" || !last.answer || shown === question.file) return;
    if (last.status === "blank") {
      shown = null;
      showNetwork(fold.here, { model: last.model, layers: [] });
      return;
    }
    const filters = hasFilters(fold.here, last.model) ? "" : "?filters=1";
    const reply = await pad.asking.aside({ ...question, path: `explaining${filters}` });
    if (!reply || fold.failed(reply)) return; // after the next answer again
    shown = question.file;
    showNetwork(fold.here, reply);
  };
  pad.addEventListener("answer", ({ detail }) => {
    last = detail;
    update();
  });
  fold.details.addEventListener("toggle", update);
}
