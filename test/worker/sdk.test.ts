/** The contract of the SDK: over every transport a call comes to the same, to the last byte of each score. */
import { describe } from "vitest";
import { loadCrossEncoder } from "../../engine/index.ts";
import { defaultModel, engineModule } from "../fixtures/engine.ts";
import { SMALL_SHAPE, syntheticModel } from "../fixtures/synthetic-model.ts";
import { differencesContract } from "./sdk-differences.contract.ts";
import { failuresContract } from "./sdk-failures.contract.ts";
import { rerankContract } from "./sdk-rerank.contract.ts";
import { scoreContract } from "./sdk-score.contract.ts";
import { useTransports } from "./sdk-transports.ts";

const small = syntheticModel(SMALL_SHAPE);
const classifier = syntheticModel({
  ...SMALL_SHAPE,
  name: "classifier",
  labels: ["no", "maybe", "yes"],
});
const tagger = syntheticModel({
  ...SMALL_SHAPE,
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
