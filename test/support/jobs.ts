/** What most jobs in tests have in common. */
export const usual = {
  effect: 'painting',
  strength: 50,
  scale: 100,
  colors: 'paint',
  faces: false,
  quality: 'normal',
  seed: 1,
} as const;
