"""What the student is asked for: the teacher's ranking, the labels, and logits with an absolute meaning."""

import torch
import torch.nn.functional as F
from torch import Tensor

LIST_SHARPNESS = 20.0
# BM25 sees the words that an embedding blurs; its weight was chosen on the development sets (docs/training.md).
LEXICAL_WEIGHT = 5.0
# Where the teacher is undecided: a cosine of 0.5 and half of the best BM25 score.
UNDECIDED = LIST_SHARPNESS * 0.5 + LEXICAL_WEIGHT * 0.5
ANCHOR_WEIGHT = 0.3
# Differences within a list, besides its order at the top.
MARGIN_WEIGHT = 0.05


def teacher_logits(cosines: Tensor, lexical: Tensor) -> Tensor:
    """20 cosine + 5 lexical of each document, in the shape given; only differences for one query have a meaning."""
    return LIST_SHARPNESS * cosines + LEXICAL_WEIGHT * lexical


def ranking_loss(logits: Tensor, cosines: Tensor, lexical: Tensor, label_weights: Tensor) -> Tensor:
    """Scalar loss of `logits` [lists, size] against `cosines` and `lexical` [lists, size], labels in column 0.

    Listwise KL divergence to the softmax of the teacher's logits blended with the label, the squared differences of centred
    logits where there is no label, and a pointwise binary cross-entropy to the teacher's logits less where it is undecided,
    blended with the label. `label_weights` [lists] are the blends.
    """
    teacher = teacher_logits(cosines, lexical)
    weight = label_weights.unsqueeze(1)
    label = torch.zeros_like(cosines)
    label[:, 0] = 1.0
    order = (1 - weight) * torch.softmax(teacher, dim=1) + weight * label
    listwise = F.kl_div(F.log_softmax(logits, dim=1), order, reduction="batchmean")
    margins = centred(logits) - centred(teacher)
    margins = ((1 - weight) * margins.square()).mean()
    level = (1 - weight) * torch.sigmoid(teacher - UNDECIDED) + weight * label
    pointwise = F.binary_cross_entropy_with_logits(logits, level)
    return listwise + MARGIN_WEIGHT * margins + ANCHOR_WEIGHT * pointwise


def centred(values: Tensor) -> Tensor:
    """Each row of `values` [lists, size] less its mean."""
    return values - values.mean(dim=1, keepdim=True)
