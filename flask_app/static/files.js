// What was dropped, pasted or chosen, folders and zip files opened: entries {name, file, leftOut}, where leftOut says why
// a file itself is not sent (the page has the words).
import { isZip, unzip } from "./zip.js";

export const MOST_FILES = 2000; // in one go
const HIDDEN = /(^|\/)(\.(?!\.)|__MACOSX|Thumbs\.db|desktop\.ini)/; // what systems write beside the pictures
const MOST_PIXELS = 64e6;
const LARGE = 2 * 2 ** 20; // bytes from which it is worth to look at a picture's size before it is sent

// The files of a drop, those in its folders too. Asks for the entries at once: they are gone when the event is over.
export function dropped(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const found = items.map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile()).filter(Boolean);
  return Promise.all(found.map((each) => (each instanceof File ? [each] : walk(each)))).then((files) => files.flat());
}

async function walk(entry) {
  if (HIDDEN.test(entry.name)) return [];
  if (entry.isFile) return [await fileOf(entry)];
  const files = [];
  const reader = entry.createReader();
  while (files.length < MOST_FILES) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)).catch(() => []);
    if (some.length === 0) break; // it gives a hundred at a time
    some.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    for (const each of some) files.push(...(await walk(each)));
  }
  return files;
}

// Its `place` is the path below what was dropped.
async function fileOf(entry) {
  const file = await new Promise((resolve, reject) => entry.file(resolve, reject)).catch(() => null);
  return Object.assign(file ?? new File([], entry.name), { place: entry.fullPath.slice(1), leftOut: file ? undefined : "unreadable" });
}

export async function entriesOf(files, largest) {
  const entries = [];
  for (const file of files) {
    if (!HIDDEN.test(file.webkitRelativePath || "")) entries.push(...(await opened(file, largest)));
  }
  return entries;
}

async function opened(file, largest) {
  const name = file.place || file.webkitRelativePath || file.name;
  if (file.leftOut || !(await readable(file))) return [{ name, file, leftOut: "unreadable" }];
  if (await isZip(file)) return unzip(file, largest).catch((error) => [{ name, file, leftOut: error.reason ?? "zip_damaged" }]);
  const tooLarge = file.size > largest || (file.size > LARGE && (await pixels(file)) > MOST_PIXELS);
  return [{ name, file, leftOut: tooLarge ? "too_large" : undefined }];
}

// Not a folder, and neither moved nor changed since it was chosen.
export function readable(file) {
  return file.slice(0, 1).arrayBuffer().then(() => true, () => false);
}

// 0 where the browser cannot tell.
async function pixels(file) {
  const image = new Image();
  const url = URL.createObjectURL(file);
  await new Promise((resolve) => {
    image.onload = image.onerror = resolve;
    image.src = url;
  });
  URL.revokeObjectURL(url);
  return image.naturalWidth * image.naturalHeight;
}
