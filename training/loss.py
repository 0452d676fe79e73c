"""What the student is asked for: the teacher's ranking, the labels, and logits with an absolute meaning."""

import torch
import torch.nn.functional as F
from torch import Tensor

LIST_SHARPNESS = 20.0
# A cosine of 0.5 is where the teacher is undecided; 16 maps cosines of 0 and 1 to logits of -8 and 8.
ANCHOR_SHARPNESS = 16.0
ANCHOR_COSINE = 0.5
ANCHOR_WEIGHT = 0.3


def ranking_loss(logits: Tensor, cosines: Tensor, label_weights: Tensor) -> Tensor:
    """Scalar loss of `logits` [lists, size] against `cosines` [lists, size], labels in column 0.

    Listwise KL divergence to softmax(20 cosine) blended with the label, plus a pointwise binary cross-entropy
    to sigmoid(16 (cosine - 0.5)) blended with the label. `label_weights` [lists] are the blends.
    """
    weight = label_weights.unsqueeze(1)
    label = torch.zeros_like(cosines)
    label[:, 0] = 1.0
    order = (1 - weight) * torch.softmax(LIST_SHARPNESS * cosines, dim=1) + weight * label
    listwise = F.kl_div(F.log_softmax(logits, dim=1), order, reduction="batchmean")
    level = (1 - weight) * torch.sigmoid(ANCHOR_SHARPNESS * (cosines - ANCHOR_COSINE)) + weight * label
    pointwise = F.binary_cross_entropy_with_logits(logits, level)
    return listwise + ANCHOR_WEIGHT * pointwise
