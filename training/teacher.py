"""The teacher: the backbone as a bi-encoder, mean-pooled and normalised, so a dot product is a cosine."""

import hashlib
from pathlib import Path

import numpy as np
import torch

from .backbone import load_backbone, load_tokenizer
from .parallel import one_thread_a_task

MAX_TOKENS = 256
BATCH_TEXTS = 32


def encode(texts: list[str], max_tokens: int = MAX_TOKENS) -> np.ndarray:
    """Unit vectors [texts, hidden] float32; texts are cut to `max_tokens`, specials included."""
    model, tokenizer = load_backbone(), load_tokenizer()
    ids = tokenizer(texts, truncation=True, max_length=max_tokens)["input_ids"]
    order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
    vectors = np.zeros((len(texts), model.config.hidden_size), np.float32)

    @torch.inference_mode()
    def encode_batch(places: list[int]) -> None:
        batch = tokenizer.pad({"input_ids": [ids[place] for place in places]}, return_tensors="pt")
        with torch.autocast("cpu", torch.bfloat16, cache_enabled=False):
            hidden = model(**batch).last_hidden_state.float()
        mask = batch["attention_mask"].unsqueeze(-1)
        pooled = (hidden * mask).sum(1) / mask.sum(1)
        vectors[places] = torch.nn.functional.normalize(pooled, dim=1).numpy()

    with one_thread_a_task() as pool:
        list(pool.map(encode_batch, [order[at : at + BATCH_TEXTS] for at in range(0, len(order), BATCH_TEXTS)]))
    return vectors


def encode_cached(texts: list[str], folder: Path) -> np.ndarray:
    """Like `encode`, kept in `folder` under a hash of the texts."""
    digest = hashlib.sha256("\0".join([str(MAX_TOKENS), *texts]).encode()).hexdigest()[:16]
    path = folder / f"embeddings-{digest}.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        np.save(path, encode(texts))
    return np.load(path)
