/** `model.json`, the manifest of a packed model: its type and its validation. The tensors it asks for are in `packed-tensors.ts`. */
import { ModelError } from "./model-error.ts";

export const MANIFEST_FORMAT = "x-rerank-model";
export const MANIFEST_VERSION = 1;

/** Sizes of a BERT encoder; the ranges are what the engine is built for. */
export interface Architecture {
  /** Width of a token's vector: a multiple of 16, 16 to 1024. */
  hiddenSize: number;
  /** 1 to 48. */
  numLayers: number;
  /** Divides hiddenSize; hiddenSize / numHeads is a multiple of 8. */
  numHeads: number;
  /** Width of the feed-forward layer: a multiple of 16, 16 to 4096. */
  intermediateSize: number;
  /** 1 to 1,000,000. */
  vocabSize: number;
  /** Rows of the position table, so the longest sequence in tokens: 3, for two empty texts, to 512. */
  maxSeqLength: number;
  /** 2 to 16; only types 0 (query) and 1 (document) are used. */
  typeVocabSize: number;
  /** Added to the variance, over 0 and at most 0.001. */
  layerNormEps: number;
}

export interface FileRecord {
  /** Plain name of a file in the model's folder. */
  file: string;
  bytes: number;
  /** Lower-case hexadecimal SHA-256 of the file. */
  sha256: string;
}

/** What the model makes of a text; `labels[i]` names logit i: 1 to 1000 labels, non-empty and distinct. */
export interface Head {
  kind: (typeof HEAD_KINDS)[number];
  labels: string[];
}

/**
 * - `sequence-classification`: one label of several is right (softmax), or the only one is more or less so (sigmoid).
 * - `multi-label-classification`: each label is right or not by itself (sigmoid).
 * - `token-classification`: one label of several is right for each token (softmax); such a model has no pooler.
 */
const HEAD_KINDS = [
  "sequence-classification",
  "multi-label-classification",
  "token-classification",
] as const;

export interface ModelManifest {
  format: typeof MANIFEST_FORMAT;
  version: typeof MANIFEST_VERSION;
  /** `org/name` or `name`. */
  name: string;
  description?: string;
  architecture: Architecture;
  head: Head;
  weights: FileRecord;
  tokenizer: FileRecord;
  /** Where the weights came from, as far as it is known. */
  source?: { repository?: string; revision?: string; weightsSha256?: string };
}

/**
 * A checked manifest. Unknown fields are ignored and not copied.
 * @param value the parsed JSON of model.json
 * @throws ModelError `manifest_invalid` naming the field, or `unsupported_model` for a version or head this engine does not know
 */
export function parseManifest(value: unknown): ModelManifest {
  const root = object(value, "model.json");
  if (root["format"] !== MANIFEST_FORMAT)
    throw invalid("model.json: format", `must be "${MANIFEST_FORMAT}"`, root["format"]);
  if (root["version"] !== MANIFEST_VERSION) {
    throw new ModelError(
      "unsupported_model",
      `model.json has version ${show(root["version"])}; this engine reads version ${MANIFEST_VERSION}`,
    );
  }
  const manifest: ModelManifest = {
    format: MANIFEST_FORMAT,
    version: MANIFEST_VERSION,
    name: string(root["name"], "model.json: name", 200),
    architecture: parseArchitecture(root["architecture"]),
    head: parseHead(root["head"]),
    weights: parseFile(root["weights"], "model.json: weights"),
    tokenizer: parseFile(root["tokenizer"], "model.json: tokenizer"),
  };
  if (root["description"] !== undefined)
    manifest.description = string(root["description"], "model.json: description", 10_000);
  if (root["source"] !== undefined) {
    const source = object(root["source"], "model.json: source");
    manifest.source = {};
    for (const key of ["repository", "revision", "weightsSha256"] as const) {
      if (source[key] !== undefined)
        manifest.source[key] = string(source[key], `model.json: source.${key}`, 200);
    }
  }
  return manifest;
}

/**
 * Checked sizes.
 * @param nameOf how error texts name a field: the packer reads these sizes from other names
 * @throws ModelError `manifest_invalid` naming the field
 */
export function parseArchitecture(
  value: unknown,
  nameOf = (key: keyof Architecture): string => `model.json: architecture.${key}`,
): Architecture {
  const fields = object(value, "model.json: architecture");
  const size = (key: keyof Architecture, min: number, max: number, multiple = 1): number =>
    integer(fields[key], nameOf(key), min, max, multiple);
  const architecture: Architecture = {
    hiddenSize: size("hiddenSize", 16, 1024, 16),
    numLayers: size("numLayers", 1, 48),
    numHeads: size("numHeads", 1, 128),
    intermediateSize: size("intermediateSize", 16, 4096, 16),
    vocabSize: size("vocabSize", 1, 1_000_000),
    maxSeqLength: size("maxSeqLength", 3, 512),
    typeVocabSize: size("typeVocabSize", 2, 16),
    layerNormEps: fields["layerNormEps"] as number,
  };
  const { hiddenSize, numHeads, layerNormEps } = architecture;
  if (typeof layerNormEps !== "number" || !(layerNormEps > 0 && layerNormEps <= 1e-3))
    throw invalid(
      nameOf("layerNormEps"),
      "must be a number over 0 and at most 0.001",
      layerNormEps,
    );
  if (hiddenSize % (numHeads * 8) !== 0)
    throw invalid(
      nameOf("numHeads"),
      `must split hiddenSize ${hiddenSize} into heads whose size is a multiple of 8`,
      numHeads,
    );
  return architecture;
}

function parseHead(value: unknown): Head {
  const { kind: name, labels } = object(value, "model.json: head");
  const kind = HEAD_KINDS.find((known) => known === name);
  if (kind === undefined) {
    throw new ModelError(
      "unsupported_model",
      `model.json: head.kind is ${show(name)}; this engine runs ${HEAD_KINDS.map(show).join(", ")}`,
      "Use a cross-encoder, a text classifier or a token classifier.",
    );
  }
  if (!Array.isArray(labels) || labels.length < 1 || labels.length > 1000)
    throw invalid("model.json: head.labels", "must be a list of 1 to 1000 names", labels);
  const names = labels.map((label, index) =>
    string(label, `model.json: head.labels[${index}]`, 200),
  );
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    throw invalid("model.json: head.labels", "must be distinct", repeated);
  return { kind, labels: names };
}

function parseFile(value: unknown, field: string): FileRecord {
  const record = object(value, field);
  const file = string(record["file"], `${field}.file`, 200);
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(file))
    throw invalid(`${field}.file`, "must be the plain name of a file in the model's folder", file);
  const sha256 = record["sha256"];
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256))
    throw invalid(`${field}.sha256`, "must be 64 lower-case hexadecimal digits", sha256);
  return { file, bytes: integer(record["bytes"], `${field}.bytes`, 1, 2 ** 31 - 1), sha256 };
}

function object(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(field, "must be a JSON object", value);
  return value as Record<string, unknown>;
}

function string(value: unknown, field: string, maxLength: number): string {
  if (typeof value !== "string" || value.length < 1 || value.length > maxLength)
    throw invalid(field, `must be a text of 1 to ${maxLength} characters`, value);
  return value;
}

function integer(value: unknown, field: string, min: number, max: number, multiple = 1): number {
  if (
    !Number.isSafeInteger(value) ||
    (value as number) < min ||
    (value as number) > max ||
    (value as number) % multiple !== 0
  ) {
    throw invalid(
      field,
      `must be ${multiple > 1 ? `a multiple of ${multiple}` : "a whole number"} from ${min} to ${max}`,
      value,
    );
  }
  return value as number;
}

function invalid(field: string, rule: string, value: unknown): ModelError {
  const problem =
    value === undefined
      ? `${field} is missing; it ${rule}`
      : `${field} ${rule}, not ${show(value)}`;
  return new ModelError("manifest_invalid", problem);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
