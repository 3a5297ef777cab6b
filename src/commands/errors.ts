/** The command was given wrongly: exit code 2, and no stack trace at any level. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
