import { gzipSync } from 'node:zlib';
import type { Originals } from './originals.js';
import type { PictureFile } from './pictures.js';

const svg = (inside: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="64">${inside}</svg>`;
const laughs = Array.from(
  { length: 9 },
  (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`,
).join('');

/** What is no picture, or no picture of a kind that is painted; all of it comes as "photo.jpg", as image/jpeg. */
const strangers: Readonly<Record<string, string | Buffer>> = {
  text: 'Just some words.',
  HTML: '<!doctype html><title>Log in</title><img src="file:///etc/passwd">',
  JSON: '{"error":"Record not found"}',
  'SVG with a file of ours in it': svg('<image xlink:href="file:///etc/passwd" width="64"/>'),
  'SVG with an address in it': svg('<image xlink:href="http://169.254.169.254/" width="64"/>'),
  'SVG that laughs a billion times': `<!DOCTYPE svg [<!ENTITY l0 "ha">${laughs}]>${svg('<text>&l9;</text>')}`,
  'SVG, packed': gzipSync(svg('<rect width="64" height="64"/>')),
  PDF: '%PDF-1.7\n1 0 obj <</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>> endobj\n%%EOF',
  PostScript: '%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n(/etc/passwd) (r) file\n',
  ZIP: Buffer.from('504b0506' + '00'.repeat(18), 'hex'),
  ELF: Buffer.from('7f454c4602010100' + '00'.repeat(120), 'hex'),
  'a script': '#!/bin/sh\necho hello\n',
  'ImageMagick’s commands': 'push graphic-context\nimage over 0,0 0,0 "|ls"\npop graphic-context\n',
  PPM: Buffer.concat([Buffer.from('P6 64 64 255\n'), Buffer.alloc(64 * 64 * 3, 100)]),
  BMP: Buffer.from('424d' + '00'.repeat(200), 'hex'),
  Photoshop: Buffer.from('38425053' + '0001' + '00'.repeat(200), 'hex'),
  'JPEG XL': Buffer.from('ff0a' + '00'.repeat(200), 'hex'),
  'JPEG 2000': Buffer.from('0000000c6a5020200d0a870a' + '00'.repeat(200), 'hex'),
  'a film': Buffer.from('0000001c66747970' + Buffer.from('isommp42').toString('hex'), 'hex'),
  HDR: '#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 64 +X 64\n',
  FITS: 'SIMPLE  =                    T'.padEnd(2880),
  'the library’s own format': Buffer.from('b6a6f208' + '00'.repeat(200), 'hex'),
  zeros: Buffer.alloc(100_000),
};

export function impostors({ jpeg, png, gif }: Originals): readonly PictureFile[] {
  const polyglots: Readonly<Record<string, Buffer>> = {
    'JPEG and ZIP at once': Buffer.concat([jpeg, Buffer.from('504b0506' + '00'.repeat(18), 'hex')]),
    'PNG and web page at once': Buffer.concat([png, Buffer.from('<script>alert(1)</script>')]),
    'GIF and script at once': Buffer.concat([gif, Buffer.from('*/=1;alert(1)')]),
    'PNG that says it is JPEG': png,
    'GIF that says it is JPEG': gif,
  };
  return [
    ...Object.entries(strangers).map(([name, file]) => {
      return { name, file: Buffer.from(file), outcomes: ['sentence'] as const };
    }),
    { name: 'PDF around a JPEG', file: behind('%PDF-1.7\n', jpeg), outcomes: ['sentence'] },
    { name: 'JPEG behind a page', file: behind('<html>', jpeg), outcomes: ['sentence'] },
    ...Object.entries(polyglots).map(([name, file]) => {
      return { name, file, outcomes: ['picture'] as const };
    }),
  ];
}

function behind(text: string, file: Buffer): Buffer {
  return Buffer.concat([Buffer.from(text), file]);
}
