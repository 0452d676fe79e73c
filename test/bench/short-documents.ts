import { readSlice } from "./squad-slice.ts";

/** Words of a document: 20 to 60 tokens with the query. */
const LENGTHS = [9, 31, 16, 24, 36, 12, 28, 20];

/** Runs of words from the slice's texts, no two alike, and a question about the first. */
export async function shortDocuments(
  count: number,
): Promise<{ query: string; documents: string[] }> {
  const tasks = await readSlice();
  const texts = new Set(tasks.flatMap(({ documents }) => documents));
  const words = [...texts].join(" ").split(/\s+/);
  let start = 0;
  const documents = Array.from({ length: count }, (_, index) => {
    const length = LENGTHS[index % LENGTHS.length]!;
    const document = words.slice(start, start + length).join(" ");
    start += length;
    return document;
  });
  if (start > words.length) throw new Error(`the slice has no ${count} short documents`);
  return { query: tasks[0]!.query, documents };
}
