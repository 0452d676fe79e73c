"""Sets a part of the training examples aside for choosing the best epoch."""

from collections.abc import Callable, Hashable
from random import Random
from typing import TypeVar

Example = TypeVar("Example")

DEV_SHARE = 0.1
MOST_DEV_EXAMPLES = 1000


def split_dev(
    examples: list[Example], stratum: Callable[[Example], Hashable], text: Callable[[Example], str], seed: int
) -> tuple[list[Example], list[Example]]:
    """(train, dev): a tenth, 1,000 at most, with the same share of each stratum; the order of the file is kept.

    Examples with the same `text` stay together. A stratum of a single text stays in train.
    """
    groups: dict[str, list[int]] = {}
    for place, example in enumerate(examples):
        groups.setdefault(text(example), []).append(place)
    strata: dict[Hashable, list[list[int]]] = {}
    for places in groups.values():
        strata.setdefault(stratum(examples[places[0]]), []).append(places)
    share = min(DEV_SHARE, MOST_DEV_EXAMPLES / len(examples))
    dev: set[int] = set()
    owed = 0.0
    for members in strata.values():
        owed += share * len(members)
        # Shares of small strata add up until one of them gives an example.
        count = min(round(owed), len(members) - 1)
        owed -= count
        dev.update(place for places in Random(f"{seed} {len(dev)}").sample(members, count) for place in places)
    return [one for place, one in enumerate(examples) if place not in dev], [examples[place] for place in sorted(dev)]
