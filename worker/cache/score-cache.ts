/**
 * Scores that were computed before: looked up before a request computes the rest, kept after it was answered. A store that fails
 * costs at most {@link MAX_LOOK_UP_MS}, never an answer.
 */
import * as z from "zod";
import type { PairReading } from "../pair-scores.ts";

const READING = z.object({
  tokens: z.int().nonnegative(),
  queryTokensCut: z.int().nonnegative(),
  documentTokensCut: z.int().nonnegative(),
});
const SCORE = z.object({ logit: z.number(), reading: READING.nullable() });
const STORED_SCORE = z.strictObject({ logit: z.number(), reading: READING.strict().nullable() });

/** The score of one pair. It has no place in the document: a request for "max_window" finds too little in it. */
export interface CachedScore {
  /** Finite. */
  logit: number;
  /** What was read of the pair; null if a backend scored it, which does not say. */
  reading: Pick<PairReading, "tokens" | "queryTokensCut" | "documentTokensCut"> | null;
}

/** Where scores are kept. Either method may fail in any way. */
export interface ScoreStore {
  /** The score under a key of {@link scoreKeys}; undefined if there is none that can be read. */
  get(key: string): Promise<CachedScore | undefined>;
  /** Keeps it until the store's time is over, or for less: a cache promises nothing. */
  put(key: string, score: CachedScore): Promise<void>;
}

/** Calls of a store that one request has under way at once: the connections that a Worker may have. */
export const MAX_STORE_CALLS = 6;

/** Milliseconds without any answer of the store after which a look-up ends: about what one passage takes to be computed at the edge. */
export const MAX_SILENCE_MS = 50;

/** Milliseconds of a whole look-up: about what ten passages take to be computed at the edge. */
export const MAX_LOOK_UP_MS = 500;

/**
 * What the store has under each key, in their order; undefined is a miss. Never fails: a call that throws is a miss, and so is
 * everything that was not found when the time is over ({@link MAX_SILENCE_MS}, {@link MAX_LOOK_UP_MS}) or the signal ends it.
 */
export async function lookUp(
  store: ScoreStore,
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<(CachedScore | undefined)[]> {
  const found = keys.map((): CachedScore | undefined => undefined);
  if (signal?.aborted) return found;
  const { promise, resolve } = Promise.withResolvers<void>();
  let isOver = false;
  const end = (): void => {
    isOver = true;
    resolve();
  };
  const limit = setTimeout(end, MAX_LOOK_UP_MS);
  let silence = setTimeout(end, MAX_SILENCE_MS);
  signal?.addEventListener("abort", end);
  void forEach([...keys.entries()], async ([index, key]) => {
    if (isOver) return;
    const score = await store.get(key);
    // An answer that comes too late must not change a list that the request works with.
    if (isOver) return;
    found[index] = score;
    clearTimeout(silence);
    silence = setTimeout(end, MAX_SILENCE_MS);
  }).then(end);
  await promise;
  clearTimeout(limit);
  clearTimeout(silence);
  signal?.removeEventListener("abort", end);
  return found;
}

/**
 * Puts scores into the store. For `waitUntil`: it may take longer than the answer, as long as the platform lets it, and never fails.
 * @param entries - Key and score of what was really computed. One that is no score, such as a logit that is not finite, is left out.
 */
export async function keep(
  store: ScoreStore,
  entries: Iterable<readonly [key: string, score: CachedScore]>,
): Promise<void> {
  await forEach([...entries], async ([key, score]) => {
    const { data } = SCORE.safeParse(score);
    if (data) await store.put(key, data);
  });
}

/** The text that a store keeps: JSON. */
export function encodeScore({ logit, reading }: CachedScore): string {
  if (reading === null) return JSON.stringify({ logit, reading });
  const { tokens, queryTokensCut, documentTokensCut } = reading;
  return JSON.stringify({ logit, reading: { tokens, queryTokensCut, documentTokensCut } });
}

/** The score that {@link encodeScore} made a text of; undefined for any other text. */
export function decodeScore(text: string): CachedScore | undefined {
  try {
    return STORED_SCORE.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Value of `x-rerank-cache`: of how many pairs the score was found, and of how many it was not. */
export function cacheHeader(hit: number, miss: number): string {
  return `hit=${hit}, miss=${miss}`;
}

/** A task for each item, {@link MAX_STORE_CALLS} at once; one that throws is passed over. */
async function forEach<Item>(
  items: readonly Item[],
  task: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const takeTurns = async (): Promise<void> => {
    // All take from the one iterator, so each item is taken once.
    for (const item of rest) await task(item).catch(() => undefined);
  };
  await Promise.all(Array.from({ length: MAX_STORE_CALLS }, takeTurns));
}
