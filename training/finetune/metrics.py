"""Measures of predictions, in plain Python. Ratios with a zero below are 0."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2, sqrt


@dataclass(frozen=True)
class ClassMeasures:
    """Ratios in [0, 1]; `support` is the number of true examples (entities) of the class."""

    precision: float
    recall: float
    f1: float
    support: int


def ratio(above: float, below: float) -> float:
    return above / below if below else 0.0


def from_counts(hits: int, predicted: int, actual: int) -> ClassMeasures:
    """Precision, recall and F1 of `hits` among `predicted` and `actual`."""
    return ClassMeasures(ratio(hits, predicted), ratio(hits, actual), ratio(2 * hits, predicted + actual), actual)


def by_class(actual: Sequence[frozenset], predicted: Sequence[frozenset]) -> tuple[ClassMeasures, dict[str, ClassMeasures]]:
    """Measures over all members of the sets together (micro), and of each class that is there or was predicted, by name.

    A member is a class name, or a tuple that begins with one.
    """

    def name_of(member) -> str:
        return member if isinstance(member, str) else member[0]

    hits, there, found = Counter(), Counter(), Counter()
    for true, guessed in zip(actual, predicted, strict=True):
        hits.update(map(name_of, true & guessed))
        there.update(map(name_of, true))
        found.update(map(name_of, guessed))
    each = {name: from_counts(hits[name], found[name], there[name]) for name in sorted(there | found)}
    return from_counts(hits.total(), found.total(), there.total()), each


def macro_f1(each: dict[str, ClassMeasures]) -> float:
    """Unweighted mean of the classes' F1."""
    return ratio(sum(one.f1 for one in each.values()), len(each))


def accuracy(actual: Sequence, predicted: Sequence) -> float:
    """Share of places where both agree."""
    return ratio(sum(true == guessed for true, guessed in zip(actual, predicted, strict=True)), len(actual))


def matthews(actual: Sequence[str], predicted: Sequence[str]) -> float:
    """Matthews correlation of any number of classes, in [-1, 1]; 0 where it is undefined.

    See Gorodkin 2004, "Comparing two K-category assignments by a K-category correlation coefficient".
    """
    count = len(actual)
    right = sum(true == guessed for true, guessed in zip(actual, predicted, strict=True))
    there, found = Counter(actual), Counter(predicted)
    together = sum(there[name] * found[name] for name in there)
    below = (count**2 - sum(n**2 for n in found.values())) * (count**2 - sum(n**2 for n in there.values()))
    return ratio(right * count - together, sqrt(below))


def entities(tags: Sequence[str]) -> frozenset[tuple[str, int, int]]:
    """(type, first, last) of each entity of a sentence's BIO tags; `last` is inclusive.

    As seqeval's default mode and conlleval have it: an I- after O or after another type begins an entity.
    """
    found, start, kind = [], 0, None
    for place, tag in enumerate([*tags, "O"]):
        prefix, _, name = tag.partition("-")
        if kind is not None and (prefix != "I" or name != kind):
            found.append((kind, start, place - 1))
            kind = None
        if prefix != "O" and kind is None:
            start, kind = place, name
    return frozenset(found)


def reciprocal_rank(grades: Sequence[float], k: int = 10) -> float:
    """1 / rank of the first document of `grades` (best scored first) with a grade above 0, or 0 below rank `k`."""
    return next((1 / rank for rank, grade in enumerate(grades[:k], 1) if grade > 0), 0.0)


def ndcg(grades: Sequence[float], k: int = 10) -> float:
    """nDCG at `k` of `grades`, best scored first, the grade itself being the gain; 0 if nothing is relevant."""

    def gain(ordered: Sequence[float]) -> float:
        return sum(grade / log2(rank + 1) for rank, grade in enumerate(ordered[:k], 1))

    return ratio(gain(grades), gain(sorted(grades, reverse=True)))
