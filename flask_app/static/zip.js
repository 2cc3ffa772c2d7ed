// The pictures in a zip file, taken out here so that each is sent, shown and counted like any other. Throws an error
// whose `reason` the page has words for. What unpacks to more than the file says of itself is not unpacked further.

const MOST_ENTRIES = 500;
const MOST_UNPACKED = 256 * 2 ** 20; // bytes of all together
const MOST_DIRECTORY = 2 ** 20; // bytes of the list of entries
const [LOCAL, CENTRAL, END] = [0x04034b50, 0x02014b50, 0x06054b50]; // signatures
const DOCUMENT = /^(word|xl|ppt)\//; // Office files are zip files too; the service calls them by their names
const HIDDEN = /(^|\/)(\.(?!\.)|__MACOSX|Thumbs\.db|desktop\.ini)/;

export async function isZip(file) {
  const start = await view(file, 0, 4);
  return start.byteLength === 4 && [LOCAL, END].includes(start.getUint32(0, true));
}

export async function unzip(file, largest) {
  const entries = (await directory(file)).filter((entry) => !entry.name.endsWith("/"));
  if (entries.some((entry) => DOCUMENT.test(entry.name))) return [{ name: file.name, file }];
  const pictures = entries.filter((entry) => !HIDDEN.test(entry.name));
  if (pictures.length === 0) throw refusal("zip_empty");
  if (pictures.length > MOST_ENTRIES) throw refusal("zip_too_many");
  const size = pictures.reduce((sum, entry) => sum + (entry.size > largest ? 0 : entry.size), 0);
  if (size > MOST_UNPACKED) throw refusal("zip_too_large");
  const found = [];
  for (const entry of pictures) found.push(await unpacked(file, entry, largest));
  return found;
}

function refusal(reason) {
  return Object.assign(new Error(reason), { reason });
}

async function view(file, from, to) {
  return new DataView(await file.slice(from, to).arrayBuffer());
}

async function directory(file) {
  const start = Math.max(0, file.size - 22 - 0xffff);
  const tail = await view(file, start, file.size);
  let place = tail.byteLength - 22;
  while (place >= 0 && tail.getUint32(place, true) !== END) place -= 1;
  if (place < 0) throw refusal("zip_damaged");
  const [size, offset] = [tail.getUint32(place + 12, true), tail.getUint32(place + 16, true)];
  if (size > MOST_DIRECTORY) throw refusal("zip_too_many");
  const ahead = start + place - size - offset; // bytes that something put before the zip file
  const list = await view(file, ahead + offset, ahead + offset + size);
  const entries = [];
  for (let at = 0; at + 46 <= list.byteLength && list.getUint32(at, true) === CENTRAL; ) {
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => list.getUint16(at + field, true));
    entries.push({
      name: decoded(new Uint8Array(list.buffer, at + 46, nameLength)),
      locked: (list.getUint16(at + 8, true) & 1) === 1,
      method: list.getUint16(at + 10, true),
      packed: list.getUint32(at + 20, true),
      size: list.getUint32(at + 24, true),
      start: ahead + list.getUint32(at + 42, true),
    });
    at += 46 + nameLength + extra + comment;
  }
  return entries;
}

function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replaceAll("\\", "/");
  } catch {
    return new TextDecoder("windows-1252").decode(bytes).replaceAll("\\", "/");
  }
}

// An entry like any other file, by its name alone.
async function unpacked(file, entry, largest) {
  const name = entry.name.split("/").pop();
  const refused = (leftOut) => ({ name, file: new File([], name), leftOut });
  if (entry.size > largest) return refused("too_large");
  if (/\.zip$/i.test(name)) return refused("zip_in_zip");
  if (entry.locked) return refused("zip_locked");
  try {
    const header = await view(file, entry.start, entry.start + 30);
    if (header.getUint32(0, true) !== LOCAL) return refused("zip_damaged");
    const from = entry.start + 30 + header.getUint16(26, true) + header.getUint16(28, true);
    const packed = file.slice(from, from + entry.packed);
    if (entry.method === 0 && entry.packed === entry.size) return { name, file: new File([packed], name) };
    if (entry.method !== 8) return refused("zip_damaged");
    return { name, file: new File(await inflated(packed, entry.size), name) };
  } catch {
    return refused("zip_damaged");
  }
}

async function inflated(packed, size) {
  const reader = packed.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts = [];
  for (let left = size; ; ) {
    const { done, value } = await reader.read();
    if (done) return parts;
    left -= value.length;
    if (left < 0) {
      await reader.cancel();
      throw refusal("zip_damaged");
    }
    parts.push(value);
  }
}
