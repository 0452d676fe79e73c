/** docs/operations.md names codes, fields and columns; each is one, and none is missing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { publicError } from "../../worker/public-error.ts";
import { BLOBS, DOUBLES } from "../../worker/observe/data-point.ts";
import type { LogLine } from "../../worker/observe/log-lines.ts";
import { FAILURES } from "../worker-unit/failures.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/operations.md"), "utf8");

/** A line of every kind with all its fields: what is added to a kind must be added here. */
const LINES: {
  [Event in LogLine["event"]]: Required<Extract<LogLine, { event: Event }>>;
} = {
  request: {
    level: "info",
    event: "request",
    requestId: "r",
    traceId: "t",
    route: "/v1/rerank",
    method: "POST",
    status: 200,
    key: "k",
    protocol: "cohere-v2",
    model: "m",
    documents: 1,
    job: "j",
    code: "c",
    tokens: 1,
    truncated: 1,
    servedBy: "edge",
    reason: "small",
    cacheHits: 1,
    cacheMisses: 1,
    queueMs: 1,
    tokenizationMs: 1,
    inferenceMs: 1,
    totalMs: 1,
  },
  shard: {
    level: "info",
    event: "shard",
    job: "j",
    traceId: "t",
    shard: 0,
    model: "m",
    servedBy: "edge",
    rows: 1,
    failed: 0,
    tokens: 1,
    totalMs: 1,
  },
  step: { level: "warn", event: "step", job: "j", lane: 0, step: "s", error: "E", problem: "p" },
  job: {
    level: "info",
    event: "job",
    job: "j",
    traceId: "t",
    model: "m",
    status: "Completed",
    code: "c",
    rows: 1,
    failed: 0,
    tokens: 1,
    totalMs: 1,
  },
  exception: { level: "error", event: "exception", requestId: "r", error: "E", stack: [] },
  model: { level: "error", event: "model", model: "m", problem: "p" },
  ready: { level: "error", event: "ready", check: "logits", problem: "p" },
  keys: { level: "error", event: "keys", problem: "p" },
  quotas: { level: "error", event: "quotas", problem: "p" },
  setting: { level: "error", event: "setting", problem: "p" },
};

describe("the table of fields", () => {
  const rows = Array.from(
    page.matchAll(/^\| `(\w+)` +\| ((?:all|[a-z, ]+?)) +\|/gm),
    ([, field, events]) => [field!, events!] as const,
  );

  test("has every field of every line, with its events, and no other", () => {
    const events = Object.keys(LINES) as (keyof typeof LINES)[];
    const documented = Object.fromEntries(
      rows.map(([field, own]) => [field, own === "all" ? events : own.split(", ")]),
    );
    const actual: Record<string, string[]> = {};
    for (const event of events) {
      for (const field of Object.keys(LINES[event])) (actual[field] ??= []).push(event);
    }
    expect(documented).toEqual(actual);
  });

  test("is that of the line that the page shows", () => {
    const [, line] = /^(\{"level".*\})$/m.exec(page)!;
    const fields = Object.keys(JSON.parse(line!) as object);
    expect(Object.keys(LINES.request)).toEqual(expect.arrayContaining(fields));
  });
});

describe("the table of errors", () => {
  const statuses = new Set([401, 403, 429]);
  const operators = Object.values(FAILURES)
    .map(([failure]) => publicError(failure))
    .filter(({ status }) => status >= 500 || statuses.has(status));

  test.each(operators.map(({ status, code }) => [code, status] as const))(
    "says what to do about %s",
    (code, status) => {
      expect(page).toMatch(new RegExp(`^\\| ${status} +\\| \`${code}\` +\\| \\S.*\\| \\S`, "m"));
    },
  );

  test("has no code that there is not", () => {
    const codes = Array.from(page.matchAll(/^\| \d{3} +\| `(\w+)`/gm), ([, code]) => code!);
    expect(codes.filter((code) => !Object.hasOwn(FAILURES, code))).toEqual([]);
  });
});

test("the columns of data points are as they are written", () => {
  const columns = Array.from(
    page.matchAll(/`((?:blob|double)\d+)` +\| `(\w+)`/g),
    ([, column, field]) => [column, field],
  );
  expect(Object.fromEntries(columns)).toEqual({
    ...Object.fromEntries(BLOBS.map((name, index) => [`blob${index + 1}`, name])),
    ...Object.fromEntries(DOUBLES.map((name, index) => [`double${index + 1}`, name])),
  });
});

test("queries use columns that there are", () => {
  for (const [, kind, number] of page.matchAll(/\b(blob|double)(\d+)\b/g)) {
    const columns = kind === "blob" ? BLOBS : DOUBLES;
    expect(Number(number)).toBeLessThanOrEqual(columns.length);
  }
});

test("its links lead to headings", () => {
  const anchorsOf = (text: string): string[] =>
    Array.from(text.matchAll(/^#+ (.+)$/gm), ([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    );
  for (const [, file, anchor] of page.matchAll(/\]\(([a-z]*(?:\.md)?)#([\w-]+)\)/g)) {
    const text = file ? readFileSync(join(import.meta.dirname, "../../docs", file), "utf8") : page;
    expect(anchorsOf(text), `${file}#${anchor}`).toContain(anchor);
  }
});
