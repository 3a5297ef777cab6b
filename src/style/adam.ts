/** How boldly pixels are moved. */
export interface Pace {
  /** Step size in units of pixel value, the same at every scale. */
  readonly rate: number;
  /** Memory of the average over iterates, whose noise is lower than the last iterate's (Polyak and Juditsky 1992). */
  readonly memory: number;
}

const BETA1 = 0.9;
/** Shorter memory than the usual 0.999, since a scale has only a few dozen steps. */
const BETA2 = 0.99;
const EPSILON = 1e-8;

/** An optimization under way: the values to evaluate next, and the best estimate so far. */
export interface Adam {
  /** The current iterate, changed in place by `step`. */
  readonly iterate: Float32Array;
  /** Moves the iterate against the gradient, and keeps it within 0..1. */
  step(gradient: Float32Array): void;
  /** The exponential average of the iterates, without bias toward the start. */
  average(): Float32Array;
}

/** Adam (Kingma and Ba 2015, algorithm 1) on pixel values. */
export function adam(start: Float32Array, pace: Pace): Adam {
  const zeros = () => new Float32Array(start.length);
  const state = {
    iterate: Float32Array.from(start),
    first: zeros(),
    second: zeros(),
    mean: zeros(),
  };
  let steps = 0;
  return {
    iterate: state.iterate,
    step(gradient) {
      steps++;
      move(state, gradient, steps, pace);
    },
    average() {
      if (steps === 0) return Float32Array.from(state.iterate);
      const unbias = 1 / (1 - pace.memory ** steps);
      return state.mean.map((value) => value * unbias);
    },
  };
}

/** The iterate, the moments of its gradients, and its average. */
type State = Readonly<Record<'iterate' | 'first' | 'second' | 'mean', Float32Array>>;

/**
 * One step, in place. A function of its own, with everything in variables of its own: inside the closure above, of which every scale
 * makes another, V8's code takes half as long again for each number.
 */
function move(
  { iterate, first, second, mean }: State,
  gradient: Float32Array,
  steps: number,
  { rate, memory }: Pace,
): void {
  const unbias1 = 1 / (1 - BETA1 ** steps);
  const unbias2 = 1 / (1 - BETA2 ** steps);
  for (let i = 0; i < iterate.length; i++) {
    const g = gradient[i] ?? 0;
    const m = BETA1 * (first[i] ?? 0) + (1 - BETA1) * g;
    const v = BETA2 * (second[i] ?? 0) + (1 - BETA2) * g * g;
    const moved = (iterate[i] ?? 0) - (rate * m * unbias1) / (Math.sqrt(v * unbias2) + EPSILON);
    const x = moved < 0 ? 0 : moved > 1 ? 1 : moved; // faster than Math.min and Math.max
    first[i] = m;
    second[i] = v;
    iterate[i] = x;
    mean[i] = memory * (mean[i] ?? 0) + (1 - memory) * x;
  }
}
