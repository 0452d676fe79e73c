import { describe, expect, test } from "vitest";
import { startFaultyUpstream } from "../upstream/faulty-upstream.ts";
import { expectRanking, expectUnavailable, routeOf } from "./fault-answers.ts";
import { backendScores, rankRequest } from "./fault-requests.ts";
import type { WithBackend } from "./fault-service.ts";

/** What only the backend can serve. */
const TOO_LARGE = rankRequest(200);
const { query, documents } = TOO_LARGE;
const ofTexts = documents.map((text) => ({ text }));

const TEXT: unknown = expect.stringMatching(/./);

/** A path, a request of its protocol, and the protocol's error. */
const CALLERS: [path: string, request: object, error: object][] = [
  ["/v1/rerank", TOO_LARGE, { code: "backend_unavailable", id: TEXT, message: TEXT }],
  ["/v2/rerank", TOO_LARGE, { code: "backend_unavailable", id: TEXT, message: TEXT }],
  ["/cohere/v1/rerank", TOO_LARGE, { id: TEXT, message: TEXT }],
  ["/cohere/v2/rerank", TOO_LARGE, { id: TEXT, message: TEXT }],
  ["/jina/v1/rerank", TOO_LARGE, { detail: TEXT }],
  ["/voyage/v1/rerank", TOO_LARGE, { detail: TEXT }],
  ["/tei/rerank", { query, texts: documents }, { error: TEXT, error_type: "Unhealthy" }],
  ["/infinity/rerank", TOO_LARGE, { error: { message: TEXT, type: null, param: null, code: 503 } }],
  ["/vllm/rerank", TOO_LARGE, { error: { message: TEXT, type: TEXT, param: null, code: 503 } }],
  ["/v1/ranking", { query: { text: query }, passages: ofTexts, truncate: "END" }, { error: TEXT }],
  [
    "/pinecone/rerank",
    { query, documents: ofTexts },
    { status: 503, error: { code: TEXT, message: TEXT } },
  ],
  [
    "/score",
    { input_data: documents.map((document) => ({ text: query, text_pair: document })) },
    { message: TEXT },
  ],
];

/** What callers of each protocol see when nobody can serve them. */
export function faultCallers(withBackend: WithBackend): void {
  describe.concurrent("nobody can serve it:", () => {
    test.each(CALLERS)("%s is 503 with a body of its protocol, or the order kept", (...caller) =>
      withBackend({ BACKEND_RETRIES: "0" }, async ({ service, upstream }) => {
        const [path, request, error] = caller;
        upstream.fault = { kind: "status", status: 500 };
        // First the backend fails, then its circuit is open.
        for (let tries = 0; tries < 2; tries++)
          expect(await expectUnavailable(await service.post(path, request))).toEqual(error);
        if (path === "/score") return;
        const kept = await service.post(path, { ...request, fail_open: true });
        expect(kept.status).toBe(200);
        expect(routeOf(kept)).toEqual(["none", "backend_unavailable"]);
        expect(kept.headers.get("x-rerank-reranked")).toBe("false");
        const text = await kept.text();
        expect(text).not.toMatch(/"\w*(score|logit)\w*":/);
        const indices = [...text.matchAll(/"index":(\d+)/g)].map(([, index]) => Number(index));
        expect(indices).toEqual([...documents.keys()]);
      }),
    );
  });

  test.concurrent("no field and no header of a request chooses another backend", () =>
    withBackend({}, async ({ service, upstream }) => {
      const other = await startFaultyUpstream();
      const names = ["url", "base_url", "api_base", "endpoint", "backend", "BACKEND_URL", "host"];
      const fields = Object.fromEntries(names.map((name) => [name, other.url]));
      const headers = {
        forwarded: `host=${new URL(other.url).host}`,
        "x-forwarded-host": new URL(other.url).host,
        "x-original-url": `${other.url}/rerank`,
        "x-backend-url": other.url,
        "x-rerank-backend": other.url,
      };
      const request = rankRequest(30);
      const answer = await service.post("/v1/rerank", { ...fields, ...request }, headers);
      await expectRanking(answer, backendScores(request), "backend", "large");
      const asModel = await service.post("/v1/rerank", { ...request, model: other.url }, headers);
      expect(asModel.status).toBe(404);
      expect(upstream.calls.map(({ path }) => path)).toEqual(["/rerank"]);
      expect(JSON.stringify(upstream.calls[0]!.headers)).not.toContain(new URL(other.url).port);
      expect(other.calls).toEqual([]);
      await other.close();
    }));
}
