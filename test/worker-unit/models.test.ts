import { expect, test } from "vitest";
import type { Head } from "../../engine/index.ts";
import { infinityModels, openAiModels } from "../../worker/protocols/openai-models.ts";

const RERANKER: Head = { kind: "sequence-classification", labels: ["LABEL_0"] };
const LISTED = { name: "x/mini", aliases: " rerank-v3.5,, x/mini ,jina", created: 1_700_000_000 };

test("a model is listed under its name and each alias once", () => {
  const { object, data } = openAiModels(LISTED);
  expect(object).toBe("list");
  expect(data.map(({ id }) => id)).toEqual(["x/mini", "rerank-v3.5", "jina"]);
  expect(data[1]).toEqual({
    id: "rerank-v3.5",
    object: "model",
    created: 1_700_000_000,
    owned_by: "x",
  });
  expect(openAiModels({ ...LISTED, name: "mini", aliases: "" }).data).toMatchObject([
    { id: "mini", owned_by: "rerank" },
  ]);
});

test("Infinity's list has statistics and what the model can do", () => {
  expect(infinityModels({ ...LISTED, aliases: "" }, RERANKER, 8).data).toEqual([
    {
      id: "x/mini",
      stats: { queue_fraction: 0.25, queue_absolute: 8, results_pending: 8, batch_size: 1_000 },
      object: "model",
      owned_by: "infinity",
      created: 1_700_000_000,
      backend: "wasm",
      capabilities: ["rerank"],
    },
  ]);
  const tagger: Head = { kind: "token-classification", labels: ["O"] };
  expect(infinityModels(LISTED, tagger, 0).data[0]!.capabilities).toEqual(["classify"]);
});
