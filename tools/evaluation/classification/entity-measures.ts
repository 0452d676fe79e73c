/** Measures of token classification by whole entities, as seqeval has them in its default, lenient mode. */
import { byCodePoint, measuresFromCounts, type ClassMeasures } from "./label-measures.ts";

export interface Entity {
  type: string;
  /** Places of its first and last token in the sentence, from 0. */
  first: number;
  last: number;
}

export interface EntityMeasures {
  /** Of all entities together; support is their number. */
  micro: ClassMeasures;
  /** Means over the types that are there or were found; support is the number of entities. */
  macro: ClassMeasures;
  /** By type, in code-point order. */
  perType: Readonly<Record<string, ClassMeasures>>;
}

interface Tag {
  prefix: string;
  type: string;
}

const OUTSIDE: Tag = { prefix: "O", type: "_" };

/**
 * The entities that a sentence's tags spell: `B-`, `I-`, `E-`, `S-` and a type, or `O`. As conlleval does, an `I-` that follows `O` or
 * another type begins an entity.
 *
 * @see https://github.com/chakki-works/seqeval/blob/v1.2.2/seqeval/metrics/sequence_labeling.py get_entities
 */
export function entitiesOf(tags: readonly string[]): Entity[] {
  const entities: Entity[] = [];
  let previous: Tag = { prefix: "O", type: "" };
  let first = 0;
  for (const [index, tag] of [...tags.map(parseTag), OUTSIDE].entries()) {
    if (endsBefore(previous, tag)) entities.push({ type: previous.type, first, last: index - 1 });
    if (startsAt(previous, tag)) first = index;
    previous = tag;
  }
  return entities;
}

/**
 * An entity counts as found if type, first and last token agree.
 *
 * @param actual - True tags of each sentence.
 * @param predicted - As many sentences with as many tags.
 */
export function measureEntities(
  actual: readonly (readonly string[])[],
  predicted: readonly (readonly string[])[],
): EntityMeasures {
  const counts = new Map<string, { hits: number; actual: number; predicted: number }>();
  const countsOf = (type: string) => {
    let own = counts.get(type);
    if (!own) counts.set(type, (own = { hits: 0, actual: 0, predicted: 0 }));
    return own;
  };
  for (const [index, tags] of actual.entries()) {
    const there = entitiesOf(tags);
    const keys = new Set(there.map(keyOf));
    for (const { type } of there) countsOf(type).actual++;
    for (const entity of entitiesOf(predicted[index]!)) {
      countsOf(entity.type).predicted++;
      if (keys.has(keyOf(entity))) countsOf(entity.type).hits++;
    }
  }
  const types = [...counts.keys()].sort(byCodePoint);
  const total = { hits: 0, actual: 0, predicted: 0 };
  for (const own of counts.values()) {
    total.hits += own.hits;
    total.actual += own.actual;
    total.predicted += own.predicted;
  }
  const perType = types.map((type) => measuresFromCounts(counts.get(type)!));
  const meanOf = (key: "precision" | "recall" | "f1"): number =>
    perType.reduce((sum, measures) => sum + measures[key], 0) / Math.max(1, perType.length);
  return {
    micro: measuresFromCounts(total),
    macro: {
      precision: meanOf("precision"),
      recall: meanOf("recall"),
      f1: meanOf("f1"),
      support: total.actual,
    },
    perType: Object.fromEntries(types.map((type, index) => [type, perType[index]!])),
  };
}

/** The type is what follows the first hyphen after the first character; without one it is the rest, or `_`. */
function parseTag(tag: string): Tag {
  const rest = tag.slice(1);
  const hyphen = rest.indexOf("-");
  return { prefix: tag.slice(0, 1), type: (hyphen < 0 ? rest : rest.slice(hyphen + 1)) || "_" };
}

function endsBefore(previous: Tag, tag: Tag): boolean {
  if (previous.prefix === "E" || previous.prefix === "S") return true;
  if ("BI".includes(previous.prefix) && "BSO".includes(tag.prefix)) return true;
  return previous.prefix !== "O" && previous.prefix !== "." && previous.type !== tag.type;
}

function startsAt(previous: Tag, tag: Tag): boolean {
  if (tag.prefix === "B" || tag.prefix === "S") return true;
  if ("EI".includes(tag.prefix) && "ESO".includes(previous.prefix)) return true;
  return tag.prefix !== "O" && tag.prefix !== "." && previous.type !== tag.type;
}

function keyOf({ type, first, last }: Entity): string {
  return `${first} ${last} ${type}`;
}
