import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UsageError } from './errors.js';

/** Makes something of what somebody typed. @throws UsageError that says what it takes instead */
export type Reader<T> = (answer: string) => T;

/** Asks a person at a terminal. */
export interface Conversation {
  /** @param byDefault what nothing stands for; without, the question is repeated */
  readonly ask: <T>(question: string, byDefault: string | undefined, read: Reader<T>) => Promise<T>;
  /** What is typed is not shown; nothing is an answer, too. */
  readonly askSecret: <T>(question: string, read: Reader<T>) => Promise<T>;
  readonly close: () => void;
}

export function conversation(signal: AbortSignal): Conversation {
  let isShown = true;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (isShown) process.stdout.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  // In a terminal's raw mode Ctrl-C is a letter.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const closed = new Promise<never>((_, reject) =>
    lines.on('close', () => reject(new Error('nothing was written, for not all was answered'))),
  );
  closed.catch(() => undefined); // it also closes when all has been answered

  async function until<T>(next: () => Promise<string>, read: Reader<T>): Promise<T> {
    for (;;)
      try {
        return read((await Promise.race([next(), closed])).trim());
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        console.log(error.message);
      }
  }
  return {
    ask: (question, byDefault, read) =>
      until(
        async () =>
          (await lines.question(
            byDefault === undefined ? `${question} ` : `${question} [${byDefault}] `,
            { signal },
          )) ||
          (byDefault ?? ''),
        read,
      ),
    askSecret: (question, read) =>
      until(async () => {
        const answer = lines.question(`${question} `, { signal });
        isShown = false;
        return answer.finally(() => {
          isShown = true;
          console.log();
        });
      }, read),
    close: () => lines.close(),
  };
}
