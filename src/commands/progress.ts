import { SingleBar } from 'cli-progress';

export interface ProgressDisplay {
  /** @param fraction 0..1 */
  readonly update: (fraction: number) => void;
  readonly stop: () => void;
}

/**
 * A bar on a terminal, otherwise a line for every tenth of the work; on standard error, away from the result.
 * @param doing what is being done, in a word
 */
export function showProgress(doing = 'painting'): ProgressDisplay {
  return process.stderr.isTTY ? bar(doing) : lines(doing);
}

function bar(doing: string): ProgressDisplay {
  const display = new SingleBar({
    format: `${doing} {bar} {percentage} % {eta_formatted}`,
    formatTime: timeLeft,
    hideCursor: true,
    clearOnComplete: true,
    // The time left is judged from the last few dozen steps, as coarse scales run at another pace than fine ones.
    etaBuffer: 40,
  });
  display.start(1, 0);
  return { update: (fraction) => display.update(fraction), stop: () => display.stop() };
}

/**
 * How long it will still take; nothing as long as that is not known. Then cli-progress says so with a word, such as INF, or
 * with a zero, whatever its types say.
 * @param seconds whole ones, at least 0
 */
export function timeLeft(seconds: number | string): string {
  if (typeof seconds === 'string' || seconds === 0) return '';
  const round = seconds > 10 ? 5 * Math.round(seconds / 5) : seconds;
  const minutes = Math.floor(round / 60);
  return `| ${minutes > 0 ? `${minutes} min ` : ''}${round % 60} s left`;
}

function lines(doing: string): ProgressDisplay {
  let tenths = 0;
  return {
    update(fraction) {
      const now = Math.floor(fraction * 10);
      if (now > tenths) console.error(`${doing}: ${now * 10} %`);
      tenths = Math.max(tenths, now);
    },
    stop: () => undefined,
  };
}
