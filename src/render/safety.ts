import { z } from 'zod';

/** What the classifier tells apart, in its order: https://github.com/infinitered/nsfwjs, "NSFW_CLASSES". */
export const pictureClasses = ['drawing', 'hentai', 'neutral', 'porn', 'sexy'] as const;

/** How likely a picture is to be of each class; they exclude each other, so together they are 1. */
export type Probabilities = Readonly<Record<(typeof pictureClasses)[number], number>>;

const treatmentSchema = z.enum(['refuse', 'sensitive', 'off']);

/** What becomes of a picture that is likely indecent. */
export const safetyPolicySchema = z
  .strictObject({
    /** How likely it must be. */
    threshold: z.number().positive().max(1),
    porn: treatmentSchema,
    hentai: treatmentSchema,
    sexy: treatmentSchema,
  })
  .readonly();
export type SafetyPolicy = z.infer<typeof safetyPolicySchema>;

export type Verdict = 'refuse' | 'sensitive' | 'fine';

const unsafeClasses = ['porn', 'hentai', 'sexy'] as const satisfies readonly (keyof SafetyPolicy &
  keyof Probabilities)[];

/** Whether a picture's probabilities can make any difference. */
export function isOn(policy: SafetyPolicy): boolean {
  return unsafeClasses.some((name) => policy[name] !== 'off');
}

/**
 * What a policy says of a picture. Because the classes exclude each other, the probability that a picture is of one
 * of several is the sum of theirs: what is as likely porn as hentai is not let through for being neither for certain.
 */
export function verdictOf(probabilities: Probabilities, policy: SafetyPolicy): Verdict {
  const isLikely = (...treatments: readonly SafetyPolicy['porn'][]) => {
    const treated = unsafeClasses.filter((name) => treatments.includes(policy[name]));
    const total = treated.reduce((sum, name) => sum + probabilities[name], 0);
    return total >= policy.threshold;
  };
  if (isLikely('refuse')) return 'refuse';
  // What is to be refused, but not likely enough, is no less to be hidden than what is only to be hidden.
  return isLikely('refuse', 'sensitive') ? 'sensitive' : 'fine';
}
