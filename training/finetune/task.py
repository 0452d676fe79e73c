"""What the training loop asks of a task."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from transformers import BertPreTrainedModel


@dataclass(frozen=True)
class Measured:
    """Measures of one split. `main` names the one that decides which epoch is kept; all are better when higher.

    `classes` has a row of measures for each class or entity type, `predictions` a JSON value for each example, in their order.
    """

    main: str
    overall: dict[str, float]
    classes: dict[str, dict[str, float]]
    predictions: list

    @property
    def score(self) -> float:
        """The measure that decides."""
        return self.overall[self.main]


class Task(Protocol):
    """The examples of all splits, read, checked and encoded, and what is learned from them."""

    def lengths(self) -> list[int]:
        """Tokens of each training example."""

    def new_model(self) -> BertPreTrainedModel:
        """The model before training, on the CPU."""

    def loss(self, model: BertPreTrainedModel, places: Sequence[int], random: torch.Generator) -> Tensor:
        """Scalar mean loss of the training examples at `places`."""

    def measure(self, model: BertPreTrainedModel, split: str) -> Measured:
        """Measures of `dev` or `test`; `model` is in evaluation mode."""
