/** A fork with another name and model, which are edited in wrangler.toml alone, and its staging environment. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { packedFolder } from "../../fixtures/packed-folder.ts";
import { SMALL_SHAPE, syntheticModel } from "../../fixtures/synthetic-model.ts";
import { stagedProject } from "../../staged-project.ts";

const project = stagedProject();
const config = join(project, "wrangler.toml");

interface Run {
  status: number | null;
  out: string;
  err: string;
}

function deploy(argv: string[] = [], variables: Record<string, string> = {}): Run {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["tools/index.ts", "deploy", "--dry-run", ...argv],
    { cwd: project, encoding: "utf8", env: { ...process.env, MODEL: "", ...variables } },
  );
  return { status, out: stdout, err: stderr };
}

const lineOf = (out: string, name: string): string =>
  out.split("\n").find((line) => line.startsWith(name)) ?? "";

function edit(pattern: string | RegExp, by: string): void {
  const text = readFileSync(config, "utf8");
  expect(text).toMatch(pattern);
  writeFileSync(config, text.replace(pattern, by));
}

beforeAll(() => {
  const model = packedFolder(syntheticModel({ ...SMALL_SHAPE, name: "of the fork" }));
  edit('name = "rerank"', 'name = "my-ranker"');
  edit('BUILT_IN_MODELS = ""', `BUILT_IN_MODELS = ${JSON.stringify(model)}`);
});

test("a dry run of its staging environment sends its name and model under names of their own, and needs no account", () => {
  writeFileSync(join(project, "wrangler.staging.toml"), '[vars]\nEDGE_MAX_TOKENS = "1000"\n');
  const { status, out, err } = deploy(["--env", "staging"]);
  expect([status, err]).toEqual([0, expect.stringMatching(/^Building[^\n]*\n$/)]);
  expect(lineOf(out, "models ")).toContain("test/of-the-fork, ");
  expect(lineOf(out, "account ")).toContain("not checked");
  expect(lineOf(out, "Worker ")).toContain("my-ranker-staging");
  expect(lineOf(out, "assets ")).toMatch(/\d+ files, [\d.]+ MiB/);
  expect(out).toMatch(/env\.JOB_BUCKET \(rerank-jobs-staging\)/);
  expect(out).toMatch(/env\.EDGE_MAX_TOKENS \("1000"\)/);
}, 300_000);

describe("before anything is built, it fails", () => {
  test.each([
    ['EDGE_MAX_TOKENS = ""', 'EDGE_MAX_TOKENS = "many"', /^settings +failed +EDGE_MAX_TOKENS/m],
    ['BACKEND_URL = ""', 'BACKEND_URL = "https://gpu.example.com"', /^placeholders +failed/m],
    ['RERANK_AUTH = ""', 'RERANK_AUTH = "off"', /^access +failed/m],
  ])("with %s become %s", (before, after, says) => {
    const original = readFileSync(config, "utf8");
    edit(before, after);
    const { status, out, err } = deploy();
    writeFileSync(config, original);
    expect(status).toBe(1);
    expect(out).toMatch(says);
    expect(err).toMatch(/^deploy: nothing was sent: /);
  });

  test("with a model that is not there", () => {
    const { status, err } = deploy([], { MODEL: "models/none" });
    expect([status, err]).toEqual([1, expect.stringContaining("models/none")]);
  });
});
