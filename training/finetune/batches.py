"""Which examples go together: random, yet of like length, so that little is padded."""

import torch

BATCHES_SORTED_TOGETHER = 50


def steps_per_epoch(examples: int, batch_size: int) -> int:
    """Number of batches of one pass."""
    return -(-examples // batch_size)


def epoch_batches(lengths: list[int], batch_size: int, seed: int, epoch: int) -> list[list[int]]:
    """Places of one pass over the examples; the same seed and epoch give the same batches."""
    random = torch.Generator().manual_seed(seed * 10_000 + epoch)
    order = torch.randperm(len(lengths), generator=random).tolist()
    span = batch_size * BATCHES_SORTED_TOGETHER
    batches = []
    for start in range(0, len(order), span):
        pool = sorted(order[start : start + span], key=lambda place: lengths[place])
        batches += [pool[at : at + batch_size] for at in range(0, len(pool), batch_size)]
    return [batches[place] for place in torch.randperm(len(batches), generator=random).tolist()]


def by_length(lengths: list[int], batch_size: int) -> list[list[int]]:
    """Places sorted by length and cut into batches: for evaluation."""
    order = sorted(range(len(lengths)), key=lambda place: lengths[place])
    return [order[at : at + batch_size] for at in range(0, len(order), batch_size)]
