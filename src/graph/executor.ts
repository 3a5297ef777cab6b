import { sizeOf, type Shape, type Tensor } from './tensor.js';

/** Values by name, row-major. */
export type Values = Readonly<Record<string, Float32Array>>;

/** A graph made ready to run many times on one device. */
export interface Program<Output extends string = string> {
  /**
   * Computes the outputs from the values of every input in the graph that is not fixed.
   * @throws Error if an input is missing or has the wrong number of values.
   */
  run(inputs: Values): Promise<Readonly<Record<Output, Float32Array>>>;
  /** Gives the memory back; the program cannot run afterwards. */
  release(): Promise<void>;
}

/** What graphs can be computed on; docs/devices.md tells what each takes. */
export const devices = ['cpu', 'webgpu', 'cuda', 'tfjs'] as const;
export type Device = (typeof devices)[number];

/** What one may ask for; `auto` is the best that works. */
export const deviceChoices = ['auto', ...devices] as const;
export type DeviceChoice = (typeof deviceChoices)[number];

/** What can run graphs. */
export interface Executor {
  /** For people: runtime and device. */
  readonly name: string;
  /** What it computes on, in a word. */
  readonly device: Device;
  /**
   * Makes a graph ready.
   * @param fixed values of inputs that are the same in every run, which go to the device once and stay there
   */
  compile<Output extends string>(
    outputs: Readonly<Record<Output, Tensor>>,
    fixed?: Values,
  ): Promise<Program<Output>>;
}

/**
 * The values of an input.
 * @throws Error if there are none, or not as many as its shape holds
 */
export function valuesOf(inputs: Values, name: string, shape: Shape): Float32Array {
  const values = inputs[name];
  if (values?.length === sizeOf(shape)) return values;
  throw new Error(
    `the input "${name}" [${shape.join(', ')}] has ${values === undefined ? 'no' : values.length} values`,
  );
}
