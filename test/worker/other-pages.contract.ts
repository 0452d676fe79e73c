/** What pages of other origins may do; `https://one.example` and `https://two.example` are in CORS_ALLOWED_ORIGINS. */
import { describe, expect, test } from "vitest";
import { CAPITALS, type Service } from "./service.ts";

const ALLOWED = "https://two.example";
const OTHER = "https://three.example";

/** Everything a browser reads of an answer to decide what a page gets of it. */
function corsHeaders({ headers }: Response): Record<string, string> {
  const entries = [...headers].filter(([name]) => name.startsWith("access-control-"));
  return Object.fromEntries(entries);
}

export function otherPagesContract(service: Service): void {
  const preflight = (path: string, origin: string, method: string, headers: string) =>
    service.fetch(path, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": method,
        "access-control-request-headers": headers,
      },
    });

  describe("a page of an allowed origin", () => {
    test.each([
      ["/v1/rerank", "POST", "POST"],
      ["/score", "POST", "GET, POST"],
      ["/tei/predict", "POST", "POST"],
      ["/info", "GET", "GET, HEAD"],
      ["/jobs", "POST", "GET, HEAD, POST"],
      ["/jobs/a/cancel", "POST", "POST"],
      ["/jobs/a/results", "GET", "GET, HEAD"],
      ["/files/a/b.csv", "PUT", "GET, HEAD, PUT, POST, DELETE"],
    ])("may call %s by %s: its preflight needs no key and is kept", async (path, method, named) => {
      const asked = "authorization, Content-Type, x-rerank-route, x-evil";
      const response = await preflight(path, ALLOWED, method, asked);
      expect(response.status).toBe(200);
      expect(await response.text()).toBe("");
      expect(corsHeaders(response)).toMatchObject({
        "access-control-allow-origin": ALLOWED,
        "access-control-allow-methods": named,
        "access-control-allow-headers": "authorization, Content-Type, x-rerank-route",
        "access-control-max-age": "86400",
      });
      expect(response.headers.get("access-control-allow-credentials")).toBeNull();
      expect(response.headers.get("vary")).toMatch(/\borigin\b/i);
    });

    test.each<[string, number, RequestInit]>([
      ["/v1/rerank", 200, { method: "POST", body: JSON.stringify(CAPITALS) }],
      ["/v1/rerank", 400, { method: "POST", body: "{" }],
      ["/v1/rerank", 405, { method: "PUT" }],
      [
        "/v1/rerank",
        413,
        { method: "POST", body: `{"query":"a","documents":["${"x".repeat(100_001)}"]}` },
      ],
      [
        "/v1/rerank",
        415,
        { method: "POST", body: "{}", headers: { "content-type": "text/plain" } },
      ],
      ["/jobs/nope/results", 404, {}],
      ["/files/nope", 404, {}],
      ["/nope", 404, {}],
      ["/metrics", 200, {}],
    ])("may read what %s answers with %i, its headers too", async (path, status, init) => {
      const headers = { "content-type": "application/json", origin: ALLOWED, ...init.headers };
      const response = await service.fetch(path, { ...init, headers });
      expect(response.status).toBe(status);
      await response.text();
      const { "access-control-expose-headers": exposed, ...rest } = corsHeaders(response);
      expect(rest).toEqual({ "access-control-allow-origin": ALLOWED });
      expect(exposed?.split(", ")).toEqual(
        expect.arrayContaining(["x-request-id", "x-rerank-served-by", "retry-after", "ratelimit"]),
      );
      expect(response.headers.get("vary")).toMatch(/\borigin\b/i);
    });

    test("may read the headers of an answer with scores, each of which is exposed", async () => {
      const response = await service.post(
        "/tei/rerank",
        { query: "a", texts: ["b"] },
        { origin: ALLOWED },
      );
      const exposed = response.headers.get("access-control-expose-headers")!.split(", ");
      const own = [...response.headers.keys()].filter((name) =>
        /^x-(rerank|compute|.*-time|request)/.test(name),
      );
      expect(own.length).toBeGreaterThan(8);
      expect(exposed).toEqual(expect.arrayContaining(own));
    });
  });

  describe("a page of another origin", () => {
    test.each([OTHER, "null", "https://two.example.evil.example", "http://two.example", ""])(
      "such as %j gets no leave, and no answer to read",
      async (origin) => {
        const asked = await preflight("/v1/rerank", origin, "POST", "content-type");
        expect(asked.ok).toBe(false);
        const posted = await service.post("/v1/rerank", CAPITALS, { origin });
        for (const response of [asked, posted]) {
          expect(corsHeaders(response)).toEqual({});
          expect(response.headers.get("vary")).toMatch(/\borigin\b/i);
        }
      },
    );
  });

  describe("what a browser says another site has sent", () => {
    const body = JSON.stringify(CAPITALS);
    const from = (site: string, headers: Record<string, string> = {}) => ({
      "sec-fetch-site": site,
      ...headers,
    });

    test.each<[string, string, string]>([
      ["POST", "/v1/rerank", "cross-site"],
      ["POST", "/v1/rerank", "same-site"],
      ["POST", "/predict", "cross-site"],
      ["GET", '/score?input_data=["a"]', "cross-site"],
      ["POST", "/jobs", "cross-site"],
      ["PUT", "/files/a", "cross-site"],
      ["DELETE", "/files/a", "cross-site"],
    ])("%s %s (%s) is refused, whatever its content type", async (method, path, site) => {
      for (const more of [
        {},
        { origin: OTHER },
        { origin: "null" },
        { "sec-fetch-dest": "image" },
      ]) {
        // A Blob without a type has no content type, as `fetch(…, { body: new Blob([…]) })` of a page.
        const init = method === "GET" ? {} : { body: new Blob([body]) };
        const response = await service.fetch(path, { method, headers: from(site, more), ...init });
        expect(response.status).toBe(403);
        expect(await response.text()).toContain("CORS_ALLOWED_ORIGINS");
      }
    });

    test("is refused in the protocol's own form", async () => {
      const headers = from("cross-site");
      const response = await service.post("/tei/rerank", { query: "a", texts: ["b"] }, headers);
      expect(await response.json()).toEqual({
        error: expect.any(String),
        error_type: expect.any(String),
      });
    });

    test("is answered if its origin is allowed", async () => {
      const headers = from("cross-site", { origin: ALLOWED });
      expect((await service.post("/v1/rerank", CAPITALS, headers)).status).toBe(200);
    });

    test.each(["same-origin", "none"])(
      "is another thing than %s, which is answered",
      async (site) => {
        expect((await service.post("/v1/rerank", CAPITALS, from(site))).status).toBe(200);
      },
    );

    test("is not what a program sends, with an origin or without", async () => {
      for (const headers of [{}, { origin: OTHER }, { "sec-fetch-mode": "cors" }])
        expect((await service.post("/v1/rerank", CAPITALS, headers)).status).toBe(200);
    });

    test("is not a link that a visitor follows", async () => {
      const headers = from("cross-site", {
        "sec-fetch-dest": "document",
        "sec-fetch-mode": "navigate",
      });
      expect((await service.fetch("/info", { headers })).status).toBe(200);
      const posted = await service.post("/v1/rerank", CAPITALS, headers);
      expect(posted.status).toBe(403);
    });
  });
}
