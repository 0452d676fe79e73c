import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { stagedProject } from "../staged-project.ts";

const MAX_COMPRESSED_BYTES = 150 * 1024;

const project = stagedProject();
const assets = join(project, "worker/build");
const built = spawnSync(process.execPath, ["tools/build-playground.ts"], {
  cwd: project,
  encoding: "utf8",
});
const page = (): string => readFileSync(join(assets, "playground.html"), "utf8");

test("the playground is built", () => {
  expect(built).toMatchObject({ status: 0, stderr: "" });
  const files = readdirSync(assets, { recursive: true }) as string[];
  expect(files.sort()).toEqual([
    "_headers",
    "playground",
    "playground.html",
    "playground/icon.svg",
    "playground/main.js",
    "playground/style.css",
  ]);
});

test("it loads little", () => {
  const files = readdirSync(join(assets, "playground")).map((name) => join("playground", name));
  const bytes = ["playground.html", ...files]
    .map((name) => gzipSync(readFileSync(join(assets, name))).length)
    .reduce((sum, size) => sum + size);
  expect(bytes).toBeLessThan(MAX_COMPRESSED_BYTES);
});

test("its page has no script or style of its own, and loads only what was built", () => {
  expect(page()).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
  const loaded = page().matchAll(/(?:src|href)="\/([^"]+)"/g);
  for (const [, path] of loaded) expect(readFileSync(join(assets, path!))).not.toHaveLength(0);
});
