/** What answers tell browsers and caches. */
import { describe, expect, test } from "vitest";
import { CAPITALS, type Service } from "./service.ts";

export function securityHeadersContract(service: Service): void {
  const scored = { method: "POST", body: JSON.stringify(CAPITALS) };

  describe("an answer of the service, and an error,", () => {
    test.each<[string, number, RequestInit]>([
      ["/v1/rerank", 200, scored],
      ["/score?input_data=a", 200, {}],
      ["/score", 200, { method: "OPTIONS" }],
      ["/", 200, {}],
      ["/info", 200, {}],
      ["/metrics", 200, {}],
      ["/files", 200, {}],
      ["/v1/rerank", 400, { method: "POST", body: "{" }],
      ["/v1/rerank", 405, {}],
      ["/jobs/nope", 404, {}],
      ["/nope", 404, {}],
    ])("(%s, %i) is no page, and kept by no cache", async (path, status, init) => {
      const headers = { "content-type": "application/json" };
      const response = await service.fetch(path, { ...init, headers });
      expect(response.status).toBe(status);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
      });
      // The test's service is reached by plain HTTP.
      expect(response.headers.get("strict-transport-security")).toBeNull();
    });
  });

  test.each(["/playground", "/docs"])("the page %s tells no other whence it came", async (path) => {
    const { headers } = await service.fetch(path);
    expect(Object.fromEntries(headers)).toMatchObject({
      "cross-origin-opener-policy": "same-origin",
      "permissions-policy": "camera=(), geolocation=(), microphone=()",
      "referrer-policy": "no-referrer",
      "strict-transport-security": "max-age=31536000",
      "x-content-type-options": "nosniff",
    });
  });

  test.each(["/playground/main.js", "/playground/style.css", "/docs/scalar.js", "/openapi.json"])(
    "the file %s is what it says it is",
    async (path) => {
      const response = await service.fetch(path);
      expect(response.status).toBe(200);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    },
  );
}
