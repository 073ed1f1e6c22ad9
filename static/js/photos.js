// Small previews of chosen pictures. They are drawn on canvases, so no address has to be allowed for them.

const SIDE = 176;

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

document.addEventListener("change", async (event) => {
  const frame = event.target.closest("[data-photos]");
  if (!frame) return;
  frame.querySelectorAll("canvas, .photo-note").forEach((old) => old.remove());
  for (const file of event.target.files) {
    try {
      frame.append(await draw(file));
    } catch {
      const note = document.createElement("p");
      note.className = "photo-note field-error";
      note.textContent = `“${file.name}”不是能识别的图片，请换一张。`;
      frame.append(note);
    }
  }
});
