import sharp from 'sharp';

/** The kinds of picture that the sandbox takes, as sharp names them, with file ending and media type. */
const formats = {
  jpeg: { extension: 'jpg', mime: 'image/jpeg' },
  png: { extension: 'png', mime: 'image/png' },
  gif: { extension: 'gif', mime: 'image/gif' },
  webp: { extension: 'webp', mime: 'image/webp' },
  avif: { extension: 'avif', mime: 'image/avif' },
  tiff: { extension: 'tiff', mime: 'image/tiff' },
} as const;
type Format = keyof typeof formats;

export const supportedMimeTypes = Object.values(formats).map((format) => format.mime);

/** The most bytes of a picture: as many as the bot downloads by default (config/default.yaml), so none is in vain. */
export const imageSizeLimit = 16e6;
/** The most pixels of a picture; the same as a Mastodon server's. */
export const imageMatrixLimit = 33_177_600;

/** Previews are no longer than this on either side. */
const previewSide = 1024;

/** A picture that has been looked at: decoded from end to end, and turned upright. */
export interface Picture {
  readonly extension: string;
  readonly width: number;
  readonly height: number;
  readonly preview: {
    readonly data: Buffer;
    readonly width: number;
    readonly height: number;
  };
}

/** Why a picture was not taken: a sentence for whoever sent it. */
export class UnusablePicture extends Error {}

/** The media type of a stored file by its ending. */
export function mimeOf(extension: string): string | undefined {
  return Object.values(formats).find((format) => format.extension === extension)?.mime;
}

/**
 * What kind of picture the first bytes say it is. Asked before any decoder sees the data, because the image library
 * knows many more formats (SVG among them) than a stranger should be able to feed it.
 */
function sniff(data: Buffer): Format | undefined {
  const starts = (bytes: string, offset = 0): boolean =>
    data.subarray(offset, offset + bytes.length).equals(Buffer.from(bytes, 'latin1'));
  if (starts('\xff\xd8\xff')) return 'jpeg';
  if (starts('\x89PNG\r\n\x1a\n')) return 'png';
  if (starts('GIF87a') || starts('GIF89a')) return 'gif';
  if (starts('RIFF') && starts('WEBP', 8)) return 'webp';
  if (starts('ftypavif', 4) || starts('ftypavis', 4)) return 'avif';
  if (starts('II*\0') || starts('MM\0*')) return 'tiff';
  return undefined;
}

/** Looks at an uploaded picture and makes its preview; throws UnusablePicture with the reason if it is none. */
export async function inspectPicture(data: Buffer): Promise<Picture> {
  if (data.length === 0) throw new UnusablePicture('The file is empty.');
  const format = sniff(data);
  if (format === undefined) {
    throw new UnusablePicture('The file must be a JPEG, PNG, GIF, WebP, AVIF or TIFF picture.');
  }
  const { autoOrient } = await sharp(data, { limitInputPixels: false })
    .metadata()
    .catch(() => {
      throw new UnusablePicture('The picture is damaged and cannot be read.');
    });
  if (autoOrient.width * autoOrient.height > imageMatrixLimit) {
    throw new UnusablePicture(
      `The picture is too large: at most ${imageMatrixLimit} pixels are allowed.`,
    );
  }
  const preview = await sharp(data, { limitInputPixels: imageMatrixLimit, failOn: 'truncated' })
    .autoOrient()
    .resize(previewSide, previewSide, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 85 })
    .toBuffer({ resolveWithObject: true })
    .catch(() => {
      throw new UnusablePicture('The picture is damaged and cannot be read.');
    });
  return {
    extension: formats[format].extension,
    width: autoOrient.width,
    height: autoOrient.height,
    preview: {
      data: preview.data,
      width: preview.info.width,
      height: preview.info.height,
    },
  };
}
