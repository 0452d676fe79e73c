"""The two phases of training, one after the other: what the teacher knows, then what the labels say."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Phase:
    """One pass over lists of documents. Rates are peak learning rates; `layer_decay` multiplies them from layer to layer downwards.

    `average_decay` is that of the exponential moving average of weights; the last steps, from the fraction `quantised_from` on, run on int8-rounded weights.
    """

    name: str
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


DISTIL = Phase(
    name="distil",
    max_tokens=104,
    list_size=8,
    lists_per_step=8,
    lists_per_task=2,
    frozen_layers=0,
    head_rate=4e-4,
    top_layer_rate=1.5e-4,
    layer_decay=0.85,
    warmup=0.06,
    average_decay=0.997,
    quantised_from=0.9,
)

# Whole passages, wherever their answer stands: the short texts of the first phase leave answers near the end unseen.
LABEL = Phase(
    name="label",
    max_tokens=176,
    list_size=5,
    lists_per_step=8,
    lists_per_task=4,
    frozen_layers=1,
    head_rate=1e-4,
    top_layer_rate=1e-4,
    layer_decay=0.9,
    warmup=0.05,
    average_decay=0.99,
    quantised_from=0.85,
)
