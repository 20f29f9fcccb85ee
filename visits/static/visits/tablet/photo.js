// A photo from the camera or a file, made small enough to travel: at most 1280 px and 300 KB, upright,
// without the camera's hidden data (place, time, model), with a word on sharpness and light.
const HEAVIEST_BYTES = 15 * 1024 * 1024;
const SMALLEST_PX = 400;
const SAMPLE_PX = 256;
const QUALITIES = [0.86, 0.7, 0.5];

export class PhotoError extends Error {
  /** reason: "heavy" (with `megabytes`), "unreadable" or "no-room". */
  constructor(reason, megabytes = 0) {
    super(reason);
    this.reason = reason;
    this.megabytes = megabytes;
  }
}

function draw(image, longest) {
  const scale = Math.min(1, longest / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: longest === SAMPLE_PX });
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

const encode = (canvas, quality) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));

/** Sharpness (variance of the Laplacian, 1 = crisp) and mean light (0 = black, 1 = white) of a small copy. */
export function judge(image) {
  const canvas = draw(image, SAMPLE_PX);
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const grey = new Float32Array(width * height);
  let light = 0;
  for (let place = 0; place < grey.length; place += 1) {
    grey[place] = 0.299 * data[4 * place] + 0.587 * data[4 * place + 1] + 0.114 * data[4 * place + 2];
    light += grey[place];
  }
  let sum = 0;
  let squares = 0;
  for (let row = 1; row < height - 1; row += 1) {
    for (let column = 1; column < width - 1; column += 1) {
      const at = row * width + column;
      const edge = 4 * grey[at] - grey[at - 1] - grey[at + 1] - grey[at - width] - grey[at + width];
      sum += edge;
      squares += edge * edge;
    }
  }
  const count = Math.max(1, (width - 2) * (height - 2));
  const variance = squares / count - (sum / count) ** 2;
  const round = (value) => Math.round(value * 1000) / 1000;
  return { blur: round(Math.min(1, variance / 400)), exposure: round(light / grey.length / 255) };
}

/** Which words of warning a photo deserves. */
export function verdicts({ blur, exposure }) {
  return [blur < 0.06 && "blurred", exposure < 0.18 && "dark", exposure > 0.88 && "bright"].filter(Boolean);
}

async function decode(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new PhotoError("unreadable");
  }
}

export async function shrink(file, { maxPx = 1280, maxBytes = 307_200 } = {}) {
  if (file.size > HEAVIEST_BYTES) throw new PhotoError("heavy", file.size / 1_048_576);
  const image = await decode(file);
  try {
    let longest = maxPx;
    while (longest >= SMALLEST_PX) {
      const canvas = draw(image, longest);
      let over = 1;
      for (const quality of QUALITIES) {
        const blob = await encode(canvas, quality);
        if (blob && blob.size <= maxBytes) return { blob, quality: judge(image) };
        over = blob ? blob.size / maxBytes : over;
        if (over > 3) break; // a lower quality will not do
      }
      longest = Math.floor(Math.min(longest * 0.8, (longest / Math.sqrt(over)) * 1.1));
    }
    throw new PhotoError("unreadable");
  } finally {
    image.close();
  }
}
