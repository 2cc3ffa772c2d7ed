// What is on the sheet and how it came about: entries, oldest first. Undo takes the last away, redo puts it back.
//
//   {tool: "pen" | "eraser", width, points: [[x, y, ms], …], began}   a stroke; ms since `began`, which is a Date.now()
//   {tool: "picture", file, name, shown, copy, box: [x, y, width, height]}   see pictures.js
//   {tool: "clear"}
//
// Lengths are pixels of a sheet 512 high; x and y begin in its middle, so that a drawing fits a sheet of any width. `view`
// says what of this is seen: {scale, x, y}, x and y in the middle.

export const HEIGHT = 512;
const ACROSS = matchMedia("(max-width: 640px)").matches ? 2 : 3; // heights in a number's width; a finger needs room
export const SHEETS = {
  digit: { width: HEIGHT, height: HEIGHT, pen: HEIGHT / 16, holds: "one digit from 0 to 9" },
  number: { width: HEIGHT * ACROSS, height: HEIGHT, pen: HEIGHT / 24, holds: "a number, its digits side by side" },
};
const PLAIN = { scale: 1, x: 0, y: 0 };
const MARGIN = 24; // around a drawing that is made to fit
const MOST_POINTS = 20_000; // some 40 minutes of drawing; the oldest strokes are then forgotten
const MOST_ENTRIES = 500;

export class Drawing {
  constructor({ entries = [], undone = [], view = PLAIN } = {}) {
    Object.assign(this, { entries, undone, view });
  }

  add(entry) {
    this.entries.push(entry);
    this.undone = [];
  }

  undo() {
    this.undone.push(this.entries.pop());
  }

  redo() {
    this.entries.push(this.undone.pop());
  }

  // What is seen: since the sheet was last cleared, or a picture was laid over all.
  get visible() {
    const last = this.entries.findLastIndex(({ tool }) => tool === "clear" || tool === "picture");
    return this.entries.slice(this.entries[last]?.tool === "picture" ? last : last + 1);
  }

  get blank() {
    return this.visible.length === 0;
  }

  // The picture, where there is nothing but one.
  get picture() {
    const [first, ...others] = this.visible;
    return first?.tool === "picture" && others.length === 0 ? first : null;
  }

  // Lay the drawing on another sheet: as it is where it fits, else made smaller.
  fit(sheet) {
    if (this.picture) this.picture.box = contained(this.picture.shown, sheet);
    const boxes = this.visible.filter(({ tool }) => tool !== "eraser").map(extent);
    this.view = boxes.length ? viewOf(union(boxes), sheet) : PLAIN;
  }

  // Forget the oldest where there is too much to keep.
  trim() {
    let points = 0;
    const first = this.entries.findLastIndex((entry) => (points += entry.points?.length ?? 0) > MOST_POINTS) + 1;
    this.entries.splice(0, Math.min(Math.max(first, this.entries.length - MOST_ENTRIES), this.entries.length - 1));
  }
}

// The box of a picture that is as large as the sheet lets it be, in its middle.
function contained({ width, height }, sheet) {
  const scale = Math.min(sheet.width / width, sheet.height / height);
  return [(-width * scale) / 2, (-height * scale) / 2, width * scale, height * scale];
}

function extent({ points, width, box }) {
  if (box) return [box[0], box[1], box[0] + box[2], box[1] + box[3]];
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [least(xs) - width / 2, least(ys) - width / 2, most(xs) + width / 2, most(ys) + width / 2];
}

function union(boxes) {
  const sides = [0, 1, 2, 3].map((side) => boxes.map((box) => box[side]));
  return [least(sides[0]), least(sides[1]), most(sides[2]), most(sides[3])];
}

function viewOf([left, top, right, bottom], sheet) {
  const fits = Math.max(-left, right) <= sheet.width / 2 && Math.max(-top, bottom) <= sheet.height / 2;
  if (fits) return PLAIN;
  const scale = Math.min(1, (sheet.width - 2 * MARGIN) / (right - left), (sheet.height - 2 * MARGIN) / (bottom - top));
  return { scale, x: (left + right) / 2, y: (top + bottom) / 2 };
}

const least = (values) => values.reduce((found, value) => Math.min(found, value));
const most = (values) => values.reduce((found, value) => Math.max(found, value));
