import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { checkHeaders, readJson as read } from "../../worker/body.ts";
import { LIMITS } from "../../worker/limits.ts";

/** A request whose body comes in these chunks and then ends, breaks off or stays silent. */
function requestOf(chunks: Iterable<Uint8Array>, end: "close" | "break" | "stall"): Request {
  const iterator = chunks[Symbol.iterator]();
  const body = new ReadableStream({
    pull(controller) {
      const { value, done } = iterator.next();
      if (!done) controller.enqueue(value);
      else if (end === "close") controller.close();
      else if (end === "break") controller.error(new Error("Network connection lost."));
      else return new Promise<void>(() => {});
      return undefined;
    },
  });
  return new Request("http://service/", { method: "POST", body, duplex: "half" } as RequestInit);
}

/** With room for any body. */
const readJson = (request: Request) => read(request, () => undefined);

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("a character cut by the border of two chunks is put together", async () => {
  const whole = bytes('{"query":"日本語"}');
  for (let cut = 1; cut < whole.length; cut++) {
    const request = requestOf([whole.subarray(0, cut), whole.subarray(cut)], "close");
    expect(await readJson(request)).toEqual({ ok: true, value: { query: "日本語" } });
  }
});

test("a body that breaks off is nobody's any more", async () => {
  expect(await readJson(requestOf([bytes("{")], "break"))).toEqual({
    ok: false,
    failure: { kind: "client_gone" },
  });
});

test("a body without end is read no further than ten times the limit", async () => {
  const spaces = new Uint8Array(1 << 20).fill(0x20);
  let sent = 0;
  const endless = (function* () {
    for (;;) {
      sent += spaces.length;
      yield spaces;
    }
  })();
  const result = await readJson(requestOf(endless, "close"));
  expect(result).toMatchObject({
    failure: { kind: "over_limit", limit: "maxBodyBytes", atLeast: true },
  });
  expect(sent).toBeLessThan(11 * LIMITS.maxBodyBytes);
});

describe("a body that stops coming", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("is given up after maxBodySeconds", async () => {
    const reading = readJson(requestOf([bytes("{")], "stall"));
    await vi.advanceTimersByTimeAsync(LIMITS.maxBodySeconds * 1_000 - 1);
    expect(await Promise.race([reading, "still waiting"])).toBe("still waiting");
    await vi.advanceTimersByTimeAsync(1);
    expect(await reading).toEqual({ ok: false, failure: { kind: "body_timeout" } });
  });
});

test("a body for which there is no room any more is refused", async () => {
  const overload = { kind: "overloaded", limit: "maxQueuedBytes", retryAfterSeconds: 3 } as const;
  const held: number[] = [];
  const result = await read(
    requestOf([bytes("[1"), bytes(",2"), bytes(",3]")], "close"),
    (length) => {
      held.push(length);
      return length < 4 ? undefined : overload;
    },
  );
  // It is read to its end all the same, so that its sender sees the answer.
  expect(held).toEqual([2, 4]);
  expect(result).toEqual({ ok: false, failure: overload });
});

test("a size that was not declared is 0 so far", () => {
  expect(checkHeaders(new Headers({ "content-length": "7" }))).toEqual({ ok: true, value: 7 });
  expect(checkHeaders(new Headers())).toEqual({ ok: true, value: 0 });
  expect(checkHeaders(new Headers({ "content-length": "7, 7" }))).toEqual({ ok: true, value: 0 });
});
