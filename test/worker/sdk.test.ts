/** The contract of the SDK: over every transport a call comes to the same, to the last byte of each score. */
import { describe } from "vitest";
import { loadCrossEncoder } from "../../engine/index.ts";
import { defaultModel, engineModule } from "../fixtures/engine.ts";
import { syntheticModel, type SyntheticShape } from "../fixtures/synthetic-model.ts";
import { differencesContract } from "./sdk-differences.contract.ts";
import { failuresContract } from "./sdk-failures.contract.ts";
import { rerankContract } from "./sdk-rerank.contract.ts";
import { scoreContract } from "./sdk-score.contract.ts";
import { useTransports } from "./sdk-transports.ts";

const SHAPE: SyntheticShape = {
  name: "small",
  hiddenSize: 32,
  numLayers: 1,
  numHeads: 2,
  intermediateSize: 64,
  vocabSize: 500,
  maxSeqLength: 64,
  labels: 1,
  seed: 1,
};

const small = syntheticModel(SHAPE);
const classifier = syntheticModel({
  ...SHAPE,
  name: "classifier",
  labels: ["no", "maybe", "yes"],
});
const tagger = syntheticModel({
  ...SHAPE,
  name: "tagger",
  kind: "token-classification",
  labels: ["O", "B-X", "I-X"],
});
const REAL = "x/rerank-minilm-l6";

const transports = useTransports([small, classifier, tagger, defaultModel()]);
const encoder = await loadCrossEncoder(engineModule, small);

describe("rerank", () => rerankContract(transports, encoder, REAL));
describe("score", () => scoreContract(transports, encoder, "test/classifier"));
describe("failures", () => failuresContract(transports, REAL, "test/classifier"));
describe("differences", () => differencesContract(transports, "test/tagger"));
