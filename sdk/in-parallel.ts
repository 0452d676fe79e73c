/**
 * Runs through the items, a few at a time. The first failure ends the others, which come too late to be thrown.
 *
 * @param ending - Is aborted by a failure and by the signal; what is run should end with it.
 * @throws what `run` throws
 */
export async function inParallel<Item>(
  items: Iterable<Item>,
  concurrency: number,
  { ending, signal }: { ending: AbortController; signal: AbortSignal | undefined },
  run: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const work = async (): Promise<void> => {
    try {
      for (let next = queue.next(); !next.done; next = queue.next()) await run(next.value);
    } catch (error) {
      ending.abort();
      throw error;
    }
  };
  const end = (): void => ending.abort(signal?.reason);
  if (signal?.aborted) end();
  signal?.addEventListener("abort", end);
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
  } finally {
    signal?.removeEventListener("abort", end);
  }
}
