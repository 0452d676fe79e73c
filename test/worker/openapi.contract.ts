import { expect, test } from "vitest";
import { OPERATIONS } from "../../worker/openapi/document.ts";
import type { Operation } from "../../worker/openapi/operation.ts";
import type { Service } from "./service.ts";

/** The examples of the API's description are answered as it says. */
export function openApiContract(service: Service): void {
  const examples = OPERATIONS.flatMap((operation) =>
    Object.entries(operation.examples).map(([name, example]) => ({ ...operation, name, example })),
  );

  test.each(examples)("$method $path answers the example $name", async (operation) => {
    const { method, path, example, answer } = operation;
    const { body, query } = example;
    const search = new URLSearchParams(query).toString();
    const response = body
      ? await service.post(path, body)
      : await service.fetch(`${path}?${search}`, { method: method.toUpperCase() });
    const text = await response.text();
    expect(response.status, text).toBe(200);
    const type = answer.contentType ?? "application/json";
    expect(response.headers.get("content-type")).toMatch(new RegExp(`^${type}`));
    for (const name of Object.keys(answer.headers ?? {})) {
      if (!isOneProtocols(operation, name)) expect(response.headers.has(name), name).toBe(true);
    }
    const value: unknown = type === "application/json" ? JSON.parse(text) : text;
    expect(answer.schema.schema.parse(value)).toEqual(value);
  });

  test("the description and its page are served, with no script but the service's own", async () => {
    const document = (await (await service.fetch("/openapi.json")).json()) as { openapi: string };
    expect(document.openapi).toBe("3.1.0");
    const page = await service.fetch("/docs");
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self';");
    const scripts = [...(await page.text()).matchAll(/<script src="([^"]+)">/g)];
    expect(scripts.map(([, path]) => path)).toEqual(["/docs/scalar.js", "/docs/main.js"]);
    for (const [, path] of scripts) expect((await service.fetch(path!)).status).toBe(200);
  });
}

/** Whether an answer of a path that several protocols share need not have a header. */
function isOneProtocols({ errors }: Operation, header: string): boolean {
  return errors.length > 1 && !header.startsWith("x-rerank");
}
