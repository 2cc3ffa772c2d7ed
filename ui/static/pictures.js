// Pictures instead of a drawing: opened, pasted, dropped, clicked. The file goes to the server as it came; the sheet shows
// what the browser can make of it, and what is drawn on top is sent together with that.

const SHOWN_SIDE = 1536; // pixels of what is shown, and sent once something is drawn on it
const COPY_SIDE = 1024;
const LARGEST_KEPT = 300_000; // bytes of a file that is kept as it came over a reload; of others a copy

export function takePictures(pad, element) {
  const input = element.querySelector(".file");
  const open = async (file, mode) => {
    const picture = await pictureOf(file, input.dataset);
    if (mode) pad.take(mode);
    pad.lay(picture);
  };
  element.querySelector(".open").addEventListener("click", () => input.click());
  input.addEventListener("change", async () => {
    const [file] = input.files;
    input.value = ""; // the same file may be chosen again
    if (file) await open(file);
  });
  document.addEventListener("paste", async ({ clipboardData }) => {
    const [file] = clipboardData.files;
    if (file) await open(file);
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault(); // without it the browser leaves the page for the picture
    pad.paper.toggleAttribute("data-drop", true);
  });
  document.addEventListener("dragleave", () => pad.paper.toggleAttribute("data-drop", false));
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    pad.paper.toggleAttribute("data-drop", false);
    const [file] = event.dataTransfer.files;
    if (file) await open(file);
  });
  return open;
}

// An entry's part of a drawing: the file, what is shown of it, and what of it is kept over a reload.
export async function pictureOf(file, { most, tooLarge } = {}) {
  const name = file.name ?? "picture";
  const reply = file.size > Number(most ?? Infinity) ? JSON.parse(tooLarge) : undefined;
  const image = reply ? null : await decoded(file);
  const shown = image ? scaled(image, SHOWN_SIDE) : notice(name);
  return { file, name, shown, reply, copy: await copyOf(file, image) };
}

async function copyOf(file, image) {
  if (file.size <= LARGEST_KEPT) return dataUrl(file);
  return image && scaled(image, COPY_SIDE).toDataURL("image/jpeg", 0.85);
}

// The same from what was kept.
export async function pictureFrom({ name, copy, box }) {
  const [head, content] = copy.split(",");
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const file = new File([bytes], name, { type: head.slice("data:".length).split(";")[0] });
  return { tool: "picture", ...(await pictureOf(file)), box };
}

async function decoded(file) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
    return image.naturalWidth ? image : null;
  } catch {
    return null; // a format that this browser does not show; the service may well read it
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

function scaled(image, side) {
  const { naturalWidth: width, naturalHeight: height } = image;
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = blank(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// A sheet that says which file lies there.
function notice(name) {
  const canvas = blank(512, 512);
  const context = canvas.getContext("2d");
  context.fillStyle = "#5b6273";
  context.textAlign = "center";
  context.font = "24px system-ui, sans-serif";
  context.fillText(name.length > 36 ? `${name.slice(0, 35)}…` : name, 256, 246);
  context.fillText("cannot be shown here", 256, 282);
  return canvas;
}

function blank(width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  return canvas;
}

function dataUrl(file) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => resolve(null);
    reader.readAsDataURL(file);
  });
}
