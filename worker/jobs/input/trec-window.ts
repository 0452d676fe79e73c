/**
 * A part of a run whose queries' and documents' texts are held together: so many lines from one on, in the order of the queries, as the
 * limits allow. Whenever a line or a text is too much for them, the window gives up its last lines, which the next one begins with.
 */
import type { RunLine } from "./trec-run.ts";

/** A line of the run, in the order of the queries. */
export interface RunPosition {
  /** Number of its query. */
  query: number;
  /** Among the query's lines, from 0. */
  line: number;
}

export interface WindowLimits {
  documents: number;
  lines: number;
  /** In UTF-8, of queries and documents together. */
  textBytes: number;
}

/** A query or a document whose text is looked for. */
export interface WantedText {
  id: string;
  /** Lines that need it. */
  uses: number;
  /** In UTF-8; null until it was found. */
  text: Uint8Array | null;
}

interface WindowQuery {
  query: WantedText;
  documents: WantedText[];
  /** Lines of the query in the run that was read so far, those before and behind the window too. */
  seen: number;
}

export interface RunWindow {
  readonly queries: ReadonlyMap<string, WantedText>;
  readonly documents: ReadonlyMap<string, WantedText>;
  /** Takes the run's lines in their order, all of them; keeps those that are in the window. @param query - Number of its query */
  addLine(line: RunLine, query: number): void;
  /** Sets the text of one that is wanted and has none. */
  setText(wanted: WantedText, text: Uint8Array): void;
  lines(): Generator<{ query: WantedText; document: WantedText }>;
  /** Where the next window begins; null at the end of the run. */
  end(): RunPosition | null;
}

/** At least one line fits whatever the limits. */
export function runWindow(start: RunPosition, limits: WindowLimits): RunWindow {
  const queries = new Map<string, WantedText>();
  const documents = new Map<string, WantedText>();
  /** From the query of `start` on. */
  const grouped: WindowQuery[] = [];
  let lineCount = 0;
  let textBytes = 0;
  let end: RunPosition | null = null;
  return { queries, documents, addLine, setText, lines, end: () => end };

  function addLine({ queryId, documentId }: RunLine, query: number): void {
    const index = query - start.query;
    if (index < 0 || (end !== null && query > end.query)) return;
    const group = (grouped[index] ??= {
      query: { id: queryId, uses: 0, text: null },
      documents: [],
      seen: 0,
    });
    const line = group.seen++;
    if (index === 0 && line < start.line) return;
    if (end !== null && query === end.query && line >= end.line) return;
    group.documents.push(use(documents, { id: documentId, uses: 0, text: null }));
    use(queries, group.query);
    lineCount++;
    shrink();
  }

  function setText(wanted: WantedText, text: Uint8Array): void {
    wanted.text = text;
    textBytes += text.length;
    shrink();
  }

  function* lines(): Generator<{ query: WantedText; document: WantedText }> {
    for (const { query, documents: ofQuery } of grouped) {
      for (const document of ofQuery) yield { query, document };
    }
  }

  function shrink(): void {
    while (
      lineCount > 1 &&
      (documents.size > limits.documents ||
        lineCount > limits.lines ||
        textBytes > limits.textBytes)
    ) {
      giveUpLastLine();
    }
  }

  function giveUpLastLine(): void {
    while (grouped.at(-1)!.documents.length === 0) grouped.pop();
    const query = start.query + grouped.length - 1;
    const last = grouped.at(-1)!;
    release(documents, last.documents.pop()!);
    release(queries, last.query);
    const skipped = grouped.length === 1 ? start.line : 0;
    end = { query, line: skipped + last.documents.length };
    lineCount--;
  }

  function use(texts: Map<string, WantedText>, unknown: WantedText): WantedText {
    const wanted = texts.get(unknown.id) ?? unknown;
    if (wanted.uses++ === 0) texts.set(wanted.id, wanted);
    return wanted;
  }

  function release(texts: Map<string, WantedText>, wanted: WantedText): void {
    if (--wanted.uses > 0) return;
    texts.delete(wanted.id);
    textBytes -= wanted.text?.length ?? 0;
  }
}
