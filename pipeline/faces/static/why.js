// Why it reads what it reads: what each stroke of a drawing, and each part of a picture, speaks for.

import { likelihood, percent } from "./answers.js";
import { bytes, colourOf, make, makeOneStop, moveByKeys, newCanvas, paint } from "./pixels.js";

export { showReplay } from "./replay.js";

const SIDE = 7; // parts in a row and rows of them
// On paper, which stays white: what speaks for the answer, against it, and what makes no difference.
const [FOR, AGAINST, NEITHER] = [[47, 74, 208], [184, 84, 0], [138, 143, 156]];

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
