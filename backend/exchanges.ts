/** What `check.ts` asks a server: every generation, every form of a pair, parameters, long texts, a thousand rows, and wrong bodies. */
import { readSlice } from "../test/bench/squad-slice.ts";

export interface Exchange {
  name: string;
  /** Sent as JSON; a string is sent as it is. */
  body: unknown;
}

const QUERY = "how many people live in berlin";
const DOCUMENT =
  "Berlin had a population of 3,520,031 registered inhabitants in an area of 891.82 square kilometers.";
const LOGITS = { function_to_apply: "none" };

/** Bodies that are answered. */
export async function rightExchanges(): Promise<Exchange[]> {
  const tasks = await readSlice();
  const words = tasks.flatMap(({ documents }) => documents).join(" ");
  const passages = tasks.flatMap(({ query, documents }) =>
    documents.map((document) => ({ text: query, text_pair: document })),
  );
  const pair = { text: QUERY, text_pair: DOCUMENT };
  const columns = {
    query: [QUERY, QUERY],
    document: ["Berlin is well known for its museums.", DOCUMENT],
  };
  const frame = {
    columns: ["a", "b"],
    index: [0, 1],
    data: [
      [QUERY, DOCUMENT],
      [QUERY, "x"],
    ],
  };
  const asked = { return_scores: true };
  return [
    { name: "A", body: { inputs: { input_string: ["a good day", DOCUMENT] } } },
    {
      name: "A, a text alone",
      body: { inputs: { input_string: "a good day" }, parameters: asked },
    },
    { name: "A, two columns", body: { inputs: columns, parameters: asked } },
    {
      name: "A, three columns",
      body: { inputs: { a: ["x"], b: ["y"], c: ["z"] }, parameters: asked },
    },
    { name: "A, parameters of Azure's", body: { inputs: columns, parameters: { max_length: 9 } } },
    { name: "B", body: { input_data: { input_string: ["a good day", DOCUMENT] } } },
    { name: "B, parameters within", body: { input_data: { ...columns, parameters: asked } } },
    { name: "B, parameters beside", body: { input_data: columns, parameters: asked } },
    { name: "B, params beside", body: { input_data: columns, params: asked } },
    { name: "B, a split frame", body: { input_data: frame, params: asked } },
    {
      name: "B, a split frame of texts",
      body: { input_data: { columns: ["x"], data: [["a good day"], [DOCUMENT]] }, params: asked },
    },
    {
      name: "B, marked pairs",
      body: {
        input_data: { input_string: [`[CLS] ${QUERY} [SEP] ${DOCUMENT} [SEP]`] },
        params: asked,
      },
    },
    {
      name: "C",
      body: { input_data: ["a good day", pair, { text: QUERY }, { ...pair, text_pair: null }] },
    },
    { name: "C, a text alone", body: { input_data: QUERY } },
    { name: "C, a marked pair", body: { input_data: [`[CLS]${QUERY}[SEP]${DOCUMENT}[SEP] `] } },
    ...[
      {},
      { top_k: 1 },
      { top_k: null },
      { return_all_scores: true },
      { function_to_apply: "SoftMax" },
    ].map((params) => ({
      name: `C with ${JSON.stringify(params)}`,
      body: { input_data: [pair], params },
    })),
    {
      name: "passages of SQuAD",
      body: { input_data: passages.filter((_, place) => place % 4 === 0), params: LOGITS },
    },
    {
      name: "1,000 rows of many lengths",
      body: {
        input_data: Array.from({ length: 1000 }, (_, row) => ({
          text: tasks[row % tasks.length]!.query,
          text_pair: words.slice(row * 97, row * 97 + 10 + (row % 13) * 12),
        })),
        params: LOGITS,
      },
    },
    {
      name: "texts over the window",
      body: {
        input_data: [
          { text: QUERY, text_pair: words.slice(0, 50_000) },
          { text: words.slice(0, 8_000), text_pair: DOCUMENT },
          { text: words.slice(0, 8_000), text_pair: words.slice(8_000, 20_000) },
          { text: words.slice(0, 1_100), text_pair: words.slice(3_000, 4_400) },
          words.slice(0, 100_000),
        ],
        params: LOGITS,
      },
    },
    {
      name: "texts of all kinds",
      body: {
        input_data: [
          { text: "", text_pair: "" },
          { text: QUERY, text_pair: "" },
          { text: "", text_pair: DOCUMENT },
          { text: "what is [SEP] and [MASK]", text_pair: "[CLS] a [SEP] token [PAD]" },
          {
            text: "东京 人口",
            text_pair: "Tōkyō\u0000 has 14 million 🗼 people\u200b\u00a0\ufffd.",
          },
          { text: "half \ud83d a pair", text_pair: "\udc00 and the other" },
          "",
        ],
        params: LOGITS,
      },
    },
  ];
}

/** Bodies that are refused. */
export const WRONG_EXCHANGES: readonly Exchange[] = [
  "[]",
  "3",
  {},
  { inputs: [DOCUMENT] },
  { inputs: { a: ["x"] }, model: "x" },
  { inputs: { a: [] } },
  { inputs: { a: ["x"], b: ["x", "y"] } },
  { inputs: { a: ["x", 3] } },
  { inputs: { a: Array(1001).fill("x") } },
  { inputs: { a: ["x".repeat(100_001)] } },
  { inputs: { a: ["x".repeat(50_000)], b: ["x"], c: ["x".repeat(50_000)] } },
  { inputs: { a: ["x"] }, parameters: { return_scores: "yes" } },
  { input_data: 3 },
  { input_data: null },
  { input_data: {} },
  { input_data: { parameters: {} } },
  { input_data: { columns: [], data: [[]] } },
  { input_data: { columns: ["a"], data: [] } },
  { input_data: { columns: ["a"], data: [["x", "y"]] } },
  { input_data: { columns: ["a"], data: [["x"], [3]] } },
  { input_data: [] },
  { input_data: [3] },
  { input_data: [["q", "d"]] },
  { input_data: [{ text_pair: "d" }] },
  { input_data: Array(1001).fill("x") },
  { input_data: ["x", { text: "x", text_pair: "x".repeat(100_001) }] },
  { input_data: Array(21).fill("x".repeat(99_999)) },
  { input_data: ["x"], params: [] },
  { input_data: ["x"], params: { top_k: 0 } },
  { input_data: ["x"], params: { top_k: 1.5 } },
  { input_data: ["x"], params: { function_to_apply: "tanh" } },
  { input_data: ["x"], params: { return_all_scores: 1 } },
].map((body) => ({ name: JSON.stringify(body).slice(0, 70), body }));
