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

/** The same, as the engine itself is asked. */
export const usualPainting = {
  strength: 50,
  styleScale: 100,
  colors: 'paint',
  quality: 'normal',
  faces: [],
  seed: 1,
} as const;
