"""Calls the packer of this repository."""

import shutil
import subprocess
from pathlib import Path

from .examples import DataError

ROOT = Path(__file__).resolve().parents[2]


def pack(checkpoint: Path, model: Path) -> None:
    """Packs `checkpoint` into the folder `model`; the packer's own output goes to the terminal.

    Raises DataError if there is no Node or the packer refuses.
    """
    own = ROOT / "node_modules" / ".bin" / "node"
    node = str(own) if own.exists() else shutil.which("node")
    by_hand = f"npm run tools -- pack {checkpoint} {model}"
    if node is None:
        raise DataError(f"node was found neither on the PATH nor in node_modules. Run npm install, then: {by_hand}")
    command = [node, str(ROOT / "tools" / "index.ts"), "pack", str(checkpoint.resolve()), str(model.resolve()), "--name", model.name]
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        raise DataError(f"the model is in {checkpoint}, but packing it failed, see above. To try again: {by_hand}")
