/** Answers that come bit by bit, over as many connections as it takes. */
import { rerankError } from "./errors.ts";
import type { RequestOptions } from "./options.ts";
import { connected, type Call, type Transport } from "./transport.ts";
import { within } from "./within.ts";

/** What keeps a connection's answer coming. */
export interface Reopening {
  call: Call;
  /** `maxRetries` is of connections in a row that bring nothing. */
  options: RequestOptions;
  /** Date when it must be over. */
  endsAtMs: number;
}

/**
 * What connections bring, one after the other, until one comes to an end. One that breaks, or ends without an end, is followed by another.
 *
 * @param connect - Opens a connection, without tries of its own, and says when it brings something. It returns undefined if it had no end.
 * @throws RerankError after a failure that no other connection helps against, or too many in a row
 */
export async function* openAgain<T, End>(
  transport: Transport,
  { call, options, endsAtMs }: Reopening,
  connect: (alive: () => void) => AsyncGenerator<T, End | undefined, undefined>,
): AsyncGenerator<T, End, undefined> {
  let failures = 0;
  for (;;) {
    try {
      const end = yield* connect(() => (failures = 0));
      if (end !== undefined) return end;
      throw rerankError("connection", "The connection ended before the answer did.", {
        code: "connection",
      });
    } catch (error) {
      await transport.waitToRetry(error, failures++, call, options, endsAtMs);
    }
  }
}

/**
 * The bytes of a body as they come. Leaving the loop ends the connection.
 *
 * @param waitMs - For each bit of it.
 * @throws TimeoutError, AbortedError, ConnectionError
 */
export async function* chunksOf(
  body: ReadableStream<Uint8Array>,
  waitMs: () => number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await within(waitMs(), signal, () => connected(() => reader.read()));
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** @see chunksOf */
export async function* textOf(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

/** Of answers that go on for as long as they do: the service would take the time of their beginning for that of the whole. */
export function openEnded(options: RequestOptions, headers: RequestOptions["headers"]) {
  return { ...options, headers: { "x-request-timeout-ms": null, ...headers, ...options.headers } };
}

/** Reads nothing yet. */
export async function bodyOf(response: Response): Promise<Response["body"]> {
  return response.body;
}
