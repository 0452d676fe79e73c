/** A strict reader of Prometheus' text format 0.0.4: whatever a scraper might refuse or misread throws. */

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface Family {
  type: string;
  help: string;
  samples: Sample[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: [""],
  gauge: [""],
  histogram: ["_bucket", "_sum", "_count"],
};

/** Families by name. @throws Error naming the line */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let name = "";
  let help: string | undefined;
  for (const line of text.slice(0, -1).split("\n")) {
    const head = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line);
    if (head?.[1] === "HELP") {
      if (families.has(head[2]!) || help !== undefined) throw new Error(`HELP twice: ${line}`);
      if (!/^(?:[^\\]|\\[\\n])*$/.test(head[3]!)) throw new Error(`HELP is not escaped: ${line}`);
      name = head[2]!;
      help = unescape(head[3]!);
      continue;
    }
    if (head?.[1] === "TYPE") {
      if (help === undefined || head[2] !== name) throw new Error(`TYPE without HELP: ${line}`);
      if (!(head[3]! in SUFFIXES)) throw new Error(`unknown type: ${line}`);
      families.set(name, { type: head[3]!, help, samples: [] });
      help = undefined;
      continue;
    }
    const sample = parseSample(line);
    const family = families.get(name);
    const own = SUFFIXES[family?.type ?? ""]?.map((suffix) => `${name}${suffix}`);
    if (!own?.includes(sample.name) || help !== undefined)
      throw new Error(`not of the family before it: ${line}`);
    const key = line.slice(0, line.lastIndexOf(" "));
    if (seen.has(key)) throw new Error(`twice: ${line}`);
    seen.add(key);
    if (family!.type !== "gauge" && !(sample.value >= 0)) throw new Error(`negative: ${line}`);
    family!.samples.push(sample);
  }
  for (const [own, family] of families) {
    if (family.type === "histogram") checkHistogram(own, family.samples);
  }
  return families;
}

function parseSample(line: string): Sample {
  const parts = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)$`).exec(
    line,
  );
  if (!parts) throw new Error(`no sample: ${line}`);
  const labels: Record<string, string> = {};
  for (let rest = parts[2] ?? ""; rest !== "";) {
    const label = LABEL.exec(rest);
    if (!label || Object.hasOwn(labels, label[1]!)) throw new Error(`wrong labels: ${line}`);
    labels[label[1]!] = unescape(label[2]!);
    rest = rest.slice(label[0].length);
  }
  return { name: parts[1]!, labels, value: Number(parts[3]) };
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, own: string) => (own === "n" ? "\n" : own));
}

/** Bounds rise up to +Inf, counts never fall, and the last is the count. */
function checkHistogram(name: string, samples: readonly Sample[]): void {
  const buckets = samples.filter((sample) => sample.name === `${name}_bucket`);
  const bounds = buckets.map(({ labels }) =>
    labels["le"] === "+Inf" ? Infinity : Number(labels["le"]),
  );
  const valueOf = (suffix: string) => samples.find((sample) => sample.name === `${name}${suffix}`);
  for (let index = 1; index < buckets.length; index++) {
    if (!(bounds[index]! > bounds[index - 1]!)) throw new Error(`${name}: bounds do not rise`);
    if (buckets[index]!.value < buckets[index - 1]!.value)
      throw new Error(`${name}: not cumulative`);
  }
  if (bounds.at(-1) !== Infinity) throw new Error(`${name}: no +Inf`);
  if (valueOf("_sum") === undefined) throw new Error(`${name}: no sum`);
  if (buckets.at(-1)!.value !== valueOf("_count")?.value)
    throw new Error(`${name}: +Inf is not the count`);
}
