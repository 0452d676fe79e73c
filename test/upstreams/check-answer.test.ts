import { describe, expect, test } from "vitest";
import { checkAnswer, compareLogits, type RerankAnswer } from "./check-answer.ts";
import type { RerankRequest } from "./requests.ts";

const REQUEST: RerankRequest = { query: "q", documents: ["a", "b", "c"], raw_scores: true };

function answer(results: object[], headers: Partial<RerankAnswer> = {}): RerankAnswer {
  const body = { results };
  return { status: 200, servedBy: "backend", reason: "forced", body, latencyMs: 1, ...headers };
}

const result = (index: number, relevance_score: number | null) => ({ index, relevance_score });
const WHOLE = [result(2, 3), result(0, 1), result(1, -2)];

describe("check of an answer", () => {
  test("gives the logits in the order of the documents", () => {
    expect(checkAnswer("backend", REQUEST, answer(WHOLE))).toEqual({
      ok: true,
      logits: [1, -2, 3],
    });
  });

  test("makes logits of scores where scores were asked for", () => {
    const request = { ...REQUEST, documents: ["a", "b"], raw_scores: false };
    const check = checkAnswer("backend", request, answer([result(1, 0.5), result(0, 0.25)]));
    expect(check).toEqual({ ok: true, logits: [expect.closeTo(Math.log(1 / 3), 12), 0] });
  });

  test.each([
    ["a document is lost", WHOLE.slice(1), "backend: 2 results of 3 documents"],
    ["one comes twice", [WHOLE[0]!, WHOLE[0]!, WHOLE[2]!], "backend: index 2 twice"],
    ["one was never sent", [result(3, 3), ...WHOLE.slice(1)], "backend: index 3"],
    [
      "a score is no number",
      [result(2, null), ...WHOLE.slice(1)],
      "backend: score null of index 2",
    ],
    ["the order is not the scores'", WHOLE.toReversed(), "backend: score 1 of index 0 after -2"],
  ])("says that %s", (_, results, problem) => {
    expect(checkAnswer("backend", REQUEST, answer(results))).toEqual({ ok: false, problem });
  });

  test("says that a score lies outside its scale", () => {
    const request = { ...REQUEST, raw_scores: false };
    const problem = "backend: score 3 of index 2";
    expect(checkAnswer("backend", request, answer(WHOLE))).toEqual({ ok: false, problem });
  });

  test("says that the other one served it, and why", () => {
    const problem = "backend: served by edge, since circuit-open";
    const fallback = answer(WHOLE, { servedBy: "edge", reason: "circuit-open" });
    expect(checkAnswer("backend", REQUEST, fallback)).toEqual({ ok: false, problem });
  });

  test("says what status another answer has", () => {
    const refusal = { ...answer([]), status: 503, body: { code: "overloaded" } };
    const problem = 'backend: status 503, {"code":"overloaded"}';
    expect(checkAnswer("backend", REQUEST, refusal)).toEqual({ ok: false, problem });
  });
});

describe("comparison of two answers", () => {
  test("agrees where nothing but rounding differs", () => {
    const { tau, logitDifference, problems } = compareLogits([1, 2, 2.002], [1.003, 2.004, 2]);
    expect({ tau, problems }).toEqual({ tau: 1, problems: [] });
    expect(logitDifference).toBeCloseTo(0.004, 12);
  });

  test("says that the order or the logits differ", () => {
    expect(compareLogits([1, 1.015, 5], [1.015, 1, 5]).problems).toEqual(["Kendall's tau 0.3333"]);
    expect(compareLogits([1, 2, 3], [1, 2, 3.1]).problems).toEqual(["logits differ by 0.1000"]);
  });
});
