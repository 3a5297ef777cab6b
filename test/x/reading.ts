import { alongWith, includesOf, postEntity, wantedIn } from './entities.js';
import { json, problem, type Answer, type Asked } from './http.js';
import type { Bill } from './meter.js';
import { timeOf, type Post, type User, type World } from './world.js';

/*
 * What the fake X's API lets one read, and charges for.
 */

/** How many posts a timeline gives at a time: at least, at most, and if nothing is said. */
const PAGE = { min: 5, max: 100, usual: 10 } as const;

export class Reading {
  /** How long a post takes to appear in its author's list. */
  appearsMs = 0;
  /** Where the pages begin that tokens were given out for. */
  readonly #tokens = new Map<string, string>();

  constructor(
    private readonly world: World,
    private readonly bill: Bill,
    private readonly origin: () => string,
  ) {}

  me(user: User): Answer {
    this.bill.read('user', user.id);
    return json(200, { data: { id: user.id, name: user.username, username: user.username } });
  }

  mentions(of: User, asked: Asked): Answer {
    return this.#timeline(asked, (post) => post.mentions.includes(of));
  }

  ownPosts(of: User, asked: Asked): Answer {
    const newest = Date.now() - this.appearsMs;
    return this.#timeline(asked, (post) => post.author === of && timeOf(post) <= newest);
  }

  lookup(id: string, asked: Asked): Answer {
    const post = this.world.posts.get(id);
    // X has this as a good answer without data.
    if (post === undefined)
      return json(200, {
        errors: [
          {
            resource_id: id,
            resource_type: 'tweet',
            parameter: 'id',
            title: 'Not Found Error',
            detail: `Could not find tweet with id: [${id}].`,
            type: 'https://api.twitter.com/2/problems/resource-not-found',
          },
        ],
      });
    this.bill.read('post', post.id);
    const wanted = wantedIn(asked.url.searchParams);
    const includes = this.#along([post], asked);
    return json(200, { data: postEntity(post, wanted), ...(includes && { includes }) });
  }

  /** Newest first, between two ids, page by page. */
  #timeline(asked: Asked, is: (post: Post) => boolean): Answer {
    const query = asked.url.searchParams;
    const size = Number(query.get('max_results') ?? PAGE.usual);
    if (!(size >= PAGE.min && size <= PAGE.max))
      return problem(400, 'Invalid Request', `max_results must be from ${PAGE.min} to ${PAGE.max}`);
    const token = query.get('pagination_token');
    const start = token === null ? undefined : this.#tokens.get(token);
    if (token !== null && start === undefined)
      return problem(400, 'Invalid Request', 'The pagination_token is not valid');
    const since = BigInt(query.get('since_id') ?? '0');
    const until = BigInt(query.get('until_id') ?? 2n ** 63n);
    const below = BigInt(start ?? 2n ** 63n);
    const all = this.world
      .list(is)
      .filter(({ id }) => BigInt(id) > since && BigInt(id) < until && BigInt(id) < below);
    const posts = all.slice(0, size);
    for (const { id } of posts) this.bill.read('ownedRead', id);
    const wanted = wantedIn(query);
    const includes = this.#along(posts, asked);
    const [newest, oldest] = [posts[0], posts.at(-1)];
    const hasMore = all.length > posts.length;
    const next = hasMore && oldest ? `next${this.world.nextId()}` : undefined;
    if (next !== undefined && oldest) this.#tokens.set(next, oldest.id);
    return json(200, {
      // X leaves the list out if there is nothing in it.
      ...(posts.length > 0 && { data: posts.map((post) => postEntity(post, wanted)) }),
      ...(includes && { includes }),
      meta: {
        result_count: posts.length,
        ...(newest && oldest && { newest_id: newest.id, oldest_id: oldest.id }),
        ...(next !== undefined && { next_token: next }),
      },
    });
  }

  /** As one must fear, everything that comes along is charged for. */
  #along(posts: readonly Post[], asked: Asked): object | undefined {
    const wanted = wantedIn(asked.url.searchParams);
    const named = alongWith(posts, wanted);
    const users = named.users.filter((user) => !this.world.suspended.has(user));
    const along = { ...named, users };
    for (const { id } of along.users) this.bill.read('user', id);
    for (const { key } of along.media) this.bill.read('media', key);
    for (const { id } of along.posts) this.bill.read('post', id);
    return includesOf(along, wanted, this.origin());
  }
}
