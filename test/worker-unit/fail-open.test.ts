import { describe, expect, test } from "vitest";
import { publicError } from "../../worker/public-error.ts";
import { cohereV1, cohereV2 } from "../../worker/protocols/cohere.ts";
import { mayFailOpen, unrankedAnswer } from "../../worker/protocols/fail-open.ts";
import { infinity } from "../../worker/protocols/infinity.ts";
import { jina } from "../../worker/protocols/jina.ts";
import { nim } from "../../worker/protocols/nim.ts";
import { pinecone } from "../../worker/protocols/pinecone.ts";
import { rerankV1, rerankV2 } from "../../worker/protocols/rerank.ts";
import type { RerankProtocol } from "../../worker/protocols/rerank-protocol.ts";
import { teiRerank } from "../../worker/protocols/tei-rerank.ts";
import { vllm } from "../../worker/protocols/vllm.ts";
import { voyage } from "../../worker/protocols/voyage.ts";
import { FAILURES } from "./failures.ts";

interface Form {
  protocol: RerankProtocol;
  /** Key of the documents in a request. */
  documents: string;
  query: (text: string) => unknown;
  /** Key of the results in an answer; null: the answer is the list. */
  results: string | null;
  /** Key of a result's score. */
  score: string;
  /** Key of a request for the first few; null: the protocol has none. */
  topN: string | null;
}

const LIKE_COHERE = {
  documents: "documents",
  query: (text: string): unknown => text,
  results: "results",
  score: "relevance_score",
  topN: "top_n",
};

const FORMS: readonly Form[] = [
  ...[rerankV1, rerankV2, cohereV1, cohereV2, jina, infinity, vllm].map((protocol) => ({
    ...LIKE_COHERE,
    protocol,
  })),
  { ...LIKE_COHERE, protocol: voyage, results: "data", topN: "top_k" },
  { ...LIKE_COHERE, protocol: pinecone, results: "data", score: "score" },
  {
    protocol: nim,
    documents: "passages",
    query: (text) => ({ text }),
    results: "rankings",
    score: "logit",
    topN: null,
  },
  {
    protocol: teiRerank,
    documents: "texts",
    query: (text) => text,
    results: null,
    score: "score",
    topN: null,
  },
];

const CASES = FORMS.map((form): [string, Form] => [form.protocol.name, form]);

const CONTEXT = { id: "r1", model: "x/mini", created: 7 };

/** Documents whose own fields are called as scores are. */
const DOCUMENTS = ["a", "b", "c"].map((text) => ({
  text,
  id: `id-${text}`,
  metadata: { score: 5, relevance_score: 6, logit: 7, results: [{ score: 8 }] },
}));

function taskOf(form: Form, further: object = {}, queries?: string[]) {
  const query = queries
    ? { queries: queries.map((text) => form.query(text)) }
    : { query: form.query("q") };
  const parsed = form.protocol.parse({ ...query, [form.documents]: DOCUMENTS, ...further });
  if (!parsed.ok) throw new Error(publicError(parsed.failure).message);
  return parsed.value;
}

function unranked(form: Form, further: object = {}, queries?: string[]): Record<string, unknown> {
  return unrankedAnswer(taskOf(form, further, queries), CONTEXT, "backend_unavailable") as never;
}

/** What the protocol answers when the documents were ranked. */
function ranked(form: Form, further: object = {}): Record<string, unknown> {
  const results = [2, 0, 1].map((index) => ({ index, logit: 1.5, score: 0.8, reading: null }));
  return taskOf(form, further).answer({ results, tokens: 9, cuts: null }, CONTEXT) as never;
}

function resultsOf({ results }: Form, answer: unknown): Record<string, unknown>[] {
  return (results === null ? answer : (answer as Record<string, unknown>)[results]) as never;
}

describe.each(CASES)("a request in the protocol %s that fails open", (_, form) => {
  test("gets all documents in its own order, without any score", () => {
    const results = resultsOf(form, unranked(form));
    expect(results.map(({ index }) => index)).toEqual([0, 1, 2]);
    for (const result of results) {
      expect(Object.keys(result)).not.toContain(form.score);
      for (const score of ["relevance_score", "score", "logit"])
        expect(result).not.toHaveProperty(score);
    }
  });

  test("gets each result else as it would be, the document's own fields and all", () => {
    const further = { return_documents: true, return_text: true };
    const before = resultsOf(form, ranked(form, further));
    const after = resultsOf(form, unranked(form, further));
    for (const result of after) {
      const scored = before.find(({ index }) => index === result["index"])!;
      expect(scored[form.score]).toBeTypeOf("number");
      expect({ ...result, [form.score]: scored[form.score] }).toEqual(scored);
    }
    expect(JSON.stringify(after[0])).toContain(JSON.stringify(DOCUMENTS[0]!.metadata));
  });

  test("is told so with the reason, where the answer has room for it", () => {
    const answer = unranked(form);
    if (form.results === null) {
      expect(Array.isArray(answer)).toBe(true);
      return;
    }
    expect(answer).toMatchObject({ reranked: false, reason: "backend_unavailable" });
    const usual = Object.keys(ranked(form));
    expect(Object.keys(answer).toSorted()).toEqual([...usual, "reranked", "reason"].toSorted());
  });

  test("gets one such list for each of its queries", () => {
    const answer = unranked(form, {}, ["q1", "q2"]);
    expect(answer).toMatchObject({
      object: "list",
      reranked: false,
      reason: "backend_unavailable",
      usage: { prompt_tokens: 0, total_tokens: 0 },
    });
    const answers = answer["data"] as unknown[];
    expect(answers).toHaveLength(2);
    for (const each of answers) {
      const results = resultsOf(form, each);
      expect(results.map(({ index }) => index)).toEqual([0, 1, 2]);
      for (const result of results) expect(result).not.toHaveProperty(form.score);
    }
  });

  test("leaves nothing out for a least score, which nobody knows", () => {
    expect(resultsOf(form, unranked(form, { min_score: 0.9 }))).toHaveLength(3);
  });
});

test.each(CASES.filter(([, { topN }]) => topN !== null))(
  "a request in the protocol %s that asked for the first few gets no more",
  (_, form) => {
    for (const [topN, indices] of [
      [2, [0, 1]],
      [99, [0, 1, 2]],
    ] as const) {
      const results = resultsOf(form, unranked(form, { [form.topN!]: topN }));
      expect(results.map(({ index }) => index)).toEqual(indices);
    }
  },
);

test("only a failure that may pass, or that more time would have spared, opens", () => {
  const opening = Object.values(FAILURES)
    .filter(([failure]) => mayFailOpen(failure))
    .map(([{ kind }]) => kind);
  expect(new Set(opening)).toEqual(
    new Set(["overloaded", "backend_unavailable", "model_unavailable", "deadline_exceeded"]),
  );
});
