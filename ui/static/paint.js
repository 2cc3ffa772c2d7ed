// Entries of a drawing on a canvas, black on white, and as a PNG file.

export function prepare(canvas, sheet, view) {
  if (canvas.width !== sheet.width) canvas.width = sheet.width;
  if (canvas.height !== sheet.height) canvas.height = sheet.height;
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = "white";
  context.fillRect(0, 0, sheet.width, sheet.height);
  const { scale, x, y } = view;
  context.setTransform(scale, 0, 0, scale, sheet.width / 2 - scale * x, sheet.height / 2 - scale * y);
  context.lineCap = context.lineJoin = "round";
  return context;
}

export function paint(context, entry) {
  if (entry.tool === "picture") context.drawImage(entry.shown, ...entry.box);
  else entry.points.forEach((_, end) => paintSegment(context, entry, end));
}

export function paintSegment(context, { tool, width, points, colour = "black" }, end) {
  const [x, y] = points[end];
  const [fromX, fromY] = points[Math.max(end - 1, 0)];
  context.strokeStyle = tool === "eraser" ? "white" : colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(x + 0.01, y); // a line without length is not drawn everywhere, and a tap must leave a dot
  context.stroke();
}

// A PNG file. Not by toBlob, which waits until the browser is idle.
export function png(canvas) {
  const text = atob(canvas.toDataURL("image/png").split(",")[1]);
  return new Blob([Uint8Array.from(text, (letter) => letter.charCodeAt(0))], { type: "image/png" });
}

// Some entries alone as a PNG file, as they would be sent: what stands there without the others.
export async function render(entries, sheet, view) {
  const canvas = document.createElement("canvas");
  const context = prepare(canvas, sheet, view);
  entries.forEach((entry) => paint(context, entry));
  return png(canvas);
}
