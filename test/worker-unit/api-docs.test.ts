import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RESULT_FILES } from "../../worker/jobs/job-keys.ts";
import { JOB_LIMITS, LIMITS } from "../../worker/limits.ts";
import { FAILURES } from "./failures.ts";

const api = readFileSync(join(import.meta.dirname, "../../docs/api.md"), "utf8");

test.each(Object.entries({ ...LIMITS, ...JOB_LIMITS }))(
  "docs/api.md has the limit %s of %i",
  (name, value) => {
    expect(api).toMatch(new RegExp(`^\\| \`${name}\` +\\| ${value.toLocaleString("en")} `, "m"));
  },
);

test.each(Object.entries(FAILURES))("docs/api.md has the error %s", (code, [, status]) => {
  expect(api).toMatch(new RegExp(`^\\| ${status} +\\|[^|\\n]*\`${code}\``, "m"));
});

test.each(Object.entries(RESULT_FILES))("docs/api.md has the format %s of %s", (format, file) => {
  expect(api).toMatch(new RegExp(`^\\| \`${format}\`[^|\\n]*\\| \`${file}\``, "m"));
});
