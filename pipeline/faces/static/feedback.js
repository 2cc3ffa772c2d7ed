// "Is that right?" below an answer: [Right], or [It is a …]. What is said goes with the picture to this page's server, once
// this browser's owner has agreed; the ids that come back are kept here, so that it can be deleted.

import { make } from "./pixels.js";
import * as sent from "./corrections.js";

const NO_DIGIT = "not_a_digit";
const DIGITS = [...Array(10).keys()];
const CONSENT = "Keep this picture and my answer, to make the reading better. It can be deleted at any time.";
const STORED =
  "Kept are the picture, what the model saw of it, what it answered, what you say, the model’s version and the time; " +
  "nothing about you. Whoever runs this page can look at it and train with it.";

const name = (correction) => (correction === NO_DIGIT ? "no digit" : `a${correction === 8 ? "n" : ""} ${correction}`);
let names = 0;

/**
 * Ask in an element whether an answer is right: `read` is its digit, null for none; `picture()` gives the file it was
 * read in; `box` is [x0, y0, x1, y1] of one digit of a number; `question` what to ask.
 */
export function askWhether(place, { read, picture, box, question = "Is that right?" }) {
  if (sent.off()) {
    place.replaceChildren();
    return;
  }
  const said = make("p", "feedback-said");
  said.setAttribute("role", "status");
  const state = make("div", "feedback-state");
  const root = make("div", "feedback");
  root.append(said, state);
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", question);
  place.replaceChildren(root);

  // Shows what can be done now; who was here by the keyboard goes on here.
  const show = (words, ...parts) => {
    const focused = state.contains(document.activeElement);
    said.textContent = words;
    state.replaceChildren(...parts);
    if (focused) state.querySelector("input, button")?.focus();
  };
  const ask = (words = question) => {
    const other = button(read === null ? "It is a digit" : "It is a …", () => choose());
    show(words, button("Right", () => agree(read ?? NO_DIGIT)), other);
  };
  const choose = () => {
    const choices = [...DIGITS, NO_DIGIT].filter((each) => each !== (read ?? NO_DIGIT));
    const buttons = choices.map((each) => {
      const found = button(each === NO_DIGIT ? "No digit" : `${each}`, () => agree(each));
      found.classList.toggle("feedback-digit", each !== NO_DIGIT);
      return found;
    });
    show("What is it?", ...buttons, button("Back", () => ask()));
  };
  const agree = (correction) => {
    if (sent.agreed()) return send(correction);
    const [form, box, label, text] = [make("form", "feedback-consent"), make("input"), make("label"), make("p", "", STORED)];
    Object.assign(box, { type: "checkbox", required: true });
    text.id = `feedback-stored-${(names += 1)}`;
    box.setAttribute("aria-describedby", text.id);
    label.append(box, make("span", "", CONSENT));
    form.append(label, text, button("Send", null), button("Back", () => ask()));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.querySelector("[aria-disabled]")) return;
      sent.agree();
      send(correction);
    });
    show(`You say: ${name(correction)}.`, form);
  };
  const send = async (correction) => {
    const answer = await busy("Sending …", async () => sent.send(await picture(), correction, box));
    if (answer.id) show(`Thank you: ${name(correction)}.`, button("Undo", () => undo(answer.id), "Undo: delete my answer"));
    else if (answer.code === "feedback_off") hideOthers(root), show(answer.said);
    else ask(`Not kept. ${answer.said}`);
  };
  const undo = async (id) => {
    const answer = await busy("Deleting …", () => sent.withdraw(id));
    if (answer.gone) ask("Deleted.");
    else show(`Not deleted. ${answer.said}`, button("Undo", () => undo(id), "Undo: delete my answer"));
  };
  const busy = (words, work) => {
    said.textContent = words;
    for (const each of state.querySelectorAll("button")) each.setAttribute("aria-disabled", "true"); // it keeps the focus
    return work();
  };
  ask();
}

// Nothing is asked any more where no corrections are kept.
function hideOthers(root) {
  for (const each of document.querySelectorAll(".feedback-press, .feedback-hint, .feedback[role=group]")) {
    if (each !== root) each.remove();
  }
}

/** Ask so of the digits of a number: pressing one of `digits`, each {element, read, box}, asks in `place`. */
export function askOfDigits(place, digits, picture) {
  if (sent.off()) return;
  place.replaceChildren(make("p", "feedback-hint", "Press a digit to say whether it is right."));
  const buttons = digits.map(({ element, read, box }, index) => {
    const question = `Digit ${index + 1}, read as ${read}: is that right?`;
    const found = button("", () => {
      for (const each of buttons) each.setAttribute("aria-pressed", String(each === found));
      askWhether(place, { read, picture, box, question });
    }, question);
    found.className = "feedback-press";
    found.setAttribute("aria-pressed", "false");
    element.classList.add("feedback-pressed");
    element.append(found);
    return found;
  });
}

/** A line in an element that deletes what this browser has sent; empty where that is nothing. */
export function showSent(place) {
  const said = make("span");
  said.setAttribute("role", "status");
  const all = button("Delete my corrections", async () => {
    said.textContent = "Deleting …";
    const { gone, said: why } = await sent.withdrawAll();
    said.textContent = why ? `${gone} deleted. ${why}` : "All were deleted.";
    all.hidden = sent.ids().length === 0;
  });
  const refresh = () => {
    const count = sent.ids().length;
    place.hidden = count === 0 && !place.contains(document.activeElement);
    all.hidden = count === 0;
    if (count > 0) said.textContent = `Kept from this browser: ${count} ${count === 1 ? "correction" : "corrections"}`;
  };
  place.classList.add("feedback", "feedback-sent");
  place.replaceChildren(said, all);
  addEventListener("corrections", refresh);
  refresh();
}

function button(text, pressed, label) {
  const found = make("button", "", text);
  if (label) found.setAttribute("aria-label", label);
  found.type = pressed ? "button" : "submit";
  if (pressed) found.addEventListener("click", () => found.getAttribute("aria-disabled") ?? pressed());
  return found;
}
