import fc from "fast-check";
import { expect, test } from "vitest";
import {
  runWindow,
  type RunPosition,
  type WindowLimits,
} from "../../../worker/jobs/input/trec-window.ts";

type Line = readonly [queryId: string, documentId: string];

const LINES = fc.array(fc.tuple(fc.constantFrom(..."abcdef"), fc.constantFrom(..."0123456789")), {
  minLength: 1,
  maxLength: 60,
});

const LIMITS = fc.record({
  documents: fc.integer({ min: 1, max: 12 }),
  lines: fc.integer({ min: 1, max: 60 }),
  textBytes: fc.integer({ min: 1, max: 60 }),
});

/** Lines of each window, with how much it held at the end. Each text is as long as its id's place in the alphabet. */
function windowsOf(run: readonly Line[], limits: WindowLimits) {
  const numbers = new Map(
    [...new Set(run.map(([queryId]) => queryId))].map((id, index) => [id, index]),
  );
  const windows: { lines: Line[]; documents: number; textBytes: number }[] = [];
  let start: RunPosition | null = { query: 0, line: 0 };
  while (start !== null) {
    const window = runWindow(start, limits);
    for (const [queryId, documentId] of run) {
      window.addLine({ queryId, documentId }, numbers.get(queryId)!);
    }
    for (const texts of [window.queries, window.documents]) {
      for (const id of "abcdef0123456789") {
        const wanted = texts.get(id);
        if (wanted) window.setText(wanted, new Uint8Array(id.charCodeAt(0) % 16));
      }
    }
    const held = [...window.queries.values(), ...window.documents.values()];
    windows.push({
      lines: [...window.lines()].map(({ query, document }) => {
        // What a window has, it has the text of.
        expect(query.text).not.toBeNull();
        expect(document.text).not.toBeNull();
        return [query.id, document.id];
      }),
      documents: window.documents.size,
      textBytes: held.reduce((sum, { text }) => sum + (text?.length ?? 0), 0),
    });
    start = window.end();
  }
  return windows;
}

test("windows one after the other have each line once, by query", () => {
  fc.assert(
    fc.property(LINES, LIMITS, (run, limits) => {
      const grouped = [...Map.groupBy(run, ([queryId]) => queryId).values()].flat();
      expect(windowsOf(run, limits).flatMap(({ lines }) => lines)).toEqual(grouped);
    }),
    { numRuns: 500, seed: 1 },
  );
});

test("a window of more than one line is within its limits", () => {
  fc.assert(
    fc.property(LINES, LIMITS, (run, limits) => {
      for (const { lines, documents, textBytes } of windowsOf(run, limits)) {
        expect(lines.length).toBeGreaterThan(0);
        if (lines.length === 1) continue;
        expect(documents).toBeLessThanOrEqual(limits.documents);
        expect(lines.length).toBeLessThanOrEqual(limits.lines);
        expect(textBytes).toBeLessThanOrEqual(limits.textBytes);
      }
    }),
    { numRuns: 500, seed: 2 },
  );
});

test("as many lines as fit are in one window", () => {
  const run: Line[] = Array.from({ length: 20 }, (_, index) => [
    "abcd"[index >> 3]!,
    String(index % 10),
  ]);
  expect(windowsOf(run, { documents: 10, lines: 20, textBytes: 1_000 })).toHaveLength(1);
  expect(windowsOf(run, { documents: 10, lines: 8, textBytes: 1_000 })).toHaveLength(3);
});
