"""Texts that occur twice, in training and in a held-out split, or that the window cuts."""

import unicodedata
from collections.abc import Callable
from typing import TypeVar

from .encode import Encoded
from .examples import Place, RankingExample, TaggedExample, TextExample
from .findings import Findings

Example = TypeVar("Example", TextExample, TaggedExample, RankingExample)


def key_of(example: TextExample | TaggedExample | RankingExample) -> str:
    """The example's text as far as it matters for repetitions: without case, width and blanks."""
    if isinstance(example, TextExample):
        text = f"{example.text}\0{example.pair or ''}"
    else:
        text = " ".join(example.tokens) if isinstance(example, TaggedExample) else example.query
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def check_repetitions(examples: list[Example], answer: Callable[[Example], object], findings: Findings) -> None:
    """Warns of training examples with the same text, worse if their answers differ."""
    first: dict[str, Example] = {}
    same: list[Place] = []
    contrary: list[Place] = []
    for example in examples:
        earlier = first.setdefault(key_of(example), example)
        if earlier is not example:
            (same if answer(earlier) == answer(example) else contrary).append(example.place)
    if same:
        findings.warning(f"{len(same):,} training examples repeat an earlier one", same)
    if contrary:
        findings.warning(f"{len(contrary):,} training examples have the text of an earlier one and another label", contrary)


def without_leaks(splits: dict[str, list[Example]], findings: Findings) -> dict[str, list[Example]]:
    """The splits, training without the examples whose text is in dev or test too."""
    train = splits["train"]
    for name in splits.keys() - {"train"}:
        held_out = {key_of(example) for example in splits[name]}
        leaked = [example.place for example in train if key_of(example) in held_out]
        if leaked:
            findings.warning(f"{len(leaked):,} training examples are in {name} too and are left out of training", leaked)
            train = [example for example in train if key_of(example) not in held_out]
    return {**splits, "train": train}


def check_lengths(split: str, encoded: list[Encoded], places: list[Place], max_tokens: int, findings: Findings) -> None:
    """States lengths in tokens, and warns of sequences that the window cuts; `places` are theirs."""
    lengths = [one.whole_length for one in encoded]
    findings.fact(f"{split}: {sum(lengths) / len(lengths):.0f} tokens on average, {max(lengths):,} at most; the window is {max_tokens}")
    cut = [place for place, length in zip(places, lengths) if length > max_tokens]
    if cut:
        share = len(cut) / len(lengths)
        findings.warning(f"{split}: {len(cut):,} of {len(lengths):,} ({share:.1%}) are longer and will be cut; see --max-tokens", cut)
