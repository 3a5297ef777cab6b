import { describe, expect, it } from 'vitest';
import { vaultOf, type AccountBook } from '../../src/accounts/book.js';
import type { OAuth2 } from '../../src/platforms/x/credentials.js';
import { secret, secretsIn } from './secrets.js';

/** An account on Mastodon. */
export const easel = {
  url: 'https://mastodon.example',
  address: 'easel@mastodon.example',
  accessToken: secret('access token', 'the-token-of-easel'),
  clientId: 'id',
  clientSecret: secret('client secret', 'the-secret-of-easel'),
};
const credentials: OAuth2 = {
  method: 'oauth2',
  clientId: 'id',
  accessToken: 'access-0',
  refreshToken: 'refresh-0',
  expiresAt: 0,
};
/** An account on X. */
export const brush = { userId: '17', address: 'brush@x.com', credentials };

/** Several ways into the same book, as several processes have them; and how somebody else spoils it. */
interface Shelf {
  readonly open: () => AccountBook;
  readonly spoil: (text: string) => Promise<void>;
}

/** What every place for accounts promises. */
export function accountContract(place: string, newShelf: () => Promise<Shelf>): void {
  describe(`accounts in ${place}`, () => {
    it('are none at first', async () => {
      expect(await (await newShelf()).open().read()).toEqual({ mastodon: [], x: [] });
    });

    it('are what they were changed to, for everybody', async () => {
      const { open } = await newShelf();
      const kept = await open().change((all) => ({ ...all, mastodon: [easel] }));
      expect(kept).toEqual({ mastodon: [easel], x: [] });
      await open().change((all) => ({ ...all, x: [brush] }));
      expect(await open().read()).toEqual({ mastodon: [easel], x: [brush] });
      await open().change((all) => ({ ...all, mastodon: [] }));
      expect(await open().read()).toEqual({ mastodon: [], x: [brush] });
    });

    it('stay as they were if a change fails, and can be changed afterward', async () => {
      const { open } = await newShelf();
      await open().change((all) => ({ ...all, mastodon: [easel] }));
      const failing = open().change(() => Promise.reject(new Error('X is away')));
      await expect(failing).rejects.toThrow('X is away');
      expect(await open().read()).toEqual({ mastodon: [easel], x: [] });
      await open().change((all) => ({ ...all, mastodon: [] }));
      expect(await open().read()).toEqual({ mastodon: [], x: [] });
    });

    it('are changed by one at a time, and none of the changes is lost', async () => {
      const { open } = await newShelf();
      let inside = 0;
      const add = async (i: number) =>
        open().change(async (all) => {
          expect(++inside).toBe(1);
          // Long enough for the others to come in between, if they could.
          await new Promise((resolve) => setImmediate(resolve));
          inside -= 1;
          return { ...all, mastodon: [...all.mastodon, { ...easel, address: `easel${i}@here` }] };
        });
      await Promise.all([1, 2, 3].map(add));
      const addresses = (await open().read()).mastodon.map(({ address }) => address);
      expect(addresses.sort()).toEqual(['easel1@here', 'easel2@here', 'easel3@here']);
    });

    it('have a token of OAuth 2.0 renewed once, by whoever comes first', async () => {
      const { open } = await newShelf();
      await open().change((all) => ({ ...all, x: [brush] }));
      const renewals: string[] = [];
      const renew = (current: OAuth2) => {
        renewals.push(current.refreshToken);
        return Promise.resolve({ ...current, refreshToken: 'refresh-1', expiresAt: 1 });
      };
      const vaults = [1, 2, 3].map(() => vaultOf(open(), brush));
      const renewed = await Promise.all(
        vaults.map((vault) => vault.renewed(({ expiresAt }) => expiresAt === 0, renew)),
      );
      expect(renewals).toEqual(['refresh-0']);
      for (const one of renewed) expect(one).toMatchObject({ refreshToken: 'refresh-1' });
    });

    it('that are gone end what is done for them', async () => {
      const { open } = await newShelf();
      const vault = vaultOf(open(), brush);
      const renewed = vault.renewed(
        () => true,
        (current) => Promise.resolve(current),
      );
      await expect(renewed).rejects.toMatchObject({ kind: 'fatal' });
    });

    it.each(['no JSON: the-token-of-easel', '{"mastodon":[{"accessToken":"the-token-of-easel"}]}'])(
      'that are not as they were written are refused, without a word of them: %#',
      async (text) => {
        const { open, spoil } = await newShelf();
        await spoil(text);
        const error = await open()
          .read()
          .catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(Error);
        const said = error instanceof Error ? `${error.message}${error.stack ?? ''}` : '';
        expect(said).toContain('not as "pentimento login" writes');
        expect(secretsIn('the error', said)).toEqual([]);
      },
    );
  });
}
