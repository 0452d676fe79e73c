/**
 * Writes a packed ranker so small that a request of the most documents takes milliseconds, for fuzzing: its scores mean nothing.
 * `node test/openapi/write-small-model.ts FOLDER`
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { syntheticModel } from "../fixtures/synthetic-model.ts";

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: write-small-model.ts FOLDER");
const { manifest, weights, tokenizer } = syntheticModel({
  name: "small ranker",
  hiddenSize: 32,
  numLayers: 1,
  numHeads: 2,
  intermediateSize: 64,
  vocabSize: 500,
  maxSeqLength: 512,
  labels: 1,
  seed: 1,
});
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "model.json"), JSON.stringify(manifest));
writeFileSync(join(folder, "weights.safetensors"), weights);
writeFileSync(join(folder, "tokenizer.json"), tokenizer);
