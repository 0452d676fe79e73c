"""Writes the Hugging Face checkpoint."""

import json
import shutil
from pathlib import Path

from transformers import BertPreTrainedModel, PreTrainedTokenizerFast

from .new_model import base_folder

EXPORTED_DROPOUT = 0.1
TOKENIZER_FILES = ("special_tokens_map.json", "tokenizer_config.json", "vocab.txt")


def export(model: BertPreTrainedModel, tokenizer: PreTrainedTokenizerFast, base: Path | None, folder: Path) -> None:
    """Writes config, float32 weights and tokenizer files into `folder`; the tokenizer neither cuts nor pads by itself."""
    folder.mkdir(parents=True, exist_ok=True)
    model.config.hidden_dropout_prob = model.config.attention_probs_dropout_prob = EXPORTED_DROPOUT
    model.cpu().save_pretrained(folder)
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    for name in TOKENIZER_FILES:
        if (base_folder(base) / name).exists():
            shutil.copyfile(base_folder(base) / name, folder / name)
    settings = folder / "tokenizer_config.json"
    stored = json.loads(settings.read_text()) if settings.exists() else {"do_lower_case": True}
    stored.pop("name_or_path", None)
    stored |= {"tokenizer_class": "BertTokenizer", "model_max_length": model.config.max_position_embeddings}
    settings.write_text(json.dumps(stored, indent=2) + "\n")
