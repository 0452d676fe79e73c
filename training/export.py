"""Writes a checkpoint that `AutoModelForSequenceClassification` loads."""

import copy
import json
import shutil
from pathlib import Path

from transformers import BertForSequenceClassification

from .backbone import backbone_dir, load_tokenizer
from .quantise import quantise_model

MAX_TOKENS = 512


def export(model: BertForSequenceClassification, folder: Path) -> None:
    """Writes config, float32 weights on their int8 grid, and tokenizer files; leaves `model` as it was."""
    folder.mkdir(parents=True, exist_ok=True)
    rounded = copy.deepcopy(model)
    quantise_model(rounded)
    rounded.config.hidden_dropout_prob = 0.1
    rounded.config.attention_probs_dropout_prob = 0.1
    rounded.config.id2label = {0: "LABEL_0"}
    rounded.config.label2id = {"LABEL_0": 0}
    rounded.save_pretrained(folder)
    load_tokenizer().backend_tokenizer.save(str(folder / "tokenizer.json"))
    for name in ("special_tokens_map.json", "vocab.txt"):
        shutil.copyfile(backbone_dir() / name, folder / name)
    settings = json.loads((backbone_dir() / "tokenizer_config.json").read_text())
    settings.pop("name_or_path", None)
    settings["model_max_length"] = MAX_TOKENS
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
