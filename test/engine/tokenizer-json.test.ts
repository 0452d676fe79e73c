import { describe, expect, test } from "vitest";
import { ModelError, PairTokenizer } from "../../engine/index.ts";

/** A small BERT tokenizer.json. */
function tinyTokenizer() {
  const special = (content: string, id: number) => ({
    id,
    content,
    special: true,
    normalized: false,
    single_word: false,
    lstrip: false,
    rstrip: false,
  });
  return {
    version: "1.0",
    added_tokens: [special("[UNK]", 0), special("[CLS]", 1), special("[SEP]", 2)],
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null as boolean | null,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: { type: "BertProcessing", sep: ["[SEP]", 2], cls: ["[CLS]", 1] } as object,
    decoder: null,
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 8,
      vocab: {
        "[UNK]": 0,
        "[CLS]": 1,
        "[SEP]": 2,
        constructor: 3,
        a: 4,
        "##b": 5,
        É: 6,
        E: 7,
        "\\": 8,
        '"': 9,
        é: 10,
        北: 11,
        北京: 12,
      } as Record<string, number>,
    },
  };
}

type Tiny = ReturnType<typeof tinyTokenizer>;

function read(change: (json: Tiny) => void = () => {}): PairTokenizer {
  const json = tinyTokenizer();
  change(json);
  return new PairTokenizer(JSON.stringify(json), 16);
}

const ids = (tokenizer: PairTokenizer, text: string) => Array.from(tokenizer.encode(text));

describe("what tokenizer.json says is what happens", () => {
  test("words are cut into pieces, and a word with a part that is no piece is unknown", () => {
    expect(ids(read(), "ab abb ac c")).toEqual([4, 5, 4, 5, 5, 0, 0]);
  });

  test("a word over the limit of characters is unknown, counted in code points", () => {
    expect(ids(read(), `a${"b".repeat(7)} a${"b".repeat(8)}`)).toEqual([4, 5, 5, 5, 5, 5, 5, 5, 0]);
  });

  test("names that every JavaScript object has are no tokens", () => {
    expect(
      ids(
        read((json) => (json.model.max_input_chars_per_word = 20)),
        "constructor toString __proto__",
      ),
    ).toEqual([3, 0, 0, 0, 0, 0, 0]);
  });

  test("a cased tokenizer keeps case and accents", () => {
    expect(
      ids(
        read((json) => (json.normalizer.lowercase = false)),
        "É E e",
      ),
    ).toEqual([6, 7, 0]);
  });

  test("accents are stripped or kept as told, whatever the case", () => {
    const cased = read((json) =>
      Object.assign(json.normalizer, { lowercase: false, strip_accents: true }),
    );
    expect(ids(cased, "É")).toEqual([7]);
    const uncased = read((json) => (json.normalizer.strip_accents = false));
    expect(ids(uncased, "É")).toEqual([10]);
  });

  test("Chinese characters are words of their own only when told so", () => {
    expect(ids(read(), "北北")).toEqual([11, 11]);
    expect(
      ids(
        read((json) => (json.normalizer.handle_chinese_chars = false)),
        "北京",
      ),
    ).toEqual([12]);
  });

  test("BertProcessing and TemplateProcessing put the same special tokens", () => {
    const sequence = (id: string, type_id: number) => ({ Sequence: { id, type_id } });
    const token = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } });
    const template = read((json) => {
      json.post_processor = {
        type: "TemplateProcessing",
        single: [token("[CLS]", 0), sequence("A", 0), token("[SEP]", 0)],
        pair: [
          token("[CLS]", 0),
          sequence("A", 0),
          token("[SEP]", 0),
          sequence("B", 1),
          token("[SEP]", 1),
        ],
        special_tokens: {},
      };
    });
    for (const tokenizer of [read(), template]) {
      expect(tokenizer.pair(tokenizer.encode("a"), tokenizer.encode("ab"))).toEqual({
        inputIds: Int32Array.of(1, 4, 2, 4, 5, 2),
        tokenTypeIds: Uint8Array.of(0, 0, 0, 1, 1, 1),
        queryTokensCut: 0,
        documentTokensCut: 0,
      });
    }
  });
});

describe("a tokenizer.json that cannot be used is refused, saying why", () => {
  const cases: [name: string, text: string, code: string, message: RegExp][] = [
    ["cut", JSON.stringify(tinyTokenizer()).slice(0, 300), "tokenizer_corrupt", /is no JSON/],
    ["empty", "", "tokenizer_corrupt", /is no JSON/],
    ["null", "null", "tokenizer_corrupt", /has no model/],
    ["another file", '{"format": "x"}', "tokenizer_corrupt", /has no model/],
    [
      "without a vocabulary",
      changed((json) => delete (json.model as Partial<Tiny["model"]>).vocab),
      "tokenizer_corrupt",
      /has no vocabulary/,
    ],
    [
      "without [SEP]",
      changed((json) => {
        delete json.model.vocab["[SEP]"];
        json.added_tokens.pop();
      }),
      "tokenizer_corrupt",
      /gives no id to .*\[SEP\]/,
    ],
    [
      "with a post-processor of no known kind",
      changed((json) => (json.post_processor = { type: "New" })),
      "tokenizer_corrupt",
      /post_processor|PostProcessor/,
    ],
    [
      "of another algorithm",
      changed((json) => (json.model.type = "BPE")),
      "unsupported_model",
      /has model BPE, this engine reads WordPiece/,
    ],
    [
      "of another normalizer",
      changed((json) => (json.normalizer.type = "NFC")),
      "unsupported_model",
      /normalizer NFC/,
    ],
    [
      "of another pre-tokenizer",
      changed((json) => (json.pre_tokenizer.type = "Metaspace")),
      "unsupported_model",
      /pre_tokenizer Metaspace/,
    ],
    [
      "without special tokens around a pair",
      changed((json) => (json.post_processor = null as never)),
      "unsupported_model",
      /does not join a pair/,
    ],
    [
      "that joins pairs in RoBERTa's way",
      changed((json) => Object.assign(json.post_processor, { type: "RobertaProcessing" })),
      "unsupported_model",
      /does not join a pair/,
    ],
    [
      "with an added token of two words",
      changed((json) => (json.added_tokens[2]!.content = "[SEP] x")),
      "unsupported_model",
      /added token "\[SEP\] x"/,
    ],
    [
      "with an added token that is normalized",
      changed((json) => (json.added_tokens[0]!.normalized = true)),
      "unsupported_model",
      /added token "\[UNK\]"/,
    ],
  ];

  test.each(cases)("%s", (_name, text, code, message) => {
    const refusal = refused(() => new PairTokenizer(text, 16));
    expect(refusal.code).toBe(code);
    expect(refusal.message).toMatch(message);
    expect(refusal.message).toMatch(/^tokenizer\.json .*npm run tools/s);
  });

  test("a window too small for a pair's special tokens", () => {
    expect(refused(() => new PairTokenizer(JSON.stringify(tinyTokenizer()), 2)).code).toBe(
      "unsupported_model",
    );
  });
});

function changed(change: (json: Tiny) => void): string {
  const json = tinyTokenizer();
  change(json);
  return JSON.stringify(json);
}

function refused(load: () => unknown): ModelError {
  try {
    load();
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
