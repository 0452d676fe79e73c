import type { Terminal } from "../../command-line.ts";
import { startProgress } from "../../progress.ts";
import { UserError } from "../../user-error.ts";
import { workThrough } from "../work-through.ts";
import type { PredictionLog } from "./prediction-log.ts";

/** Texts or sentences of one call: enough to fill the engine's batches, and within every limit of a service. */
const BATCH_SIZE = 16;

export interface PredictOptions<Item, Prediction> {
  /** What the progress bar is labelled with. */
  name: string;
  /** Calls at once. */
  concurrency: number;
  /** As many predictions as items, in their order. */
  predict: (items: readonly Item[]) => Promise<readonly Prediction[]>;
  /** Undefined: none is kept. */
  log: PredictionLog<Prediction> | undefined;
  stderr: Terminal["stderr"];
  /** What an item is called, in the plural. */
  things: string;
}

/**
 * Predictions of all items, a few at a time; each is noted in the log as soon as it is there, and those that the log has are not
 * asked for again.
 *
 * @returns as many as `items`, in their order
 * @throws UserError for the first call that fails; those that were done stay in the log
 */
export async function predictAll<Item, Prediction>(
  items: readonly Item[],
  { name, concurrency, predict, log, stderr, things }: PredictOptions<Item, Prediction>,
): Promise<Prediction[]> {
  const results: Prediction[] = [];
  const pending: number[] = [];
  for (const index of items.keys()) {
    const known = log?.done.get(String(index));
    if (known) results[index] = known.prediction;
    else pending.push(index);
  }
  const batches = Array.from({ length: Math.ceil(pending.length / BATCH_SIZE) }, (_, batch) =>
    pending.slice(batch * BATCH_SIZE, (batch + 1) * BATCH_SIZE),
  );

  let done = items.length - pending.length;
  const progress = startProgress(
    stderr,
    name,
    items.length,
    (amount) => `${Math.round(amount).toLocaleString("en")} ${things}`,
  );
  progress.update(done);
  const work = async (batch: readonly number[]): Promise<void> => {
    const predictions = await predict(batch.map((index) => items[index]!));
    if (predictions.length !== batch.length) {
      throw new UserError(
        `${name} gave ${predictions.length} answers to ${batch.length} ${things}.`,
      );
    }
    const rows = batch.map((index, place) => ({ index, prediction: predictions[place]! }));
    for (const { index, prediction } of rows) results[index] = prediction;
    await log?.append(...rows);
    progress.update((done += batch.length));
  };
  await workThrough(batches, concurrency, work, () => progress.end());
  return results;
}
