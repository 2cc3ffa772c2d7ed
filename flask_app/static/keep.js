// Results are kept over a reload, in this tab alone: they are gone with it.
import { asHtml } from "./previews.js";

const KEY = "readings";
const MOST_CHARACTERS = 4_000_000; // some 400 rows; browsers allow about five million

// As many as there is room for.
export function keep(rows) {
  const kept = [];
  let room = MOST_CHARACTERS;
  for (const html of rows.map(asHtml)) {
    room -= html.length;
    if (room < 0) break;
    kept.push(html);
  }
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    sessionStorage.removeItem(KEY); // a browser with less room, or none at all
  }
}

export function kept() {
  const html = JSON.parse(sessionStorage.getItem(KEY) ?? "[]").join("");
  return [...new DOMParser().parseFromString(html, "text/html").querySelectorAll(".reading")];
}
