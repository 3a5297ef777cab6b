import { readFile, rm, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { z } from '@hono/zod-openapi';
import { newRenderId, type RenderId, type Uploads } from '../../platforms/web/uploads.js';
import type { QuotaReached } from '../../requests/request.js';
import { parameterNames, type Sizes } from '../../requests/parameters.js';
import type { Client } from './client.js';
import { MOST_PAINTINGS, wishesIn, wishesSchema, type Draft, type StyleChoice } from './draft.js';
import {
  IntakeError,
  receiveBody,
  receiveForm,
  type FormRules,
  type IntakeLimits,
  type ReceivedForm,
} from './intake.js';
import { Unpaintable, type Renders } from './renders.js';

export interface ReceptionOptions {
  readonly renders: Renders;
  readonly uploads: Uploads;
  readonly sizes: Sizes;
  readonly limits: IntakeLimits;
  /** Whether there is room on the disk. */
  readonly hasRoom: () => Promise<boolean>;
  /** How many pictures of one person may wait; so many may be on their way to us, too. */
  readonly waitingPerPerson: number;
}

/** Nothing can be taken in at the moment, for a reason of ours. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom';
}

/** A quota is reached. */
export class QuotaExceeded extends Error {
  override readonly name = 'QuotaExceeded';
  constructor(readonly quota: QuotaReached) {
    super(quota.quota);
  }
}

/** A picture as JSON has it: base64, with or without the head of a data: URL. */
const base64 = z
  .string()
  .transform((text) => text.replace(/^data:[\w.+/-]*;base64,/, ''))
  .refine((text) => /^[A-Za-z0-9+/_-]+={0,2}$/.test(text), 'it takes base64, or a data: URL of it');

export function jsonDraftSchema(sizes: Sizes) {
  const style = z.union([
    z.strictObject({ name: z.string() }),
    z.strictObject({ data: base64, description: z.string().trim().max(1500).default('') }),
  ]);
  return z.strictObject({
    photo: base64,
    styles: z.array(style).max(MOST_PAINTINGS).default([]),
    ...wishesSchema(sizes),
  });
}

/** What a program's form may say; of a field that is misspelt, its wish would be passed over without a word. */
function fieldsOf(sizes: Sizes): readonly string[] {
  // In a form the settings are fields of their own.
  const { settings: _, ...wishes } = wishesSchema(sizes);
  return ['photo', 'style', ...Object.keys(wishes), ...parameterNames];
}

/** Where requests come in, with their pictures, from the page and through the API. */
export class Reception {
  readonly #arriving = new Map<string, number>();
  /** JSON has to be in memory as a whole, and so only one at a time is. */
  readonly #parsing = new PQueue({ concurrency: 1 });

  constructor(private readonly options: ReceptionOptions) {}

  /** Takes in multipart/form-data as programs send it. @throws as `take` */
  async form(client: Client, request: Request): Promise<RenderId> {
    return this.take(client, async (id) => {
      const form = await this.receive(id, request);
      const known = fieldsOf(this.options.sizes);
      const unknown = [...form.fields.keys()].find((name) => !known.includes(name));
      if (unknown !== undefined) throw new Unpaintable(`There is no field “${unknown}”.`);
      return this.draftOf(form);
    });
  }

  /** Takes in JSON. @throws as `take` */
  async json(client: Client, request: Request): Promise<RenderId> {
    const { sizes, limits, uploads } = this.options;
    return this.take(client, async (id, folder) => {
      const file = join(folder, 'body.json');
      // A photo and one painting, as base64, which takes a third more.
      await receiveBody(request, file, { ...limits, maxBytes: Math.ceil(2.7 * limits.maxBytes) });
      return this.#parsing.add(async () => {
        const body = jsonDraftSchema(sizes).parse(parsed(await readFile(file, 'utf8')));
        await rm(file);
        const { photo, styles, ...wishes } = body;
        const save = async (data: string, into: string) => {
          const bytes = Buffer.from(data, 'base64');
          if (bytes.length > limits.maxBytes)
            throw new IntakeError(
              'too large',
              `A picture has more than ${limits.maxBytes / 1e6} megabytes.`,
            );
          await writeFile(into, bytes, { mode: 0o600 });
        };
        await save(photo, uploads.file(id, 'photo'));
        const chosen: StyleChoice[] = [];
        for (const [i, style] of styles.entries()) {
          if ('name' in style) {
            chosen.push({ house: style.name });
            continue;
          }
          await save(style.data, uploads.file(id, `painting${i + 1}`));
          chosen.push({ upload: i + 1, description: style.description });
        }
        return { ...wishes, styles: chosen };
      });
    });
  }

  /**
   * Takes in something whose draft is made by the caller, in the folder where the request arrives.
   * @throws NoRoom, QuotaExceeded, IntakeError, z.ZodError, Unpaintable, StoreUnreachable or DatabaseAway; then nothing is left of it
   */
  async take(
    client: Client,
    draft: (id: RenderId, folder: string) => Promise<Draft>,
  ): Promise<RenderId> {
    const { renders, uploads, hasRoom, waitingPerPerson: limit } = this.options;
    const { person } = client;
    // Looked at before anything is sent, so that nobody sends megabytes in vain; and again by `create`.
    const reached = await renders.quotaReached(client);
    if (reached !== undefined) throw new QuotaExceeded(reached);
    const arriving = this.#arriving.get(person) ?? 0;
    if (arriving >= limit)
      throw new QuotaExceeded({ type: 'quota', quota: 'per person', limit, seconds: 60 });
    this.#arriving.set(person, arriving + 1);
    const id = newRenderId();
    try {
      if (!(await hasRoom())) throw new NoRoom('the disk is nearly full');
      const drawn = await draft(id, await uploads.open(id));
      // Before anybody is told to paint from it.
      await uploads.keep(id);
      const refusal = await renders.create(client, id, drawn);
      if (refusal !== undefined) throw new QuotaExceeded(refusal);
      return id;
    } catch (error) {
      // What cannot be removed now is tidied away later; of the two errors this is the one to tell.
      await uploads.remove(id).catch(() => undefined);
      throw error;
    } finally {
      const others = (this.#arriving.get(person) ?? 1) - 1;
      if (others === 0) this.#arriving.delete(person);
      else this.#arriving.set(person, others);
    }
  }

  /** Receives a form's files into a request's folder. */
  receive(
    id: RenderId,
    request: Request,
    more: Omit<FormRules, 'fileFor'> = {},
  ): Promise<ReceivedForm> {
    const { uploads, limits } = this.options;
    return receiveForm(request, limits, {
      fileFor: (field, number) => {
        if (field === 'photo' && number === 1) return uploads.file(id, 'photo');
        if (field === 'style' && number <= MOST_PAINTINGS)
          return uploads.file(id, `painting${number}`);
        return undefined;
      },
      ...more,
    });
  }

  /** Reads a form that is refused already for what it says, so that it can be shown again; its files go nowhere. */
  async skim(request: Request, more: Omit<FormRules, 'fileFor'>): Promise<void> {
    const fileFor = () => devNull;
    await receiveForm(request, this.options.limits, { fileFor, ...more }).catch(() => undefined);
  }

  /** What a form asks for: the paintings that it brings, and then those that it names. @throws z.ZodError or Unpaintable */
  draftOf({ fields, files }: ReceivedForm): Draft {
    if (!files.some(({ field }) => field === 'photo')) throw new Unpaintable('A photo is needed.');
    const uploaded = files
      .filter(({ field }) => field === 'style')
      .map(({ file }): StyleChoice => ({ upload: Number(file.at(-1)), description: '' }));
    const named = (fields.get('style') ?? [])
      .filter((name) => name !== '')
      .map((house): StyleChoice => ({ house }));
    return { ...wishesIn(fields, this.options.sizes), styles: [...uploaded, ...named] };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new IntakeError('malformed', 'The body is no JSON.');
  }
}
