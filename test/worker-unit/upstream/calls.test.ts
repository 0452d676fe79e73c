import { describe, expect, test } from "vitest";
import { DEFAULT_FIT, type FitOptions } from "../../../engine/fit-pair.ts";
import { azureMlUpstreams } from "../../../worker/protocols/azure-ml.ts";
import { cohereUpstream } from "../../../worker/protocols/cohere.ts";
import { infinityUpstream } from "../../../worker/protocols/infinity.ts";
import { jinaUpstream } from "../../../worker/protocols/jina.ts";
import { nimUpstream } from "../../../worker/protocols/nim.ts";
import { rerankUpstream } from "../../../worker/protocols/rerank.ts";
import { teiUpstream } from "../../../worker/protocols/tei-rerank.ts";
import type { UpstreamProtocol } from "../../../worker/protocols/upstream-protocol.ts";
import { vllmUpstream } from "../../../worker/protocols/vllm.ts";
import { workersAiUpstream } from "../../../worker/protocols/workers-ai.ts";
import { UPSTREAM_FORMS } from "./protocols.ts";

const pairs = [
  { query: "q", document: "d0" },
  { query: "q", document: "d1" },
];

function bodyOf(protocol: UpstreamProtocol, fit: Partial<FitOptions> = {}, model?: string): object {
  return protocol.body({ pairs, fit: { ...DEFAULT_FIT, ...fit }, model });
}

const documents = ["d0", "d1"];

describe("the body of a call", () => {
  test.each<[string, UpstreamProtocol, object]>([
    [
      "TEI asks for sigmoids and cut texts",
      teiUpstream,
      {
        query: "q",
        texts: documents,
        raw_scores: false,
        truncate: true,
        truncation_direction: "Right",
        return_text: false,
      },
    ],
    [
      "Infinity asks for sigmoids",
      infinityUpstream,
      { query: "q", documents, raw_scores: false, return_documents: false },
    ],
    [
      "vLLM asks for logits and pairs cut to its window",
      vllmUpstream,
      {
        query: "q",
        documents,
        use_activation: false,
        truncate_prompt_tokens: -1,
        truncation_side: "right",
      },
    ],
    ["Cohere has nothing to ask for", cohereUpstream, { query: "q", documents }],
    [
      "Jina asks for no documents",
      jinaUpstream,
      { query: "q", documents, return_documents: false },
    ],
    [
      "NIM asks for cut texts",
      nimUpstream,
      { query: { text: "q" }, passages: [{ text: "d0" }, { text: "d1" }], truncate: "END" },
    ],
    [
      "Workers AI asks for all results",
      workersAiUpstream,
      { query: "q", contexts: [{ text: "d0" }, { text: "d1" }], top_k: 2 },
    ],
    [
      "another copy of the service asks for logits",
      rerankUpstream,
      { query: "q", documents, raw_scores: true },
    ],
    [
      "Azure ML, generation A, has two columns, and asks for scores",
      azureMlUpstreams.a,
      { inputs: { query: ["q", "q"], document: documents }, parameters: { return_scores: true } },
    ],
    [
      "Azure ML, generation B, has two columns, and asks for scores",
      azureMlUpstreams.b,
      {
        input_data: {
          query: ["q", "q"],
          document: documents,
          parameters: { return_scores: true },
        },
      },
    ],
    [
      "Azure ML, generation C, has rows",
      azureMlUpstreams.c,
      {
        input_data: [
          { text: "q", text_pair: "d0" },
          { text: "q", text_pair: "d1" },
        ],
      },
    ],
  ])("to %s", (_, protocol, body) => {
    expect(bodyOf(protocol)).toEqual(body);
  });

  test.each(["infinity", "vllm", "cohere", "jina", "nim", "rerank"])(
    "to %s names the model, if there is one to name",
    (name) => {
      const { protocol } = UPSTREAM_FORMS[name]!;
      expect(bodyOf(protocol, {}, "some/model")).toEqual({
        ...bodyOf(protocol),
        model: "some/model",
      });
      expect(bodyOf(protocol)).not.toHaveProperty("model");
    },
  );

  test("says from which side texts are cut", () => {
    expect(bodyOf(teiUpstream, { side: "left" })).toMatchObject({ truncation_direction: "Left" });
    expect(bodyOf(vllmUpstream, { side: "left" })).toMatchObject({ truncation_side: "left" });
  });

  test("says how many tokens of a text are read", () => {
    const fit = { maxQueryTokens: 7, maxDocumentTokens: 8, maxPairTokens: 9 };
    expect(bodyOf(vllmUpstream, fit)).toMatchObject({
      max_tokens_per_query: 7,
      max_tokens_per_doc: 8,
      truncate_prompt_tokens: 9,
    });
    for (const protocol of [cohereUpstream, rerankUpstream])
      expect(bodyOf(protocol, fit)).toMatchObject({ max_tokens_per_doc: 8 });
  });

  const single = { query: "s", document: null };
  const call = (...rows: (typeof single | (typeof pairs)[number])[]) => ({
    pairs: rows,
    fit: DEFAULT_FIT,
    model: undefined,
  });

  test("to Azure ML has one column, or bare texts, if no text has a second one", () => {
    const parameters = { return_scores: true };
    expect(azureMlUpstreams.a.body(call(single, single))).toEqual({
      inputs: { input_string: ["s", "s"] },
      parameters,
    });
    expect(azureMlUpstreams.b.body(call(single))).toEqual({
      input_data: { input_string: ["s"], parameters },
    });
    expect(azureMlUpstreams.c.body(call(single))).toEqual({ input_data: ["s"] });
  });

  test("to Azure ML with texts and pairs is exact in generation C, and has an empty second text in A and B", () => {
    expect(azureMlUpstreams.c.body(call(single, pairs[0]!))).toEqual({
      input_data: ["s", { text: "q", text_pair: "d0" }],
    });
    const columns = { query: ["s", "q"], document: ["", "d0"] };
    expect(azureMlUpstreams.a.body(call(single, pairs[0]!))).toMatchObject({ inputs: columns });
    expect(azureMlUpstreams.b.body(call(single, pairs[0]!))).toMatchObject({
      input_data: columns,
    });
  });
});

describe("what a protocol can say of texts that do not fit", () => {
  const DEMANDS = {
    side: { side: "left" },
    maxQueryTokens: { maxQueryTokens: 5 },
    maxDocumentTokens: { maxDocumentTokens: 5 },
    maxPairTokens: { maxPairTokens: 5 },
  } as const satisfies Record<string, Partial<FitOptions>>;

  /** The names of the demands that are expressed; none in all forms that are not here. */
  const SAID: Readonly<Record<string, string[]>> = {
    tei: ["side"],
    vllm: Object.keys(DEMANDS),
    cohere: ["maxDocumentTokens"],
    "Azure AI Foundry": ["maxDocumentTokens"],
    rerank: ["maxDocumentTokens"],
  };

  test.each(Object.entries(UPSTREAM_FORMS))("is known of %s", (name, { protocol }) => {
    const said = Object.entries(DEMANDS).filter(([, demand]) =>
      protocol.expresses({ ...DEFAULT_FIT, ...demand }),
    );
    expect(said.map(([demand]) => demand)).toEqual(SAID[name] ?? []);
  });

  test.each(Object.entries(UPSTREAM_FORMS))(
    "by %s is the default and what the edge has checked, but no windows",
    (_, { protocol }) => {
      expect(protocol.expresses(DEFAULT_FIT)).toBe(true);
      expect(protocol.expresses({ ...DEFAULT_FIT, longDocuments: "refuse" })).toBe(true);
      expect(protocol.expresses({ ...DEFAULT_FIT, maxWindows: 3 })).toBe(true);
      expect(protocol.expresses({ ...DEFAULT_FIT, longDocuments: "max_window" })).toBe(false);
    },
  );

  test.each(["side", "maxQueryTokens", "maxDocumentTokens", "maxPairTokens"] as const)(
    "in %s changes the body wherever it is said",
    (name) => {
      for (const { protocol } of Object.values(UPSTREAM_FORMS)) {
        const isSaid = protocol.expresses({ ...DEFAULT_FIT, ...DEMANDS[name] });
        const isSame =
          JSON.stringify(bodyOf(protocol, DEMANDS[name])) === JSON.stringify(bodyOf(protocol));
        expect(isSame, protocol.name).toBe(!isSaid);
      }
    },
  );
});
