"""Command line: `python -m training.finetune TASK --train FILE --out DIR`."""

import sys

from .examples import DataError
from .options import parser
from .run import run

if __name__ == "__main__":
    try:
        run(parser().parse_args())
    except DataError as error:
        sys.exit(f"error: {error}")
