import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../src/paths.js';

const eslint = new ESLint({ cwd: projectRoot });

/** What the import rule says about an import at the top of a file that exists (typed linting needs one). */
async function complaints(file: string, specifier: string): Promise<readonly string[]> {
  const code = `import * as other from '${specifier}';\nexport default other;\n`;
  const [result] = await eslint.lintText(code, { filePath: join(projectRoot, file) });
  return (result?.messages ?? [])
    .filter(({ ruleId }) => ruleId === 'no-restricted-imports')
    .map(({ message }) => message);
}

describe('the import rule forbids', () => {
  it.each([
    ['src/graph/tensor.ts', '../style/stylize.js'],
    ['src/graph/tensor.ts', '../networks/network.js'],
    ['src/graph/onnx/executor.ts', '../../style/stylize.js'],
    ['src/networks/network.ts', '../style/losses.js'],
    ['src/style/stylize.ts', '../queue/queue.js'],
    ['src/style/stylize.ts', '../render/job.js'],
    ['src/style/stylize.ts', '../config.js'],
    ['src/render/pool.ts', '../platforms/port.js'],
    ['src/platforms/port.ts', '../queue/queue.js'],
    ['src/platforms/mastodon/platform.ts', '../../requests/parse.js'],
    ['src/platforms/mastodon/platform.ts', '../../bot.js'],
    ['src/requests/parse.ts', '../queue/queue.js'],
    ['src/queue/queue.ts', '../replies/outbox.js'],
    ['src/queue/queue.ts', '../style/schedule.js'],
    ['src/replies/outbox.ts', '../render/pool.js'],
    ['src/replies/outbox.ts', '../bot.js'],
    ['src/web/feed.ts', '../render/pool.js'],
    ['src/web/feed.ts', '../cli.js'],
    ['src/web/feed.ts', '../start.js'],
    ['src/web/feed.ts', '../commands/bot.js'],
  ])('in %s: %s', async (file, specifier) => {
    const room = file.split('/')[1] ?? '';
    const [message] = await complaints(file, specifier);
    expect(message).toContain(`src/${room} may import only from: `);
  });
});

describe('the import rule allows', () => {
  it.each([
    ['src/graph/onnx/executor.ts', '../executor.js'],
    ['src/graph/executor.ts', './onnx/format.js'],
    ['src/networks/network.ts', '../graph/tensor.js'],
    ['src/style/stylize.ts', '../graph/onnx/executor.js'],
    ['src/style/stylize.ts', './adam.js'],
    ['src/render/worker.ts', '../style/stylize.js'],
    ['src/render/pool.ts', '../log.js'],
    ['src/platforms/mastodon/platform.ts', '../port.js'],
    ['src/platforms/mastodon/platform.ts', '../../log.js'],
    ['src/platforms/mastodon/platform.ts', '../../version.js'],
    ['src/requests/parse.ts', '../platforms/port.js'],
    ['src/queue/queue.ts', '../requests/request.js'],
    ['src/replies/outbox.ts', '../queue/queue.js'],
    ['src/web/feed.ts', '../queue/queue.js'],
    ['src/queue/queue.ts', 'better-sqlite3'],
    ['src/bot.ts', './style/schedule.js'],
    ['src/bot.ts', './queue/queue.js'],
  ])('in %s: %s', async (file, specifier) => {
    expect(await complaints(file, specifier)).toEqual([]);
  });
});

it('the import rule sees imports of types and re-exports, too', async () => {
  for (const code of [
    `import type { Queue } from '../../queue/queue.js';\n`,
    `export * from '../../queue/queue.js';\n`,
  ]) {
    const filePath = join(projectRoot, 'src/style/stylize.ts');
    const [result] = await eslint.lintText(code, { filePath });
    expect(result?.messages.map(({ ruleId }) => ruleId)).toContain('no-restricted-imports');
  }
});
