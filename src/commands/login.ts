import { createInterface } from 'node:readline';
import type { StoredAccounts } from '../accounts/book.js';
import { accountBookOf } from '../accounts/open.js';
import { loadConfig, type Config } from '../config.js';
import { beginSignIn, signOut, type MastodonAccount } from '../platforms/mastodon/sign-in.js';
import { costPer1000, dollars, mostPerDay, requestNames } from '../platforms/x/prices.js';
import { isFailure } from '../platforms/port.js';
import { beginXSignIn, signOutOfX, type XAccount, type XKeys } from '../platforms/x/sign-in.js';
import { lineOf } from '../reason.js';
import { UsageError } from './errors.js';

/** `pentimento login mastodon SERVER`: gives the bot an account, by a code that a person copies from the server's page. */
export async function loginCommand(server: string, signal: AbortSignal): Promise<void> {
  const book = accountBookOf(loadConfig());
  const url = originOf(server);
  const { page, finish } = await beginSignIn(url).catch((error: unknown) => {
    throw new Error(
      `cannot sign in at ${url}: is it the address of a Mastodon server, and is that reachable? (${lineOf(error)})`,
      { cause: error },
    );
  });
  askToOpen(page, 'paste the code that it shows');
  const account = await finish(await lineFrom(process.stdin, signal));
  const isThis = ({ address }: MastodonAccount) => address === account.address;
  let before: readonly MastodonAccount[] = [];
  await book.change((stored) => {
    before = stored.mastodon.filter(isThis);
    const others = stored.mastodon.filter((one) => !isThis(one));
    return { ...stored, mastodon: [...others, account] };
  });
  // Nobody knows the token from before any more. That the server may not take it back is no reason to fail.
  for (const old of before) await signOut(old).catch(() => undefined);
  console.log(`Signed in as ${account.address}. "pentimento bot" answers its mentions.`);
}

/** `pentimento login x`: gives the bot an account on X, with the operator's own keys, and says what it will cost. */
export async function loginXCommand(method: XKeys['method'], signal: AbortSignal): Promise<void> {
  const config = loadConfig();
  const { x } = config;
  const book = accountBookOf(config);
  const keys = keysIn(x, method);
  const { page, finish } = await beginXSignIn(x.url, keys).catch((error: unknown) => {
    const isRefusal = isFailure(error, 'refused') || isFailure(error, 'fatal');
    const advice = isRefusal
      ? 'X does not take the keys: X_APP_KEY and X_APP_SECRET are the "API Key" and its secret (not an access token, nor a client id) of an application that may read and write'
      : 'X cannot be asked now; see to the connection, or try again later';
    throw new Error(`${advice} (${lineOf(error)})`, { cause: error });
  });
  askToOpen(
    page,
    method === 'oauth1'
      ? 'paste the PIN that it shows'
      : `within half a minute copy the address that the browser is sent to (it begins with ${x.callback}, and shows nothing), paste it`,
  );
  const account = await finish(await lineFrom(process.stdin, signal));
  let before: readonly XAccount[] = [];
  await book.change((stored) => {
    before = stored.x.filter(({ userId }) => userId === account.userId);
    const others = stored.x.filter(({ userId }) => userId !== account.userId);
    return { ...stored, x: [...others, account] };
  });
  // X gives the same token again to the same application (OAuth 1.0a): that must not be taken back.
  for (const old of before)
    if (old.credentials.accessToken !== account.credentials.accessToken)
      await signOutOfX(x.url, old).catch(() => undefined);
  console.log(`Signed in as ${account.address}, which may read and write. "pentimento bot" answers its mentions.

X charges for each of them. By its published prices a thousand requests cost
${requestNames.map((name) => `  ${range(name)}  ${name}`).join('\n')}
where the larger number holds if X charges for the people and pictures that come along with a post, too. Nothing is read
while nobody says anything, and not more than ${x.dailyReads} reads a day ("x.dailyReads"), so a day costs at most about
${dollars(mostPerDay(x.dailyReads))}. Set a spending limit in X's Developer Console all the same; docs/x.md tells more.`);
}

function range(name: (typeof requestNames)[number]): string {
  const { least, most } = costPer1000(name);
  return `${dollars(least).padStart(7)} to ${dollars(most).padStart(7)}`;
}

/** @throws UsageError if they are not all there */
function keysIn(x: Config['x'], method: XKeys['method']): XKeys {
  const { appKey, appSecret, clientId, clientSecret, callback } = x;
  if (method === 'oauth1') {
    if (appKey === undefined || appSecret === undefined)
      throw new UsageError(
        'set X_APP_KEY and X_APP_SECRET, in the environment or in a file .env, to the API key and secret of your application in X’s Developer Console; docs/x.md tells how to get there',
      );
    return { method, appKey, appSecret };
  }
  if (clientId === undefined)
    throw new UsageError(
      'set X_CLIENT_ID, in the environment or in a file .env, to the client id of your application in X’s Developer Console, and X_CLIENT_SECRET if it has one; docs/x.md tells how to get there',
    );
  return { method, clientId, callback, ...(clientSecret !== undefined && { clientSecret }) };
}

function askToOpen(page: string, what: string): void {
  console.log(`Open this page in a browser in which the bot's account is signed in, and allow what it asks for:

  ${page}

Then ${what}, and press Enter.`);
}

/** An account, and how it is given back. */
interface Leaving {
  readonly address: string;
  readonly without: (stored: StoredAccounts) => StoredAccounts;
  readonly signOut: () => Promise<void>;
}

/** `pentimento logout [ACCOUNT]`: gives the token back and forgets it. */
export async function logoutCommand(address: string | undefined): Promise<void> {
  const config = loadConfig();
  const { x } = config;
  const book = accountBookOf(config);
  const stored = await book.read();
  const known: readonly Leaving[] = [
    ...stored.mastodon.map((account) => ({
      address: account.address,
      without: ({ mastodon, ...rest }: StoredAccounts) => ({
        ...rest,
        mastodon: mastodon.filter((one) => one.address !== account.address),
      }),
      signOut: () => signOut(account),
    })),
    ...stored.x.map((account) => ({
      address: account.address,
      without: ({ x: accounts, ...rest }: StoredAccounts) => ({
        ...rest,
        x: accounts.filter(({ userId }) => userId !== account.userId),
      }),
      signOut: () => signOutOfX(x.url, account),
    })),
  ];
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
  await book.change(leaving.without);
  try {
    await leaving.signOut();
  } catch (error) {
    throw new Error(
      `${leaving.address} is forgotten here, but the server did not take the token back (${lineOf(error)}); remove Pentimento from the account's authorized apps`,
      { cause: error },
    );
  }
  console.log(`Signed out of ${leaving.address}. A bot that runs gives it up within a minute.`);
}

/**
 * People say mastodon.example and mean https://mastodon.example/.
 * @throws UsageError
 */
export function originOf(server: string): string {
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
      reject(new Error('nothing was pasted; begin anew'));
    });
  });
}
