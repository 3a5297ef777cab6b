import { reasonOf } from '../reason.js';

/*
 * The smallest port that every keeper of pictures can satisfy: those that are painted, and those that people send to us
 * themselves. The bot knows nothing else of where they lie, so that they can lie where all its machines reach them.
 */

declare const brand: unique symbol;

/** The name of a picture, in one of our own forms: nothing else ever becomes part of a path or an address. */
export type PictureKey = string & { readonly [brand]: 'PictureKey' };

/** What all keys of what was sent for one request begin with. */
export type Shelf = string & { readonly [brand]: 'Shelf' };

/** What the keys of all painted pictures begin with, and of all that was sent. */
export type Room = 'pictures/' | 'uploads/';

/** Earlier versions painted without the eight letters that tell one painter's picture from another's. */
const PAINTED = /^pictures\/[1-9]\d{0,15}(-[0-9a-f]{8})?\.jpg$/;
const SENT = /^uploads\/[A-Za-z0-9_-]{22}\/(photo|painting[1-9]|seen\.jpg|sketch\.jpg)$/;
const SHELF = /^uploads\/[A-Za-z0-9_-]{22}\/$/;

/** The key that a text is; undefined if it has none of our forms. */
export function keyIn(text: string): PictureKey | undefined {
  return PAINTED.test(text) || SENT.test(text) ? (text as PictureKey) : undefined;
}

/** @throws Error if a text has none of our forms */
export function keyOf(text: string): PictureKey {
  const key = keyIn(text);
  if (key === undefined) throw new Error('this is no name of a picture');
  return key;
}

/** The key of a picture that nobody has, for who only wants to know whether a store answers. */
export const NOBODYS = keyOf(`uploads/${'_'.repeat(22)}/photo`);

/** Whether something is all of a request's, and not one picture. */
export function isShelf(text: string): text is Shelf {
  return SHELF.test(text);
}

/** All that was sent for a request. @throws Error if its id has not the form of one */
export function shelfOf(id: string): Shelf {
  const shelf = `uploads/${id}/`;
  if (!isShelf(shelf)) throw new Error('this is no id of a request');
  return shelf;
}

/** A picture that is there. */
export interface Kept {
  readonly key: PictureKey;
  /** When it was put there, in milliseconds since 1970, by whichever clock the store goes. */
  readonly changedAt: number;
}

/**
 * Every method throws StoreUnreachable where the store does not do what was asked of it, and so says nothing of whether a
 * picture is there.
 */
export interface PictureStore {
  /**
   * Keeps a file under a key, in place of what is there: all of it or nothing, and nobody ever sees half of it. Takes the file
   * over: when it is kept, it is gone from where it was.
   */
  put(key: PictureKey, file: string): Promise<void>;

  /** A picture's bytes; undefined if it is not there. */
  get(key: PictureKey): Promise<Buffer | undefined>;

  /** Saves a picture in a file, for who wants one; tells whether it is there. Otherwise there is no file. */
  fetch(key: PictureKey, file: string): Promise<boolean>;

  /** Keeps under another key, too, what is there under one; tells whether it is. */
  copy(from: PictureKey, to: PictureKey): Promise<boolean>;

  /** Removes a picture, or all of a request's; what is gone already is fine. */
  remove(what: PictureKey | Shelf): Promise<void>;

  /** Everything that is there, in no order. */
  list(room: Room): Promise<readonly Kept[]>;
}

/** The picture that somewhere is written down by its name; undefined if it is not there. @throws StoreUnreachable */
export async function pictureNamed(store: PictureStore, name: string): Promise<Buffer | undefined> {
  const key = keyIn(name);
  return key && (await store.get(key));
}

/** Nobody knows at the moment whether a picture is there: to be tried again later. The message holds no secret. */
export class StoreUnreachable extends Error {
  override readonly name = 'StoreUnreachable';
  readonly kind = 'unreachable';
}

/**
 * Does something with what a store keeps its pictures in.
 * @param what as one calls it: "the folder of the pictures"
 * @throws StoreUnreachable whatever goes wrong
 */
export async function reaching<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new StoreUnreachable(`${what} cannot be used: ${reasonOf(error)}`, { cause: error });
  }
}
