import { z } from 'zod';
import { deviceChoices } from '../graph/executor.js';
import { qualities } from '../style/schedule.js';
import { palettes } from '../style/stylize.js';
import { safetyPolicySchema } from './safety.js';

/*
 * What crosses the border between the bot and its worker process. Both sides check what arrives: the two may have
 * been started from different versions.
 */

/** With what a worker paints, from its first picture to its last. */
export const studioOptionsSchema = z
  .strictObject({
    /** A network's name, or `auto` for the best that is there. */
    network: z.string(),
    device: z.enum(deviceChoices),
    /** The folder of downloaded networks; without one, what is built in is all there is. */
    models: z.string().optional(),
  })
  .readonly();
export type StudioOptions = z.infer<typeof studioOptionsSchema>;

/** What every job says, whatever is made of the photo. */
const common = {
  content: z.string(),
  /** Where the painted picture goes; its ending chooses the format. */
  output: z.string(),
  /** Longest side of the result, in pixels. */
  size: z.int().positive(),
  /** How far the result is from the photo: 0 is the photo. */
  strength: z.number().min(0).max(100),
  /** The size of the brushwork, or of what is dreamed, in percent. */
  scale: z.number().min(25).max(400),
  colors: z.enum(palettes),
  /** Whether people's faces keep more of the photo, so that they stay recognizable. */
  faces: z.boolean(),
  quality: z.enum(qualities),
  seed: z.int(),
  /** What becomes of indecent pictures; without it, nobody looks. */
  safety: safetyPolicySchema.optional(),
  /** For somebody who watches: where to put the photo as it is painted from, and now and then the picture so far. */
  watched: z.strictObject({ photo: z.string(), sketch: z.string() }).readonly().optional(),
};

/** The paintings, at least one, and how much each counts, relative to the others. */
const styles = z
  .array(z.strictObject({ file: z.string(), weight: z.number().positive() }))
  .min(1)
  .readonly();

export const renderJobSchema = z.discriminatedUnion('effect', [
  /** The photo in the manner of the paintings. */
  z.strictObject({ effect: z.literal('painting'), ...common, styles }).readonly(),
  /** The same at several strengths and scales, as one sheet. */
  z.strictObject({ effect: z.literal('variations'), ...common, styles }).readonly(),
  /** The photo with whatever the network believes to see in it, drawn out. */
  z.strictObject({ effect: z.literal('dream'), ...common }).readonly(),
]);

/** A picture to make: files in, file out. A worker has another current folder, so it needs absolute paths. */
export type RenderJob = z.infer<typeof renderJobSchema>;

/** Why a picture cannot be used; no second try will change it. */
const pictureProblems = [
  'missing',
  'empty',
  'not a picture',
  'damaged',
  'too many pixels',
  'too small',
  'unsafe',
] as const;
export type PictureProblem = (typeof pictureProblems)[number];

/** A picture that cannot be used. The message is one sentence for a person, without the file's name. */
export class PictureError extends Error {
  override readonly name = 'PictureError';
  constructor(
    readonly problem: PictureProblem,
    readonly file: string,
    message: string,
  ) {
    super(message);
  }
}

/** Painting took more memory or time than it may, and would again. */
export class JobTooHeavy extends Error {
  override readonly name = 'JobTooHeavy';
}

const progressSchema = z
  .strictObject({
    scale: z.int(),
    scales: z.int(),
    iteration: z.int(),
    iterations: z.int(),
    fraction: z.number(),
    /** How many sketches there have been, each in place of the one before. */
    sketches: z.int(),
  })
  .readonly();
export type RenderProgress = z.infer<typeof progressSchema>;

const paintedSchema = z
  .strictObject({
    width: z.int(),
    height: z.int(),
    seconds: z.number(),
    device: z.string(),
    sha256: z.string(),
    sensitive: z.boolean(),
  })
  .readonly();
/**
 * A finished picture: its size in pixels, how long it took and on what, its file's SHA-256 in hexadecimal, and whether it
 * came from a likely indecent one.
 */
export type Painted = z.infer<typeof paintedSchema>;

/**
 * What the worker tells the bot. A heartbeat says that its event loop turns, and how many bytes of memory it fills; before
 * its first picture it says that it has opened its device.
 */
export const reportSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('heartbeat'), memory: z.number() }),
  z.strictObject({
    type: z.literal('opened'),
    /** What it computes on, for people, and why not on something else that was wanted. */
    device: z.string(),
    problems: z.array(z.string()),
  }),
  z.strictObject({ type: z.literal('progress'), progress: progressSchema }),
  z.strictObject({ type: z.literal('painted'), painted: paintedSchema }),
  z.strictObject({
    type: z.literal('refused'),
    problem: z.enum(pictureProblems),
    file: z.string(),
    message: z.string(),
  }),
  z.strictObject({ type: z.literal('failed'), message: z.string() }),
]);
export type WorkerReport = z.infer<typeof reportSchema>;
