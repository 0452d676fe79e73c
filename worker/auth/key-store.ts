/** Where the records of keys are looked for: in the secret RERANK_API_KEYS, then in the KV namespace KEYS. */
import { writeLog } from "../observe/log.ts";
import { keyRecordSchema, recordKey, type KeyRecord } from "./key-record.ts";
import { ShortMemory } from "./short-memory.ts";

/** Milliseconds for which an isolate keeps what KV has said, found or not. */
export const REMEMBERED_MS = 30_000;

/**
 * Seconds for which a data centre keeps what KV has said, the least that KV allows. With {@link REMEMBERED_MS} after it, a revoked key works
 * for about a minute.
 * @see https://developers.cloudflare.com/kv/api/read-key-value-pairs/#cachettl-parameter
 */
const KV_CACHE_SECONDS = 30;

/** Keys that an isolate keeps the records of, and as many that there are none of. Apart, so that guesses do not push out who is known. */
const MAX_REMEMBERED = 1_000;

export type FoundKey =
  | { kind: "found"; record: KeyRecord }
  | { kind: "unknown" }
  /** KV does not answer. */
  | { kind: "unavailable" };

/** What is used of KV. */
export type KeyNamespace = Pick<KVNamespace, "get">;

export interface KeySources {
  /** Of the secret. */
  records: readonly KeyRecord[];
  /** undefined: the Worker has none. */
  namespace: KeyNamespace | undefined;
}

/** Whether two hashes are equal, in a time that does not depend on where they differ. */
export type HashEquality = (one: Uint8Array, other: Uint8Array) => boolean;

export class KeyStore {
  readonly #secret: readonly { hash: Uint8Array; record: KeyRecord }[];
  readonly #namespace: KeyNamespace | undefined;
  readonly #areEqual: HashEquality;
  readonly #known: ShortMemory<KeyRecord>;
  readonly #unknown: ShortMemory<true>;

  constructor({ records, namespace }: KeySources, areEqual: HashEquality, now: () => number) {
    this.#secret = records.map((record) => ({ hash: bytesOfHex(record.sha256), record }));
    this.#namespace = namespace;
    this.#areEqual = areEqual;
    this.#known = new ShortMemory(MAX_REMEMBERED, REMEMBERED_MS, now);
    this.#unknown = new ShortMemory(MAX_REMEMBERED, REMEMBERED_MS, now);
  }

  /**
   * The record of the key with this SHA-256.
   *
   * A guess meets hashes and never keys, so that what it shares with a key it does not share with the key's hash; and each record of the secret is
   * compared, wherever the right one stands.
   */
  async find(hash: Uint8Array): Promise<FoundKey> {
    let own: KeyRecord | undefined;
    for (const { hash: kept, record } of this.#secret) {
      if (this.#areEqual(kept, hash)) own = record;
    }
    if (own !== undefined) return { kind: "found", record: own };
    return this.#namespace === undefined
      ? { kind: "unknown" }
      : this.#findInNamespace(hexOf(hash), this.#namespace);
  }

  async #findInNamespace(sha256: string, namespace: KeyNamespace): Promise<FoundKey> {
    const known = this.#known.get(sha256);
    if (known !== undefined) return { kind: "found", record: known };
    if (this.#unknown.get(sha256)) return { kind: "unknown" };
    let kept: unknown;
    try {
      kept = await namespace.get(recordKey(sha256), { type: "json", cacheTtl: KV_CACHE_SECONDS });
    } catch (error) {
      const problem = `KV: ${(error as Error).name}`;
      writeLog({ level: "error", event: "keys", problem });
      return { kind: "unavailable" };
    }
    const record = keyRecordSchema.safeParse(kept);
    if (record.success && record.data.sha256 === sha256) {
      this.#known.set(sha256, record.data);
      return { kind: "found", record: record.data };
    }
    if (kept !== null) {
      writeLog({ level: "error", event: "keys", problem: "a record in KV is none of a key" });
    }
    this.#unknown.set(sha256, true);
    return { kind: "unknown" };
  }
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
