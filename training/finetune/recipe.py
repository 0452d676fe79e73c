"""Hyperparameters of each task. They are first choices, not the outcome of a search; docs/fine-tuning.md says what was measured with them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """Rates are peak learning rates; `layer_decay` multiplies them from layer to layer downwards.

    At least `min_steps` steps are made, in more epochs if the data is small. `max_tokens` is the window, special tokens included.
    `outside_weight` is the loss weight of the tag O, `word_dropout` the share of word pieces replaced by [UNK] while training.
    `average_decay` is that of the moving average of weights, which is what is evaluated and kept; from the fraction `quantised_from`
    of the steps on, training sees int8-rounded weights. From half of the epochs on, training stops after
    `patience` of them without a better dev score.
    """

    epochs: int
    min_steps: int
    batch_size: int
    max_tokens: int
    head_rate: float
    top_layer_rate: float
    layer_decay: float
    train_embeddings: bool
    dropout: float
    label_smoothing: float
    word_dropout: float
    outside_weight: float
    average_decay: float
    warmup: float = 0.1
    quantised_from: float = 0.8
    patience: int = 3


RECIPES = {
    # A batch is 16 queries with all of their documents.
    "ranking": Recipe(
        epochs=3,
        min_steps=100,
        batch_size=16,
        max_tokens=256,
        head_rate=1e-4,
        top_layer_rate=5e-5,
        layer_decay=0.9,
        train_embeddings=False,
        dropout=0.0,
        label_smoothing=0.0,
        word_dropout=0.0,
        outside_weight=1.0,
        average_decay=0.98,
    ),
    "text-classification": Recipe(
        epochs=10,
        min_steps=300,
        batch_size=32,
        max_tokens=128,
        head_rate=1e-3,
        top_layer_rate=2e-4,
        layer_decay=0.9,
        train_embeddings=False,
        dropout=0.1,
        label_smoothing=0.1,
        word_dropout=0.0,
        outside_weight=1.0,
        average_decay=0.99,
    ),
    "token-classification": Recipe(
        epochs=10,
        min_steps=500,
        batch_size=16,
        max_tokens=128,
        head_rate=1e-3,
        top_layer_rate=3e-4,
        layer_decay=0.85,
        train_embeddings=True,
        dropout=0.1,
        label_smoothing=0.0,
        word_dropout=0.1,
        outside_weight=0.5,
        average_decay=0.99,
    ),
}
