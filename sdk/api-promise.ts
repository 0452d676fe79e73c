/** What a call came to, with the raw answer beside it. */
export interface WithResponse<T> {
  data: T;
  /** Its body has been read; status and headers are there. Without a call, an empty one. */
  response: Response;
  /** The answer's `x-request-id`. */
  requestId: string | undefined;
}

/**
 * A promise of what a call came to; {@link ApiPromise.withResponse} gives the raw answer, too.
 *
 * @example
 * ```ts
 * const { data, response, requestId } = await client.score(request).withResponse();
 * console.log(response.headers.get("x-rerank-served-by"), requestId);
 * ```
 */
export interface ApiPromise<T> extends Promise<T> {
  /** The same call's result with its answer. It makes no second call. */
  withResponse(): Promise<WithResponse<T>>;
}

/**
 * A result with the service's id of its request. The id is not enumerable: it is neither in JSON nor in a copy of the result, and a list
 * stays a list.
 */
export type Identified<T> = T & {
  /** The answer's `x-request-id`, by which the service's log knows the request. */
  readonly requestId: string | undefined;
};

export function apiPromise<T>(sent: Promise<WithResponse<T>>): ApiPromise<T> {
  const promise = sent.then(({ data }) => data);
  const withResponse = (): Promise<WithResponse<T>> => {
    // Nobody waits for the other one then.
    promise.catch(() => {});
    return sent;
  };
  return Object.assign(promise, { withResponse });
}

/** The same, whose result has its id. */
export function identified<T>(sent: Promise<WithResponse<T>>): ApiPromise<Identified<T>> {
  return apiPromise(
    sent.then((answer) => {
      const { data, requestId } = answer;
      if (typeof data === "object" && data !== null)
        Object.defineProperty(data, "requestId", { value: requestId, configurable: true });
      return answer as WithResponse<Identified<T>>;
    }),
  );
}
