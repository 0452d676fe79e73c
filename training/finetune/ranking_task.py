"""Ranking: one logit for a query and a document; listwise within a query, and anchored so that a score of 0.5 separates."""

from collections.abc import Sequence
from pathlib import Path
from random import Random

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import BertForSequenceClassification, PreTrainedTokenizerFast

from .encode import Encoder
from .examples import RankingExample
from .forward import all_sequence_logits, grouped_logits
from .metrics import accuracy, ndcg, reciprocal_rank
from .new_model import new_sequence_model
from .recipe import Recipe
from .task import Measured

# A query with fewer documents gets documents of other queries as negatives.
LEAST_DOCUMENTS = 5
# A step sees at most this many documents of a query, relevant ones first.
MOST_DOCUMENTS_A_STEP = 8
# Pairs that go through the model together.
GROUP_PAIRS = 16
POINTWISE_WEIGHT = 0.3


class RankingTask:
    """Queries with graded documents. Grades are divided by the highest one of the training queries."""

    def __init__(
        self,
        splits: dict[str, list[RankingExample]],
        tokenizer: PreTrainedTokenizerFast,
        base: Path | None,
        recipe: Recipe,
        seed: int,
    ) -> None:
        self.base, self.recipe, self.seed = base, recipe, seed
        highest = max(grade for example in splits["train"] for grade in example.grades)
        filled = {name: filled_up(examples, Random(f"{seed} {name}")) for name, examples in splits.items()}
        self.grades = {
            name: [torch.tensor(example.grades).div(highest).clamp(max=1) for example in examples] for name, examples in filled.items()
        }
        encoder = Encoder(tokenizer, recipe.max_tokens)
        self.encoded = {
            name: [encoder.pairs([(example.query, document) for document in example.documents]) for example in examples]
            for name, examples in filled.items()
        }

    def lengths(self) -> list[int]:
        """Tokens of each query's documents that a step sees at most."""
        return [sum(len(one.ids) for one in pairs[:MOST_DOCUMENTS_A_STEP]) for pairs in self.encoded["train"]]

    def new_model(self) -> BertForSequenceClassification:
        return new_sequence_model(self.base, ["LABEL_0"], False, self.recipe.dropout, self.seed)

    def loss(self, model: BertForSequenceClassification, places: Sequence[int], random: torch.Generator) -> Tensor:
        chosen = [some_documents(self.grades["train"][place], random) for place in places]
        encoded = [self.encoded["train"][place][index] for place, indices in zip(places, chosen) for index in indices]
        logits = grouped_logits(model, encoded, GROUP_PAIRS)[:, 0].split([len(indices) for indices in chosen])
        grades = [self.grades["train"][place][indices].to(model.device) for place, indices in zip(places, chosen)]
        return torch.stack([query_loss(own, grade) for own, grade in zip(logits, grades)]).mean()

    def measure(self, model: BertForSequenceClassification, split: str) -> Measured:
        """Means over queries with a relevant document; ties keep the order of the file. `separated` is the share of documents whose
        score is on the side of 0.5 that their grade is."""
        flat = all_sequence_logits(model, [one for pairs in self.encoded[split] for one in pairs])[:, 0]
        logits = flat.split([len(pairs) for pairs in self.encoded[split]])
        ranked = [grades[own.argsort(descending=True, stable=True)].tolist() for own, grades in zip(logits, self.grades[split])]
        ranked = [grades for grades in ranked if max(grades) > 0]
        overall = {
            "nDCG@10": sum(map(ndcg, ranked)) / max(1, len(ranked)),
            "RR@10": sum(map(reciprocal_rank, ranked)) / max(1, len(ranked)),
            "separated": accuracy((torch.cat(self.grades[split]) >= 0.5).tolist(), (flat > 0).tolist()),
        }
        return Measured("nDCG@10", overall, {}, [own.tolist() for own in logits])


def filled_up(examples: list[RankingExample], random: Random) -> list[RankingExample]:
    """The same queries, each with at least `LEAST_DOCUMENTS` documents as far as other queries have any."""
    all_documents = list(dict.fromkeys(document for example in examples for document in example.documents))
    filled = []
    for example in examples:
        missing = max(0, LEAST_DOCUMENTS - len(example.documents))
        drawn = random.sample(all_documents, min(len(all_documents), missing + len(example.documents))) if missing else []
        others = [document for document in drawn if document not in example.documents][:missing]
        documents, grades = (*example.documents, *others), (*example.grades, *(0.0 for _ in others))
        filled.append(RankingExample(example.query, documents, grades, example.place))
    return filled


def some_documents(grades: Tensor, random: torch.Generator) -> list[int]:
    """Places of the documents that a step sees, at random, of which half at most are relevant if there are enough others."""
    order = torch.randperm(len(grades), generator=random).tolist()
    relevant = [place for place in order if grades[place] > 0]
    others = [place for place in order if grades[place] == 0]
    kept = relevant[: max(MOST_DOCUMENTS_A_STEP // 2, MOST_DOCUMENTS_A_STEP - len(others))]
    return kept + others[: MOST_DOCUMENTS_A_STEP - len(kept)]


def query_loss(logits: Tensor, grades: Tensor) -> Tensor:
    """Scalar loss of one query's `logits` [documents] against `grades` [documents] in [0, 1]."""
    pointwise = F.binary_cross_entropy_with_logits(logits, grades)
    if grades.sum() == 0 or len(grades) < 2:
        return POINTWISE_WEIGHT * pointwise
    listwise = F.cross_entropy(logits.unsqueeze(0), (grades / grades.sum()).unsqueeze(0))
    return listwise + POINTWISE_WEIGHT * pointwise
