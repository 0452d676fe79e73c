import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  cacheHeader,
  decodeScore,
  encodeScore,
  keep,
  lookUp,
  MAX_LOOK_UP_MS,
  MAX_SILENCE_MS,
  MAX_STORE_CALLS,
  type CachedScore,
  type ScoreStore,
} from "../../../worker/cache/score-cache.ts";

const scoreOf = (logit: number): CachedScore => ({
  logit,
  reading: { tokens: 12, queryTokensCut: 0, documentTokensCut: 3 },
});

/** Keys "0", "1", … */
const keysTo = (count: number) => Array.from({ length: count }, (_, index) => String(index));

/** A store in memory whose every call first does `before`, and which counts its calls. */
function memoryStore(before: (key: string) => Promise<void> | void = () => {}) {
  const scores = new Map<string, CachedScore>();
  const calls = { all: 0, now: 0, most: 0 };
  const counted = async <Value>(key: string, call: () => Value): Promise<Value> => {
    calls.all++;
    calls.most = Math.max(calls.most, ++calls.now);
    try {
      await before(key);
      return call();
    } finally {
      calls.now--;
    }
  };
  const store: ScoreStore = {
    get: (key) => counted(key, () => scores.get(key)),
    put: (key, score) => counted(key, () => void scores.set(key, score)),
  };
  return { store, scores, calls };
}

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const never = () => new Promise<void>(() => {});

/** How long it took, by the fake clock, and what it gave. */
async function timed<Value>(promise: Promise<Value>): Promise<{ value: Value; ms: number }> {
  const start = Date.now();
  let ms = NaN;
  const settled = promise.then((value) => {
    ms = Date.now() - start;
    return value;
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ms, "it ended within a minute").not.toBeNaN();
  return { value: await settled, ms };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount(), "timers left behind").toBe(0);
  vi.useRealTimers();
});

describe("looking up", () => {
  test("gives what was kept and undefined for the rest, in the order of the keys", async () => {
    const { store } = memoryStore();
    await keep(store, [
      ["a", scoreOf(1.5)],
      ["c", scoreOf(-2)],
    ]);
    expect(await lookUp(store, ["c", "b", "a", "c"])).toEqual([
      scoreOf(-2),
      undefined,
      scoreOf(1.5),
      scoreOf(-2),
    ]);
    expect(await lookUp(store, [])).toEqual([]);
  });

  test("has no more calls under way than a Worker has connections, and no fewer", async () => {
    const { store, calls } = memoryStore(() => delay(5));
    await timed(lookUp(store, keysTo(100)));
    expect(calls).toEqual({ all: 100, now: 0, most: MAX_STORE_CALLS });
  });

  test("takes calls that throw for misses, at once or later", async () => {
    const { store, scores } = memoryStore(async (key) => {
      if (Number(key) % 3 === 1) throw new Error("no");
      if (Number(key) % 3 === 2) {
        await delay(5);
        throw new Error("no");
      }
    });
    for (const key of keysTo(20)) scores.set(key, scoreOf(Number(key)));
    const { value } = await timed(lookUp(store, keysTo(20)));
    expect(value).toEqual(
      keysTo(20).map((key) => (Number(key) % 3 === 0 ? scoreOf(Number(key)) : undefined)),
    );
    const broken: ScoreStore = {
      get() {
        throw new Error("not even a promise");
      },
      put() {
        throw new Error("not even a promise");
      },
    };
    expect(await lookUp(broken, keysTo(20))).toEqual(Array(20).fill(undefined));
    await keep(broken, [["a", scoreOf(1)]]);
  });

  test("waits only so long for a store that says nothing, however many keys there are", async () => {
    const { store, calls } = memoryStore(never);
    const { value, ms } = await timed(lookUp(store, keysTo(1_000)));
    expect(value).toEqual(Array(1_000).fill(undefined));
    expect(ms).toBe(MAX_SILENCE_MS);
    expect(calls.all).toBe(MAX_STORE_CALLS);
  });

  test("gives what it found beside a call that hangs", async () => {
    const { store, scores } = memoryStore((key) => (key === "3" ? never() : delay(5)));
    for (const key of keysTo(100)) scores.set(key, scoreOf(Number(key)));
    const { value, ms } = await timed(lookUp(store, keysTo(100)));
    expect(value.flatMap((score, index) => (score ? [] : [index]))).toEqual([3]);
    expect(ms).toBe(100 + MAX_SILENCE_MS);
  });

  test("ends in bounded time when every call is slow but answers", async () => {
    const { store, scores, calls } = memoryStore(() => delay(40));
    for (const key of keysTo(1_000)) scores.set(key, scoreOf(Number(key)));
    const { value, ms } = await timed(lookUp(store, keysTo(1_000)));
    expect(ms).toBe(MAX_LOOK_UP_MS);
    expect(value.filter((score) => score)).toHaveLength(
      MAX_STORE_CALLS * Math.floor(MAX_LOOK_UP_MS / 40),
    );
    expect(calls.now).toBe(0);
    expect(calls.all).toBeLessThan(100);
  });

  test("ignores answers that come after it has ended", async () => {
    const { store, scores } = memoryStore(() => delay(MAX_SILENCE_MS + 1));
    scores.set("0", scoreOf(1));
    const { value } = await timed(lookUp(store, ["0"]));
    expect(value).toEqual([undefined]);
  });

  test("ends with the request", async () => {
    const { store, scores, calls } = memoryStore(() => delay(10));
    for (const key of keysTo(100)) scores.set(key, scoreOf(1));
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 15);
    const { value, ms } = await timed(lookUp(store, keysTo(100), controller.signal));
    expect(ms).toBe(15);
    expect(value.filter((score) => score)).toHaveLength(MAX_STORE_CALLS);
    const before = calls.all;
    expect(await lookUp(store, ["1"], controller.signal)).toEqual([undefined]);
    expect(calls.all).toBe(before);
  });

  test("leaves nothing behind on the signal of a request that goes on", async () => {
    const { signal } = new AbortController();
    await lookUp(memoryStore().store, keysTo(10), signal);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

describe("keeping", () => {
  test("has no more calls under way than a Worker has connections", async () => {
    const { store, scores, calls } = memoryStore(() => delay(5));
    await timed(
      keep(
        store,
        keysTo(100).map((key) => [key, scoreOf(1)] as const),
      ),
    );
    expect(calls.most).toBe(MAX_STORE_CALLS);
    expect(scores.size).toBe(100);
  });

  test("leaves out what is no score", async () => {
    const { store, scores, calls } = memoryStore();
    await keep(store, [
      ["nan", scoreOf(NaN)],
      ["infinite", scoreOf(Infinity)],
      ["minus infinite", scoreOf(-Infinity)],
      ["half a token", { logit: 1, reading: { ...scoreOf(1).reading!, tokens: 0.5 } }],
      ["negative", { logit: 1, reading: { ...scoreOf(1).reading!, documentTokensCut: -1 } }],
      ["right", scoreOf(1)],
    ]);
    expect([...scores.keys()]).toEqual(["right"]);
    expect(calls.all).toBe(1);
  });

  test("keeps nothing but the score of something that has more to it", async () => {
    const { store, scores } = memoryStore();
    const document = { ...scoreOf(1), text: "a canary" };
    await keep(store, new Map([["key", document]]));
    expect(scores.get("key")).toEqual(scoreOf(1));
    expect(encodeScore(document)).not.toContain("canary");
  });

  test("goes on after a call that throws and never throws itself", async () => {
    const { store, scores } = memoryStore((key) => {
      if (key === "0") throw new Error("no");
    });
    await keep(
      store,
      keysTo(20).map((key) => [key, scoreOf(1)] as const),
    );
    expect([...scores.keys()]).toEqual(keysTo(20).slice(1));
  });
});

describe("a stored score", () => {
  test("is read as it was written, to the last bit", () => {
    for (const logit of [0, 1 / 3, -745, Math.fround(0.1), 5e-324, Number.MAX_VALUE])
      expect(decodeScore(encodeScore(scoreOf(logit)))).toEqual(scoreOf(logit));
  });

  test("that is broken or something else is a miss", () => {
    const text = encodeScore(scoreOf(1));
    for (const wrong of [
      "",
      text.slice(0, -1),
      "null",
      "1",
      "[]",
      "{}",
      "<html>",
      encodeScore(scoreOf(Infinity)),
      text.replace('"logit":1', '"logit":1e999'),
      text.replace('"logit":1', '"logit":"1"'),
      text.replace('"logit":1,', ""),
      text.replace('"tokens":12', '"tokens":-12'),
      text.replace('"tokens":12', '"tokens":1.5'),
      text.replace('"tokens":12', '"tokens":null'),
      text.replace("{", '{"another":1,'),
    ]) {
      expect(wrong).not.toBe(text);
      expect(decodeScore(wrong), wrong).toBeUndefined();
    }
  });
});

test("the header tells how many pairs were found", () => {
  expect(cacheHeader(7, 3)).toBe("hit=7, miss=3");
});
