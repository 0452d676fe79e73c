import { expect, test, vi } from "vitest";
import manifest from "../../models/rerank-minilm-l6/model.json" with { type: "json" };
import { app } from "../../worker/app.ts";
import { OPERATIONS } from "../../worker/openapi/document.ts";

// It reads what a build has put into the Worker; no route runs here.
vi.mock("cloudflare:workers", () => ({ env: {} }));
vi.mock("../../worker/models.ts", () => ({
  bundledNames: () => [manifest.name],
  DEFAULT_MODEL: { kind: "edge", name: manifest.name, manifest, load: vi.fn() },
  DEFAULT_SELF_CHECK: "",
  defaultAliases: vi.fn(),
  findModel: vi.fn(),
  servedNames: vi.fn(),
}));
vi.mock("../../worker/model.ts", () => ({ loadModel: vi.fn() }));

test("the document has every route of the service with its methods, and no other", () => {
  const routes = app.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(\{.*\})?/g, "{$1}")}`);
  const operations = OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect(operations.sort()).toEqual([...new Set(routes)].sort());
});
