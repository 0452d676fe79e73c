/** The dry run of docs/deployment.md, word for word, in a copy of the project. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stagedProject } from "../staged-project.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Installing is what brought this test's own packages. */
const INSTALL = "npm ci";

function commands(): string[] {
  const page = readFileSync(join(ROOT, "docs/deployment.md"), "utf8");
  const [, block = ""] = /<!-- run -->\s+```sh\n(.*?)```/s.exec(page) ?? [];
  return block.trim().split("\n");
}

test("its commands work one after another, without an account", () => {
  const project = stagedProject();
  const [install, ...others] = commands();
  expect(install).toBe(INSTALL);
  const { MODEL: _, ...env } = process.env;
  const run = spawnSync("bash", ["-euo", "pipefail", "-c", others.join("\n")], {
    cwd: project,
    encoding: "utf8",
    env,
  });
  expect(run.status, run.stderr).toBe(0);
  expect(run.stdout).toMatch(/^models +ok/m);
  expect(run.stdout).toMatch(/^Would be sent:$/m);
  expect(run.stdout).toMatch(/^shop .*rerank/m);
  expect(readFileSync(join(project, "key.txt"), "utf8")).toMatch(/^rk_\w+\n$/);
}, 300_000);
