"""What training does with its lists, and how fast."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Phase:
    """One pass over at most `lists` lists of documents, drawn at random. Rates are peak learning rates; `layer_decay` multiplies them from layer to layer downwards.

    `average_decay` is that of the exponential moving average of weights; the last steps, from the fraction `quantised_from` on, run on int8-rounded weights.
    """

    name: str
    lists: int
    max_tokens: int
    list_size: int
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
    lists=17_000,
    max_tokens=128,
    list_size=8,
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
