import { expect, test, vi } from "vitest";
import { loadCrossEncoder } from "../../engine/index.ts";
import { parseManifest } from "../../engine/manifest.ts";
import { engineBytes } from "../../worker/engine-bytes.ts";
import { defaultModel, engineModule } from "../fixtures/engine.ts";
import { syntheticModel } from "../fixtures/synthetic-model.ts";

const SHAPE = { name: "s", numHeads: 4, vocabSize: 5_000, maxSeqLength: 512, seed: 1 };

test.each([
  ["the default model", defaultModel()],
  [
    "a narrow one",
    syntheticModel({ ...SHAPE, hiddenSize: 128, numLayers: 2, intermediateSize: 512, labels: 1 }),
  ],
  [
    "a wide one",
    syntheticModel({ ...SHAPE, hiddenSize: 768, numLayers: 1, intermediateSize: 3_072, labels: 2 }),
  ],
  [
    "a token classifier",
    syntheticModel({
      ...SHAPE,
      kind: "token-classification",
      hiddenSize: 256,
      numLayers: 2,
      intermediateSize: 1_024,
      labels: 40,
    }),
  ],
])("%s takes no more memory than is reckoned with, and not much less", async (_, model) => {
  const manifest = parseManifest(model.manifest);
  const instances = vi.spyOn(WebAssembly, "Instance");
  await loadCrossEncoder(engineModule, model);
  const { exports } = instances.mock.results[0]!.value as WebAssembly.Instance;
  instances.mockRestore();
  const memory = (exports["memory"] as WebAssembly.Memory).buffer.byteLength;
  const reckoned = engineBytes({ ...manifest, tokenizer: { ...manifest.tokenizer, bytes: 0 } });
  expect(memory).toBeLessThanOrEqual(reckoned + 65_536);
  expect(memory).toBeGreaterThan(0.85 * reckoned);
});
