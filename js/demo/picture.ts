/** Something to look at: a lake at dusk, painted with as much noise as a sampler would still have at a step. */

const SIZE = 256;

/** The picture at `done` (0 noise, 1 finished) as encoded bytes. */
export async function paint(done: number, seed: number, format: "jpeg" | "webp", size = SIZE): Promise<ArrayBuffer> {
  const canvas = new OffscreenCanvas(size, size);
  const pen = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
  pen.scale(size / SIZE, size / SIZE);
  if (done < 1) pen.filter = `blur(${((1 - done) * 9 * size) / SIZE}px)`;
  lake(pen, seed);
  pen.filter = "none";
  if (done < 1) noise(pen, canvas, 1 - done);
  const blob = await canvas.convertToBlob({ type: `image/${format}`, quality: 0.85 });
  return blob.arrayBuffer();
}

function lake(pen: OffscreenCanvasRenderingContext2D, seed: number): void {
  const horizon = 148;
  const hue = (seed * 47) % 360;
  const tone = (h: number, s: number, l: number) => `hsl(${(h + hue) % 360} ${s}% ${l}%)`;
  const sky = pen.createLinearGradient(0, 0, 0, horizon);
  sky.addColorStop(0, tone(268, 44, 26));
  sky.addColorStop(0.6, tone(320, 52, 44));
  sky.addColorStop(1, tone(18, 78, 66));
  pen.fillStyle = sky;
  pen.fillRect(0, 0, SIZE, horizon);
  pen.fillStyle = tone(40, 95, 80);
  pen.beginPath();
  pen.arc(84, 62, 17, 0, 7);
  pen.fill();
  for (let layer = 0; layer < 4; layer++) {
    pen.fillStyle = tone(272 - layer * 4, 34 + layer * 4, 52 - layer * 10);
    pen.beginPath();
    pen.moveTo(0, horizon);
    for (let x = 0; x <= SIZE; x += 4) {
      const ridge = Math.sin(x * 0.02 * (layer + 1) + layer * 2 + seed) * 13 + Math.sin(x * 0.07 + layer * 5 + seed * 3) * 5;
      pen.lineTo(x, horizon - 58 + layer * 15 + ridge);
    }
    pen.lineTo(SIZE, horizon);
    pen.fill();
  }
  const water = pen.createLinearGradient(0, horizon, 0, SIZE);
  water.addColorStop(0, tone(20, 62, 60));
  water.addColorStop(0.3, tone(310, 40, 40));
  water.addColorStop(1, tone(265, 46, 22));
  pen.fillStyle = water;
  pen.fillRect(0, horizon, SIZE, SIZE - horizon);
  pen.fillStyle = tone(40, 90, 82);
  for (let y = 0; y < 60; y += 5) {
    pen.globalAlpha = 0.35 - y / 220;
    pen.fillRect(84 - 12 - Math.sin(y) * 5, horizon + 34 + y, 24 + Math.sin(y * 2) * 8, 2);
  }
  pen.globalAlpha = 1;
  boat(pen, 150, horizon + 22, tone(40, 90, 84), tone(262, 50, 14));
}

function boat(pen: OffscreenCanvasRenderingContext2D, x: number, y: number, sail: string, hull: string): void {
  pen.fillStyle = sail;
  pen.beginPath();
  pen.moveTo(x, y - 46);
  pen.lineTo(x + 20, y - 4);
  pen.lineTo(x, y - 4);
  pen.fill();
  pen.beginPath();
  pen.moveTo(x - 3, y - 36);
  pen.lineTo(x - 15, y - 4);
  pen.lineTo(x - 3, y - 4);
  pen.fill();
  pen.fillStyle = hull;
  pen.beginPath();
  pen.moveTo(x - 22, y);
  pen.lineTo(x + 26, y);
  pen.lineTo(x + 17, y + 9);
  pen.lineTo(x - 14, y + 9);
  pen.fill();
}

function noise(pen: OffscreenCanvasRenderingContext2D, canvas: OffscreenCanvas, amount: number): void {
  const cells = pen.getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < cells.data.length; i += 4) {
    const grain = (Math.random() - 0.5) * 230 * amount;
    for (let c = 0; c < 3; c++)
      cells.data[i + c] = (cells.data[i + c] as number) * (1 - amount * 0.6) + 70 * amount + grain * (0.7 + c * 0.3);
  }
  pen.putImageData(cells, 0, 0);
}
