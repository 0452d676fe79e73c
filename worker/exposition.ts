/**
 * Counters, gauges and histograms, and their text for Prometheus. Knows nothing of this service.
 *
 * Own code: the usual library reads `process` and other things of Node that a Worker does not have.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */

/** What {@link exposition} is sent as. */
export const EXPOSITION_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export type Labels = Readonly<Record<string, string>>;

/** A named family of samples. */
export interface Metric {
  name: string;
  /** A sentence for people. */
  help: string;
  type: "counter" | "gauge" | "histogram";
  /** Lines of the exposition, without the family's head. */
  samples(): string[];
}

/** A sum that only grows, one for each set of labels. */
export class Counter implements Metric {
  readonly type = "counter";
  readonly name: string;
  readonly help: string;
  /** By the labels as they are written. */
  readonly #values = new Map<string, number>();

  constructor(name: string, help: string) {
    this.name = name;
    this.help = help;
  }

  /** @param by - At least 0. */
  add(labels: Labels = {}, by = 1): void {
    const key = writeLabels(labels);
    this.#values.set(key, (this.#values.get(key) ?? 0) + by);
  }

  samples(): string[] {
    return Array.from(this.#values, ([labels, value]) => `${this.name}${labels} ${value}`);
  }
}

/** A value that is looked up when it is asked for, or one for each set of labels. */
export class Gauge implements Metric {
  readonly type = "gauge";
  readonly name: string;
  readonly help: string;
  readonly #read: () => number | readonly (readonly [Labels, number])[];

  constructor(
    name: string,
    help: string,
    read: () => number | readonly (readonly [Labels, number])[],
  ) {
    this.name = name;
    this.help = help;
    this.#read = read;
  }

  samples(): string[] {
    const value = this.#read();
    if (typeof value === "number") return [`${this.name} ${value}`];
    return value.map(([labels, each]) => `${this.name}${writeLabels(labels)} ${each}`);
  }
}

/** How many values were at most each bound, and their sum. */
export class Histogram implements Metric {
  readonly type = "histogram";
  readonly name: string;
  readonly help: string;
  readonly #bounds: readonly number[];
  /** Values that fell between one bound and the one before; the last counts those over all bounds. */
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds - Rising; that of all values is added. */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.name = name;
    this.help = help;
    this.#bounds = bounds;
    this.#counts = Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    const bucket = this.#bounds.findIndex((bound) => value <= bound);
    this.#counts[bucket < 0 ? this.#bounds.length : bucket]!++;
    this.#sum += value;
  }

  samples(): string[] {
    let count = 0;
    const buckets = this.#counts.map((own, bucket) => {
      count += own;
      const le = String(this.#bounds[bucket] ?? "+Inf");
      return `${this.name}_bucket${writeLabels({ le })} ${count}`;
    });
    return [...buckets, `${this.name}_sum ${this.#sum}`, `${this.name}_count ${count}`];
  }
}

/** The metrics as Prometheus reads them: each with one HELP and one TYPE, then its samples. */
export function exposition(metrics: readonly Metric[]): string {
  return metrics
    .flatMap((metric) => [
      `# HELP ${metric.name} ${metric.help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
      `# TYPE ${metric.name} ${metric.type}`,
      ...metric.samples(),
    ])
    .map((line) => `${line}\n`)
    .join("");
}

function writeLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}

function escapeValue(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
