import { describe, expect, test } from "vitest";
import type { CrossEncoder } from "../../engine/index.ts";
import { sigmoid } from "../../engine/scores.ts";
import type { AzureMlPipelineParameters, AzureMlRequest, AzureMlScore } from "../../sdk/index.ts";
import type { Transports } from "./sdk-transports.ts";

const PAIR = ["a b w1", "w2 w3 c"] as const;
const TEXTS = ["w1 a", "w9", "", "\ud800 é 火"];

/** @param encoder - The first of the served models, which has one label. @param classifier - Name of one that has three. */
export function scoreContract(
  { agreed }: Transports,
  encoder: CrossEncoder,
  classifier: string,
): void {
  const rowsOf = async (request: AzureMlRequest, model?: string): Promise<unknown[]> => {
    const outcome = await agreed({ method: "score", request, ...(model && { model }) });
    expect(outcome).toMatchObject({ status: 200, hasId: true });
    return outcome.data as unknown[];
  };
  const [logit] = encoder.score([PAIR]);
  const row = { "0": "LABEL_0", score: sigmoid(logit!) };

  describe("a pair has the engine's score in every generation", () => {
    const [query, document] = PAIR;
    const withScores = { return_scores: true };
    test.each<[string, AzureMlRequest, unknown]>([
      ["A", { inputs: { q: [query], d: [document] }, parameters: withScores }, row],
      ["B", { input_data: { q: [query], d: [document] }, params: withScores }, row],
      [
        "B, a split frame",
        { input_data: { columns: ["q", "d"], data: [[query, document]] }, params: withScores },
        row,
      ],
      [
        "C",
        { input_data: [{ text: query, text_pair: document }] },
        { label: "LABEL_0", score: row.score },
      ],
      [
        "C, the logit",
        {
          input_data: [{ text: query, text_pair: document }],
          params: { function_to_apply: "none" },
        },
        { label: "LABEL_0", score: logit },
      ],
    ])("%s", async (_, request, expected) => {
      expect(await rowsOf(request)).toEqual([expected]);
    });
  });

  describe("a classifier's labels are those of generation C's best", () => {
    test.each<[string, AzureMlRequest]>([
      ["A", { inputs: { input_string: TEXTS } }],
      ["B", { input_data: { input_string: TEXTS } }],
      ["B, a split frame", { input_data: { columns: ["x"], data: TEXTS.map((text) => [text]) } }],
    ])("%s", async (_, request) => {
      const best = (await rowsOf({ input_data: TEXTS }, classifier)) as AzureMlScore[];
      expect(await rowsOf(request, classifier)).toEqual(best.map(({ label }) => ({ "0": label })));
    });
  });

  test("parameters of generation C choose labels and scores", async () => {
    const lists = async (params: AzureMlPipelineParameters): Promise<AzureMlScore[][]> =>
      (await rowsOf({ input_data: TEXTS, params }, classifier)) as AzureMlScore[][];
    const all = await lists({ top_k: null });
    expect(all.map((each) => each.length)).toEqual(TEXTS.map(() => 3));
    expect(await lists({ top_k: 2 })).toEqual(all.map((each) => each.slice(0, 2)));
    const inOrder = await lists({ return_all_scores: true });
    expect(inOrder[0]!.map(({ label }) => label)).toEqual(["no", "maybe", "yes"]);
    const summed = all[0]!.reduce((sum, { score }) => sum + score, 0);
    expect(summed).toBeCloseTo(1, 6);
    expect(await lists({ top_k: 1, function_to_apply: "sigmoid" })).not.toEqual(
      await lists({ top_k: 1 }),
    );
  });
}
