"""BIO tags: their form, and entities that begin with I-."""

from collections.abc import Iterator
from dataclasses import replace

from .examples import TaggedExample
from .findings import Findings

Orphan = tuple[TaggedExample, int]


def check_tags(split: str, examples: list[TaggedExample], repair: bool, findings: Findings) -> list[TaggedExample]:
    """The examples, with entities that begin with I- mended where that is right.

    That is where the file is in the older scheme of CoNLL-2003, IOB1, which writes B- only between neighbours of one type, or where
    `repair` says so; elsewhere they are errors.
    """
    broken = [(example, tag) for example in examples for tag in example.tags if not is_bio(tag)]
    for tag in sorted({tag for _, tag in broken})[:10]:
        findings.error(f"{split}: tag {tag!r} is neither O nor B- or I- and a type", [one.place for one, other in broken if other == tag])
    if broken:
        return examples
    found = [orphan for example in examples for orphan in orphans(example)]
    if not found:
        return examples
    if is_iob1(examples):
        findings.fact(f"{split}: tags are IOB1, as in the original CoNLL-2003; read as BIO")
    elif repair:
        findings.warning(f"{split}: {len(found):,} I- tags begin an entity; read as B-", [example.place for example, _ in found])
    else:
        example, place = found[0]
        findings.error(
            f"{split}: {len(found):,} I- tags do not continue an entity of their type, first {example.tags[place]} at token "
            f"{place + 1}, {example.tokens[place]!r}; mend them, or say --repair-tags",
            [example.place for example, _ in found],
        )
    return [repaired(example) for example in examples]


def is_bio(tag: str) -> bool:
    return tag == "O" or (tag[:2] in ("B-", "I-") and len(tag) > 2)


def orphans(example: TaggedExample) -> Iterator[Orphan]:
    """Places of I- tags that do not follow a tag of the same type."""
    for place, tag in enumerate(example.tags):
        if tag.startswith("I-") and (place == 0 or example.tags[place - 1][1:] != tag[1:]):
            yield example, place


def is_iob1(examples: list[TaggedExample]) -> bool:
    """Whether every B- follows a tag of the same type."""
    return all(
        place > 0 and example.tags[place - 1][1:] == tag[1:]
        for example in examples
        for place, tag in enumerate(example.tags)
        if tag.startswith("B-")
    )


def repaired(example: TaggedExample) -> TaggedExample:
    """The same entities, each begun with B-."""
    begins = {place for _, place in orphans(example)}
    return replace(example, tags=tuple(f"B{tag[1:]}" if place in begins else tag for place, tag in enumerate(example.tags)))
