/** Prints random cases and our values for them as JSON, the same ones each time: `node cases.ts`. The first of each kind are small. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  entitiesOf,
  measureEntities,
} from "../../../../tools/evaluation/classification/entity-measures.ts";
import { measureLabels } from "../../../../tools/evaluation/classification/label-measures.ts";
import { porterStem } from "../../../../tools/evaluation/porter-stemmer.ts";
import { seededRandom } from "../../../../tools/evaluation/random.ts";
import { measureRanking } from "../../../../tools/evaluation/ranking-measures.ts";
import { trecOrder } from "../../../../tools/evaluation/trec-order.ts";

const NUM_RANKINGS = 200;
const NUM_CLASSIFICATIONS = 200;
const NUM_SMALL = 8;

const random = seededRandom(20_261_124);
const whole = (below: number): number => Math.floor(random() * below);
const pick = <T>(values: readonly T[]): T => values[whole(values.length)]!;

/** Ids whose order by bytes is not that of UTF-16 units, nor that of numbers. */
const PREFIXES = ["", "d", "D", "doc-", "é", "\u{1f600}", "\ufb01"];

function rankingCase(index: number) {
  const small = index < NUM_SMALL;
  const qrels: Record<string, Record<string, number>> = {};
  const run: Record<string, Record<string, number>> = {};
  const order: Record<string, string[]> = {};
  const ours: Record<string, unknown> = {};
  for (let query = 0; query < (small ? 2 : 5); query++) {
    const id = `q${query}`;
    const ids = [
      ...new Set(Array.from({ length: small ? 14 : 180 }, () => pick(PREFIXES) + whole(400))),
    ];
    // A query in ten has no relevant document.
    const most = whole(10) === 0 ? 1 : 4;
    qrels[id] = Object.fromEntries(
      ids.filter(() => random() < 0.4).map((docId) => [docId, whole(most + 1) - 1]),
    );
    run[id] = Object.fromEntries(
      ids.slice(0, 1 + whole(ids.length)).map((docId) => [docId, randomScore(index)]),
    );
    const judgements = new Map(Object.entries(qrels[id]));
    order[id] = trecOrder(Object.entries(run[id]).map(([docId, score]) => ({ docId, score }))).map(
      ({ docId }) => docId,
    );
    if (judgements.size === 0) continue;
    ours[id] = measureRanking(order[id], judgements);
  }
  return { qrels, run, order, ours };
}

/** Of few values, so that many tie; some differ in what a 32-bit float cannot hold. */
function randomScore(index: number): number {
  const coarse = whole(8) - 4;
  return index % 2 === 0 ? coarse : coarse + whole(3) * 1e-9 + whole(3) * 1e-3;
}

function labelCase(index: number) {
  const labels = ["a", "B", "card_arrival", "é", "\u{1f600}", "\ufb01", "7"].slice(0, 2 + whole(6));
  const length = index < NUM_SMALL ? 10 : 1 + whole(300);
  const actual = Array.from({ length }, () => pick(labels));
  const right = random();
  // Some labels are never predicted, and some predicted ones are never true.
  const predictable = [...labels.slice(whole(2)), "never"];
  const predicted = actual.map((label) => (random() < right ? label : pick(predictable)));
  return { actual, predicted, ours: measureLabels(actual, predicted) };
}

const TAGS = ["O", "O", "B-person", "I-person", "B-creative-work", "I-creative-work", "B", "I"];
const MORE_TAGS = [...TAGS, "E-person", "S-person", "E-creative-work", "S"];

function tagCase(index: number) {
  const tags = index % 3 === 0 ? MORE_TAGS : TAGS;
  const actual = Array.from({ length: index < NUM_SMALL ? 3 : 1 + whole(20) }, () =>
    Array.from({ length: 1 + whole(12) }, () => pick(tags)),
  );
  const right = random();
  const predicted = actual.map((sentence) =>
    sentence.map((tag) => (random() < right ? tag : pick(tags))),
  );
  return {
    actual,
    predicted,
    ours: measureEntities(actual, predicted),
    entities: actual.map((sentence) =>
      entitiesOf(sentence).map(({ type, first, last }) => [type, first, last]),
    ),
  };
}

/** Every word of the default model's vocabulary. */
async function stemCases() {
  const path = join(import.meta.dirname, "../../../../models/rerank-minilm-l6/tokenizer.json");
  const { model } = JSON.parse(await readFile(path, "utf8")) as {
    model: { vocab: Record<string, number> };
  };
  const words = Object.keys(model.vocab).filter((word) => /^[a-z]+$/.test(word));
  return { words, ours: words.map(porterStem) };
}

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

console.log(
  JSON.stringify({
    numSmall: NUM_SMALL,
    rankings: times(NUM_RANKINGS, rankingCase),
    labels: times(NUM_CLASSIFICATIONS, labelCase),
    tags: times(NUM_CLASSIFICATIONS, tagCase),
    stems: await stemCases(),
  }),
);
