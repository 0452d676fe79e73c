import { expect, test } from "vitest";
import { trecOrder } from "../../../tools/evaluation/trec-order.ts";

const order = (...documents: [docId: string, score: number][]): string[] =>
  trecOrder(documents.map(([docId, score]) => ({ docId, score }))).map(({ docId }) => docId);

test("documents stand by descending score", () => {
  expect(order(["a", -1], ["b", 3], ["c", 0.5])).toEqual(["b", "c", "a"]);
});

test("of equal scores the greater id comes first, as text and not as number", () => {
  expect(order(["10", 1], ["9", 1], ["100", 1])).toEqual(["9", "100", "10"]);
});

test("ids are compared byte by byte, not by UTF-16 units", () => {
  expect(order(["\ufb01", 1], ["\u{1f600}", 1])).toEqual(["\u{1f600}", "\ufb01"]);
});

test("scores that differ only beyond 32 bits are a tie", () => {
  expect(order(["a", 1 + 1e-9], ["b", 1])).toEqual(["b", "a"]);
  expect(order(["a", 1 + 1e-6], ["b", 1])).toEqual(["a", "b"]);
});

test("infinite scores have their place, and tie with one another", () => {
  expect(order(["a", -Infinity], ["b", 0], ["c", Infinity], ["d", Infinity])).toEqual([
    "d",
    "c",
    "b",
    "a",
  ]);
});
