// Small previews of chosen pictures. They are drawn on canvases, so no address has to be allowed for them.

import { drop, keep, kept } from "./photos-kept.js";

const SIDE = 176;
const LOST = "[data-lost-photos]";

async function draw(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.max(SIDE / picture.width, SIDE / picture.height);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `已选照片：${file.name}`);
  canvas
    .getContext("2d")
    .drawImage(
      picture,
      (SIDE - picture.width * scale) / 2,
      (SIDE - picture.height * scale) / 2,
      picture.width * scale,
      picture.height * scale,
    );
  picture.close();
  return canvas;
}

async function show(frame, files) {
  frame.querySelectorAll("canvas, .photo-note").forEach((old) => old.remove());
  for (const file of files) {
    try {
      frame.append(await draw(file));
    } catch {
      const note = document.createElement("p");
      note.className = "photo-note field-error";
      note.textContent = `“${file.name}”不是能识别的图片，请换一张。`;
      frame.append(note);
    }
  }
}

// A form that came back with a sentence has lost its files, unless a picture was what the sentence is about.
async function restore(field) {
  const lost = field?.querySelector(LOST);
  const files = lost ? await kept() : [];
  if (!files.length) return drop();
  const carrier = new DataTransfer();
  files.forEach((file) => carrier.items.add(file));
  field.querySelector("input[type='file']").files = carrier.files;
  lost.remove();
  return show(field.querySelector("[data-photos]"), files);
}

document.addEventListener("change", (event) => {
  const frame = event.target.closest("[data-photos]");
  if (!frame) return;
  keep(event.target.files);
  show(frame, event.target.files);
});

// Whoever leaves without sending leaves nothing behind on this device.
let isSent = false;
document.addEventListener("submit", (event) => {
  isSent = !event.defaultPrevented;
});
addEventListener("pagehide", () => {
  if (!isSent) drop();
});

restore(document.querySelector("[data-photos]")?.closest(".field"));
