/** Builds a tokenizer.json from vocab.txt, as transformers' BertTokenizerFast does for old checkpoints. */
import { UserError } from "../user-error.ts";

const SPECIAL_TOKENS = {
  pad_token: "[PAD]",
  unk_token: "[UNK]",
  cls_token: "[CLS]",
  sep_token: "[SEP]",
  mask_token: "[MASK]",
} as const;

/**
 * The tokenizer.json of a WordPiece vocabulary.
 * @param vocabulary the text of vocab.txt: one token a line, its id is the line's number from 0
 * @param settings the object in tokenizer_config.json, `{}` if there is none; what it leaves out has BertTokenizer's defaults
 * @throws UserError if the vocabulary lacks a special token that a pair needs, or the settings ask for another tokenizer
 */
export function buildBertTokenizer(
  vocabulary: string,
  settings: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  if (settings["do_basic_tokenize"] === false) {
    throw new UserError(
      "tokenizer_config.json: do_basic_tokenize is false, which vocab.txt cannot be read with. Save the checkpoint's tokenizer.json with transformers.",
    );
  }
  const vocab = Object.fromEntries(readVocabulary(vocabulary));
  const special = Object.entries(SPECIAL_TOKENS).map(([key, fallback]) => ({
    key,
    content: tokenText(settings[key]) ?? fallback,
  }));
  const tokenOf = (key: keyof typeof SPECIAL_TOKENS): { content: string; id: number } => {
    const { content } = special.find((token) => token.key === key)!;
    if (!Object.hasOwn(vocab, content)) {
      throw new UserError(`vocab.txt has no ${content} token. It is not BERT's vocabulary.`);
    }
    return { content, id: vocab[content]! };
  };
  const unk = tokenOf("unk_token");
  const cls = tokenOf("cls_token");
  const sep = tokenOf("sep_token");
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special
      .filter(({ content }) => Object.hasOwn(vocab, content))
      .map(({ content }) => ({ id: vocab[content]!, content, ...SPECIAL_TOKEN_FLAGS }))
      .sort((a, b) => a.id - b.id),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: settings["tokenize_chinese_chars"] ?? true,
      strip_accents: settings["strip_accents"] ?? null,
      lowercase: settings["do_lower_case"] ?? true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [special0(cls), sequence("A", 0), special0(sep)],
      pair: [
        special0(cls),
        sequence("A", 0),
        special0(sep),
        sequence("B", 1),
        { SpecialToken: { id: sep.content, type_id: 1 } },
      ],
      special_tokens: { [cls.content]: template(cls), [sep.content]: template(sep) },
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: unk.content,
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab,
    },
  };
}

const SPECIAL_TOKEN_FLAGS = {
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
};

/** Token and id of each line. A repeated token has the id of its last line. */
function readVocabulary(text: string): [string, number][] {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines.map((token, id) => [token, id]);
}

/** A special token in tokenizer_config.json: its text, or an object that holds it. */
function tokenText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  const content = (value as { content?: unknown } | null | undefined)?.content;
  return typeof content === "string" ? content : undefined;
}

const special0 = ({ content }: { content: string }) => ({
  SpecialToken: { id: content, type_id: 0 },
});
const sequence = (id: "A" | "B", type_id: number) => ({ Sequence: { id, type_id } });
const template = ({ content, id }: { content: string; id: number }) => ({
  id: content,
  ids: [id],
  tokens: [content],
});
