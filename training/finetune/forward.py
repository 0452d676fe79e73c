"""Logits of encoded sequences, in bfloat16 where the machine has it, without computing what is not used."""

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import BertForSequenceClassification, BertForTokenClassification

from ..model import ABSENT, layer_output
from .batches import by_length
from .encode import Encoded, padded

# Sequences that go through the model together where no gradient is kept.
EVALUATION_BATCH = 64


def has_bfloat16(device: torch.device) -> bool:
    """Whether matrix products in bfloat16 are faster than in float32 here."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    return bool(torch.cpu.get_capabilities().get("avx512_bf16") or torch.cpu.get_capabilities().get("amx_bf16"))


def autocast(device: torch.device) -> torch.autocast:
    """The context in which models run here."""
    return torch.autocast(device.type, torch.bfloat16, enabled=has_bfloat16(device), cache_enabled=False)


def hidden_states(bert: torch.nn.Module, batch: dict[str, Tensor], only_cls: bool) -> Tensor:
    """Output of the last layer: [sequences, seq, hidden], or [sequences, 1, hidden] of [CLS] alone."""
    hidden = bert.embeddings(input_ids=batch["input_ids"], token_type_ids=batch["token_type_ids"])
    absent = torch.where(batch["attention_mask"] == 0, ABSENT, 0.0)[:, None, None, :].to(hidden.dtype)
    *lower, last = bert.encoder.layer
    for layer in lower:
        hidden = layer_output(layer, hidden, hidden, absent)
    return layer_output(last, hidden[:, :1] if only_cls else hidden, hidden, absent)


def sequence_logits(model: BertForSequenceClassification, encoded: Sequence[Encoded]) -> Tensor:
    """Float32 logits [sequences, labels]."""
    with autocast(model.device):
        cls = hidden_states(model.bert, padded(encoded, model.device), only_cls=True)[:, 0]
        return model.classifier(model.dropout(torch.tanh(model.bert.pooler.dense(cls)))).float()


def token_logits(model: BertForTokenClassification, encoded: Sequence[Encoded]) -> Tensor:
    """Float32 logits [sequences, seq, labels]."""
    with autocast(model.device):
        hidden = hidden_states(model.bert, padded(encoded, model.device), only_cls=False)
        return model.classifier(model.dropout(hidden)).float()


def grouped_logits(model: BertForSequenceClassification, encoded: Sequence[Encoded], group_size: int) -> Tensor:
    """Like `sequence_logits`, for sequences of unlike length: through the model in groups of like length, so that little is padded."""
    groups = by_length([len(one.ids) for one in encoded], group_size)
    logits = torch.cat([sequence_logits(model, [encoded[place] for place in places]) for places in groups])
    back = torch.tensor([place for places in groups for place in places]).argsort()
    return logits[back.to(logits.device)]


@torch.inference_mode()
def all_sequence_logits(model: BertForSequenceClassification, encoded: Sequence[Encoded]) -> Tensor:
    """Float32 logits [sequences, labels] of any number of sequences, on the CPU; `model` is in evaluation mode."""
    return grouped_logits(model, encoded, EVALUATION_BATCH).cpu()


@torch.inference_mode()
def best_token_labels(model: BertForTokenClassification, encoded: Sequence[Encoded]) -> list[list[int]]:
    """Label numbers of each sequence's tokens, -1 where a token has no piece inside the window."""
    labels: list[list[int]] = [[] for _ in encoded]
    for places in by_length([len(one.ids) for one in encoded], EVALUATION_BATCH):
        best = token_logits(model, [encoded[place] for place in places]).argmax(-1).tolist()
        for row, place in zip(best, places):
            labels[place] = [row[start] if start >= 0 else -1 for start in encoded[place].word_starts]
    return labels
