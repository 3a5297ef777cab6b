import fc from '../../support/property.js';
import { describe, expect, it } from 'vitest';
import {
  isOn,
  safetyPolicySchema,
  verdictOf,
  type Probabilities,
  type SafetyPolicy,
} from '../../../src/render/safety.js';

const policy: SafetyPolicy = { porn: 'refuse', hentai: 'sensitive', sexy: 'off', threshold: 0.5 };

/** The rest of what the unsafe classes leave is neutral. */
function likely(unsafe: Partial<Probabilities>): Probabilities {
  const { porn = 0, hentai = 0, sexy = 0 } = unsafe;
  return { drawing: 0, porn, hentai, sexy, neutral: 1 - porn - hentai - sexy };
}

describe('the verdict', () => {
  it.each([
    ['a class to be refused is likely', { porn: 0.5 }, 'refuse'],
    ['a class to be marked is likely', { hentai: 0.9 }, 'sensitive'],
    ['a class that is off is likely', { sexy: 1 }, 'fine'],
    ['nothing is likely', { porn: 0.2, hentai: 0.2, sexy: 0.5 }, 'fine'],
    ['nothing unsafe is seen at all', {}, 'fine'],
    ['one of two classes is likely, but not which', { porn: 0.3, hentai: 0.3 }, 'sensitive'],
    ['a class to be refused is nearly likely enough', { porn: 0.49, hentai: 0.01 }, 'sensitive'],
  ] as const)('when %s', (_, unsafe, expected) => {
    expect(verdictOf(likely(unsafe), policy)).toBe(expected);
  });

  it('adds up what is refused', () => {
    const strict: SafetyPolicy = { ...policy, hentai: 'refuse' };
    expect(verdictOf(likely({ porn: 0.3, hentai: 0.3 }), strict)).toBe('refuse');
  });

  const treatment = fc.constantFrom('refuse', 'sensitive', 'off');
  const anyPolicy: fc.Arbitrary<SafetyPolicy> = fc.record({
    porn: treatment,
    hentai: treatment,
    sexy: treatment,
    threshold: fc.double({ min: 1e-6, max: 1, noNaN: true }),
  });
  const anyProbabilities = fc
    .array(fc.double({ min: 1e-6, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 })
    .map(([drawing = 1, hentai = 1, neutral = 1, porn = 1, sexy = 1]): Probabilities => {
      const total = drawing + hentai + neutral + porn + sexy;
      return {
        drawing: drawing / total,
        hentai: hentai / total,
        neutral: neutral / total,
        porn: porn / total,
        sexy: sexy / total,
      };
    });
  const severity = { fine: 0, sensitive: 1, refuse: 2 };

  it('is always fine when every class is off, and such a policy is not on', () => {
    const property = fc.property(anyPolicy, anyProbabilities, (policy, probabilities) => {
      const off: SafetyPolicy = { ...policy, porn: 'off', hentai: 'off', sexy: 'off' };
      expect(isOn(off)).toBe(false);
      expect(verdictOf(probabilities, off)).toBe('fine');
      if (verdictOf(probabilities, policy) !== 'fine') expect(isOn(policy)).toBe(true);
    });
    fc.assert(property);
  });

  it('never gets milder with a lower threshold or a stricter class', () => {
    const property = fc.property(anyPolicy, anyProbabilities, (policy, probabilities) => {
      const verdict = severity[verdictOf(probabilities, policy)];
      const stricter: readonly SafetyPolicy[] = [
        { ...policy, threshold: policy.threshold / 2 },
        { ...policy, porn: 'refuse' },
        { ...policy, hentai: policy.hentai === 'off' ? 'sensitive' : 'refuse' },
      ];
      for (const each of stricter)
        expect(severity[verdictOf(probabilities, each)]).toBeGreaterThanOrEqual(verdict);
    });
    fc.assert(property);
  });
});

describe('a policy', () => {
  it.each([
    ['a harmless class', { neutral: 'refuse' }],
    ['an unknown treatment', { porn: 'blur' }],
    ['a threshold that everything reaches', { threshold: 0 }],
    ['a threshold that nothing reaches', { threshold: 1.1 }],
  ])('cannot have %s', (_, changes) => {
    expect(safetyPolicySchema.safeParse(policy).success).toBe(true);
    expect(safetyPolicySchema.safeParse({ ...policy, ...changes }).success).toBe(false);
  });
});
