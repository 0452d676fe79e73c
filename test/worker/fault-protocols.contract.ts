import { describe, expect, test } from "vitest";
import type { Fault } from "../upstream/faulty-upstream.ts";
import { expectRanking } from "./fault-answers.ts";
import { backendScores, edgeScores, rankRequest } from "./fault-requests.ts";
import type { WithBackend } from "./fault-service.ts";

const AZURE_ML = { BACKEND_PROTOCOL: "azure-ml", BACKEND_URL: "/score" };

/** Over EDGE_MAX_TOKENS. */
const LARGE = rankRequest(30);

/** Answers that each protocol must see through. */
const NONSENSE: Fault[] = [
  { kind: "wrong_count" },
  { kind: "wrong_count", by: 1 },
  { kind: "nan" },
  { kind: "nan", as: "null" },
  { kind: "half_body" },
  { kind: "html" },
  { kind: "score_out_of_range", score: "1e999" },
];

/** Of protocols whose results say which document they are for. */
const OF_INDICES: Fault[] = [
  { kind: "duplicate_index" },
  { kind: "index_out_of_range" },
  { kind: "index_out_of_range", index: -1 },
];

/** Of protocols that promise a sigmoid. */
const OF_SIGMOIDS: Fault[] = [
  { kind: "score_out_of_range" },
  { kind: "score_out_of_range", score: "-0.5" },
];

const PROTOCOLS: {
  protocol: string;
  model?: string;
  /** That is a whole one. Default: the server's, to which the protocol's path is added. */
  address?: string;
  /** Of the call that is made. */
  path: string;
  nonsense: Fault[];
}[] = [
  { protocol: "tei", path: "/rerank", nonsense: OF_INDICES },
  {
    protocol: "cohere",
    model: "rerank-v3.5",
    path: "/v2/rerank",
    nonsense: [...OF_INDICES, ...OF_SIGMOIDS],
  },
  {
    protocol: "jina",
    model: "jina-reranker-v2",
    path: "/v1/rerank",
    nonsense: [...OF_INDICES, ...OF_SIGMOIDS],
  },
  { protocol: "infinity", path: "/rerank", nonsense: OF_INDICES },
  { protocol: "vllm", path: "/rerank", nonsense: OF_INDICES },
  { protocol: "nim", model: "nv-rerank", path: "/v1/ranking", nonsense: OF_INDICES },
  { protocol: "azure-ml", address: "/score", path: "/score", nonsense: OF_SIGMOIDS },
  { protocol: "rerank", path: "/v2/rerank", nonsense: OF_INDICES },
];

/** Every protocol that a backend may speak. */
export function faultProtocols(withBackend: WithBackend): void {
  describe.concurrent("BACKEND_PROTOCOL", () => {
    test.each(PROTOCOLS)("$protocol: right scores, and no nonsense is taken for them", (row) =>
      withBackend(
        {
          BACKEND_PROTOCOL: row.protocol,
          BACKEND_MAX_DOCUMENTS: "7",
          BACKEND_RETRIES: "3",
          ...(row.model !== undefined && { BACKEND_MODEL: row.model }),
          ...(row.address !== undefined && { BACKEND_URL: row.address }),
        },
        async ({ service, upstream }) => {
          const expectRight = async (): Promise<void> =>
            expectRanking(
              await service.post("/v1/rerank", LARGE),
              backendScores(LARGE),
              "backend",
              "large",
            );
          await expectRight();
          expect(upstream.calls.map(({ path }) => path)).toEqual(Array(5).fill(row.path));
          expect(Math.max(...upstream.calls.map(({ documents }) => documents))).toBe(6);
          for (const fault of [...NONSENSE, ...row.nonsense]) {
            upstream.reset();
            upstream.fault = { ...fault, every: 4 };
            await expectRight();
            const struck = upstream.calls.filter((call) => call.fault !== undefined);
            expect(struck.length).toBeGreaterThan(0);
            expect(upstream.calls).toHaveLength(5 + struck.length);
          }
        },
      ),
    );
  });

  test.concurrent.each([
    // The model's own status counts, not the envelope's.
    { status: 500, calls: 3 },
    { status: 429, calls: 3 },
    { status: 400, calls: 1 },
  ])("azure-ml: 424 with the model's $status is what that status is", ({ status, calls }) =>
    withBackend(AZURE_ML, async ({ service, upstream }) => {
      upstream.fault = { kind: "azure_424", status };
      await expectRanking(
        await service.post("/v1/rerank", LARGE),
        edgeScores(LARGE),
        "edge",
        "backend_failed",
      );
      expect(upstream.calls).toHaveLength(calls);
    }),
  );

  test.concurrent("azure-ml: an answer that is JSON in a JSON string is read", () =>
    withBackend(AZURE_ML, async ({ service, upstream }) => {
      upstream.fault = { kind: "json_string" };
      await expectRanking(
        await service.post("/v1/rerank", LARGE),
        backendScores(LARGE),
        "backend",
        "large",
      );
    }));
}
