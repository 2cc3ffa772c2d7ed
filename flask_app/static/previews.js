// Small pictures for the rows: quick to show by the hundred, and light enough to be kept over a reload.

const SIDE = 320; // pixels of the longer side
const SHARP = 128; // pixels up to which a picture is kept as it is: a digit of 28 must not blur
const small = new WeakMap(); // image → data URL
const elsewhere = document.implementation.createHTMLDocument(); // where pictures are not loaded

// Shows the picture of a row, whole where the row is open. A picture that the browser cannot show is said to be so.
export async function showPicture(row, file) {
  const image = row.querySelector(".picture img");
  if (!image || !file) return;
  const whole = await loaded(file, image.dataset.type);
  if (!whole) {
    const said = document.createElement("small");
    said.textContent = "Browsers cannot show this format.";
    row.querySelector(".picture").replaceChildren(said);
    return;
  }
  const preview = shrunk(whole);
  small.set(image, preview);
  image.src = preview;
  if (Math.max(whole.naturalWidth, whole.naturalHeight) <= SIDE) return;
  const details = row.querySelector("details");
  const enlarge = async () => {
    if (details.open) image.src = (await loaded(file, image.dataset.type))?.src ?? preview;
  };
  details.addEventListener("toggle", enlarge);
  if (details.open) image.src = whole.src;
}

// A row's HTML with its small picture.
export function asHtml(row) {
  const copy = elsewhere.importNode(row, true);
  const preview = small.get(row.querySelector(".picture img"));
  if (preview) copy.querySelector(".picture img").src = preview;
  copy.querySelector(".explaining")?.remove(); // it needs the picture as it was sent
  return copy.outerHTML;
}

// The type is the one that the server told from the bytes, not the one that the file's name suggests.
async function loaded(file, type) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([file], { type }));
  return image.decode().then(() => image, () => URL.revokeObjectURL(image.src));
}

function shrunk(image) {
  const [width, height] = [image.naturalWidth, image.naturalHeight];
  const scale = Math.min(1, SIDE / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return Math.max(width, height) <= SHARP ? canvas.toDataURL() : canvas.toDataURL("image/webp", 0.8);
}
