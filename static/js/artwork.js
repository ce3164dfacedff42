// Shows how a chosen picture becomes a square, and whether it is large enough, before it is sent.
const SMALLEST = 1400;

/** Makes the artwork form preview its picture. */
export function artwork(form) {
  const field = form.querySelector("input[type=file]");
  const canvas = form.querySelector("canvas");
  const rules = form.querySelector("[data-rules]");
  let picture = null;

  const draw = () => {
    if (!picture) return;
    const fit = form.elements.fit.value;
    const { width, height } = picture;
    const scale = canvas.width / (fit === "crop" ? Math.min(width, height) : Math.max(width, height));
    const [w, h] = [width * scale, height * scale];
    const paper = canvas.getContext("2d");
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(picture, (canvas.width - w) / 2, (canvas.height - h) / 2, w, h);
  };

  const judge = () => {
    const [size, shape] = [rules.querySelector("[data-rule=size]"), rules.querySelector("[data-rule=shape]")];
    const enough = Math.min(picture.width, picture.height) >= SMALLEST;
    size.className = enough ? "good" : "bad";
    const words = size.dataset.words.replace("{0}", picture.width).replace("{1}", picture.height);
    size.textContent = enough ? words : `${words}, ${size.dataset.small}`;
    const square = picture.width === picture.height;
    shape.className = square ? "good" : "";
    shape.textContent = square ? shape.dataset.square : shape.dataset.oblong;
  };

  field.addEventListener("change", async () => {
    picture?.close();
    picture = null;
    try {
      if (field.files[0]) picture = await createImageBitmap(field.files[0]);
    } catch {
      // The server says what is wrong with a picture that cannot be read.
    }
    canvas.hidden = rules.hidden = !picture;
    if (!picture) return;
    judge();
    draw();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "fit") draw();
  });
}
