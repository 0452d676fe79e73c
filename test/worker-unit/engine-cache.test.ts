import * as fc from "fast-check";
import { expect, test } from "vitest";
import { EngineCache } from "../../worker/engine-cache.ts";

function filled(maxBytes: number, entries: Readonly<Record<string, number>>): EngineCache<string> {
  const cache = new EngineCache<string>(maxBytes);
  for (const [name, bytes] of Object.entries(entries)) cache.set(name, `engine ${name}`, bytes);
  return cache;
}

test("what fits together is kept together", () => {
  const cache = filled(88, { a: 30, b: 30, c: 28 });
  expect(cache.names).toEqual(["a", "b", "c"]);
  expect(cache.get("b")).toBe("engine b");
  expect(cache.get("d")).toBeUndefined();
});

test("room is made before anything is loaded, of the least recently used", () => {
  const cache = filled(88, { a: 30, b: 30, c: 28 });
  cache.get("a");
  expect(cache.makeRoom(29)).toEqual(["engine b"]);
  expect(cache.names).toEqual(["c", "a"]);
  expect(cache.bytes).toBe(58);
});

test("as many are let go of as are in the way, and no more", () => {
  const cache = filled(88, { a: 30, b: 30, c: 28 });
  expect(cache.makeRoom(45)).toEqual(["engine a", "engine b"]);
  expect(cache.names).toEqual(["c"]);
  expect(cache.makeRoom(88)).toEqual(["engine c"]);
  expect(cache.names).toEqual([]);
});

test("what would not fit alone is refused, and costs nobody its place", () => {
  const cache = filled(88, { a: 30, b: 30 });
  expect(cache.makeRoom(89)).toBeNull();
  expect(cache.names).toEqual(["a", "b"]);
});

test("a value takes the place of the one of its name, whose bytes no longer count", () => {
  const cache = filled(88, { a: 60, b: 20 });
  cache.set("a", "another", 50);
  expect(cache.get("a")).toBe("another");
  expect(cache.bytes).toBe(70);
});

test("a value that came out larger than thought is kept alone, so that it is not loaded again and again", () => {
  const cache = filled(88, { a: 60 });
  expect(cache.makeRoom(20)).toEqual([]);
  cache.set("b", "large", 90);
  expect(cache.names).toEqual(["b"]);
});

test("whatever is loaded in whatever order stays within the budget, and the last one used is never let go of", () => {
  const uses = fc.array(fc.record({ name: fc.integer({ min: 0, max: 9 }), bytes: fc.nat(60) }));
  fc.assert(
    fc.property(uses, (steps) => {
      const cache = new EngineCache<number>(100);
      for (const { name, bytes } of steps) {
        if (cache.get(String(name)) === undefined) {
          cache.makeRoom(bytes);
          expect(cache.bytes + bytes).toBeLessThanOrEqual(100);
          cache.set(String(name), name, bytes);
        }
        expect(cache.names.at(-1)).toBe(String(name));
      }
    }),
    { seed: 7 },
  );
});
