/** How long it takes from nothing to a model that scores. */
import { bundle, stageProject } from "./bundle.ts";
import { SHORT_REQUEST } from "./short-request.ts";
import type { Peers } from "./peers/prepare.ts";
import { formatMs, formatRatio, type Measure, type Section } from "./report.ts";
import { measure, SUBJECT_NAMES } from "./speed.ts";
import { compare, type Comparison } from "./statistics.ts";
import type { SubjectName } from "./subject.ts";
import { compileWorker, startWorker } from "./workerd.ts";

/** The peer's session creation is to take at least so many times our first ranking. */
const TARGET = 5;

export async function measureColdStart(
  peers: Peers,
  rounds: number,
  print: (line: string) => void,
): Promise<Section> {
  const program = await compileWorker(
    await bundle(await stageProject("default", peers.packedModel), "service"),
  );
  const loadMs = async (subject: SubjectName): Promise<number> =>
    (await measure({ subject, peers })).loadMs;

  const measures: Measure[] = [];
  const add = (
    what: string,
    peer: string,
    { ours, theirs, ratio }: Comparison,
    target?: number,
  ) => {
    measures.push({
      what,
      ours: formatMs(ours),
      peer,
      theirs: formatMs(theirs),
      ratio,
      ...(target !== undefined && {
        target: { text: `at least ${target.toFixed(2)}`, met: ratio.median >= target },
      }),
    });
    print(
      `${what}, ${peer}: ${formatRatio(ratio)} (${formatMs(ours)} against ${formatMs(theirs)})`,
    );
  };

  for (const subject of ["onnxruntime-web", "onnxruntime-node"] as const) {
    const comparison = await compare(
      rounds,
      () => loadMs("ours"),
      () => loadMs(subject),
    );
    add("model load in Node", `${SUBJECT_NAMES[subject]}, session creation`, comparison);
  }
  add(
    "first ranking of a fresh Worker, from its accepting connections",
    `${SUBJECT_NAMES["onnxruntime-web"]}, session creation`,
    await compare(
      rounds,
      async () => (await firstRanking(program)).rankingMs,
      () => loadMs("onnxruntime-web"),
    ),
    TARGET,
  );
  add(
    "first ranking of a fresh Worker, from starting workerd",
    `${SUBJECT_NAMES["onnxruntime-web"]} in Node, from starting node to session created`,
    await compare(
      rounds,
      async () => {
        const { startMs, rankingMs } = await firstRanking(program);
        return startMs + rankingMs;
      },
      async () => {
        const started = performance.now();
        await measure({ subject: "onnxruntime-web", peers });
        return performance.now() - started;
      },
    ),
  );
  return {
    title: "Cold start",
    notes: [
      "Wall milliseconds, median [least to greatest] over the rounds, each in a fresh process. " +
        "Our model load reads the files, checks their hashes, compiles the module, reorders the weights and readies the tokenizer; a peer's session creation has no tokenizer in it.",
      `A ranking is a POST of ${SHORT_REQUEST.documents.length} short documents to /v1/rerank of the production bundle in workerd, model load included. workerd evaluates the Worker's code before it accepts connections; the last line counts that too.`,
    ],
    measures,
  };
}

async function firstRanking(program: string): Promise<{ startMs: number; rankingMs: number }> {
  const worker = await startWorker(program);
  try {
    const start = performance.now();
    await worker.post("/v1/rerank", SHORT_REQUEST);
    return { startMs: worker.startMs, rankingMs: performance.now() - start };
  } finally {
    await worker.stop();
  }
}
