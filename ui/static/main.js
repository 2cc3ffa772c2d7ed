// Gradio calls `start` once the page's HTML stands in `element`. What else the page can do begins here: hand the pad to it;
// pad.js says what that tells.

import { showAnswers } from "./answer.js";
import { showExamples } from "./examples.js";
import { askAtRest } from "./feedback.js";
import { keepDrawing, lastDrawing } from "./keeping.js";
import { Pad } from "./pad.js";
import { takePictures } from "./pictures.js";
import { showThinking } from "./think.js";
import { countAnswers, keepRecent, sayAnswers } from "./visit.js";

export async function start(element) {
  const pad = new Pad(element);
  showAnswers(pad, element);
  sayAnswers(pad, element);
  askAtRest(pad, element);
  countAnswers(pad, element);
  keepRecent(pad, element);
  showThinking(pad, element);
  const open = takePictures(pad, element);
  showExamples(pad, element, open);
  const last = await lastDrawing();
  keepDrawing(pad);
  if (last) pad.restore(last);
  else pad.changed(); // the blank sheet is sent too, so that the page says at once whether the service answers
  return pad;
}
