import { createInterface } from 'node:readline';
import { storeAccounts, storedAccounts } from '../accounts.js';
import { loadConfig } from '../config.js';
import { beginSignIn, signOut } from '../platforms/mastodon/sign-in.js';
import { UsageError } from './errors.js';

/** `pentimento login mastodon SERVER`: gives the bot an account, by a code that a person copies from the server's page. */
export async function loginCommand(server: string, signal: AbortSignal): Promise<void> {
  const { dataFolder } = loadConfig();
  const url = originOf(server);
  const { page, finish } = await beginSignIn(url).catch((error: unknown) => {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new Error(
      `cannot sign in at ${url}: is it the address of a Mastodon server, and is that reachable? (${reason ?? ''})`,
      { cause: error },
    );
  });
  console.log(`Open this page in a browser in which the bot's account is signed in, and allow what it asks for:

  ${page}

Then paste the code that it shows, and press Enter.`);
  const account = await finish(await lineFrom(process.stdin, signal));
  // Read only now: a person takes their time, and another command may have changed it meanwhile.
  const known = storedAccounts(dataFolder);
  const others = known.filter(({ address }) => address !== account.address);
  await storeAccounts(dataFolder, [...others, account]);
  // Nobody knows the token from before any more. That the server may not take it back is no reason to fail.
  for (const before of known.filter((one) => !others.includes(one)))
    await signOut(before).catch(() => undefined);
  console.log(`Signed in as ${account.address}. "pentimento bot" answers its mentions.`);
}

/** `pentimento logout [ACCOUNT]`: gives the token back and forgets it. */
export async function logoutCommand(address: string | undefined): Promise<void> {
  const { dataFolder } = loadConfig();
  const known = storedAccounts(dataFolder);
  const names = known.map((account) => account.address).join(', ');
  const leaving =
    address === undefined && known.length === 1
      ? known[0]
      : known.find((account) => account.address === address?.replace(/^@/, '').toLowerCase());
  if (known.length === 0) throw new UsageError('no account is signed in');
  if (leaving === undefined)
    throw new UsageError(
      `${address === undefined ? 'say which account' : `${address} is not signed in`}: ${names}`,
    );
  // First here, then there: should the server be gone for good, the bot forgets the token all the same.
  await storeAccounts(
    dataFolder,
    known.filter((account) => account !== leaving),
  );
  try {
    await signOut(leaving);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${leaving.address} is forgotten here, but the server did not take the token back (${reason}); remove Pentimento from the account's authorized apps`,
      { cause: error },
    );
  }
  console.log(`Signed out of ${leaving.address}. A bot that runs gives it up within a minute.`);
}

/** People say mastodon.example and mean https://mastodon.example/. */
function originOf(server: string): string {
  const url = /^[a-z]+:\/\//i.test(server) ? server : `https://${server}`;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError(
      `"${server}" is not the address of a server; mastodon.example would be one`,
    );
  return new URL(url).origin;
}

/** The first line that is not empty. */
function lineFrom(input: NodeJS.ReadableStream, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input });
    const stop = () => lines.close();
    signal.addEventListener('abort', stop, { once: true });
    lines.on('line', (line) => {
      if (line.trim() === '') return;
      resolve(line.trim());
      lines.close();
    });
    lines.on('close', () => {
      signal.removeEventListener('abort', stop);
      reject(new Error('no code was given'));
    });
  });
}
