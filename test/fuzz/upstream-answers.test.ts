/** What hostile or broken backends answer, as every protocol reads it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { azureMlUpstreams } from "../../worker/protocols/azure-ml.ts";
import { cohereUpstream } from "../../worker/protocols/cohere.ts";
import { infinityUpstream } from "../../worker/protocols/infinity.ts";
import { jinaUpstream } from "../../worker/protocols/jina.ts";
import { nimUpstream } from "../../worker/protocols/nim.ts";
import { rerankUpstream } from "../../worker/protocols/rerank.ts";
import { teiUpstream } from "../../worker/protocols/tei-rerank.ts";
import type { UpstreamProtocol } from "../../worker/protocols/upstream-protocol.ts";
import { vllmUpstream } from "../../worker/protocols/vllm.ts";
import { workersAiUpstream } from "../../worker/protocols/workers-ai.ts";
import { holdsForAll, TIMEOUT_MS } from "./cases.ts";
import { bodies, CANARY } from "./hostile-json.ts";

const RESULTS = {
  results: [
    { index: 1, relevance_score: 0.75, document: { text: "a" } },
    { index: 0, relevance_score: 0.25 },
  ],
  usage: { total_tokens: 12 },
};
const COHERE = { ...RESULTS, usage: undefined, meta: { tokens: { input_tokens: 12 } } };
const PLAIN = [
  { index: 1, score: 0.75 },
  { index: 0, score: 0.25 },
];
const AZURE = [
  [
    { label: "LABEL_0", score: 0.75 },
    { label: "LABEL_0", score: 0.25 },
  ],
  [{ "0": "LABEL_0", score: 0.75 }, [{ "0": "LABEL_0", score: 0.25 }]],
  JSON.stringify([
    { label: "a", score: 1 },
    { label: "a", score: 0 },
  ]),
];
const NIM = {
  rankings: [
    { index: 0, logit: -3 },
    { index: 1, logit: 2 },
  ],
  usage: { total_tokens: 3 },
};
const WORKERS_AI = {
  response: [
    { id: 0, score: 2 },
    { id: 1, score: -1 },
  ],
};

const PAIRS = 2;

test.each<[string, UpstreamProtocol, readonly unknown[], number]>([
  ["Azure ML", azureMlUpstreams.c, AZURE, 11],
  ["TEI", teiUpstream, [PLAIN], 12],
  ["Cohere", cohereUpstream, [COHERE], 13],
  ["Jina", jinaUpstream, [RESULTS], 14],
  ["Infinity", infinityUpstream, [RESULTS], 15],
  ["vLLM", vllmUpstream, [RESULTS], 16],
  ["this service", rerankUpstream, [RESULTS, COHERE], 17],
  ["NIM", nimUpstream, [NIM], 18],
  ["Workers AI", workersAiUpstream, [WORKERS_AI, { result: WORKERS_AI }], 19],
])(
  "%s: an answer gives each pair one finite logit, or is refused without a word of it",
  (_, protocol, right, seed) => {
    let accepted = 0;
    const headers = fc
      .constantFrom("12", "-1", "1e9", "9".repeat(400), CANARY, "")
      .map((tokens) => new Headers({ "x-compute-tokens": tokens }));
    holdsForAll(
      fc.tuple(bodies(right), headers),
      ([body, itsHeaders]) => {
        const reading = protocol.read({ body, headers: itsHeaders }, PAIRS);
        if (!reading.ok) {
          if (reading.problem.includes(CANARY) || reading.problem.length > 200)
            throw new Error(`a problem that quotes the answer: ${reading.problem}`);
          return;
        }
        accepted++;
        const { logits, tokens } = reading.value;
        if (logits.length !== PAIRS || !logits.every(Number.isFinite))
          throw new Error("logits that are none");
        if (tokens !== null && !(Number.isSafeInteger(tokens) && tokens >= 0))
          throw new Error(`${tokens} tokens`);
      },
      seed,
    );
    expect(accepted).toBeGreaterThan(100);
  },
  TIMEOUT_MS,
);
