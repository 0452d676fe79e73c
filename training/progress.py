"""The training log: one JSON line every few steps."""

import json
import time
from pathlib import Path

STEPS_BETWEEN_LINES = 20


class Progress:
    """Appends `step`, `steps`, mean `loss` and `tokens_per_second` since the last line to `path`, and prints them."""

    def __init__(self, path: Path, steps: int) -> None:
        self.path, self.steps = path, steps
        self.restart()

    def restart(self) -> None:
        """Starts a new interval."""
        self.started, self.tokens, self.losses = time.monotonic(), 0, []

    def add(self, done: int, loss: float, tokens: int) -> None:
        """Counts a finished step; `done` is the number of steps finished, this one included."""
        self.losses.append(loss)
        self.tokens += tokens
        if done % STEPS_BETWEEN_LINES == 0 or done == self.steps:
            line = json.dumps({
                "step": done,
                "steps": self.steps,
                "loss": round(sum(self.losses) / len(self.losses), 4),
                "tokens_per_second": round(self.tokens / (time.monotonic() - self.started)),
            })
            with self.path.open("a") as lines:
                lines.write(line + "\n")
            print(line, flush=True)
            self.restart()
