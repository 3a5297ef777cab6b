/**
 * A convolutional network as data: what the weight-file readers produce and what `features.ts` builds graphs from.
 * Layers stand in an order in which each comes after those it reads. Pictures enter as RGB in 0..1.
 */
export interface Network {
  readonly name: string;
  readonly layers: ReadonlyMap<string, Layer>;
}

/** One layer; `from` names the layers it reads, or INPUT. */
export type Layer =
  | {
      readonly type: 'convolution';
      readonly from: readonly [string];
      readonly kernel: Weights;
      readonly bias: Float32Array;
      readonly stride: 1 | 2;
    }
  | { readonly type: 'relu'; readonly from: readonly [string] }
  | { readonly type: 'pool'; readonly from: readonly [string] }
  | { readonly type: 'boxFilter'; readonly from: readonly [string] }
  | { readonly type: 'concatenate'; readonly from: readonly string[] };

/** Row-major numbers; a convolution's kernel is [out channels, in channels, height, width]. */
export interface Weights {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The name by which layers refer to the picture itself. */
export const INPUT = 'input';
