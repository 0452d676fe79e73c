/** How long scoring takes, ours beside each peer's. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PairTokenizer } from "../../engine/index.ts";
import { speedCases } from "./cases.ts";
import type { Peers } from "./peers/prepare.ts";
import { formatMs, type Measure, type Section } from "./report.ts";
import { run } from "./run.ts";
import { readSlice } from "./squad-slice.ts";
import { compare } from "./statistics.ts";
import type { Job, Outcome, SubjectName } from "./subject.ts";

/** Names of the subjects in the report. */
export const SUBJECT_NAMES: Record<SubjectName, string> = {
  ours: "this engine",
  "onnxruntime-web": "onnxruntime-web q8",
  "onnxruntime-node": "native onnxruntime q8",
  "transformers-js-web": "transformers.js q8 on onnxruntime-web",
  "transformers-js-node": "transformers.js q8 on native onnxruntime",
};

/** One measurement in a fresh process. */
export async function measure(job: Job): Promise<Outcome> {
  const program = join(import.meta.dirname, "subject.ts");
  const outcome = JSON.parse(
    await run(process.execPath, [program], { input: JSON.stringify(job) }),
  ) as Outcome;
  if (outcome.logits.some((logit) => typeof logit !== "number")) {
    throw new Error(`${job.subject} gave a logit that is no number`);
  }
  return outcome;
}

export async function measureSpeed(
  peers: Peers,
  rounds: number,
  print: (line: string) => void,
): Promise<Section> {
  const tokenizerJson = await readFile(join(peers.packedModel, "tokenizer.json"), "utf8");
  const cases = speedCases(await readSlice(), new PairTokenizer(tokenizerJson, 512));
  const measures: Measure[] = [];
  let furthest = 0;
  for (const { name, input, warmUps, iterations, peers: opponents } of cases) {
    for (const { subject, target } of opponents) {
      const scoring = { input, warmUps, iterations };
      const logits = new Map<SubjectName, number[]>();
      const timeOf = async (of: SubjectName): Promise<number> => {
        const outcome = await measure({ subject: of, peers, scoring });
        logits.set(of, outcome.logits);
        return outcome.cpuMs;
      };
      const { ours, theirs, ratio } = await compare(
        rounds,
        () => timeOf("ours"),
        () => timeOf(subject),
      );
      furthest = Math.max(furthest, distance(logits.get("ours")!, logits.get(subject)!));
      measures.push({
        what: name,
        ours: formatMs(ours),
        peer: SUBJECT_NAMES[subject],
        theirs: formatMs(theirs),
        ratio,
        ...(target !== undefined && {
          target: { text: `at least ${target.toFixed(2)}`, met: ratio.median >= target },
        }),
      });
      print(
        `${name}, ${subject}: ${ratio.median.toFixed(2)} (${formatMs(ours)} against ${formatMs(theirs)})`,
      );
    }
  }
  return {
    title: "Speed",
    notes: [
      "CPU milliseconds of one scoring, median [least to greatest] over the rounds; every thread of the process counts, so no peer gains by using several. " +
        "Each measurement is a fresh Node process that loads the model, scores the input a few times to warm up (1 to 20 scorings, fixed a line), then a fixed number of times on the clock. " +
        `Logits are read back; those of a peer's q8 differ from ours by at most ${furthest.toFixed(2)}.`,
      "Lines in tokens start from token ids. Lines of real lengths start from texts, tokenizing included: BM25 candidates of a SQuAD question. " +
        "transformers.js gets them as its tokenizer makes them, padded to the longest of the batch (of 32 pairs); 100 pairs are four such batches.",
      "transformers.js runs on native onnxruntime in Node and on onnxruntime-web everywhere else; both are given, both with one thread. Its native line needs what a Worker does not have.",
    ],
    measures,
  };
}

function distance(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) throw new Error(`${b.length} logits where ${a.length} were expected`);
  return Math.max(...a.map((logit, index) => Math.abs(logit - b[index]!)));
}
