/** What went wrong, in its own words. A host with several addresses fails with several errors, and no message of its own. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

/** Likewise, in a line: what libraries say in several begins with what is the matter. */
export function lineOf(error: unknown): string {
  return reasonOf(error).trim().split('\n')[0] ?? '';
}
