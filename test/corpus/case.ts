import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/**
 * What may come of a post:
 * - picture: one answer with one described picture
 * - sentence: one answer in words
 * - passed over: the bot has not even written it down
 * - unanswerable: the server would not take an answer, and the bot has given up
 * - put off: the bot waits before it tries again
 */
export type Outcome = 'picture' | 'sentence' | 'passed over' | 'unanswerable' | 'put off';

/** Answers a request as a hostile server would. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A JSON object. */
export type Entity = Readonly<Record<string, unknown>>;

/** What the bot asks its server for; each is attributed to the post that it is about. */
export type Place = 'acknowledge' | 'thread' | 'upload' | 'post';

/** The bot's side of a stream: frames go through the WebSocket, bytes that are no frames through the socket. */
export interface StreamEnd {
  readonly webSocket: WebSocket;
  readonly socket: Duplex;
}

/** One thing that a stranger or a server does to the bot. Somebody of its own posts it, mentioning the bot. */
export interface Case {
  readonly name: string;
  readonly outcomes: readonly [Outcome, ...Outcome[]];
  /** What a server of pictures gives for those attached; the bot is asked to paint if there are any. */
  readonly photo?: Buffer | Handler;
  readonly painting?: Buffer | Handler;
  /** The text to be posted, beside the address. */
  readonly text?: string;
  /** Of the post, as the bot is told of it; `pictures` is where a good photo and a good painting are. */
  readonly status?: (pictures: Pictures) => Entity;
  /** Of the notification that tells of it. */
  readonly notification?: Entity;
  /** How the first of the bot's requests about this post is answered. */
  readonly answer?: { readonly place: Place; readonly handler: Handler };
  /** How the bot's next look at its list of notifications is answered, before the post is made. */
  readonly list?: Handler;
  /** What is sent into the bot's stream, before the post is made. */
  readonly stream?: (end: StreamEnd) => void;
  /** How the bot's next attempt at a stream is answered, before the post is made. */
  readonly upgrade?: (socket: Duplex) => void;
  /** It takes its time, so others are judged meanwhile. */
  readonly slow?: true;
}

export interface Pictures {
  /** Who posts them. */
  readonly poster: string;
  readonly photo: string;
  readonly painting: string;
}
