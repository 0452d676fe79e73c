"""The student: a BERT encoder with the pooler and a one-logit classifier on top."""

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertForSequenceClassification

from .backbone import backbone_dir, load_backbone


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
    embeddings = model.bert.embeddings
    embeddings.word_embeddings.weight.requires_grad_(False)
    embeddings.position_embeddings.weight.requires_grad_(False)
    return model


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
    absent = batch["attention_mask"][:, None, None, :] == 0
    *lower, last = bert.encoder.layer
    for layer in lower:
        hidden = layer_output(layer, hidden, hidden, absent)
    cls = layer_output(last, hidden[:, :1], hidden, absent)[:, 0]
    return model.classifier(torch.tanh(bert.pooler.dense(cls))).squeeze(-1)


def layer_output(layer: nn.Module, asking: Tensor, hidden: Tensor, absent: Tensor) -> Tensor:
    """One encoder layer for the rows of `asking` [pairs, rows, hidden] over `hidden` [pairs, seq, hidden].

    `absent` [pairs, 1, 1, seq] is true at padding.
    """
    attention = layer.attention.self
    pairs, rows, width = asking.shape

    def heads(states: Tensor) -> Tensor:
        return states.view(pairs, -1, attention.num_attention_heads, attention.attention_head_size).transpose(1, 2)

    query, key = heads(attention.query(asking)), heads(attention.key(hidden))
    weights = query @ key.transpose(-1, -2) * attention.attention_head_size**-0.5
    weights = torch.softmax(weights.masked_fill(absent, -torch.inf), dim=-1)
    context = weights.to(key.dtype) @ heads(attention.value(hidden))
    attended = layer.attention.output(context.transpose(1, 2).reshape(pairs, rows, width), asking)
    return layer.output(layer.intermediate(attended), attended)
