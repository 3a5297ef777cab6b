import { hung, takeDown } from '../queue/gallery.js';
import { asHashtags } from '../requests/parameters.js';
import { withDatabase } from './open.js';

/** `pentimento gallery list`: a line for each picture that everybody sees on the page, newest first. */
export async function galleryList({ limit }: { readonly limit: number }): Promise<void> {
  await withDatabase(async (database) => {
    const pictures = await hung(database, Number.MAX_SAFE_INTEGER, limit);
    if (pictures.length === 0) console.log('Nothing hangs in the gallery.');
    for (const { id, createdAt, mention, request } of pictures) {
      const asked = new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ');
      const what = `${request.effect} ${asHashtags(request.settings)}`.trim();
      console.log(
        `${String(id).padStart(6)}  ${asked}  ${mention.author.address.padEnd(32)}  ${what}`,
      );
    }
  });
}

/** `pentimento gallery remove ID`: the bot looks at every visit, so it is gone at once. */
export async function galleryRemove(id: number): Promise<void> {
  await withDatabase(async (database) => {
    if (!(await takeDown(database, id)))
      throw new Error(
        `request ${id} does not hang in the gallery; "pentimento gallery list" shows what does`,
      );
    console.log(`Request ${id} is taken down. Whoever asked for it still has it.`);
  });
}
