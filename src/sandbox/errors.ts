/** What a client may be told went wrong, with the HTTP status that Mastodon gives in that case. */
export class ApiError extends Error {
  readonly status: 400 | 401 | 403 | 404 | 413 | 422;

  constructor(status: ApiError['status'], message: string) {
    super(message);
    this.status = status;
  }
}

export function notFound(): ApiError {
  return new ApiError(404, 'Record not found');
}
