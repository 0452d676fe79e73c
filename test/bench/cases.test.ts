import { expect, test } from "vitest";
import { PairTokenizer } from "../../engine/index.ts";
import { defaultTokenizerJson } from "../fixtures/engine.ts";
import { speedCases } from "./cases.ts";
import { readSlice } from "./squad-slice.ts";

test("the slice holds four questions with 32 candidates and one with 100, none twice", async () => {
  const slice = await readSlice();
  expect(slice.map(({ documents }) => documents.length)).toEqual([32, 32, 32, 32, 100]);
  for (const { documents } of slice) expect(new Set(documents).size).toBe(documents.length);
});

test("a case's pairs have the length its name says and the form that BERT was trained on", async () => {
  const cases = speedCases(await readSlice(), new PairTokenizer(defaultTokenizerJson, 512));
  const lengths = cases.flatMap(({ input }) =>
    input.kind === "tokens" ? [input.pairs.map(({ inputIds }) => inputIds.length)] : [],
  );
  expect(lengths).toEqual([Array(10).fill(128), [16], [64], [256], [512]]);
  for (const { input } of cases) {
    for (const { inputIds, tokenTypeIds } of input.kind === "tokens" ? input.pairs : []) {
      expect(inputIds[0]).toBe(101);
      expect(inputIds.filter((id) => id === 102)).toHaveLength(2);
      expect(inputIds.at(-1)).toBe(102);
      expect(tokenTypeIds).toHaveLength(inputIds.length);
      expect(tokenTypeIds[inputIds.indexOf(102)]).toBe(0);
      expect(tokenTypeIds[inputIds.indexOf(102) + 1]).toBe(1);
    }
  }
});
