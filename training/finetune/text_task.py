"""Text classification: one label of several for a text or a pair of texts, or any number of labels."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import BertForSequenceClassification, PreTrainedTokenizerFast

from .encode import Encoded, Encoder
from .examples import TextExample
from .forward import all_sequence_logits, sequence_logits
from .metrics import accuracy, by_class, macro_f1, matthews
from .new_model import new_sequence_model
from .recipe import Recipe
from .task import Measured

# A label of a multi-label problem is predicted where its score, the sigmoid of its logit, is above this.
THRESHOLD = 0.5


class TextTask:
    """Texts with labels; labels are numbered by name."""

    def __init__(
        self,
        splits: dict[str, list[TextExample]],
        multi_label: bool,
        tokenizer: PreTrainedTokenizerFast,
        base: Path | None,
        recipe: Recipe,
        seed: int,
    ) -> None:
        self.labels = sorted({label for example in splits["train"] for label in example.labels})
        number_of = {label: number for number, label in enumerate(self.labels)}
        self.splits, self.multi_label, self.base, self.recipe, self.seed = splits, multi_label, base, recipe, seed
        encoder = Encoder(tokenizer, recipe.max_tokens)
        self.encoded = {name: encode(encoder, examples) for name, examples in splits.items()}
        self.targets = torch.zeros(len(splits["train"]), len(self.labels))
        for row, example in enumerate(splits["train"]):
            self.targets[row, [number_of[label] for label in example.labels]] = 1

    def lengths(self) -> list[int]:
        return [len(one.ids) for one in self.encoded["train"]]

    def new_model(self) -> BertForSequenceClassification:
        return new_sequence_model(self.base, self.labels, self.multi_label, self.recipe.dropout, self.seed)

    def loss(self, model: BertForSequenceClassification, places: Sequence[int], random: torch.Generator) -> Tensor:
        logits = sequence_logits(model, [self.encoded["train"][place] for place in places])
        targets = self.targets[list(places)].to(logits.device)
        if self.multi_label:
            return F.binary_cross_entropy_with_logits(logits, targets)
        return F.cross_entropy(logits, targets, label_smoothing=self.recipe.label_smoothing)

    def measure(self, model: BertForSequenceClassification, split: str) -> Measured:
        logits = all_sequence_logits(model, self.encoded[split])
        actual = [frozenset(example.labels) for example in self.splits[split]]
        if self.multi_label:
            chosen = [row.nonzero().flatten().tolist() for row in torch.sigmoid(logits) > THRESHOLD]
            predicted = [[self.labels[number] for number in row] for row in chosen]
        else:
            predicted = [[self.labels[number]] for number in logits.argmax(1).tolist()]
        micro, each = by_class(actual, [frozenset(labels) for labels in predicted])
        overall = {"macro F1": macro_f1(each), "micro F1": micro.f1, "accuracy": accuracy(actual, list(map(frozenset, predicted)))}
        if not self.multi_label:
            overall["MCC"] = matthews([one.labels[0] for one in self.splits[split]], [labels[0] for labels in predicted])
            predicted = [labels[0] for labels in predicted]
        return Measured("macro F1", overall, {name: asdict(one) for name, one in each.items()}, predicted)


def encode(encoder: Encoder, examples: list[TextExample]) -> list[Encoded]:
    """Texts alone, or with their pairs where they have one."""
    if examples and examples[0].pair is not None:
        return encoder.pairs([(example.text, example.pair or "") for example in examples])
    return encoder.texts([example.text for example in examples])
