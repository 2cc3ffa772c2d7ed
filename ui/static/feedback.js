// Once the pen rests with an answer, asks whether it is right; of a number, of each digit. What is sent is what was read.

import { askOfDigits, askWhether, showSent } from "../faces/feedback.js";

export function askAtRest(pad, element) {
  const place = element.querySelector(".right");
  const hide = () => place.toggleAttribute("data-off", true); // it keeps its room: nothing moves while one draws
  for (const event of ["change", "answer"]) pad.addEventListener(event, hide);
  pad.addEventListener("rest", ({ detail: { mode, answer } }) => {
    if (!answer || mode !== pad.mode) return; // there is none
    const { file } = pad.question();
    place.replaceChildren();
    if (mode === "number") ofDigits(answer, element, place, file);
    else if (answer.status !== "blank") askWhether(place, { read: answer.digit, picture: () => file });
    place.removeAttribute("data-off");
  });
  showSent(element.querySelector(".sent"));
}

function ofDigits({ digits }, element, place, file) {
  const rows = [...element.querySelectorAll(".digits li")];
  const found = digits.map(({ digit, box }, index) => ({ element: rows[index], read: digit, box }));
  if (found.length > 0) askOfDigits(place, found, () => file);
}
