/** What the page may know of a request: keyed by the id of the status that asked. */
export type RequestStatus =
  | { readonly mention: string; readonly state: 'queued'; readonly ahead: number }
  | { readonly mention: string; readonly state: 'painting'; readonly progress: number /* 0..1 */ }
  | { readonly mention: string; readonly state: 'replying' | 'answered' | 'cancelled' };

/** Where the page learns how requests are coming along. */
export interface StatusFeed {
  /** The requests that are worth telling somebody who has just come. */
  current(): Promise<readonly RequestStatus[]>;
  /** Calls the listener at every change; the function that comes back ends that. */
  subscribe(listener: (status: RequestStatus) => void): () => void;
}
