import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { codeBlocks } from "./code-blocks.ts";
import { asJavaScript, missingModules, printed, serviceFetch } from "./run-example.ts";

const root = join(import.meta.dirname, "../..");
const PAGES = ["docs/sdk.md", "docs/sdk-migration.md", "sdk/README.md", "README.md"];

beforeAll(() => {
  vi.stubGlobal("fetch", serviceFetch);
  vi.stubEnv("RERANK_BASE_URL", "https://rerank.example.com");
  vi.stubEnv("RERANK_API_KEY", "");
  vi.stubEnv("RERANK_LOG", "warn");
});
afterAll(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

describe.each(PAGES)("an example of %s", (page) => {
  const blocks = codeBlocks(readFileSync(join(root, page), "utf8"));

  test("is found", () => {
    expect(blocks.length).toBeGreaterThan(0);
  });

  test.each(blocks)("at line $line is right", async ({ code, output, typesOnly }) => {
    const missing = missingModules(code);
    if (typesOnly || missing.length > 0) {
      expect(() => asJavaScript(code)).not.toThrow();
      // What is not run cannot be shown to print something.
      expect(output).toBeUndefined();
      return;
    }
    const lines = await printed(code);
    if (output !== undefined) expect(lines).toBe(output);
  });
});
