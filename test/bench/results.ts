/** The last figures of each section, so that one can be measured anew without the others. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SECTIONS, type SectionName } from "./options.ts";
import { PEERS_FOLDER } from "./paths.ts";
import type { DatedSection } from "./report.ts";

const FOLDER = join(PEERS_FOLDER, "results");

export async function writeResult(name: SectionName, section: DatedSection): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, `${name}.json`), JSON.stringify(section, null, 2));
}

/** Sections that were ever measured, in the report's order. */
export async function readResults(): Promise<DatedSection[]> {
  const texts = await Promise.all(
    SECTIONS.map((name) => readFile(join(FOLDER, `${name}.json`), "utf8").catch(() => undefined)),
  );
  return texts.filter((text) => text !== undefined).map((text) => JSON.parse(text) as DatedSection);
}
