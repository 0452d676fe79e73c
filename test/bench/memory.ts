/** Resident memory of workerd with our Worker in it. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { syntheticModel } from "../fixtures/synthetic-model.ts";
import { bundle, stageProject, type WorkerName } from "./bundle.ts";
import { PEERS_FOLDER } from "./paths.ts";
import type { Peers } from "./peers/prepare.ts";
import type { Measure, Section } from "./report.ts";
import { readSlice } from "./squad-slice.ts";
import { spreadOf } from "./statistics.ts";
import { compileWorker, startWorker, type ResidentMemory } from "./workerd.ts";

/** The most that may be added, MB. */
const MAX_ADDED_MB = { "L-6": 64, "L-12": 100 };

type Shape = keyof typeof MAX_ADDED_MB;

/** Requests of a Worker before its memory is read: the first loads the model, the last has 512 tokens in every document. */
const REQUESTS = 4;

export async function measureMemory(
  { packedModel }: Peers,
  rounds: number,
  print: (line: string) => void,
): Promise<Section> {
  const models: Record<Shape, string> = { "L-6": packedModel, "L-12": await writeDeepModel() };
  const documents = (await readSlice())[0]!.documents.slice(0, 10);
  const measures: Measure[] = [];
  const rows: string[][] = [];
  for (const [shape, model] of Object.entries(models) as [Shape, string][]) {
    const project = await stageProject(shape, model);
    const memoryOf = async (worker: WorkerName): Promise<ResidentMemory> => {
      const program = await compileWorker(await bundle(project, worker));
      const runs: ResidentMemory[] = [];
      for (let round = 0; round < rounds; round++) {
        runs.push(await residentMemory(program, worker === "service" ? documents : []));
      }
      const median = (field: keyof ResidentMemory): number =>
        spreadOf(runs.map((each) => each[field])).median;
      return { nowMb: median("nowMb"), peakMb: median("peakMb"), programMb: median("programMb") };
    };
    const empty = await memoryOf("empty");
    const service = await memoryOf("service");
    const addedMb = service.nowMb - empty.nowMb;
    const limitMb = MAX_ADDED_MB[shape];
    measures.push({
      what: `resident memory that the Worker adds, ${shape}`,
      ours: `${addedMb.toFixed(0)} MB`,
      target: { text: `at most ${limitMb} MB`, met: addedMb <= limitMb },
    });
    for (const [worker, memory] of Object.entries({ empty, service })) {
      const { nowMb, programMb, peakMb } = memory;
      rows.push([shape, worker, ...[nowMb, programMb, peakMb].map((mb) => mb.toFixed(0))]);
    }
    print(`${shape}: empty ${format(empty)}, service ${format(service)}`);
  }
  return {
    title: "Memory",
    notes: [
      "Resident memory (VmRSS) of a workerd of its own, MB of 10^6 bytes, median over the rounds, after four rankings of ten documents. " +
        "*empty* is a Worker of one line. What ours adds is the engine's memory, the JavaScript heap with its code, and pages of workerd's own program that come into use (RssFile), such as V8's compilers. " +
        "The model's files are static assets: workerd reads them from the disk a piece at a time.",
      "L-12 is a model of that shape with made-up weights.",
    ],
    measures,
    table: {
      head: ["model", "Worker", "resident, MB", "of it workerd's program, MB", "at its peak, MB"],
      rows,
    },
  };
}

/** @param documents - Ranked before memory is read; none: the Worker only answers. */
async function residentMemory(program: string, documents: string[]): Promise<ResidentMemory> {
  const worker = await startWorker(program);
  try {
    for (let i = 1; i <= REQUESTS; i++) {
      const longer = i === REQUESTS ? documents.map((text) => text.repeat(10)) : documents;
      if (documents.length === 0) await (await fetch(worker.url)).text();
      else await worker.post("/v1/rerank", { query: "What is it about?", documents: longer });
    }
    return await worker.memory();
  } finally {
    await worker.stop();
  }
}

/** A packed model as deep as MiniLM-L12. */
async function writeDeepModel(): Promise<string> {
  const folder = join(PEERS_FOLDER, "model-l12");
  const { manifest, weights, tokenizer } = syntheticModel({
    name: "MiniLM-L12-shape",
    hiddenSize: 384,
    numLayers: 12,
    numHeads: 12,
    intermediateSize: 1536,
    vocabSize: 30_522,
    maxSeqLength: 512,
    labels: 1,
    seed: 12,
  });
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "model.json"), JSON.stringify(manifest));
  await writeFile(join(folder, "weights.safetensors"), weights);
  await writeFile(join(folder, "tokenizer.json"), tokenizer);
  return folder;
}

function format({ nowMb, peakMb }: ResidentMemory): string {
  return `${nowMb.toFixed(0)} MB (peak ${peakMb.toFixed(0)})`;
}
