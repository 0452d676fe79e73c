/**
 * The engine under V8's sampling profiler, in a process of its own: reads a {@link ProfileJob} as JSON from stdin, writes
 * microseconds of each {@link Stage} to stdout. The module is the one that is shipped: it carries no names, but its functions
 * are known by what it exports.
 */
import { readFileSync } from "node:fs";
import { Session, type Profiler } from "node:inspector/promises";
import { loadCrossEncoder } from "../../engine/index.ts";
import { compileEngine, readModelFiles } from "./engine-in-node.ts";
import { STAGES, type Stage } from "./stage-names.ts";

export interface ProfileJob {
  packedModel: string;
  query: string;
  documents: string[];
  warmUps: number;
  iterations: number;
}

/** Stages of the exported kernels; those inside `attend` count as attention, but for the softmax. */
const STAGE_OF_KERNEL: Record<string, Stage> = {
  embed_f32_i8: "embed",
  matmul_f32_i16_i8: "products",
  attend: "attention",
  interleave_keys_i16_f32: "attention",
  interleave_values_i16_f32: "attention",
  matmul_f32_i16_i16: "attention",
  softmax_i16_f32: "softmax",
  gelu_f32: "GELU",
  layer_norm_f32: "LayerNorm",
  quantize_i16_f32: "quantize",
};

const SAMPLE_US = 250;

const job = JSON.parse(readFileSync(0, "utf8")) as ProfileJob;
const module = await compileEngine();
const model = await loadCrossEncoder(module, await readModelFiles(job.packedModel));
const pairs = job.documents.map((document) => [job.query, document] as const);
for (let i = 0; i < job.warmUps; i++) model.score(pairs);

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.setSamplingInterval", { interval: SAMPLE_US });
await session.post("Profiler.start");
for (let i = 0; i < job.iterations; i++) model.score(pairs);
const { profile } = await session.post("Profiler.stop");
process.stdout.write(JSON.stringify(microsecondsOf(profile, kernelNames(module))), () =>
  process.exit(0),
);

/** An exported function's JavaScript name is its index in the module, which is all the profiler shows. */
function kernelNames(of: WebAssembly.Module): Map<string, string> {
  const { exports } = new WebAssembly.Instance(of);
  return new Map(
    Object.entries(exports)
      .filter(([, value]) => typeof value === "function")
      .map(([name, value]) => [`wasm-function[${(value as { name: string }).name}]`, name]),
  );
}

function microsecondsOf(
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  names: ReadonlyMap<string, string>,
): Record<Stage, number> {
  const stages = new Map<number, Stage | undefined>();
  const visit = (node: Profiler.ProfileNode, around: Stage | undefined): void => {
    const stage = stageOf(node.callFrame, names, around);
    stages.set(node.id, stage);
    for (const id of node.children ?? []) visit(byId.get(id)!, stage);
  };
  const byId = new Map(nodes.map((node) => [node.id, node]));
  visit(nodes[0]!, undefined);

  const sums = Object.fromEntries(STAGES.map((stage) => [stage, 0])) as Record<Stage, number>;
  for (const [index, id] of samples.entries()) {
    const stage = stages.get(id);
    const { functionName } = byId.get(id)!.callFrame;
    // The time before the first and after the last scoring is none of ours.
    if (functionName === "(idle)" || functionName === "(program)" || functionName === "post")
      continue;
    sums[stage ?? "other"] += timeDeltas[index] ?? 0;
  }
  return sums;
}

/** @param around - The stage of the caller. */
function stageOf(
  { functionName, url }: Profiler.ProfileNode["callFrame"],
  names: ReadonlyMap<string, string>,
  around: Stage | undefined,
): Stage | undefined {
  if (url.endsWith("/engine/tokenizer.ts")) return "tokenize";
  const kernel = names.get(functionName);
  const stage = kernel === undefined ? undefined : STAGE_OF_KERNEL[kernel];
  if (around === "tokenize") return around;
  if (around === "attention") return stage === "softmax" ? stage : around;
  return stage ?? around;
}
