// Below each answer, and of each digit of a number, asks whether it is right, as long as this page holds the picture.
import { askOfDigits, askWhether, showSent } from "../faces/feedback.js";
import { fileOf } from "./list.js";

document.querySelector(".readings").addEventListener("reading", ({ target: row }) => {
  for (const old of row.querySelectorAll(".right, .feedback-press")) old.remove(); // of a row that was kept over a reload
  const [file, more] = [fileOf(row), row.querySelector(".more")];
  const found = JSON.parse(row.dataset.json);
  if (!file || !more || found.status === "blank") return;
  const place = Object.assign(document.createElement("div"), { className: "right" });
  const digits = [...more.querySelectorAll("[data-digit]")];
  if (digits.length > 0) {
    more.querySelector(".digits").after(place);
    askOfDigits(place, digits.map((element) => placed(element, found)), () => file);
  } else if (row.dataset.mode !== "number") {
    more.prepend(place);
    askWhether(place, { read: found.digit, picture: () => file });
  }
});
showSent(document.getElementById("sent"));

function placed(element, { digits }) {
  const { digit, box } = digits[element.dataset.digit];
  return { element, read: digit, box };
}
