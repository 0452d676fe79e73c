import type { PairTokenizer } from "../../engine/index.ts";
import type { RankingTask } from "./squad-slice.ts";
import type { Input, SubjectName, TokenPair } from "./subject.ts";

/** One line of the speed table. */
export interface Case {
  name: string;
  input: Input;
  /** Scorings before the clock starts: long enough for every runtime's compiler to be done. */
  warmUps: number;
  iterations: number;
  /** Whom we are compared with, and the ratio to reach. */
  peers: { subject: SubjectName; target?: number }[];
}

/** Native code may be three times as fast. */
const NATIVE_TARGET = 1 / 3;

/** Pairs that a padded batch of the 100 holds: all at once need gigabytes. */
const GROUP_SIZE = 32;

/** The cases, made of a slice's four questions with 32 candidates and one with 100. */
export function speedCases(slice: readonly RankingTask[], tokenizer: PairTokenizer): Case[] {
  const [task32, task100] = [32, 100].map((size) =>
    slice.find(({ documents }) => documents.length === size),
  );
  if (!task32 || !task100) throw new Error("the slice has no question with 32 or 100 candidates");
  const stream = tokenizer.encode(task100.documents.join(" "));
  const runtimes: Case["peers"] = [{ subject: "onnxruntime-web" }, { subject: "onnxruntime-node" }];
  const single = (length: number, warmUps: number, iterations: number): Case => ({
    name: `1 pair of ${length} tokens`,
    input: { kind: "tokens", pairs: pairsOf(1, length, stream) },
    warmUps,
    iterations,
    peers: runtimes,
  });
  return [
    {
      name: "10 pairs of 128 tokens",
      input: { kind: "tokens", pairs: pairsOf(10, 128, stream) },
      warmUps: 2,
      iterations: 5,
      peers: [
        { subject: "onnxruntime-web", target: 2 },
        { subject: "onnxruntime-node", target: NATIVE_TARGET },
      ],
    },
    {
      name: `32 pairs of real lengths (${lengthsOf(task32, tokenizer)})`,
      input: textsOf(task32),
      warmUps: 1,
      iterations: 2,
      peers: [{ subject: "transformers-js-web", target: 4 }, { subject: "transformers-js-node" }],
    },
    {
      name: `100 pairs of real lengths (${lengthsOf(task100, tokenizer)})`,
      input: textsOf(task100),
      warmUps: 1,
      iterations: 1,
      peers: [{ subject: "transformers-js-web" }, { subject: "transformers-js-node" }],
    },
    single(16, 20, 50),
    single(64, 10, 20),
    single(256, 5, 10),
    single(512, 3, 5),
  ];
}

/** Pairs of exactly `length` tokens from running text: 8 of the first text, the rest of the second. */
function pairsOf(count: number, length: number, stream: Int32Array): TokenPair[] {
  const CLS = 101;
  const SEP = 102;
  return Array.from({ length: count }, (_, pair) => {
    const words = Array.from(stream.subarray(pair * length, (pair + 1) * length));
    const inputIds = [CLS, ...words.slice(0, 8), SEP, ...words.slice(8, length - 3), SEP];
    return { inputIds, tokenTypeIds: inputIds.map((_id, place) => (place < 10 ? 0 : 1)) };
  });
}

function textsOf({ query, documents }: RankingTask): Input {
  return { kind: "texts", query, documents, groupSize: GROUP_SIZE };
}

/** "5,123 tokens, longest 401". */
function lengthsOf({ query, documents }: RankingTask, tokenizer: PairTokenizer): string {
  const queryIds = tokenizer.encode(query);
  const lengths = documents.map(
    (document) => tokenizer.pair(queryIds, tokenizer.encode(document)).inputIds.length,
  );
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return `${total.toLocaleString("en")} tokens, longest ${Math.max(...lengths)}`;
}
