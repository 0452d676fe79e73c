/**
 * One measurement in a process of its own: reads a {@link Job} as JSON from stdin, writes an {@link Outcome} to stdout.
 *
 * Times are CPU times of the whole process, all its threads: where one thread computes, as in every subject here, that is the
 * wall time of an idle machine, and much less at the mercy of a busy one.
 */
import { readFileSync } from "node:fs";
import type { Peers } from "./peers/prepare.ts";

/** What can be measured; each is a file of `subjects/`. */
export type SubjectName =
  | "ours"
  | "onnxruntime-web"
  | "onnxruntime-node"
  | "transformers-js-web"
  | "transformers-js-node";

/** Token ids of a pair, as every peer takes them. */
export interface TokenPair {
  inputIds: number[];
  tokenTypeIds: number[];
}

/** What is scored: ready token ids, or texts to be tokenized first, in groups of at most `groupSize` if the subject pads. */
export type Input =
  | { kind: "tokens"; pairs: TokenPair[] }
  | { kind: "texts"; query: string; documents: string[]; groupSize: number };

/** A loaded model. */
export interface Subject {
  /** Readies what is not part of scoring, such as copies of token ids. The function it gives scores once: logits in the input's order. */
  prepare(input: Input): () => Promise<ArrayLike<number>>;
}

export interface Job {
  subject: SubjectName;
  peers: Peers;
  /** Absent: the model is loaded, and that is all. */
  scoring?: { input: Input; warmUps: number; iterations: number };
}

export interface Outcome {
  /** From an imported runtime to a model ready to score; wall time. */
  loadMs: number;
  /** Of one scoring, the mean over the iterations; NaN (null in JSON) if there was none. */
  cpuMs: number;
  logits: number[];
}

const job = JSON.parse(readFileSync(0, "utf8")) as Job;
const { start } = (await import(`./subjects/${job.subject}.ts`)) as {
  start: (peers: Peers) => Promise<Subject>;
};
const loadStart = performance.now();
const subject = await start(job.peers);
const outcome: Outcome = { loadMs: performance.now() - loadStart, cpuMs: NaN, logits: [] };
if (job.scoring) {
  const { input, warmUps, iterations } = job.scoring;
  const score = subject.prepare(input);
  for (let i = 0; i < warmUps; i++) await score();
  const before = process.cpuUsage();
  for (let i = 0; i < iterations; i++) outcome.logits = Array.from(await score());
  const { user, system } = process.cpuUsage(before);
  outcome.cpuMs = (user + system) / 1000 / iterations;
}
process.stdout.write(JSON.stringify(outcome), () => process.exit(0));
