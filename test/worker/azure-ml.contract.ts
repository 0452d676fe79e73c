import { describe, expect, test } from "vitest";
import type { AzureMlScore } from "../../sdk/index.ts";
import { CAPITALS, type Service } from "./service.ts";

export function azureMlContract(service: Service): void {
  async function score(body: unknown): Promise<unknown> {
    const response = await service.post("/score", body);
    expect(response.status).toBe(200);
    return response.json();
  }

  const LABEL = { "0": "LABEL_0" };

  describe("generations A and B answer labels alone", () => {
    test("to the sample of the model's card", async () => {
      const input_string = ["Today was an amazing day!", "It was an unfortunate series of events."];
      const response = await service.post("/score", { input_data: { input_string } });
      expect(await response.text()).toBe('[{"0":"LABEL_0"},{"0":"LABEL_0"}]');
      expect(response.headers.get("x-rerank-served-by")).toBe("edge");
    });

    test.each([
      ["A", { inputs: { input_string: ["a", "b"] }, parameters: { max_length: 128 } }],
      [
        "B with parameters",
        { input_data: { input_string: ["a", "b"], parameters: { truncation: true } } },
      ],
      ["two columns", { input_data: { query: ["q", "q"], document: ["a", "b"] } }],
      ["a split frame", { input_data: { columns: ["x"], index: [0, 1], data: [["a"], ["b"]] } }],
      [
        "a split frame of pairs",
        {
          input_data: {
            columns: ["q", "d"],
            data: [
              ["q", "a"],
              ["q", "b"],
            ],
          },
        },
      ],
    ])("to %s", async (_, body) => {
      expect(await score(body)).toEqual([LABEL, LABEL]);
    });
  });

  describe("generation C answers label and score", () => {
    test("to pairs, with the scores that the rerank route gives", async () => {
      const { query, documents } = CAPITALS;
      const rows = (await score({
        input_data: documents.map((document) => ({ text: query, text_pair: document })),
      })) as AzureMlScore[];
      const response = await service.post("/v1/rerank", CAPITALS);
      const { results } = (await response.json()) as {
        results: { index: number; relevance_score: number }[];
      };
      const expected = results.toSorted((a, b) => a.index - b.index);
      expect(rows).toEqual(
        expected.map((result) => ({ label: "LABEL_0", score: result.relevance_score })),
      );
    });

    test("to texts, mixed with pairs, in the order of the request", async () => {
      const pair = { text: "q", text_pair: "d" };
      const mixed = (await score({
        input_data: ["alone", pair, { text: "alone" }],
        params: {},
      })) as AzureMlScore[];
      expect(mixed[0]).toEqual(mixed[2]);
      expect([mixed[1]]).toEqual(await score({ input_data: [pair] }));
    });
  });

  test("errors have the message alone", async () => {
    const response = await service.post("/score", { input_data: {} });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      message: "input_data must have one column of texts, or two of pairs.",
    });
  });
}
