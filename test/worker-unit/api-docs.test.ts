import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RESULT_FILES } from "../../worker/jobs/job-keys.ts";
import { FILE_CODES, ROW_CODES } from "../../worker/jobs/problem-codes.ts";
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

/** The codes in the first column of a table of docs/batch.md. @param title - Of that column. */
function codesUnder(title: string): string[] {
  const batch = readFileSync(join(import.meta.dirname, "../../docs/batch.md"), "utf8");
  const lines = batch
    .slice(batch.indexOf(`| ${title} `))
    .split("\n\n", 1)[0]!
    .split("\n")
    .slice(2);
  return lines.flatMap((line) =>
    [...line.split("|")[1]!.matchAll(/`(\w+)`/g)].map(([, code]) => code!),
  );
}

test("docs/batch.md has every code of errors.jsonl, and no other", () => {
  expect(codesUnder("code of a row").sort()).toEqual([...ROW_CODES].sort());
  // A header's stray quote is told among those of rows.
  const file = [...codesUnder("code of a file"), "stray_quote"];
  expect(file.sort()).toEqual([...FILE_CODES].sort());
});
