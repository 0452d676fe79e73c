"""The model before fine-tuning: a pretrained encoder under a head for the task."""

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import safe_open
from torch import nn
from transformers import BertConfig, BertForSequenceClassification, BertForTokenClassification, PreTrainedTokenizerFast

from ..backbone import backbone_dir, load_tokenizer
from .examples import DataError

HEAD_STD = 0.02
# Noise on the pooler's identity, so that its rows are not all alike under rounding.
POOLER_NOISE = 0.01


def base_folder(base: Path | None) -> Path:
    """The folder to start from: `base` or the backbone's. Raises DataError if `base` is no BERT checkpoint."""
    if base is None:
        return backbone_dir()
    if (base / "model.json").exists():
        raise DataError(f"{base} is a packed model. Unpack it first: npm run tools -- unpack {base} FOLDER, then --base FOLDER")
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        if not (base / name).exists():
            raise DataError(f"{base / name} does not exist: --base takes the folder of a Hugging Face BERT checkpoint")
    if BertConfig.from_pretrained(base).model_type != "bert":
        raise DataError(f"{base}/config.json: only BERT checkpoints can be fine-tuned here")
    return base


def base_tokenizer(base: Path | None) -> PreTrainedTokenizerFast:
    """The tokenizer of `base`, with no truncation and no padding of its own."""
    if base is None:
        return load_tokenizer()
    names = {"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]"}
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(base_folder(base) / "tokenizer.json"), model_max_length=512, **names)
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    return tokenizer


def new_sequence_model(
    base: Path | None, labels: Sequence[str], multi_label: bool, dropout: float, seed: int
) -> BertForSequenceClassification:
    """A sequence classifier over `labels`. The base's own head is kept if it has these labels, or one logit as a ranker has.

    A fresh head is a small random classifier on a pooler near the identity: the base's own pooler belongs to another task.
    """
    problem = "multi_label_classification" if multi_label else "single_label_classification"
    config = task_config(base, labels, dropout)
    config.problem_type = problem if len(labels) > 1 else None
    kept = has_head(base_folder(base), labels)
    model = load(BertForSequenceClassification, base, config, seed)
    if not kept:
        pooler = model.bert.pooler.dense
        with torch.no_grad():
            nn.init.eye_(pooler.weight)
            pooler.weight += POOLER_NOISE * torch.randn_like(pooler.weight)
            nn.init.zeros_(pooler.bias)
        reset(model.classifier)
    return model


def new_token_model(base: Path | None, labels: Sequence[str], dropout: float, seed: int) -> BertForTokenClassification:
    """A token classifier over `labels` with a fresh head."""
    model = load(BertForTokenClassification, base, task_config(base, labels, dropout), seed)
    reset(model.classifier)
    return model


def task_config(base: Path | None, labels: Sequence[str], dropout: float) -> BertConfig:
    config = BertConfig.from_pretrained(base_folder(base), attn_implementation="eager")
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = dropout
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: number for number, label in enumerate(labels)}
    return config


def load(kind: type, base: Path | None, config: BertConfig, seed: int) -> nn.Module:
    """The base's encoder, and its head where that fits, in a model of class `kind`; what is fresh depends on `seed` alone."""
    torch.manual_seed(seed)
    model = kind(config)
    with safe_open(base_folder(base) / "model.safetensors", "pt") as file:
        stored = {name: file.get_tensor(name).float() for name in file.keys()}
    prefixed = {name if name.startswith(("bert.", "classifier.")) else f"bert.{name}": tensor for name, tensor in stored.items()}
    own = model.state_dict()
    fitting = {name: tensor for name, tensor in prefixed.items() if name in own and own[name].shape == tensor.shape}
    missing = [name for name in own if name not in fitting and not name.startswith(("bert.pooler.", "classifier."))]
    if missing:
        raise DataError(f"{base}/model.safetensors has no {missing[0]} of the right shape: it is not a BERT checkpoint for its config.json")
    model.load_state_dict(fitting, strict=False)
    torch.manual_seed(seed)
    return model


def has_head(folder: Path, labels: Sequence[str]) -> bool:
    """Whether the checkpoint has a pooler and a classifier for `labels`; the name of a lone label does not matter."""
    own = list(BertConfig.from_pretrained(folder).id2label.values())
    with safe_open(folder / "model.safetensors", "pt") as file:
        stored = {"bert.pooler.dense.weight", "classifier.weight"} <= set(file.keys())
    return stored and (own == list(labels) or len(own) == len(labels) == 1)


def reset(classifier: nn.Linear) -> None:
    nn.init.normal_(classifier.weight, std=HEAD_STD)
    nn.init.zeros_(classifier.bias)
