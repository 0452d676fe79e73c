import { expect, test } from "vitest";
import { OPERATIONS } from "../../worker/openapi/document.ts";
import type { Example, Operation } from "../../worker/openapi/operation.ts";
import type { Service } from "./service.ts";

/** The examples of the API's description are answered as it says. */
export function openApiContract(service: Service): void {
  const examples = OPERATIONS.flatMap((operation) =>
    Object.entries(operation.examples).map(([name, example]) => ({ ...operation, name, example })),
  ).toSorted((one, other) => (one.example.step ?? 0) - (other.example.step ?? 0));
  /** Values of earlier answers, by what the description has in their place. */
  const given = new Map<string, string>();

  test.each(examples)("$method $path answers the example $name", async (operation) => {
    const { method, example, answer, otherAnswers = [] } = operation;
    const { status = answer.status ?? 200, gives = {} } = example;
    const { path, init } = requestOf(operation.path, method, withValues(example, given));
    const response = await service.fetch(path, init);
    const text = await response.text();
    expect(response.status, text).toBe(status);
    const expected = [answer, ...otherAnswers].find((each) => (each.status ?? 200) === status)!;
    for (const name of Object.keys(expected.headers ?? {})) {
      if (!isOneProtocols(operation, name)) expect(response.headers.has(name), name).toBe(true);
    }
    if (!expected.schema) return expect(text).toBe("");
    const [type = ""] = response.headers.get("content-type")!.split(";");
    expect(expected.contentTypes ?? ["application/json"]).toContain(type);
    const value: unknown = type === "application/json" ? JSON.parse(text) : text;
    expect(expected.schema.schema.parse(value)).toEqual(value);
    for (const [field, placeholder] of Object.entries(gives))
      given.set(placeholder, (value as Record<string, string>)[field]!);
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

function withValues(example: Example, values: ReadonlyMap<string, string>): Example {
  let text = JSON.stringify(example);
  for (const [placeholder, value] of values) text = text.replaceAll(placeholder, value);
  return JSON.parse(text) as Example;
}

function requestOf(
  template: string,
  method: string,
  { path = {}, query, headers = {}, body }: Example,
): { path: string; init: RequestInit } {
  const place = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(path[name]!),
  );
  const isFile = typeof body === "string";
  return {
    path: `${place}?${new URLSearchParams(query)}`,
    init: {
      method: method.toUpperCase(),
      headers: {
        ...(body && { "content-type": isFile ? "application/octet-stream" : "application/json" }),
        ...headers,
      },
      ...(body && { body: isFile ? body : JSON.stringify(body) }),
    },
  };
}

/** Whether an answer of a path that several protocols share need not have a header. */
function isOneProtocols({ errors }: Operation, header: string): boolean {
  return errors.length > 1 && !header.startsWith("x-rerank");
}
