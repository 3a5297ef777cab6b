import type { Attachment, Mention } from '../../src/platforms/port.js';
import type { Answer } from '../../src/queue/states.js';
import type { Vocabulary } from '../../src/requests/hashtags.js';
import type { HouseStyle, RenderRequest } from '../../src/requests/request.js';

export const picture: Attachment = {
  kind: 'picture',
  url: 'https://pictures.example/1.jpg',
  description: '',
};
export const request: RenderRequest = {
  effect: 'painting',
  content: picture,
  styles: [picture],
  settings: { strength: 50 },
  notes: [],
};
const house = (name: string, title: string): HouseStyle => ({
  kind: 'house',
  name,
  title,
  description: `The alt text of ${title}.`,
});
export const vocabulary: Vocabulary = {
  houseStyles: [
    house('lighthouse', 'Lighthouse and eddies'),
    house('lavender', 'Lavender river'),
    house('harbor', 'Autumn harbor'),
  ],
  sizes: { usual: 512, max: 768 },
};
export const painted = {
  type: 'painted',
  file: 'pictures/1.jpg',
  seconds: 12.3,
  width: 512,
  height: 384,
} as const satisfies Answer;

export function mentionOf(id: string, person = 'ada', changes: Partial<Mention> = {}): Mention {
  return {
    id,
    author: { id: person, handle: person, address: `${person}@here.example` },
    text: '',
    attachments: [picture, picture],
    visibility: 'public',
    sensitive: false,
    spoiler: '',
    language: null,
    ...changes,
  };
}
