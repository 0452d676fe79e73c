/** Pairs of texts to logits, in slices between which the event loop gets a turn. */
import { planBatches, type CrossEncoder } from "../../engine/index.ts";
import { DEFAULT_FIT, fitPair, type FitOptions, type PairWindow } from "../../engine/fit-pair.ts";

/** One thing to score: a document for a query, or a text by itself. */
export interface TextPair {
  query: string;
  /** Null for a single text, which then stands in `query`. */
  document: string | null;
}

/** What the model says of a pair, and what it read for that. */
export interface PairReading {
  /** [labels], none NaN; of several windows those of the one with the greatest first logit. */
  logits: Float32Array;
  /** In all windows, special ones included. */
  tokens: number;
  /** Whether no window has some of its tokens. */
  truncated: boolean;
  queryTokensCut: number;
  documentTokensCut: number;
  /** Document tokens of the window that gave the logits, [start, end). */
  start: number;
  end: number;
}

/** Throws when nobody waits any more; a signal is one. */
export type Ending = Pick<AbortSignal, "throwIfAborted">;

/** Characters that are tokenized in one go: 0.2 s at worst. */
const SLICE_CHARS = 100_000;

/**
 * One reading a pair, in their order. A query that pairs in a row share is tokenized once.
 *
 * @param encoder - No token classifier.
 * @param ending - Asked between two slices.
 */
export async function readPairs(
  encoder: CrossEncoder,
  pairs: readonly TextPair[],
  ending: Ending,
  fit: FitOptions = DEFAULT_FIT,
): Promise<PairReading[]> {
  const { tokenizer } = encoder;
  const windows: (PairWindow & { index: number })[] = [];
  const readings: PairReading[] = [];
  let sliceChars = 0;
  let query = "";
  let queryIds = tokenizer.encode(query);
  for (const [index, pair] of pairs.entries()) {
    const chars = pair.query.length + (pair.document?.length ?? 0);
    if (sliceChars > 0 && sliceChars + chars > SLICE_CHARS) {
      await turn(ending);
      sliceChars = 0;
    }
    sliceChars += chars;
    if (pair.query !== query) {
      query = pair.query;
      queryIds = tokenizer.encode(query.toWellFormed());
    }
    const document = pair.document === null ? null : tokenizer.encode(pair.document.toWellFormed());
    const {
      windows: own,
      queryTokensCut,
      documentTokensCut,
    } = fitPair(tokenizer, queryIds, document, fit);
    const truncated = queryTokensCut > 0 || documentTokensCut > 0;
    const tokens = own.reduce((sum, { input }) => sum + input.inputIds.length, 0);
    const { start, end } = own[0]!;
    readings.push({
      logits: new Float32Array(0),
      tokens,
      truncated,
      queryTokensCut,
      documentTokensCut,
      start,
      end,
    });
    for (const window of own) windows.push({ ...window, index });
  }

  const labels = encoder.manifest.head.labels.length;
  const lengths = windows.map(({ input }) => input.inputIds.length);
  for (const [place, batch] of planBatches(lengths, encoder.maxBatchTokens).entries()) {
    if (place > 0) await turn(ending);
    const logits = encoder.logits(batch.map((each) => windows[each]!.input));
    if (logits.some(Number.isNaN)) throw new Error("a logit is NaN");
    for (const [row, each] of batch.entries()) {
      const { index, start, end } = windows[each]!;
      const reading = readings[index]!;
      const own = logits.subarray(row * labels, (row + 1) * labels);
      if (reading.logits.length === 0 || own[0]! > reading.logits[0]!)
        Object.assign(reading, { logits: own, start, end });
    }
  }
  return readings;
}

/** Lets others run. */
async function turn(ending: Ending): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  ending.throwIfAborted();
}
