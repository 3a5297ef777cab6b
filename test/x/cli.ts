import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { attached } from './attached.js';
import { FakeX } from './server.js';
import type { Post } from './world.js';

/*
 * npm run fake-x: a fake X to sign the bot in to by hand, for whoever wants to see how it is on X without an account and
 * without paying. Each line that is typed is a post; what the bot posts is shown, with what X would have charged by then.
 * Everything is forgotten when it ends.
 */

const x = await new FakeX().open();
const { world, bill, door } = x;
const folder = mkdtempSync(join(tmpdir(), 'pentimento-fake-x-'));
const settings = join(folder, 'settings.yaml');
writeFileSync(settings, `dataFolder: ${join(folder, 'data')}\nx: { url: '${x.url}' }\n`);
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

console.log(`This is X, but not really. In another terminal:

export PENTIMENTO_CONFIG=${settings}
export X_APP_KEY=${door.app.key} X_APP_SECRET=${door.app.secret}
export X_CLIENT_ID=${door.app.clientId} X_CLIENT_SECRET=${door.app.clientSecret}
npx pentimento login x && npx pentimento bot

Then post here as anybody, with the names of picture files, and with the number of a post to reply to it:

ada: @pentimento please! data/samples/nagasaki-boats.jpg data/styles/lavender-river.jpg
ada: @pentimento #strength80 >2
`);

/** In the order in which they were seen here: their numbers are what one replies to. */
const shown: Post[] = [];
setInterval(() => {
  for (const post of world.posts.values())
    if (!shown.includes(post)) void show(post, shown.push(post));
}, 200).unref();

for await (const line of createInterface({ input: process.stdin }))
  if (line.trim() !== '') await write(line.trim());
process.exit();

/** Makes the post that somebody has typed. */
async function write(line: string): Promise<void> {
  const [, name, said] = /^@?(\w+): *(.+)$/.exec(line) ?? [];
  if (name === undefined || said === undefined) {
    console.log('A post is a name, a colon and words, such as "ada: @pentimento #help".');
    return;
  }
  const author = world.user(name);
  const words = said.split(/\s+/);
  const files = words.filter((word) => existsSync(word));
  const [number] = words.filter((word) => /^>\d+$/.test(word));
  const media = [];
  for (const file of files)
    media.push(await attached(world, author, { data: await readFile(file), description: '' }));
  const inReplyTo = number === undefined ? undefined : shown[Number(number.slice(1)) - 1];
  const text = words.filter((word) => !files.includes(word) && word !== number).join(' ');
  world.post(author, text, { media, inReplyTo });
}

/** Tells of a post, and keeps its pictures where one can look at them. */
async function show({ author, text, media, inReplyTo }: Post, number: number): Promise<void> {
  const above = inReplyTo ? ` (to ${shown.indexOf(inReplyTo) + 1})` : '';
  console.log(`\n${number}. ${author.username}${above}: ${text}`);
  for (const [i, { data, type, altText, isSensitive }] of media.entries()) {
    const file = join(folder, `${number}-${i + 1}.${type.replace('image/', '')}`);
    await writeFile(file, data);
    console.log(`   ${isSensitive ? 'hidden picture' : 'picture'} ${file}: ${altText}`);
  }
  console.log(`   (by now X charges $${bill.dollars.toFixed(3)}; resources read: ${bill.reads})`);
}
