/**
 * A convolutional network as data, as it was trained: what the weight-file readers produce. `classifier.ts` builds
 * exactly this; `features.ts` rebuilds some of it so that it paints. Layers stand in an order in which each comes after
 * those it reads. Pictures enter as RGB in 0..1.
 */
export interface Network {
  readonly name: string;
  readonly layers: ReadonlyMap<string, Layer>;
  /** What the network was trained for, if its file tells. */
  readonly head?: Head;
}

/** One layer; `from` names the layers it reads, or INPUT. */
export type Layer =
  | {
      readonly type: 'convolution';
      readonly from: readonly [string];
      /** Its input has as many channels as the kernel, or a multiple: then they are in groups (see `convolve`). */
      readonly kernel: Weights;
      readonly bias: Float32Array;
      readonly stride: 1 | 2;
      readonly padding: Padding;
    }
  /** max(x, 0), and no more than the ceiling if there is one. */
  | { readonly type: 'relu'; readonly from: readonly [string]; readonly ceiling?: number }
  | { readonly type: 'add'; readonly from: readonly [string, string] }
  /** The maxima of squares of `size` pixels that lie inside, one in every two pixels. */
  | { readonly type: 'maxPool'; readonly from: readonly [string]; readonly size: number }
  /** The mean of each pixel's 3×3 neighborhood, of those pixels of it that lie inside. */
  | { readonly type: 'averageFilter'; readonly from: readonly [string] }
  | { readonly type: 'concatenate'; readonly from: readonly string[] };

/**
 * Where a window may lie: only inside ("valid"), or also over zeros beyond the border, as many as it takes for one
 * result in every `stride` pixels ("same"). TensorFlow's words, and its rule for the side that gets the odd zero.
 */
export type Padding = 'same' | 'valid';

/** A classifier on top of the last features: their mean over the whole picture, through dense layers. */
export interface Head {
  /** The layer that it reads. */
  readonly from: string;
  /** Height and width of the pictures it was trained on, in pixels. */
  readonly side: number;
  /** Height and width of the last features for such a picture. */
  readonly window: number;
  /** All but the last are followed by ReLU, the last by softmax. */
  readonly dense: readonly Dense[];
}

/** y = x·kernel + bias; the kernel is [in, out]. */
export interface Dense {
  readonly kernel: Weights;
  readonly bias: Float32Array;
}

/** Row-major numbers; a convolution's kernel is [out channels, in channels, height, width]. */
export interface Weights {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Weights that are computed when somebody asks for them, which of most layers nobody does who paints. */
export function lazily(shape: readonly number[], compute: () => Float32Array): Weights {
  let known: { readonly values: Float32Array } | { readonly compute: () => Float32Array } = {
    compute,
  };
  return {
    shape,
    get values() {
      // What they were computed from is let go.
      if ('compute' in known) known = { values: known.compute() };
      return known.values;
    },
  };
}

/** The name by which layers refer to the picture itself. */
export const INPUT = 'input';
