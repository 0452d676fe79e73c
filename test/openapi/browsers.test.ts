/** What browsers are told: what pages of allowed origins may send and read, held against what the document says that there is. */
import { expect, test, vi } from "vitest";
import manifest from "../../models/rerank-minilm-l6/model.json" with { type: "json" };
import { app } from "../../worker/app.ts";
import { openApiDocument } from "../../worker/openapi/document.ts";
import { ANSWER_HEADERS, REQUEST_HEADERS } from "../../worker/routes/cors.ts";

const ORIGIN = "https://one.example";

vi.mock("cloudflare:workers", () => ({ env: { CORS_ALLOWED_ORIGINS: "https://one.example" } }));
vi.mock("../../worker/models.ts", () => ({
  bundledNames: () => [manifest.name],
  DEFAULT_MODEL: { kind: "edge", name: manifest.name, manifest, load: vi.fn() },
  defaultAliases: vi.fn(() => []),
  findModel: vi.fn(),
  servedNames: vi.fn(() => {
    throw new Error("a fault of ours");
  }),
}));
vi.mock("../../worker/model.ts", () => ({ loadModel: vi.fn() }));

/** Which a page may always read, or send. @see https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name */
const SAFE = ["cache-control", "content-length", "content-type", "last-modified", "accept"];

interface Documented {
  parameters?: { in: string; name: string }[];
  responses: Record<string, { headers?: object }>;
}

const operations: Documented[] = Object.values(openApiDocument("1").paths ?? {}).flatMap((path) =>
  Object.values(path as Record<string, Documented>),
);

test("a page may read every header that an answer is said to have", () => {
  const responses = operations.flatMap((operation) => Object.values(operation.responses));
  const names = new Set(responses.flatMap(({ headers = {} }) => Object.keys(headers)));
  expect(names.size).toBeGreaterThan(15);
  for (const name of names) expect([...ANSWER_HEADERS, ...SAFE]).toContain(name.toLowerCase());
});

test("a page may send every header that a request is said to have", () => {
  const parameters = operations.flatMap((operation) => operation.parameters ?? []);
  const names = parameters.filter((each) => each.in === "header").map(({ name }) => name);
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) expect([...REQUEST_HEADERS, ...SAFE]).toContain(name.toLowerCase());
});

const context = { waitUntil: vi.fn(), passThroughOnException: vi.fn(), props: {} };

test("who came by https is told to stay there, who did not is not", async () => {
  const toldAt = async (address: string) =>
    (await app.request(address, {}, {}, context)).headers.get("strict-transport-security");
  expect(await toldAt("https://a.example/health")).toBe("max-age=31536000");
  expect(await toldAt("https://a.example/nope")).toBe("max-age=31536000");
  expect(await toldAt("http://a.example/health")).toBeNull();
});

test("a page may read that something went wrong here", async () => {
  const logged = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const response = await app.request("/v1/models", { headers: { origin: ORIGIN } }, {}, context);
  logged.mockRestore();
  expect(response.status).toBe(500);
  expect(response.headers.get("access-control-allow-origin")).toBe(ORIGIN);
  expect(response.headers.get("access-control-expose-headers")).toContain("x-request-id");
});
