/** A folder, a service, and `rerank batch` between them, new for each test. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { BatchService, resultOf } from "./batch-service.ts";
import { runRerank, type CommandResult, type CommandSurroundings } from "./run-command-line.ts";

export interface BatchPlace {
  service: BatchService;
  folder: string;
  /** Path of a file in the folder. */
  at: (name: string) => string;
  /** Writes a CSV of so many rows, and gives its path. */
  file: (name: string, lines: number) => string;
  /** Runs `rerank batch`. */
  batch: (argv: readonly string[], surroundings?: CommandSurroundings) => Promise<CommandResult>;
}

export function useBatchPlace(): BatchPlace {
  const place = {
    at: (name) => join(place.folder, name),
    file(name, lines) {
      writeFileSync(place.at(name), `query,document\n${"red,planet\n".repeat(lines)}`);
      return place.at(name);
    },
    batch: (argv, surroundings = {}) =>
      runRerank(["batch", ...argv], {
        env: { RERANK_BASE_URL: place.service.url },
        ...surroundings,
      }),
  } as BatchPlace;
  beforeEach(async () => {
    place.folder = mkdtempSync(join(tmpdir(), "x-rerank-batch-"));
    place.service = new BatchService();
    await place.service.start();
  });
  afterEach(async () => {
    await place.service.stop();
    rmSync(place.folder, { recursive: true });
  });
  return place;
}

/** What a job of so many rows answers. */
export function resultsOf(format: string, scored: number): string {
  return resultOf({ scored, failed: scored }, format);
}
