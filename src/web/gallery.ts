import type { Hono } from 'hono';
import { pictureNamed } from '../pictures/store.js';
import { hung, hungAt } from '../queue/gallery.js';
import type { WebAppOptions } from './app.js';
import { pictureResponse } from './files.js';
import { galleryView } from './views/gallery.js';
import { layout } from './views/layout.js';

/** Enough for a few screens. */
const PAGE = 24;

/** What was asked for in public, for everybody to see. */
export function galleryRoutes(app: Hono, options: WebAppOptions): void {
  const { queue, pictures, altTextOf, sandbox } = options;
  app.get('/gallery', async (c) => {
    const before = Number(/^\d{1,15}$/.exec(c.req.query('before') ?? '')?.[0] ?? NaN);
    const isFirst = Number.isNaN(before);
    const found = await hung(queue.database, isFirst ? Number.MAX_SAFE_INTEGER : before, PAGE + 1);
    const page = found.slice(0, PAGE);
    const last = page.at(-1);
    const older = found.length > PAGE && last ? `/gallery?before=${last.id}` : undefined;
    c.header('Cache-Control', 'no-cache');
    return c.html(
      layout({
        title: 'Gallery',
        view: 'gallery',
        hasSandbox: sandbox !== undefined,
        styles: ['gallery'],
        main: galleryView({ pictures: page, older, isFirst, altTextOf }),
      }),
    );
  });
  app.get('/gallery/:id{[0-9]{1,15}}', async (c) => {
    const picture = await hungAt(queue.database, Number(c.req.param('id')));
    const found = picture && (await pictureNamed(pictures, picture.painted.file));
    // Whoever takes it down wants it gone, and not kept by browsers.
    return found ? pictureResponse(found, 'no-store') : c.notFound();
  });
}
