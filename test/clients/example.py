"""What every Python client is asked to rank, and what its answer must be: example.ts, for Python."""

import json
import os
import pathlib

_EXAMPLE = json.loads(pathlib.Path(__file__).with_name("example.json").read_text(encoding="utf-8"))

QUERY = _EXAMPLE["query"]
DOCUMENTS = _EXAMPLE["documents"]
RIGHT = _EXAMPLE["right"]
REQUEST = {"model": "rerank-v3.5", "query": QUERY, "documents": DOCUMENTS}
UNKNOWN_MODEL = "no-such-model"
UNKNOWN_MODEL_MESSAGE = '^The model "no-such-model" is not served here'

SERVICE_URL = os.environ.get("SERVICE_URL", "http://localhost:8787")
API_KEY = "no-key-needed"


def check_ranking(test, results, count=len(DOCUMENTS)):
    """Fails unless there are so many results, all different, the right one first, with scores in [0, 1] that do not rise."""
    test.assertEqual(len(results), count)
    test.assertEqual(results[0].index, RIGHT)
    test.assertEqual(len({result.index for result in results}), count)
    scores = [result.relevance_score for result in results]
    test.assertTrue(all(0 <= score <= 1 for score in scores), scores)
    test.assertEqual(scores, sorted(scores, reverse=True))
