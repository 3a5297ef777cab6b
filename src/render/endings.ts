/** Endings by which the format of a painted picture is chosen. */
export const endings = ['.jpg', '.jpeg', '.png', '.webp'] as const;
export type Ending = (typeof endings)[number];

/** For people: ".jpg, …, or .webp". */
export const outputEndings = new Intl.ListFormat('en', { type: 'disjunction' }).format(endings);
