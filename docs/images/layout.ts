import sharp, { type Sharp } from 'sharp';

/** Between two pictures, in pixels. */
const GAP = 8;

/** Writes pictures as a JPEG, row by row, all of one height, each row centered under the widest. */
export async function saveRows(
  file: string,
  rows: readonly (readonly string[])[],
  height: number,
): Promise<void> {
  const bands = await Promise.all(rows.map((files) => bandOf(files, height)));
  const width = Math.max(...bands.map((band) => band.width));
  await blank(width, bands.length * (height + GAP) - GAP)
    .composite(
      bands.map(({ data, width: own }, i) => ({
        input: data,
        left: Math.floor((width - own) / 2),
        top: i * (height + GAP),
      })),
    )
    .jpeg({ quality: 82 })
    .toFile(file);
}

async function bandOf(
  files: readonly string[],
  height: number,
): Promise<{ readonly data: Buffer; readonly width: number }> {
  const pictures = await Promise.all(
    files.map((file) => sharp(file).resize({ height }).png().toBuffer({ resolveWithObject: true })),
  );
  let left = 0;
  const placed = pictures.map(({ data, info }) => {
    const place = { input: data, left, top: 0 };
    left += info.width + GAP;
    return place;
  });
  const width = left - GAP;
  const data = await blank(width, height).composite(placed).png().toBuffer();
  return { data, width };
}

function blank(width: number, height: number): Sharp {
  return sharp({ create: { width, height, channels: 3, background: 'white' } });
}
