import sharp, { type Sharp } from 'sharp';

const formats = {
  jpeg: (image: Sharp) => image.jpeg(),
  'progressive jpeg': (image: Sharp) => image.jpeg({ progressive: true }),
  png: (image: Sharp) => image.png(),
  webp: (image: Sharp) => image.webp(),
  gif: (image: Sharp) => image.gif(),
  tiff: (image: Sharp) => image.tiff({ compression: 'lzw' }),
  avif: (image: Sharp) => image.avif({ effort: 0 }),
} as const;
export type Format = keyof typeof formats;

/** The same good picture in every format: what is spoiled, and what is not. */
export type Originals = Readonly<Record<Format, Buffer>>;

const drawing = Buffer.from(
  `<svg width="96" height="64"><rect width="96" height="64" fill="teal"/>
   <circle cx="36" cy="28" r="20" fill="white"/><rect x="52" y="36" width="32" height="20"/></svg>`,
);

/** Always the same bytes, with the same version of the library. */
export async function drawOriginals(): Promise<Originals> {
  const entries = await Promise.all(
    Object.entries(formats).map(async ([name, encode]) => {
      return [name, await encode(drawn()).toBuffer()] as const;
    }),
  );
  return Object.fromEntries(entries) as Originals;
}

/** The good picture, before it is a file. */
export function drawn(): Sharp {
  return sharp(drawing).flatten();
}
