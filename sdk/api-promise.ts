/** What a call came to, with the raw answer beside it. */
export interface WithResponse<T> {
  data: T;
  /** Its body has been read. */
  response: Response;
  /** The answer's `x-request-id`. */
  requestId: string | undefined;
}

/** A promise of what a call came to; {@link ApiPromise.withResponse} gives the raw answer, too. */
export interface ApiPromise<T> extends Promise<T> {
  withResponse(): Promise<WithResponse<T>>;
}

export function apiPromise<T>(sent: Promise<WithResponse<T>>): ApiPromise<T> {
  const promise = sent.then(({ data }) => data);
  const withResponse = (): Promise<WithResponse<T>> => {
    // Nobody waits for the other one then.
    promise.catch(() => {});
    return sent;
  };
  return Object.assign(promise, { withResponse });
}
