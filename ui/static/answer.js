// Shows a reply: the answer in words, what the model saw, the bars or the digits one by one, and boxes over the drawing.

const LABEL_FRACTION = 0.12; // of a drawing's height: where less is free above a box, its label goes inside
const FULL = [0, 0, 1, 1];
const INVITATION = {
  title: "Nothing to read yet",
  digit: "Draw a digit from 0 to 9, or open a picture of one.",
  number: "Draw a number, its digits side by side, or open a picture of one.",
};

export function showAnswers(pad, element) {
  const find = (name) => element.querySelector(name);
  const footer = find(".colophon p");
  const about = footer.textContent;
  let model = "";
  find(".offer").addEventListener("click", () => {
    pad.take("number");
    find(".room [data-mode=number]").focus();
  });
  pad.addEventListener("change", () => {
    if (pad.drawing.blank) find(".boxes").replaceChildren(); // at once, and the rest when that is answered
  });
  pad.addEventListener("answer", ({ detail: reply }) => {
    const words = pad.drawing.blank && reply.status === "blank" ? invitation(pad.mode) : reply;
    find(".answer").dataset.status = reply.status;
    for (const part of ["large", "title", "detail"]) find(`.answer .${part}`).textContent = words[part];
    showSeen(find(".seen"), reply.seen);
    showBars(find(".bars"), reply);
    showOffer(find(".offer"), reply.number);
    find(".digits").replaceChildren(...(reply.digits ?? []).map(digit));
    find(".unread").textContent = reply.unreadWords ?? "";
    find(".unread").hidden = !reply.unreadWords;
    find(".boxes").replaceChildren(...(pad.mode === reply.mode ? boxes(reply, placeOf(pad)) : []));
    model = reply.model || model;
    footer.textContent = [about, model, state(reply)].filter(Boolean).join(" · ");
  });
}

const invitation = (mode) => ({ large: "", title: INVITATION.title, detail: INVITATION[mode] });

const state = ({ retry, title }) => (retry ? title.toLowerCase() : "service ready");

function showSeen(figure, seen) {
  const image = figure.querySelector("img");
  image.hidden = !seen;
  figure.querySelector(".nothing").hidden = Boolean(seen);
  if (seen) image.src = seen;
  else image.removeAttribute("src");
}

// Lengths alone: what the confidence says is one number, and stands beside the answer.
function showBars(bars, { bars: lengths, best }) {
  bars.toggleAttribute("data-off", !lengths);
  bars.querySelectorAll("li").forEach((row, digit) => {
    row.classList.toggle("best", Boolean(lengths) && digit === best);
    row.querySelector(".fill").style.width = `${100 * (lengths?.[digit] ?? 0)}%`;
  });
}

function showOffer(button, number) {
  button.hidden = !number;
  button.textContent = number ? `Read ${number} as a number?` : "";
}

function digit({ text, confidence, sure, seen }) {
  const row = made("li", sure ? "sure" : "unsure");
  if (seen) row.append(Object.assign(made("img"), { src: seen, alt: "" }));
  row.append(made("span", "name", text), made("span", "confidence", sure ? confidence : `${confidence}, not sure`));
  return row;
}

// Where a picture lies on the sheet, as fractions of it: all of it, but for a picture of another shape.
function placeOf({ drawing, sheet }) {
  if (!drawing.picture) return FULL;
  const [x, y, width, height] = drawing.picture.box;
  return [x / sheet.width + 0.5, y / sheet.height + 0.5, width / sheet.width, height / sheet.height];
}

function boxes({ digits = [], unread = [], mark }, place) {
  return [
    ...digits.map(({ box, text, confidence, sure }) => labelled(box, place, sure ? "sure" : "unsure", text, confidence)),
    ...unread.map((box) => labelled(box, place, "not-read", mark, "not read")),
  ];
}

function labelled([left, top, width, height], [x, y, wide, high], kind, text, detail) {
  const found = made("div", `box ${kind}`);
  const label = made("span", "label", `${text} `);
  label.append(made("small", "", detail));
  found.append(label);
  const topOnSheet = y + top * high;
  found.classList.toggle("high", topOnSheet < LABEL_FRACTION);
  const sides = { left: x + left * wide, top: topOnSheet, width: width * wide, height: height * high };
  for (const [side, fraction] of Object.entries(sides)) found.style[side] = `${(100 * fraction).toFixed(2)}%`;
  return found;
}

function made(tag, className = "", text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}
