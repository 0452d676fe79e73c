import { aborted } from "./within.ts";

/**
 * A stream of what a generator gives, read one chunk ahead. The signal breaks it at once, whether or not it is being read.
 *
 * @param chunksOf - Is given a signal that also says that the stream was cancelled.
 */
export function streamOf(
  signal: AbortSignal | undefined,
  chunksOf: (signal: AbortSignal) => AsyncGenerator<Uint8Array, unknown, undefined>,
): ReadableStream<Uint8Array> {
  const ending = new AbortController();
  const chunks = chunksOf(ending.signal);
  let breakOff = (): void => {};
  const end = (reason?: unknown): void => {
    signal?.removeEventListener("abort", breakOff);
    ending.abort(reason);
    // Of chunks that nobody waits for; else they end by the signal.
    chunks.return(undefined).catch(() => {});
  };
  return new ReadableStream({
    start(controller) {
      breakOff = () => {
        controller.error(aborted(signal!));
        end(signal!.reason);
      };
      signal?.addEventListener("abort", breakOff);
    },
    async pull(controller) {
      try {
        const { done, value } = await chunks.next();
        if (!done) return controller.enqueue(value);
        controller.close();
        end();
      } catch (error) {
        end();
        throw error;
      }
    },
    cancel: end,
  });
}
