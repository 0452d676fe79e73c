import { expect, test, vi } from "vitest";
import manifest from "../../models/rerank-minilm-l6/model.json" with { type: "json" };
import { app } from "../../worker/app.ts";
import { accessOf } from "../../worker/auth/route-access.ts";
import { openApiDocument, OPERATIONS } from "../../worker/openapi/document.ts";

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

const ROUTES = app.routes
  .filter(({ method }) => method !== "ALL")
  .map(({ method, path }) => ({
    method,
    path,
    documented: path.replaceAll(/:(\w+)(\{.*\})?/g, "{$1}"),
  }));

test("the document has every route of the service with its methods, and no other", () => {
  const routes = ROUTES.map(({ method, documented }) => `${method} ${documented}`);
  const operations = OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect(operations.sort()).toEqual([...new Set(routes)].sort());
});

test("the document says of just those operations that they need a key that do", () => {
  const { paths, components } = openApiDocument("1.0.0");
  expect(Object.keys(components!.securitySchemes!)).toEqual(["bearer", "api-key", "x-api-key"]);
  for (const { method, path, documented } of ROUTES) {
    const name = method.toLowerCase() as "get" | "put" | "post" | "delete" | "options";
    const { security } = paths![documented]![name]!;
    const schemes = security?.flatMap((requirement) => Object.keys(requirement));
    expect(schemes, `${method} ${path}`).toEqual(
      // A browser asks beforehand without a key.
      method === "OPTIONS" || accessOf(path) === "public"
        ? undefined
        : ["bearer", "api-key", "x-api-key"],
    );
  }
});
