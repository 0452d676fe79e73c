import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { traceHeaders, traceOf } from "../../worker/observe/trace-context.ts";

const ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const VALID = `00-${ID}-${PARENT}-01`;

const read = (traceparent: string, tracestate?: string) =>
  traceOf(new Headers({ traceparent, ...(tracestate !== undefined && { tracestate }) }));

const isNew = ({ traceId, flags, state }: ReturnType<typeof traceOf>): boolean =>
  /^[0-9a-f]{32}$/.test(traceId) && traceId !== ID && flags === "03" && state === undefined;

describe("a traceparent", () => {
  test.each([
    [VALID, "01"],
    [`00-${ID}-${PARENT}-00`, "00"],
    [` ${VALID}\t`, "01"],
    // Bits that are not defined are not passed on.
    [`00-${ID}-${PARENT}-ff`, "03"],
    // A version to come may have more at its end.
    [`01-${ID}-${PARENT}-01`, "01"],
    [`fe-${ID}-${PARENT}-02-more-of-it`, "02"],
  ])("%j is the trace of what is called for the request", (traceparent, flags) => {
    expect(read(traceparent)).toEqual({ traceId: ID, flags });
  });

  test.each([
    ["nothing", ""],
    ["a word", "kanarie"],
    ["version ff", `ff-${ID}-${PARENT}-01`],
    ["a version of one digit", `0-${ID}-${PARENT}-01`],
    ["a version that is no number", `0x-${ID}-${PARENT}-01`],
    ["capitals", VALID.toUpperCase()],
    ["one capital", VALID.replace("f", "F")],
    ["a trace of zeros", `00-${"0".repeat(32)}-${PARENT}-01`],
    ["a parent of zeros", `00-${ID}-${"0".repeat(16)}-01`],
    ["a short trace", `00-${ID.slice(1)}-${PARENT}-01`],
    ["a long trace", `00-${ID}0-${PARENT}-01`],
    ["a short parent", `00-${ID}-${PARENT.slice(1)}-01`],
    ["flags of one digit", `00-${ID}-${PARENT}-1`],
    ["no flags", `00-${ID}-${PARENT}`],
    ["more than version 00 has", `${VALID}-00`],
    ["a dash at the end", `${VALID}-`],
    ["a digit too many", `${VALID}0`],
    ["a future version that goes on without a dash", `01-${ID}-${PARENT}-01more`],
    ["two of them", `${VALID}, ${VALID}`],
    ["another separator", VALID.replaceAll("-", "_")],
    ["digits that are none of ASCII", VALID.replace("4", "\u00b2")],
    ["no end", `00-${ID}-${PARENT}-${"0".repeat(10_000)}`],
  ])("that has %s begins a new trace", (_, traceparent) => {
    expect(isNew(read(traceparent, "a=b"))).toBe(true);
  });

  test("that is absent begins a new trace, another one each time", () => {
    const ids = Array.from({ length: 100 }, () => traceOf(new Headers()).traceId);
    expect(new Set(ids).size).toBe(100);
  });
});

describe("a tracestate", () => {
  const long = (key: string, chars: number): string => `${key}=${"v".repeat(chars - 2)}`;

  test.each([
    ["congo=t61rcWkgMzE", "congo=t61rcWkgMzE"],
    ["a=1,b=2", "a=1,b=2"],
    ["a=1 ,\t b=2", "a=1,b=2"],
    ["a=1,,b=2,", "a=1,b=2"],
    ["fw529a3039@dt=FfAAAA;x:y", "fw529a3039@dt=FfAAAA;x:y"],
    ["0a_-*/@=a b", "0a_-*/@=a b"],
    // Whole members, as many as there is room for.
    [
      [long("a", 256), long("b", 255), long("c", 20)].join(),
      [long("a", 256), long("b", 255)].join(),
    ],
  ])("%j is passed on", (tracestate, state) => {
    expect(read(VALID, tracestate)).toEqual({ traceId: ID, flags: "01", state });
  });

  test.each([
    ["nothing", ""],
    ["commas alone", ",,,"],
    ["no value", "a="],
    ["no key", "=1"],
    ["no equals sign", "a"],
    ["two equals signs", "a=1=2"],
    ["a capital in a key", "A=1"],
    ["a key that begins with a sign", "_a=1"],
    ["a key twice", "a=1,a=2"],
    ["letters of another alphabet", "a=\u00e9"],
    ["a tab in a value", "a=1\t2"],
    ["a key of 257 characters", `${"k".repeat(257)}=1`],
    ["a value of 257 characters", `a=${"v".repeat(257)}`],
    ["33 members", Array.from({ length: 33 }, (_, index) => `k${index}=1`).join()],
    ["one wrong member", "a=1,b"],
  ])("of %s is not, and the trace is", (_, tracestate) => {
    expect(read(VALID, tracestate)).toEqual({ traceId: ID, flags: "01" });
  });

  test("of 32 members is passed on", () => {
    const tracestate = Array.from({ length: 32 }, (_, index) => `k${index}=1`).join();
    expect(read(VALID, tracestate).state).toBe(tracestate);
  });

  test("without a traceparent is not passed on", () => {
    expect(traceOf(new Headers({ tracestate: "a=1" })).state).toBeUndefined();
  });
});

test("each call has a parent of its own in the request's trace", () => {
  const trace = read(VALID, "a=1");
  const calls = Array.from({ length: 100 }, () => traceHeaders(trace));
  const parents = calls.map(({ traceparent }) => {
    const [, parent] = new RegExp(`^00-${ID}-([0-9a-f]{16})-01$`).exec(traceparent!)!;
    return parent;
  });
  expect(new Set(parents).size).toBe(100);
  expect(parents).not.toContain(PARENT);
  for (const { tracestate } of calls) expect(tracestate).toBe("a=1");
  expect(traceHeaders(read(VALID))).not.toHaveProperty("tracestate");
});

/** What a header can hold. */
const value = fc
  .string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) })
  .map((text) => text.trim());

const near = fc
  .tuple(fc.constantFrom(VALID, "a=1,b=2"), fc.nat(60), value, fc.nat(3))
  .map(([text, place, more, cut]) => text.slice(0, place) + more + text.slice(place + cut));

test("whatever is sent, what is passed on has the form of the two headers", () => {
  const anything = fc.oneof(value, near, fc.constant(VALID));
  fc.assert(
    fc.property(anything, anything, (traceparent, tracestate) => {
      const headers = traceHeaders(read(traceparent, tracestate));
      expect(headers["traceparent"]).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/);
      expect(headers["tracestate"] ?? "a=1").toMatch(
        /^[a-z0-9][\w\-*/@]*=[\x20-\x7e]+(,[a-z0-9][\w\-*/@]*=[\x20-\x7e]+)*$/,
      );
      expect((headers["tracestate"] ?? "").length).toBeLessThanOrEqual(512);
    }),
    { numRuns: 5_000, seed: 10 },
  );
});
