"""The run as it goes: a line on the terminal every few seconds, a JSON line in the log for each of them."""

import json
import time
from pathlib import Path

from .task import Measured

SECONDS_BETWEEN_LINES = 15


class Progress:
    """Appends `step`, `epoch`, mean `loss` and `tokens_per_second` since the last line to `path`, and prints them with the time left."""

    def __init__(self, path: Path, first: int, an_epoch: int, epochs: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.first, self.an_epoch, self.epochs = path, first, an_epoch, epochs
        self.began = time.monotonic()
        self.restart()

    def restart(self) -> None:
        """Starts a new interval."""
        self.started, self.tokens, self.losses = time.monotonic(), 0, []

    def add(self, done: int, loss: float, tokens: int) -> None:
        """Counts a finished step; `done` is the number of steps finished, this one included."""
        self.losses.append(loss)
        self.tokens += tokens
        now = time.monotonic()
        if now - self.started < SECONDS_BETWEEN_LINES and done % self.an_epoch != 0:
            return
        steps = self.an_epoch * self.epochs
        line = {
            "step": done,
            "epoch": round(done / self.an_epoch, 2),
            "loss": round(sum(self.losses) / len(self.losses), 4),
            "tokens_per_second": round(self.tokens / (now - self.started)),
        }
        left = (now - self.began) / (done - self.first) * (steps - done) / 60
        self.log(line)
        print(f"step {done}/{steps}  epoch {line['epoch']:.2f}/{self.epochs}  loss {line['loss']:.4f}  {left:.1f} min left", flush=True)
        self.restart()

    def epoch(self, number: int, measured: Measured) -> None:
        """Reports the measures on dev after an epoch, counted from 1."""
        self.log({"epoch": number, "cpu_seconds": round(time.process_time()), "dev": measured.overall})
        shown = "  ".join(f"{name} {value:.3f}" for name, value in measured.overall.items())
        print(f"epoch {number}/{self.epochs}  dev: {shown}", flush=True)
        self.restart()

    def log(self, line: dict) -> None:
        with self.path.open("a") as lines:
            lines.write(json.dumps(line) + "\n")
