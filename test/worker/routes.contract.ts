import { expect, test } from "vitest";
import manifest from "../../models/rerank-minilm-l6/model.json" with { type: "json" };
import { version } from "../../package.json" with { type: "json" };
import type { ErrorBody } from "../../sdk/index.ts";
import { LIMITS } from "../../worker/limits.ts";
import type { Service } from "./service.ts";

export function routesContract(service: Service): void {
  test("GET / says Healthy, as Azure ML's server does", async () => {
    const response = await service.fetch("/");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=UTF-8");
    expect(await response.text()).toBe("Healthy");
  });

  test("GET /health says ok", async () => {
    const response = await service.fetch("/health");
    expect(await response.json()).toEqual({ status: "ok" });
    expect(response.headers.get("x-request-id")).not.toBeNull();
  });

  test("GET /info tells the model, its head and labels, every limit and the version", async () => {
    const response = await service.fetch("/info");
    expect(await response.json()).toMatchObject({
      version,
      model: manifest.name,
      head: manifest.head.kind,
      labels: manifest.head.labels,
      maxSeqLength: manifest.architecture.maxSeqLength,
      limits: LIMITS,
    });
  });

  test("HEAD answers as GET does, without a body", async () => {
    const response = await service.fetch("/health", { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });

  test.each([
    ["GET", "/v1/rerank", "POST"],
    ["HEAD", "/rerank", "POST"],
    ["PUT", "/v2/rerank", "POST"],
    ["DELETE", "/score", "GET, POST, OPTIONS"],
    ["HEAD", "/score", "GET, POST, OPTIONS"],
    ["POST", "/swagger.json", "GET, HEAD"],
    ["POST", "/health", "GET, HEAD"],
    ["POST", "/", "GET, HEAD"],
  ])("%s %s is refused and names %s", async (method, path, allowed) => {
    const response = await service.fetch(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allowed);
    expect(response.headers.get("x-request-id")).not.toBeNull();
  });

  test.each(["/model.json", `/${manifest.tokenizer.file}`, `/${manifest.weights.file}.0`])(
    "the deployed file %s is not public",
    async (path) => {
      expect((await service.fetch(path)).status).toBe(404);
    },
  );

  test.each(["/nope", "/v1/rerank/", "/v1", "/score/x"])("%s does not exist", async (path) => {
    const response = await service.fetch(path, { method: "POST" });
    expect(response.status).toBe(404);
    const body = (await response.json()) as ErrorBody;
    expect(body).toEqual({
      code: "unknown_path",
      message:
        "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.",
      requestId: response.headers.get("x-request-id"),
    });
  });
}
