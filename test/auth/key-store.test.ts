import { timingSafeEqual } from "node:crypto";
import { expect, test, vi } from "vitest";
import { kindOfKey } from "../../worker/auth/api-key.ts";
import { KeyStore, REMEMBERED_MS, type KeyNamespace } from "../../worker/auth/key-store.ts";
import { testKey, type TestKey } from "./keys.ts";

/** KV as a map, which counts how often it is asked. */
function namespaceOf(...keys: TestKey[]) {
  const values = new Map(keys.map(({ record }) => [`key:${record.sha256}`, record as unknown]));
  const get = vi.fn(async (name: string) => values.get(name) ?? null);
  return { values, get, namespace: { get } as unknown as KeyNamespace };
}

function hashOf({ record }: TestKey): Uint8Array {
  return Buffer.from(record.sha256, "hex");
}

test("a key of the secret is found without asking KV", async () => {
  const [own, stored] = [testKey("own"), testKey("stored")];
  const { get, namespace } = namespaceOf(stored);
  const store = new KeyStore({ records: [own.record], namespace }, timingSafeEqual, () => 0);
  expect(await store.find(hashOf(own))).toEqual({ kind: "found", record: own.record });
  expect(get).not.toHaveBeenCalled();
  expect(await store.find(hashOf(stored))).toEqual({ kind: "found", record: stored.record });
});

test("without KV, what is not in the secret is unknown", async () => {
  const store = new KeyStore({ records: [], namespace: undefined }, timingSafeEqual, () => 0);
  expect(await store.find(hashOf(testKey("a")))).toEqual({ kind: "unknown" });
});

test("a guess is compared with every record by its hash, whatever it shares with a right key", async () => {
  const keys = [testKey("first"), testKey("second"), testKey("third")];
  const compared: string[][] = [];
  const areEqual = (one: Uint8Array, other: Uint8Array): boolean => {
    compared.at(-1)!.push(Buffer.from(one).toString("hex"));
    expect(one.length).toBe(32);
    return timingSafeEqual(one, other);
  };
  const records = keys.map(({ record }) => record);
  const store = new KeyStore({ records, namespace: undefined }, areEqual, () => 0);
  const almost = hashOf(keys[0]!).slice();
  almost[31]! ^= 1;
  for (const hash of [...keys.map(hashOf), almost, hashOf(testKey("stranger"))]) {
    compared.push([]);
    await store.find(hash);
    expect(compared.at(-1)).toEqual(records.map(({ sha256 }) => sha256));
  }
});

test("KV is asked by the hash and never by the key, and keeps its answer as short as it can", async () => {
  const key = testKey("a");
  const { get, namespace } = namespaceOf(key);
  const store = new KeyStore({ records: [], namespace }, timingSafeEqual, () => 0);
  await store.find(hashOf(key));
  expect(get.mock.calls).toEqual([[`key:${key.record.sha256}`, { type: "json", cacheTtl: 30 }]]);
});

test("a key that is revoked is unknown as soon as what the isolate remembers is over", async () => {
  let nowMs = 1_000;
  const key = testKey("a");
  const { values, get, namespace } = namespaceOf(key);
  const store = new KeyStore({ records: [], namespace }, timingSafeEqual, () => nowMs);
  const kind = async () => (await store.find(hashOf(key))).kind;
  expect(await kind()).toBe("found");
  values.clear();
  nowMs += REMEMBERED_MS - 1;
  expect(await kind()).toBe("found");
  expect(get).toHaveBeenCalledTimes(1);
  nowMs += 1;
  expect(await kind()).toBe("unknown");
});

test("a key that is new is found as soon as what the isolate remembers is over", async () => {
  let nowMs = 1_000;
  const key = testKey("a");
  const { values, get, namespace } = namespaceOf();
  const store = new KeyStore({ records: [], namespace }, timingSafeEqual, () => nowMs);
  const kind = async () => (await store.find(hashOf(key))).kind;
  expect(await kind()).toBe("unknown");
  values.set(`key:${key.record.sha256}`, key.record);
  expect(await kind()).toBe("unknown");
  expect(get).toHaveBeenCalledTimes(1);
  nowMs += REMEMBERED_MS;
  expect(await kind()).toBe("found");
});

test("guesses push out no key that is known, and take no more memory however many they are", async () => {
  const key = testKey("a");
  const { get, namespace } = namespaceOf(key);
  const store = new KeyStore({ records: [], namespace }, timingSafeEqual, () => 0);
  await store.find(hashOf(key));
  const guess = (index: number): Uint8Array => Uint8Array.of(index >> 8, index);
  for (let index = 0; index < 3_000; index++) await store.find(guess(index));
  get.mockClear();
  expect((await store.find(hashOf(key))).kind).toBe("found");
  await store.find(guess(2_999));
  expect(get).not.toHaveBeenCalled();
  await store.find(guess(0));
  expect(get).toHaveBeenCalledTimes(1);
});

test("while KV fails nobody is let in by it, and the failure is not remembered", async () => {
  const log = vi.spyOn(console as Console, "error").mockImplementation(() => {});
  const key = testKey("a");
  const { get, namespace } = namespaceOf(key);
  const store = new KeyStore({ records: [], namespace }, timingSafeEqual, () => 0);
  get.mockRejectedValueOnce(new Error(`KV GET failed for key:${key.record.sha256}`));
  expect(await store.find(hashOf(key))).toEqual({ kind: "unavailable" });
  expect((await store.find(hashOf(key))).kind).toBe("found");
  expect(JSON.stringify(log.mock.calls)).not.toContain(key.record.sha256);
  log.mockRestore();
});

test("a record that is none, or another key's, lets nobody in", async () => {
  const log = vi.spyOn(console as Console, "error").mockImplementation(() => {});
  const [key, other] = [testKey("a"), testKey("b")];
  expect(kindOfKey(key.key)).toBe("secret");
  for (const kept of [{ ...key.record, scopes: ["all"] }, other.record, "text", 1, {}]) {
    const { values, namespace } = namespaceOf(key);
    values.set(`key:${key.record.sha256}`, kept);
    const store = new KeyStore({ records: [], namespace }, timingSafeEqual, () => 0);
    expect(await store.find(hashOf(key))).toEqual({ kind: "unknown" });
  }
  expect(log).toHaveBeenCalledTimes(5);
  log.mockRestore();
});
