"""What the data check found, and its printed form."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from .examples import DataError, Place

SHOWN_PLACES = 3


@dataclass
class Findings:
    """Lines in the order found; errors stop the run."""

    lines: list[str] = field(default_factory=list)
    errors: int = 0

    def fact(self, text: str) -> None:
        """Something to know."""
        self.lines.append(f"  {text}")

    def warning(self, text: str, places: Iterable[Place] = ()) -> None:
        """Something that may be meant."""
        self.lines.append(f"  warning: {text}{shown(list(places))}")

    def error(self, text: str, places: Iterable[Place] = ()) -> None:
        """Something that has to be mended."""
        self.errors += 1
        self.lines.append(f"  ERROR: {text}{shown(list(places))}")

    def print(self) -> None:
        """Prints the report. Raises DataError if there are errors in it."""
        print("data check")
        for line in self.lines:
            print(line)
        if self.errors:
            raise DataError(f"{self.errors} {'error' if self.errors == 1 else 'errors'} in the data, see above")
        print("  no errors")


def shown(places: list[Place]) -> str:
    """` (file:line, ...)`, the first few."""
    if not places:
        return ""
    more = f", and {len(places) - SHOWN_PLACES} more" if len(places) > SHOWN_PLACES else ""
    return f" ({', '.join(map(str, places[:SHOWN_PLACES]))}{more})"
