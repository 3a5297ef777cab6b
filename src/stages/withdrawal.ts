import type { Mention } from '../platforms/port.js';
import type { Queue } from '../queue/queue.js';

/** Has everything undone that came of a person's post which is gone: pending work, our answer, files and words. */
export async function withdraw(
  queue: Queue,
  platform: string,
  postId: string,
  person: string,
): Promise<void> {
  await queue.admit(platform, withdrawal(postId, person), { removal: postId });
}

/**
 * That somebody deleted their post, as the #delete that it amounts to. So it is kept until it is done: people delete
 * many posts at once, and servers limit how many we may remove.
 */
function withdrawal(postId: string, person: string): Mention {
  return {
    id: `${postId} deleted`,
    author: { id: person, handle: '(deleted)', address: '(deleted)' },
    text: '',
    attachments: [],
    visibility: 'direct',
    sensitive: false,
    spoiler: '',
    language: null,
  };
}
