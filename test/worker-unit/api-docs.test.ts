import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LIMITS } from "../../worker/limits.ts";
import { FAILURES } from "./failures.ts";

const api = readFileSync(join(import.meta.dirname, "../../docs/api.md"), "utf8");

test.each(Object.entries(LIMITS))("docs/api.md has the limit %s of %i", (name, value) => {
  expect(api).toMatch(new RegExp(`^\\| \`${name}\` +\\| ${value.toLocaleString("en")} `, "m"));
});

test.each(Object.entries(FAILURES))("docs/api.md has the error %s", (code, [, status]) => {
  expect(api).toMatch(new RegExp(`^\\| ${status} +\\|[^|\\n]*\`${code}\``, "m"));
});
