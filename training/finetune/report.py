"""The final table, and its files."""

import json
from pathlib import Path

from .task import Measured


def print_table(split: str, measured: Measured) -> None:
    """Prints the overall measures, and a line for each class."""
    print(f"\n{split}: " + "  ".join(f"{name} {value:.4f}" for name, value in measured.overall.items()))
    if not measured.classes:
        return
    width = max(map(len, measured.classes))
    print(f"\n{'':{width}}  precision  recall      f1  support")
    for name, row in measured.classes.items():
        print(f"{name:{width}}  {row['precision']:9.3f}  {row['recall']:6.3f}  {row['f1']:6.3f}  {row['support']:7,}")


def write_report(out: Path, epoch: int, cpu_seconds: float, measured: dict[str, Measured]) -> None:
    """Writes `report.json`, and a JSON line for each example into `predictions-SPLIT.jsonl`."""
    splits = {name: {"overall": one.overall, "classes": one.classes} for name, one in measured.items()}
    report = {"epoch": epoch, "cpu_seconds": round(cpu_seconds), **splits}
    (out / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    for name, one in measured.items():
        lines = "".join(json.dumps({"prediction": prediction}) + "\n" for prediction in one.predictions)
        (out / f"predictions-{name}.jsonl").write_text(lines)
