// Why a digit is read as it is, below its bars: asked for with the picture that the browser still holds.

import { make } from "../faces/pixels.js";
import { fileOf } from "./list.js";

const AWAY = { title: "No answer at the moment", detail: "Try again." };

document.addEventListener("reading", ({ target: row }) => {
  const more = row.querySelector(".more");
  const digit = row.matches(".digit, .unsure") && row.dataset.mode !== "number";
  if (!more || !digit || !fileOf(row)) return;
  const place = make("div", "explaining");
  const button = Object.assign(make("button", "", "Why?"), { type: "button" });
  button.addEventListener("click", () => explain(row, place, button));
  place.append(button);
  more.append(place);
});

async function explain(row, place, button) {
  button.disabled = true;
  const found = await answerTo(fileOf(row));
  button.disabled = false;
  place.querySelector("[role=alert]")?.remove();
  if (!found.layers) {
    const said = make("p", "", `${found.title}. ${found.detail}`);
    said.setAttribute("role", "alert");
    place.append(said);
    return;
  }
  const { showOcclusion } = await import("../faces/why.js");
  const { showNetwork } = await import("../faces/network.js");
  const title = make("h2", "", `Why ${row.dataset.short.replace("?", "")}?`); // where the button was: the pointer chooses nothing
  const [parts, network, fold] = [make("div"), make("div"), make("details")];
  fold.append(make("summary", "", "See the network think"), network);
  place.replaceChildren(title, parts, fold);
  showOcclusion(parts, found);
  showNetwork(network, found);
  parts.querySelector("[tabindex='0']")?.focus({ preventScroll: true });
}

async function answerTo(file) {
  const body = new FormData();
  body.append("image", file);
  try {
    const reply = await fetch(new URL("why", document.querySelector("#upload").action), {
      method: "POST",
      body,
      headers: { "X-Requested-With": "fetch" },
    });
    return await reply.json();
  } catch {
    return AWAY; // no connection, or a page of whatever stands between
  }
}
