/*
 * What `pentimento init` lets one choose from; apart from it, since its help is there before it is loaded.
 */

export const platforms = ['sandbox', 'mastodon', 'x'] as const;
export type PlatformName = (typeof platforms)[number];

export const shares = ['little', 'usual', 'much'] as const;
export type Share = (typeof shares)[number];
