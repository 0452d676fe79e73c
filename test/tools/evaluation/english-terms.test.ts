import { describe, expect, test } from "vitest";
import { Bm25 } from "../../../tools/evaluation/bm25.ts";
import { englishTerms } from "../../../tools/evaluation/english-terms.ts";
import { porterStem } from "../../../tools/evaluation/porter-stemmer.ts";
import { peers } from "./golden.ts";

describe("English terms", () => {
  test("are in lower case, without stop words and possessives, and stemmed", () => {
    expect(englishTerms("The patient's cells were NOT dividing into it.")).toEqual([
      "patient",
      "cell",
      "were",
      "divid",
    ]);
  });

  test("an apostrophe or full stop stays between letters, a comma or full stop between digits", () => {
    expect(englishTerms("O'Brien, U.S.A. 1,000 3.5% e.g.x")).toEqual([
      "o'brien",
      "u.s.a",
      "1,000",
      "3.5",
      "e.g.x",
    ]);
    expect(englishTerms("IL-6 and β-catenin")).toEqual(["il", "6", "β", "catenin"]);
  });

  test("find a text by another form of its words", () => {
    const index = new Bm25(["A dividing cell.", "A dividend."], { terms: englishTerms });
    expect(index.search("cells divided", 5).map(({ index: place }) => place)).toEqual([0]);
  });
});

describe(`Porter's stemmer beside NLTK ${peers.versions.nltk}`, () => {
  test("stems the vocabulary's words alike", () => {
    expect(peers.stems.length).toBeGreaterThan(100);
    expect(peers.stems.map(([word]) => [word, porterStem(word)])).toEqual(peers.stems);
  });

  test.each([
    ["at", "at"],
    ["caresses", "caress"],
    ["ponies", "poni"],
    ["hopping", "hop"],
    ["filing", "file"],
    ["relational", "relat"],
    ["adoption", "adopt"],
    ["controll", "control"],
    ["naïve", "naïve"],
    ["h2o", "h2o"],
  ])("%s becomes %s", (word, stem) => {
    expect(porterStem(word)).toBe(stem);
  });
});
