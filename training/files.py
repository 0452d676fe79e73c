"""Reading of the raw data sets: gzip-compressed JSON lines and tab-separated judgements."""

import gzip
import json
from collections import defaultdict
from pathlib import Path


def read_rows(path: Path) -> list[dict]:
    """Objects of a `.jsonl.gz` file, in file order."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Judgements of a tab-separated file with a header: query id -> document id -> relevance."""
    qrels: dict[str, dict[str, int]] = defaultdict(dict)
    for line in path.read_text().splitlines()[1:]:
        query_id, document_id, relevance = line.split("\t")
        qrels[query_id][document_id] = int(relevance)
    return dict(qrels)
