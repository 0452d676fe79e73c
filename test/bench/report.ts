/** What the benchmark found, as numbers and as the text of docs/performance.md. */
import type { Spread } from "./statistics.ts";

/** One line of a table that puts us beside a peer or a limit. */
export interface Measure {
  what: string;
  ours: string;
  /** Who or what we are held against. */
  peer?: string;
  theirs?: string;
  /** What the peer takes as a multiple of what we take. */
  ratio?: Spread;
  target?: { text: string; met: boolean };
}

/** A part of the report. */
export interface Section {
  title: string;
  /** Paragraphs. */
  notes: string[];
  measures: Measure[];
  /** Further figures without a peer. */
  table?: { head: string[]; rows: string[][] };
}

/** A section and the circumstances it was measured in. */
export interface DatedSection extends Section {
  command: string;
  date: string;
  machine: string;
  versions: string;
  commit: string;
  loadAverage: string;
}

/** "nDCG@10 is 0.8 and not within 0.001" for each target that was missed. */
export function missedTargets({ measures }: Section): string[] {
  return measures.flatMap(({ what, ours, target }) =>
    target && !target.met ? [`${what} is ${ours} and not ${target.text}`] : [],
  );
}

/** "12.3 ms [11.9 to 13.0]". */
export function formatMs({ median, min, max }: Spread): string {
  return `${formatNumber(median)} ms [${formatNumber(min)} to ${formatNumber(max)}]`;
}

/** Three digits, more if they stand before the point. */
export function formatNumber(value: number): string {
  const magnitude = Math.floor(Math.log10(Math.max(Math.abs(value), 1e-9)));
  return value.toFixed(Math.min(4, Math.max(0, 2 - magnitude)));
}

/** The whole of docs/performance.md. */
export function formatReport(sections: readonly DatedSection[]): string {
  const targets = sections.flatMap(({ measures }) => measures.filter(({ target }) => target));
  return (
    [
      "# Performance",
      "Written by `npm run bench`; do not edit. Times depend on the machine and its neighbours, ratios much less: every ratio is of two fresh processes run one after the other, " +
        "and is given as median [least to greatest] of the rounds. A ratio is what the peer takes divided by what we take: over 1, we are faster.",
      ...(targets.length > 0 ? ["## What was to be reached", measureTable(targets, true)] : []),
      ...sections.map(formatSection),
    ].join("\n\n") + "\n"
  );
}

function formatSection(section: DatedSection): string {
  const { title, notes, measures, table, command, date, machine, versions, commit } = section;
  return [
    `## ${title}`,
    ...notes,
    ...(measures.length > 0 ? [measureTable(measures, false)] : []),
    ...(table ? [formatTable(table.head, table.rows)] : []),
    `\`${command}\`, ${date}, ${machine}, load average at the start ${section.loadAverage}; ${versions}; ${commit}.`,
  ].join("\n\n");
}

/** Columns that no line fills are left out. */
function measureTable(measures: readonly Measure[], withVerdict: boolean): string {
  const columns: [string, (measure: Measure) => string | undefined][] = [
    ["", ({ what }) => what],
    ["ours", ({ ours }) => ours],
    ["beside", ({ peer }) => peer],
    ["theirs", ({ theirs }) => theirs],
    ["ratio", ({ ratio }) => ratio && formatRatio(ratio)],
    ["to reach", ({ target }) => target?.text],
    [
      "reached",
      ({ target }) => (withVerdict && target ? (target.met ? "yes" : "**no**") : undefined),
    ],
  ];
  const used = columns.filter(([, of]) => measures.some((measure) => of(measure) !== undefined));
  return formatTable(
    used.map(([head]) => head),
    measures.map((measure) => used.map(([, of]) => of(measure) ?? "")),
  );
}

/** "2.31 [2.10 to 2.52]". */
export function formatRatio({ median, min, max }: Spread): string {
  return `${median.toFixed(2)} [${min.toFixed(2)} to ${max.toFixed(2)}]`;
}

function formatTable(head: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
