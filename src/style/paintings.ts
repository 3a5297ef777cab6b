import { createHash } from 'node:crypto';
import type { Executor } from '../graph/executor.js';
import type { Recipe } from '../networks/recipe.js';
import { borderFor, cropped, mirrored, type Border } from './border.js';
import type { Memory } from './memory.js';
import { mannerOf, mixedManner, type Manner } from './targets.js';
import type { Picture, Size } from './picture.js';
import { resample } from './resample.js';

/** A painting, of any size, and how much it counts; the weights of several sum to 1. */
export interface Style {
  readonly picture: Picture;
  readonly weight: number;
}

/** How a painting is looked at: as columns × rows tiles of one size. */
export interface Tiling {
  readonly tile: Size;
  readonly columns: number;
  readonly rows: number;
}

/**
 * The side of the square with as many pixels as a painting is seen at least: on a smaller one, the deeper layers would
 * see more of the border than of the painting. Where the photo itself is smaller, its size will do.
 */
const LEAST = 64;

/**
 * How to look at a painting so that its brushwork is `styleScale` percent as large as if it had as many pixels as the
 * photo (Gatys et al., "Controlling Perceptual Factors in Neural Style Transfer", 2017, section 6; `-style_scale` in
 * jcjohnson's neural-style). No tile has more pixels than the photo, nearly, so it takes no more memory than a step.
 */
export function tilingFor(painting: Size, photo: Size, styleScale: number): Tiling {
  const photoArea = photo.width * photo.height;
  const area = Math.max(photoArea * (styleScale / 100) ** 2, Math.min(photoArea, LEAST ** 2));
  const factor = Math.sqrt(area / (painting.width * painting.height));
  const perAxis = tilesPerAxis(styleScale);
  const part = (extent: number) => Math.max(1, Math.round((extent * factor) / perAxis));
  return {
    tile: { width: part(painting.width), height: part(painting.height) },
    columns: perAxis,
    rows: perAxis,
  };
}

/** How many tiles a painting has, each of about as many pixels as the photo if it has several. */
export function tileCount(styleScale: number): number {
  return tilesPerAxis(styleScale) ** 2;
}

function tilesPerAxis(styleScale: number): number {
  return Math.ceil(styleScale / 100);
}

/** Who looks at paintings: with which network and device, and what was seen before. */
export interface Looker {
  readonly recipe: Recipe;
  readonly executor: Executor;
  readonly memory: Memory;
}

/** The weighted mean of the paintings' manners, each painting as large as `tilingFor` says. */
export async function blendedManner(
  { recipe, executor, memory }: Looker,
  styles: readonly Style[],
  photo: Size,
  styleScale: number,
  unit: number,
): Promise<Manner> {
  const parts = [];
  for (const { picture, weight } of styles) {
    const tiling = tilingFor(picture, photo, styleScale);
    const key = [recipe.network.name, Object.keys(recipe.styleLayers), tiling, hashOf(picture)];
    const manner = await memory.recall(JSON.stringify(key), () => {
      const border = borderFor(tiling.tile, unit);
      return mannerOf(recipe, executor, mirroredTiles(picture, tiling, border));
    });
    parts.push({ manner, weight });
  }
  return mixedManner(parts);
}

function hashOf({ data }: Picture): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return createHash('sha256').update(bytes).digest('base64');
}

/**
 * The painting in tiles, each with a border, and made when it is asked for: the whole would be sixteen times as large as the
 * photo at scale 400.
 */
function* mirroredTiles(
  painting: Picture,
  { tile, columns, rows }: Tiling,
  border: Border,
): Generator<Picture> {
  const { width, height } = painting;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [left, right] = part(width, column, columns);
      const [top, bottom] = part(height, row, rows);
      const around = { left, top, right: width - right, bottom: height - bottom };
      yield mirrored(resample(cropped(painting, around), tile), border);
    }
}

/** From where to where one of several equal parts of an extent reaches; at least a pixel, if there are too few for all. */
function part(extent: number, index: number, count: number): readonly [number, number] {
  const start = Math.min(extent - 1, Math.round((index * extent) / count));
  return [start, Math.max(start + 1, Math.round(((index + 1) * extent) / count))];
}
