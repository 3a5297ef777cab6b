/**
 * Runs several things that go on until a signal aborts, and end together: when one of them fails, the signal that the
 * others were given aborts, too, and they are waited for.
 * @throws what the first one to fail has thrown
 */
export async function together(
  signal: AbortSignal,
  begin: (stopping: AbortSignal) => readonly Promise<void>[],
): Promise<void> {
  const stop = new AbortController();
  const under = begin(AbortSignal.any([signal, stop.signal]));
  try {
    await Promise.all(under);
  } finally {
    stop.abort();
    await Promise.allSettled(under);
  }
}
