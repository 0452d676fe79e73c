"""What training does with its lists, and how fast."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Phase:
    """One pass over at most `lists[pool]` lists of documents of each pool, drawn at random, pairs cut to `max_tokens`.

    Rates are peak learning rates; `layer_decay` multiplies them from layer to layer downwards. `average_decay` is that of the
    exponential moving average of weights; the last steps, from the fraction `quantised_from` on, run on int8-rounded weights.
    """

    name: str
    lists: dict[str, int]
    max_tokens: int
    lists_per_step: int
    lists_per_task: int
    frozen_layers: int
    head_rate: float
    top_layer_rate: float
    layer_decay: float
    warmup: float
    average_decay: float
    quantised_from: float


PASSAGES = Phase(
    name="passages",
    lists={"web": 15_800, "medical": 800, "sentences": 400},
    max_tokens=128,
    lists_per_step=16,
    lists_per_task=4,
    frozen_layers=1,
    head_rate=2e-4,
    top_layer_rate=1.5e-4,
    layer_decay=0.9,
    warmup=0.04,
    average_decay=0.997,
    quantised_from=0.9,
)

# Whole documents, with passages among them so that short texts are not forgotten.
DOCUMENTS = Phase(
    name="documents",
    lists={"web": 6_500, "sentences": 300, "articles": 3_200, "abstracts": 1_500, "answers": 300},
    max_tokens=384,
    lists_per_step=16,
    lists_per_task=2,
    frozen_layers=1,
    head_rate=1e-4,
    top_layer_rate=1e-4,
    layer_decay=0.9,
    warmup=0.04,
    average_decay=0.995,
    quantised_from=0.9,
)

PHASES = (PASSAGES, DOCUMENTS)
