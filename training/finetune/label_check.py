"""Labels that look like misspelt ones, classes out of balance, labels that training never saw."""

from collections.abc import Iterable, Sequence

from .examples import Place
from .findings import Findings

# A rare label is suspected if a label so close to it is so many times as frequent.
TYPO_FREQUENCY = 10
FEW_EXAMPLES = 5
UNBALANCED = 50

Uses = dict[str, list[Place]]


def check_labels(train: Uses, others: dict[str, Uses], odd_allowed: bool, findings: Findings) -> None:
    """`train` and `others` (by split) map each label to where it is used."""
    counts = sorted(((len(places), label) for label, places in train.items()), reverse=True)
    if len(counts) < 2:
        findings.error(f"training has {f'a single label, {counts[0][1]!r}' if counts else 'no labels'}: there is nothing to learn")
        return
    (most, frequent), (least, rare) = counts[0], counts[-1]
    findings.fact(f"labels: {len(counts)}, from {least:,} ({rare}) to {most:,} examples ({frequent})")
    report_odd = findings.warning if odd_allowed else findings.error
    for label, intended in lookalikes(train):
        hint = "" if odd_allowed else "; mend it, or say --allow-odd-labels"
        report_odd(f"label {label!r} ({len(train[label])} times) looks like {intended!r} ({len(train[intended]):,} times){hint}", train[label])
    for split, uses in others.items():
        for label in sorted(uses.keys() - train.keys()):
            findings.error(f"label {label!r} of {split} does not occur in training", uses[label])
    few = [label for count, label in counts if count < FEW_EXAMPLES]
    if few:
        findings.warning(f"{len(few)} of {len(counts)} labels have fewer than {FEW_EXAMPLES} examples: {', '.join(few[:5])}", train[few[0]])
    if most > UNBALANCED * least:
        findings.warning(f"{frequent!r} is {most // least} times as frequent as {rare!r}: rare labels will be found less often")


def lookalikes(uses: Uses) -> Iterable[tuple[str, str]]:
    """(label, the more frequent label it resembles): the same but for case and blanks, or rare and one or two edits away."""
    ordered = sorted(uses, key=lambda label: (-len(uses[label]), label))
    for place, label in enumerate(ordered):
        for intended in ordered[:place]:
            rare = len(uses[label]) * TYPO_FREQUENCY <= len(uses[intended])
            if plain(label) == plain(intended) or (rare and is_typo(label, intended)):
                yield label, intended
                break


def plain(label: str) -> str:
    """Without what people vary unawares."""
    return "".join(character for character in label.casefold() if character not in " \t-_")


def is_typo(label: str, intended: str) -> bool:
    """Whether one is the other with one edit, or with two if it is long; labels that differ in digits alone are different labels."""
    if "".join(filter(str.isalpha, label)) == "".join(filter(str.isalpha, intended)):
        return False
    allowed = 0 if len(intended) < 4 else 1 if len(intended) < 8 else 2
    return abs(len(label) - len(intended)) <= allowed and edit_distance(label, intended) <= allowed


def edit_distance(first: Sequence, second: Sequence) -> int:
    """Levenshtein distance."""
    row = list(range(len(second) + 1))
    for above, left in enumerate(first, 1):
        diagonal, row[0] = row[0], above
        for place, right in enumerate(second, 1):
            diagonal, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, diagonal + (left != right))
    return row[-1]
