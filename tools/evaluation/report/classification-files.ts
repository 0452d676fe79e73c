import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { classificationPage } from "./classification-page.ts";
import type { EntityReport, LabelReport } from "./classification-table.ts";

export type ClassificationReport =
  | ({ kind: "labels" } & LabelReport)
  | ({ kind: "tags" } & EntityReport);

/** Writes results.json and report.html; files of these names are replaced. */
export async function writeClassificationFiles(
  folder: string,
  report: ClassificationReport,
): Promise<void> {
  const { kind, ...results } = report;
  await mkdir(folder, { recursive: true });
  const json = { format: "x-rerank-evaluation", version: 1, kind, ...results };
  await writeFile(join(folder, "results.json"), `${JSON.stringify(json)}\n`);
  await writeFile(join(folder, "report.html"), classificationPage(report));
}
