import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startBotProcess } from '../../support/bot-process.js';
import { pentimento } from '../../support/command.js';
import { temporaryFolder } from '../../support/folder.js';
import { secret, secretsIn, secretsUnder } from '../../support/secrets.js';
import { Supervisor } from '../../support/supervisor.js';

const accessToken = secret('access token', 'kept/to+ourselves=0123456789');

/** A bot that cannot read its settings says which file it is. */
const toldByName = { PENTIMENTO_CONFIG: `/nowhere/${accessToken}.yaml` };

describe('the search for secrets', () => {
  it.each([
    ['in clear', accessToken],
    ['in a URL', new URLSearchParams({ accessToken }).toString()],
    ['in base64', Buffer.from(accessToken).toString('base64')],
    ['in base64 after one letter', Buffer.from(`:${accessToken}!`).toString('base64')],
    ['in base64 after two letters', Buffer.from(`a:${accessToken}!`).toString('base64')],
    ['in the base64 of URLs', Buffer.from(`abc:${accessToken}`).toString('base64url')],
  ])('finds one that a process prints %s, and does not repeat it', (_, form) => {
    const print = 'console.log(`a line with ${process.argv[1]} in it`)';
    const printed = execFileSync(process.execPath, ['--eval', print, form]);
    expect(secretsIn('it', printed)).toEqual(['it holds a secret: the access token']);
    expect(secretsIn('it', printed.toString())).toHaveLength(1);
    expect(secretsIn('it', 'nothing of the kind')).toEqual([]);
  });

  it('finds one in a file, and in the credentials only if others may read them', () => {
    const folder = temporaryFolder();
    const [file, credentials] = [join(folder, 'a'), join(folder, 'accounts.json')];
    writeFileSync(file, Buffer.concat([Buffer.alloc(5000), Buffer.from(accessToken)]));
    writeFileSync(credentials, accessToken, { mode: 0o600 });
    expect(secretsUnder(folder)).toEqual([`${file} holds a secret: the access token`]);
    chmodSync(credentials, 0o640);
    expect(secretsUnder(folder)).toContainEqual(expect.stringContaining('its mode is 640'));
    for (const each of [file, credentials]) rmSync(each);
  });

  it('fails a test in which a command prints one', async () => {
    await expect(pentimento([accessToken])).rejects.toThrow(/holds a secret: the access token$/);
  });

  it('keeps in mind that a bot under supervision has printed one', async () => {
    const supervisor = new Supervisor({
      folder: temporaryFolder(),
      environment: toldByName,
      pauseMs: () => 0,
      onStart: () => undefined,
      onLine: () => undefined,
    });
    supervisor.start();
    await vi.waitFor(() => expect(supervisor.leaks).not.toEqual([]), { timeout: 30_000 });
    await supervisor.stop();
  });

  it.fails('fails a test that leaves one in a folder', () => {
    writeFileSync(join(temporaryFolder(), 'a'), accessToken);
  });

  it.fails('fails a test in which a bot prints one, although its error is caught', async () => {
    vi.stubEnv('PENTIMENTO_HOST', accessToken); // it says where it cannot listen
    onTestFinished(() => void vi.unstubAllEnvs());
    await startBotProcess(temporaryFolder()).catch(() => undefined);
  });
});
