import { describe, expect, test } from "vitest";
import type { Head } from "../../../engine/index.ts";
import { DEFAULT_FIT, type FitOptions } from "../../../engine/fit-pair.ts";
import { labelRow, scoredLabelRow, scoreRow } from "../../../worker/protocols/azure-ml-rows.ts";
import { azureMlUpstreams, parseAzureMl } from "../../../worker/protocols/azure-ml.ts";
import { cohereUpstream, cohereV2 } from "../../../worker/protocols/cohere.ts";
import { infinity, infinityUpstream } from "../../../worker/protocols/infinity.ts";
import { jina, jinaUpstream } from "../../../worker/protocols/jina.ts";
import { nim, nimUpstream } from "../../../worker/protocols/nim.ts";
import type { RerankProtocol } from "../../../worker/protocols/rerank-protocol.ts";
import { rerankUpstream, rerankV2 } from "../../../worker/protocols/rerank.ts";
import {
  protocolUnversioned,
  protocolV1,
  protocolV2,
} from "../../../worker/protocols/shared-rerank.ts";
import { teiRerank, teiUpstream } from "../../../worker/protocols/tei-rerank.ts";
import type {
  UpstreamProtocol,
  UpstreamReading,
} from "../../../worker/protocols/upstream-protocol.ts";
import { vllm, vllmUpstream } from "../../../worker/protocols/vllm.ts";
import { rankDocuments } from "../../../worker/ranking.ts";
import type { StageTimes } from "../../../worker/stage-times.ts";

const LOGITS = [-3.5, 8.25, 0.125, -11, 2];
const TOKENS = 50;
const TIMES: StageTimes = { queueMs: 0, tokenizationMs: 0, inferenceMs: 0, totalMs: 0 };
const documents = LOGITS.map((_, index) => `document ${index}`);
const pairs = documents.map((document) => ({ query: "a query", document }));

/** What this service answers to the body of a call, as it comes over the wire. */
function answerOf(inbound: RerankProtocol, body: object) {
  const parsed = inbound.parse(overTheWire(body));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure));
  const { request, answer, headers } = parsed.value;
  expect(request).toMatchObject({ queries: ["a query"], documents, topN: documents.length });
  const scores = LOGITS.map((logit) => ({ logit, reading: null }));
  const ranking = rankDocuments(request, scores, TOKENS);
  const context = { id: "id", model: "m", created: 1 };
  return {
    request,
    body: overTheWire(answer(ranking, context)),
    headers: new Headers(headers?.(ranking.tokens, TIMES)),
  };
}

function overTheWire(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}

function logitsOf(reading: UpstreamReading): number[] {
  if (!reading.ok) throw new Error(reading.problem);
  return reading.value.logits;
}

describe.each<[string, UpstreamProtocol, RerankProtocol]>([
  ["TEI", teiUpstream, teiRerank],
  ["Infinity", infinityUpstream, infinity],
  ["vLLM", vllmUpstream, vllm],
  ["Cohere", cohereUpstream, cohereV2],
  ["Jina", jinaUpstream, jina],
  ["NIM", nimUpstream, nim],
  ["another copy", rerankUpstream, rerankV2],
])("a call to a service that speaks as %s does, and is this one", (_, upstream, inbound) => {
  test("is answered by what is read as the same logits, and its tokens", () => {
    const { body, headers } = answerOf(
      inbound,
      upstream.body({ pairs, fit: DEFAULT_FIT, model: undefined }),
    );
    const reading = upstream.read({ body, headers }, pairs.length);
    const logits = logitsOf(reading);
    for (const [index, logit] of LOGITS.entries()) expect(logits[index]).toBeCloseTo(logit, 9);
    expect(reading).toMatchObject({ value: { tokens: TOKENS } });
  });

  test.each<Partial<FitOptions>>([
    {},
    { side: "left" },
    { maxQueryTokens: 7 },
    { maxDocumentTokens: 8 },
    { maxPairTokens: 9 },
    { longDocuments: "refuse" },
  ])("is read with the demand %j on texts that do not fit, if the protocol says it", (demand) => {
    const wanted = { ...DEFAULT_FIT, ...demand };
    const { request } = answerOf(inbound, upstream.body({ pairs, fit: wanted, model: undefined }));
    // The edge has checked that every pair fits before it calls, so that nothing is left to refuse.
    const said = { ...wanted, longDocuments: "truncate" };
    expect(request.fit).toEqual(upstream.expresses(wanted) ? said : DEFAULT_FIT);
  });
});

test("a path that several protocols share tells by the body which one a call speaks", () => {
  const bodyOf = (upstream: UpstreamProtocol) =>
    upstream.body({ pairs, fit: DEFAULT_FIT, model: undefined });
  expect(protocolUnversioned(bodyOf(teiUpstream))).toBe(teiRerank);
  expect(protocolUnversioned(bodyOf(vllmUpstream))).toBe(vllm);
  expect(protocolV2(bodyOf(cohereUpstream))).toBe(rerankV2);
  expect(protocolV2(bodyOf(rerankUpstream))).toBe(rerankV2);
  expect(protocolV1(bodyOf(jinaUpstream)).name).toBe("rerank-v1");
});

describe("a call to an Azure ML endpoint that is this service", () => {
  const head: Head = { kind: "sequence-classification", labels: ["LABEL_0"] };
  const rows = [...pairs, { query: "another query", document: "document 1" }];
  const logits = [...LOGITS, 1];

  test.each(["a", "b", "c"] as const)("is read back in generation %s", (generation) => {
    const upstream = azureMlUpstreams[generation];
    const body = upstream.body({ pairs: rows, fit: DEFAULT_FIT, model: undefined });
    const parsed = parseAzureMl(overTheWire(body));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure));
    const { pairs: read, pipeline, returnScores } = parsed.value;
    expect(read).toEqual(rows);

    const answer = logits.map((logit) => {
      const row = Float32Array.of(logit);
      if (pipeline) return scoreRow(row, head, pipeline);
      return returnScores ? scoredLabelRow(row, head) : labelRow(row, head);
    });
    const reading = upstream.read(
      { body: overTheWire(answer), headers: new Headers() },
      rows.length,
    );
    for (const [index, logit] of logitsOf(reading).entries())
      expect(logit).toBeCloseTo(logits[index]!, 9);
  });
});
