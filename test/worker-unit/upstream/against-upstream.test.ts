import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_FIT } from "../../../engine/fit-pair.ts";
import { azureMlUpstreams } from "../../../worker/protocols/azure-ml.ts";
import { cohereUpstream } from "../../../worker/protocols/cohere.ts";
import { infinityUpstream } from "../../../worker/protocols/infinity.ts";
import { jinaUpstream } from "../../../worker/protocols/jina.ts";
import { nimUpstream } from "../../../worker/protocols/nim.ts";
import { rerankUpstream } from "../../../worker/protocols/rerank.ts";
import { teiUpstream } from "../../../worker/protocols/tei-rerank.ts";
import type {
  UpstreamProtocol,
  UpstreamReading,
} from "../../../worker/protocols/upstream-protocol.ts";
import { vllmUpstream } from "../../../worker/protocols/vllm.ts";
import {
  startFaultyUpstream,
  upstreamLogit,
  type Fault,
  type FaultyUpstream,
} from "../../upstream/faulty-upstream.ts";

const QUERY = "capital of France";
const DOCUMENTS = ["Paris", "Berlin is large", "bread", "Paris", "naïve café"];
const pairs = DOCUMENTS.map((document) => ({ query: QUERY, document }));

let upstream: FaultyUpstream;
beforeAll(async () => {
  upstream = await startFaultyUpstream();
});
beforeEach(() => upstream.reset());
afterAll(() => upstream.close());

async function call(
  protocol: UpstreamProtocol,
  path: string,
  fault?: Fault,
): Promise<UpstreamReading> {
  upstream.fault = fault;
  const response = await fetch(`${upstream.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(protocol.body({ pairs, fit: DEFAULT_FIT, model: undefined })),
  });
  expect(response.status).toBe(200);
  return protocol.read({ body: await response.json(), headers: response.headers }, pairs.length);
}

describe.each<[string, UpstreamProtocol, string]>([
  ["TEI", teiUpstream, teiUpstream.path],
  ["Infinity", infinityUpstream, infinityUpstream.path],
  ["vLLM", vllmUpstream, vllmUpstream.path],
  ["Cohere", cohereUpstream, cohereUpstream.path],
  ["Jina", jinaUpstream, jinaUpstream.path],
  ["NIM", nimUpstream, nimUpstream.path],
  ["another copy", rerankUpstream, rerankUpstream.path],
  ["Azure ML", azureMlUpstreams.c, "/score"],
])("an upstream that speaks as %s does", (_, protocol, path) => {
  test("understands a call and is understood", async () => {
    const reading = await call(protocol, path);
    if (!reading.ok) throw new Error(reading.problem);
    expect(reading.value.logits).toHaveLength(DOCUMENTS.length);
    for (const [index, document] of DOCUMENTS.entries())
      expect(reading.value.logits[index]).toBeCloseTo(upstreamLogit(QUERY, document), 9);
  });

  test.each<Fault>([
    { kind: "wrong_count", by: -1 },
    { kind: "wrong_count", by: 1 },
    { kind: "nan", as: "null" },
    { kind: "score_out_of_range", score: "1e999" },
    { kind: "score_out_of_range", score: "-1e999" },
  ])("answers nonsense, and it is noticed: %j", async (fault) => {
    expect(await call(protocol, path, fault)).toMatchObject({ ok: false });
  });
});

test.each<[string, UpstreamProtocol, Fault]>([
  ["TEI", teiUpstream, { kind: "duplicate_index" }],
  ["vLLM", vllmUpstream, { kind: "index_out_of_range" }],
  ["Cohere", cohereUpstream, { kind: "duplicate_index" }],
  ["NIM", nimUpstream, { kind: "index_out_of_range", index: -1 }],
])("a wrong index is noticed of an upstream that speaks as %s does", async (_, protocol, fault) => {
  expect(await call(protocol, protocol.path, fault)).toMatchObject({ ok: false });
});

test.each([
  ["Cohere", cohereUpstream, cohereUpstream.path],
  ["Jina", jinaUpstream, jinaUpstream.path],
  ["Azure ML", azureMlUpstreams.c, "/score"],
] as const)(
  "a score out of range is noticed of an upstream that speaks as %s does",
  async (_, protocol, path) => {
    expect(await call(protocol, path, { kind: "score_out_of_range" })).toEqual({
      ok: false,
      problem: "a score that is no number from 0 to 1",
    });
  },
);

test("an Azure ML script that answers a JSON string of JSON is understood", async () => {
  expect(await call(azureMlUpstreams.c, "/score", { kind: "json_string" })).toMatchObject({
    ok: true,
  });
});
