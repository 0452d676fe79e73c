"""The student: a BERT encoder with the pooler and a one-logit classifier on top."""

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertForSequenceClassification

from .backbone import backbone_dir, load_backbone

# Added to the attention scores of padding: far below any score, and finite in bfloat16.
ABSENT = -1e4


def new_cross_encoder(seed: int) -> BertForSequenceClassification:
    """The backbone's encoder under a fresh head: pooler near the identity, small random classifier.

    Embeddings of words and positions are frozen. Dropout is off: the targets are soft already.
    """
    config = BertConfig.from_pretrained(
        backbone_dir(),
        num_labels=1,
        attn_implementation="eager",
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    config.architectures = ["BertForSequenceClassification"]
    torch.manual_seed(seed)
    model = BertForSequenceClassification(config)
    model.bert.load_state_dict(load_backbone().state_dict())
    with torch.no_grad():
        pooler = model.bert.pooler.dense
        nn.init.eye_(pooler.weight)
        pooler.weight += 0.01 * torch.randn_like(pooler.weight)
        nn.init.zeros_(pooler.bias)
        nn.init.normal_(model.classifier.weight, std=0.02)
        nn.init.zeros_(model.classifier.bias)
    freeze_embeddings(model)
    return model


def load_cross_encoder(folder: Path) -> BertForSequenceClassification:
    """A checkpoint with one logit, without dropout and with frozen embeddings."""
    model = BertForSequenceClassification.from_pretrained(
        folder, attn_implementation="eager", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    freeze_embeddings(model)
    return model


def freeze_embeddings(model: BertForSequenceClassification) -> None:
    """Freezes the tables of words and positions."""
    embeddings = model.bert.embeddings
    embeddings.word_embeddings.weight.requires_grad_(False)
    embeddings.position_embeddings.weight.requires_grad_(False)


def freeze_layers(model: BertForSequenceClassification, count: int) -> None:
    """Freezes the `count` lowest layers and, with any of them, everything below."""
    frozen = [*model.bert.encoder.layer[:count], *([model.bert.embeddings] if count > 0 else [])]
    for module in frozen:
        module.requires_grad_(False)


def pair_logits(model: BertForSequenceClassification, batch: dict[str, Tensor]) -> Tensor:
    """Logits [pairs] of `input_ids`, `token_type_ids`, `attention_mask`, each [pairs, seq].

    The same function as the model's own forward, except that the last layer computes only what [CLS] needs,
    which saves a seventh of the time.
    """
    bert = model.bert
    hidden = bert.embeddings(input_ids=batch["input_ids"], token_type_ids=batch["token_type_ids"])
    absent = torch.where(batch["attention_mask"] == 0, ABSENT, 0.0)[:, None, None, :].to(hidden.dtype)
    *lower, last = bert.encoder.layer
    for layer in lower:
        hidden = layer_output(layer, hidden, hidden, absent)
    cls = layer_output(last, hidden[:, :1], hidden, absent)[:, 0]
    return model.classifier(torch.tanh(bert.pooler.dense(cls))).squeeze(-1)


def layer_output(layer: nn.Module, asking: Tensor, hidden: Tensor, absent: Tensor) -> Tensor:
    """One encoder layer for the rows of `asking` [pairs, rows, hidden] over `hidden` [pairs, seq, hidden].

    `absent` [pairs, 1, 1, seq] is added to attention scores. Batched products of contiguous heads are a third faster on CPUs than
    PyTorch's own attention at these lengths.
    """
    attention = layer.attention.self
    pairs, rows, width = asking.shape
    num_heads, head_size = attention.num_attention_heads, attention.attention_head_size

    def heads(states: Tensor) -> Tensor:
        return states.view(pairs, -1, num_heads, head_size).transpose(1, 2).reshape(pairs * num_heads, -1, head_size)

    query, key, value = heads(attention.query(asking)), heads(attention.key(hidden)), heads(attention.value(hidden))
    weights = torch.bmm(query * head_size**-0.5, key.transpose(1, 2)).view(pairs, num_heads, rows, -1) + absent
    weights = torch.softmax(weights, dim=-1).to(value.dtype).view(pairs * num_heads, rows, -1)
    context = torch.bmm(weights, value).view(pairs, num_heads, rows, head_size).transpose(1, 2).reshape(pairs, rows, width)
    attended = layer.attention.output(context, asking)
    return layer.output(layer.intermediate(attended), attended)
