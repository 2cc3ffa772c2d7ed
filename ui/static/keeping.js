// What is kept in the browser, and nowhere else: the drawing, over a reload; the visit's tally; the last drawings.

import { pictureFrom } from "./pictures.js";

const DRAWING = "digits-drawing"; // of this tab, with undo and redo

// The storage may be full, or forbidden: then nothing is kept, and drawing goes on.
export function keep(storage, key, value) {
  try {
    storage().setItem(key, JSON.stringify(value));
  } catch (error) {
    console.debug(error);
  }
}

export function kept(storage, key) {
  try {
    return JSON.parse(storage().getItem(key));
  } catch {
    return null;
  }
}

export const tab = () => sessionStorage;
export const browser = () => localStorage;

export function keepDrawing(pad) {
  const save = () => {
    const { drawing, mode, id } = pad;
    const [entries, undone] = [drawing.entries, drawing.undone].map(packed);
    keep(tab, DRAWING, { drawing: { entries, undone, view: drawing.view }, mode, id });
  };
  pad.addEventListener("change", save);
  addEventListener("pagehide", save); // in the middle of a stroke too
}

export async function lastDrawing() {
  try {
    const { drawing, mode, id } = kept(tab, DRAWING);
    const [entries, undone] = await Promise.all([drawing.entries, drawing.undone].map(unpacked));
    return { drawing: { entries, undone, view: drawing.view }, mode, id };
  } catch {
    return null; // there is none, or it is of another version of this page
  }
}

// Entries as JSON has them; a picture that is too large to keep is left out.
export function packed(entries) {
  return entries
    .filter(({ tool, copy }) => tool !== "picture" || copy)
    .map(({ tool, name, copy, box, ...stroke }) => (tool === "picture" ? { tool, name, copy, box } : { tool, ...stroke }));
}

export function unpacked(entries) {
  return Promise.all(entries.map((entry) => (entry.tool === "picture" ? pictureFrom(entry) : entry)));
}
