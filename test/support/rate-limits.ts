/**
 * A setting, as YAML, for a server that allows whatever is asked of it: where what is tested is not how the bot keeps to
 * limits, it need not wait for them.
 */
export const noRateLimits =
  'rateLimits: { requestsPer5Minutes: 1000000, uploadsPer30Minutes: 1000000, postsPer3Hours: 1000000, removalsPer30Minutes: 1000000 }';
