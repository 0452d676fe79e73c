import { expect, test } from "vitest";
import type { Head } from "../../engine/index.ts";
import { infinityModels, openAiModels } from "../../worker/protocols/openai-models.ts";

const RERANKER: Head = { kind: "sequence-classification", labels: ["LABEL_0"] };
const TAGGER: Head = { kind: "token-classification", labels: ["O"] };
const CREATED = 1_700_000_000;

test("each model is listed under its name and its aliases, each once", () => {
  const { object, data } = openAiModels(
    [
      { name: "x/mini", aliases: ["rerank-v3.5", "x/mini", "jina"] },
      { name: "large", aliases: [] },
    ],
    CREATED,
  );
  expect(object).toBe("list");
  expect(data.map(({ id }) => id)).toEqual(["x/mini", "rerank-v3.5", "jina", "large"]);
  expect(data[1]).toEqual({
    id: "rerank-v3.5",
    object: "model",
    created: CREATED,
    owned_by: "x",
  });
  expect(data[3]).toMatchObject({ id: "large", owned_by: "rerank" });
});

test("Infinity's list has statistics and what each model can do", () => {
  const { data } = infinityModels(
    [
      { name: "x/mini", aliases: [], head: RERANKER, backend: "wasm" },
      { name: "x/tagger", aliases: [], head: TAGGER, backend: "wasm" },
      { name: "large", aliases: [], head: null, backend: "upstream" },
    ],
    CREATED,
    8,
  );
  expect(data[0]).toEqual({
    id: "x/mini",
    stats: { queue_fraction: 0.25, queue_absolute: 8, results_pending: 8, batch_size: 1_000 },
    object: "model",
    owned_by: "infinity",
    created: CREATED,
    backend: "wasm",
    capabilities: ["rerank"],
  });
  expect(data[1]).toMatchObject({ backend: "wasm", capabilities: ["classify"] });
  expect(data[2]).toMatchObject({ backend: "upstream", capabilities: [] });
});
