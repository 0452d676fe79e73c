"""Writes engine/bert-characters.ts: how the reference library classifies every Unicode character.

    python tools/make_bert_characters.py > engine/bert-characters.ts

Needs `tokenizers`. The classes are read off the library's own behaviour, one character at a time.
"""

import tokenizers
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
OFF = {"clean_text": False, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False}
CLEAN = BertNormalizer(**{**OFF, "clean_text": True})
SPACE_CJK = BertNormalizer(**{**OFF, "handle_chinese_chars": True})
STRIP = BertNormalizer(**{**OFF, "strip_accents": True})
SPLIT = BertPreTokenizer()

CLASSES = {
    "CONTROL": ("is dropped when text is cleaned", lambda c: CLEAN.normalize_str(f"x{c}x") == "xx"),
    "WHITESPACE": ("separates words", lambda c: len(SPLIT.pre_tokenize_str(f"x{c}x")) == 2),
    "PUNCTUATION": ("is a word of its own", lambda c: len(SPLIT.pre_tokenize_str(f"x{c}x")) == 3),
    "CJK": ("is a word of its own when Chinese characters are split", lambda c: " " in SPACE_CJK.normalize_str(f"x{c}x") and c != " "),
    "MARK": ("is dropped when accents are stripped", lambda c: STRIP.normalize_str(f"x{c}x") == "xx"),
    "DECOMPOSED": (
        "is replaced by its canonical decomposition when accents are stripped",
        lambda c: STRIP.normalize_str(f"x{c}x") not in (f"x{c}x", "xx"),
    ),
}


def base36(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
        if not number:
            return digits


def boundaries(belongs) -> list[int]:
    """Code points where membership changes, ascending, starting with the first member."""
    result, inside = [], False
    for code_point in range(0x110000):
        surrogate = 0xD800 <= code_point < 0xE000
        member = not surrogate and belongs(chr(code_point))
        if member != inside:
            result.append(code_point)
            inside = member
    return result + ([0x110000] if inside else [])


def lines(numbers: list[int]) -> list[str]:
    deltas = [base36(b - a) for a, b in zip([0, *numbers], numbers)]
    result = [""]
    for delta in deltas:
        if len(result[-1]) + len(delta) > 120:
            result.append("")
        result[-1] = f"{result[-1]} {delta}".strip()
    return result


def main() -> None:
    print(f"// Made by tools/make_bert_characters.py from tokenizers {tokenizers.__version__}. Do not edit.")
    print("// Each class lists the code points where membership changes, as base-36 distances from one to the next.")
    for name, (meaning, belongs) in CLASSES.items():
        print(f"\n/** A character that {meaning}. */")
        quoted = [f'"{line}"' for line in lines(boundaries(belongs))]
        body = quoted[0] if len(quoted) == 1 else "".join(f"\n  {line}," for line in quoted) + "\n"
        print(f"export const {name}: readonly string[] = [{body}];")


if __name__ == "__main__":
    main()
