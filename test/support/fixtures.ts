import type { Attachment, Mention } from '../../src/platforms/port.js';
import type { Answer } from '../../src/queue/states.js';
import type { RenderRequest } from '../../src/requests/request.js';

export const picture: Attachment = {
  kind: 'picture',
  url: 'https://pictures.example/1.jpg',
  description: '',
};
export const request: RenderRequest = {
  content: picture,
  styles: [picture],
  strength: 50,
  notes: [],
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
    author: { id: person, handle: person },
    text: '',
    attachments: [picture, picture],
    visibility: 'public',
    sensitive: false,
    spoiler: '',
    language: null,
    ...changes,
  };
}
