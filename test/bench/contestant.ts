import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const answerSchema = z.object({
  style: z.number(),
  content: z.number(),
  variation: z.number(),
  /** The most memory that the process has had. */
  megabytes: z.number(),
});
const iterationSchema = answerSchema.extend({ milliseconds: z.number() });

/** The losses before the optimizer's step, and how long they, their gradient and the step took. */
type Iteration = z.infer<typeof iterationSchema>;

/** An optimization in a process of its own, that goes on only when it is told to. */
export interface Contestant {
  /** The losses at the photo: style, content, variation. */
  readonly losses: Float32Array;
  /** Makes one iteration. */
  iterate(): Promise<Iteration>;
  /** The most memory that the process has had until its last answer. */
  peakMegabytes(): number;
  /** Lets the process end. */
  leave(): Promise<void>;
}

/**
 * Starts a process that speaks as gatys.py does, and waits until it is ready.
 * @throws Error if it ends or says something else
 */
export async function enter(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Contestant> {
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let peak = 0;
  const answer = async <T extends z.infer<typeof answerSchema>>(schema: z.ZodType<T>) => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`${command} ${args.join(' ')} ended early`);
    const said = schema.parse(JSON.parse(line.value));
    peak = said.megabytes;
    return said;
  };
  const { style, content, variation } = await answer(answerSchema);
  return {
    losses: Float32Array.of(style, content, variation),
    iterate() {
      child.stdin.write('\n');
      return answer(iterationSchema);
    },
    peakMegabytes: () => peak,
    async leave() {
      child.stdin.end();
      await ended;
    },
  };
}
