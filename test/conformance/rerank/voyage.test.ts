import { expect, test } from "vitest";
import { voyage } from "../../../worker/protocols/voyage.ts";
import { CONTEXT, exchange, refusal, score, taskOf, TOKENS } from "./exchange.ts";

const BODY = { model: "rerank-2.5", query: "q", documents: ["a", "b"], top_k: 1 };

test("Voyage: the answer is a list object with data, model and usage", () => {
  expect(exchange(voyage, BODY)).toEqual({
    status: 200,
    body: {
      object: "list",
      data: [{ index: 1, relevance_score: score(2) }],
      model: CONTEXT.model,
      usage: { total_tokens: 2 * TOKENS },
    },
  });
});

test("Voyage: document is a bare string, only when asked for", () => {
  expect(exchange(voyage, { ...BODY, return_documents: true }).body).toHaveProperty(
    "data.0.document",
    "b",
  );
});

test("Voyage: truncation is true unless sent, and false refuses what does not fit", () => {
  expect(taskOf(voyage, BODY).request.fit.longDocuments).toBe("truncate");
  expect(taskOf(voyage, { ...BODY, truncation: false }).request.fit.longDocuments).toBe("refuse");
  const failure = { kind: "over_window", index: 0, tokens: 600, window: 512 } as const;
  expect(refusal(voyage, failure)).toEqual({
    status: 400,
    body: { detail: expect.stringContaining("600 tokens") as string },
  });
});

test("Voyage: an error is {detail}", () => {
  expect(exchange(voyage, { ...BODY, top_k: 0 })).toEqual({
    status: 400,
    body: { detail: "top_k must be at least 1." },
  });
});
