import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { PROJECT_PARTS } from "./project-parts.ts";

const ROOT = join(import.meta.dirname, "..");

/**
 * A copy of the project to build in, so that tests that build for another model leave alone what `npm start` serves meanwhile.
 * It is removed after the tests of the file, or of the `describe` that it was made in.
 */
export function stagedProject(): string {
  const project = mkdtempSync(join(tmpdir(), "x-rerank-project-"));
  for (const part of PROJECT_PARTS) {
    cpSync(join(ROOT, part), join(project, part), {
      recursive: true,
      filter: (path) => path !== join(ROOT, "worker/build"),
    });
  }
  // Wrangler's test harness looks for the assets before it builds, and would build in the directory that the tests run in.
  mkdirSync(join(project, "worker/build"));
  const config = join(project, "wrangler.toml");
  const text = readFileSync(config, "utf8");
  writeFileSync(config, text.replace("[build]\n", `[build]\ncwd = ${JSON.stringify(project)}\n`));
  for (const part of ["node_modules", "models"]) symlinkSync(join(ROOT, part), join(project, part));
  afterAll(() => rmSync(project, { recursive: true }));
  return project;
}
