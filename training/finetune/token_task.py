"""Token classification: a BIO tag for each token, read off its first word piece."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import BertForTokenClassification, PreTrainedTokenizerFast

from .encode import Encoded, Encoder
from .examples import TaggedExample
from .forward import best_token_labels, token_logits
from .metrics import accuracy, by_class, entities, macro_f1
from .new_model import new_token_model
from .recipe import Recipe
from .task import Measured

IGNORED = -100


class TokenTask:
    """Sentences with tags; labels are `O` and then B- and I- of each type in the training sentences, by name."""

    def __init__(
        self,
        splits: dict[str, list[TaggedExample]],
        tokenizer: PreTrainedTokenizerFast,
        base: Path | None,
        recipe: Recipe,
        seed: int,
    ) -> None:
        types = sorted({tag[2:] for example in splits["train"] for tag in example.tags if tag != "O"})
        self.labels = ["O", *(f"{prefix}-{kind}" for kind in types for prefix in "BI")]
        self.number_of = {label: number for number, label in enumerate(self.labels)}
        self.splits, self.base, self.recipe, self.seed = splits, base, recipe, seed
        self.encoder = Encoder(tokenizer, recipe.max_tokens)
        self.encoded = {name: self.encoder.sentences([one.tokens for one in examples]) for name, examples in splits.items()}
        self.label_weights = torch.ones(len(self.labels))
        self.label_weights[0] = recipe.outside_weight

    def lengths(self) -> list[int]:
        return [len(one.ids) for one in self.encoded["train"]]

    def new_model(self) -> BertForTokenClassification:
        return new_token_model(self.base, self.labels, self.recipe.dropout, self.seed)

    def loss(self, model: BertForTokenClassification, places: Sequence[int], random: torch.Generator) -> Tensor:
        encoded = [self.without_some_words(self.encoded["train"][place], random) for place in places]
        logits = token_logits(model, encoded)
        targets = torch.full(logits.shape[:2], IGNORED)
        for row, place in enumerate(places):
            for tag, start in zip(self.splits["train"][place].tags, encoded[row].word_starts):
                if start >= 0:
                    targets[row, start] = self.number_of[tag]
        return F.cross_entropy(
            logits.flatten(0, 1),
            targets.flatten().to(logits.device),
            weight=self.label_weights.to(logits.device),
            ignore_index=IGNORED,
            label_smoothing=self.recipe.label_smoothing,
        )

    def without_some_words(self, one: Encoded, random: torch.Generator) -> Encoded:
        """The same sentence with a share of its pieces unknown: the context has to do."""
        dropped = torch.rand(len(one.ids), generator=random) < self.recipe.word_dropout
        inner = range(1, len(one.ids) - 1)
        ids = [self.encoder.unknown if place in inner and dropped[place] else piece for place, piece in enumerate(one.ids)]
        return Encoded(ids, one.first, one.whole_length, one.word_starts)

    def measure(self, model: BertForTokenClassification, split: str) -> Measured:
        """Entities count as found if type, first and last token agree; tokens beyond the window are tagged O."""
        numbers = best_token_labels(model, self.encoded[split])
        predicted = [[self.labels[number] if number >= 0 else "O" for number in row] for row in numbers]
        actual = [one.tags for one in self.splits[split]]
        micro, each = by_class([entities(tags) for tags in actual], [entities(tags) for tags in predicted])
        overall = {
            "entity F1": micro.f1,
            "precision": micro.precision,
            "recall": micro.recall,
            "macro F1": macro_f1(each),
            "token accuracy": accuracy([tag for tags in actual for tag in tags], [tag for tags in predicted for tag in tags]),
        }
        return Measured("entity F1", overall, {name: asdict(one) for name, one in each.items()}, predicted)
