/**
 * Calls `work` for every item, in their order, `concurrency` at once. The first failure keeps further items from being begun.
 *
 * @param onEnd - Called once, after the last item or the failure.
 * @throws what `work` throws
 */
export async function workThrough<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<void>,
  onEnd: () => void,
): Promise<void> {
  const pending = [...items];
  const one = async (): Promise<void> => {
    for (let item = pending.shift(); item !== undefined; item = pending.shift()) await work(item);
  };
  const workers = Array.from({ length: concurrency }, () =>
    one().catch((error: unknown) => {
      pending.length = 0;
      throw error;
    }),
  );
  try {
    await Promise.all(workers);
  } finally {
    onEnd();
  }
}
