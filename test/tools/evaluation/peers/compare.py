"""Compares our measures with those of the tools that define them: compare.py CASES.json [--write].

CASES.json is what cases.ts prints. Exits with 1 if any value differs by more than 1e-9. With --write the small cases and the
peers' values for them go to ../fixtures/peers.json.
"""

import json
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import ir_measures
import numpy
import pytrec_eval
from nltk.stem.porter import PorterStemmer
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support as entity_measures
from sklearn import metrics

TOLERANCE = 1e-9
FIXTURE = Path(__file__).parent.parent / "fixtures" / "peers.json"
PEERS = ["pytrec_eval-terrier", "ir_measures", "scikit-learn", "seqeval", "nltk"]
TREC_NAMES = {"nDCG@10": "ndcg_cut_10", "AP": "map", "R@100": "recall_100", "P@10": "P_10"}


def ranking_values(case):
    """Of each query that has judgements and a run."""
    evaluator = pytrec_eval.RelevanceEvaluator(
        case["qrels"], {"ndcg_cut.10", "map", "recall.100", "P.10", "recip_rank"}
    )
    values = {}
    for query, own in evaluator.evaluate(case["run"]).items():
        values[query] = {ours: own[theirs] for ours, theirs in TREC_NAMES.items()}
        # trec_eval's has no cutoff: rank 10 is the last that counts.
        values[query]["RR@10"] = own["recip_rank"] if own["recip_rank"] >= 0.1 else 0.0
    # ir_measures breaks ties by ascending id where trec_eval has descending; the order as scores leaves none.
    untied = {
        query: {doc: float(-rank) for rank, doc in enumerate(order)}
        for query, order in case["order"].items()
    }
    for value in ir_measures.iter_calc([ir_measures.Judged @ 10], case["qrels"], untied):
        values[value.query_id]["Judged@10"] = value.value
    return values


def label_values(actual, predicted):
    labels = sorted(set(actual) | set(predicted))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        actual, predicted, labels=labels, zero_division=0
    )
    average = {"labels": labels, "zero_division": 0}
    return {
        "labels": labels,
        "confusion": metrics.confusion_matrix(actual, predicted, labels=labels).tolist(),
        "accuracy": metrics.accuracy_score(actual, predicted),
        "microF1": metrics.f1_score(actual, predicted, average="micro", **average),
        "macroF1": metrics.f1_score(actual, predicted, average="macro", **average),
        "matthews": metrics.matthews_corrcoef(actual, predicted),
        "perLabel": per_class(labels, precision, recall, f1, support),
    }


def entity_values(actual, predicted):
    def averaged(average):
        precision, recall, f1, support = entity_measures(
            actual, predicted, average=average, zero_division=0
        )
        return {"precision": precision, "recall": recall, "f1": f1, "support": support}

    types = sorted({entity[0] for tags in (actual, predicted) for entity in get_entities(tags)})
    if not types:
        nothing = {"precision": 0, "recall": 0, "f1": 0, "support": 0}
        return {"micro": nothing, "macro": nothing, "perType": {}}
    each = entity_measures(actual, predicted, average=None, zero_division=0)
    return {
        "micro": averaged("micro"),
        "macro": averaged("macro"),
        "perType": per_class(types, *each),
    }


def per_class(names, precision, recall, f1, support):
    rows = zip(names, precision, recall, f1, support)
    return {n: {"precision": p, "recall": r, "f1": f, "support": s} for n, p, r, f, s in rows}


def differences(ours, theirs, path):
    """Yields (path, ours, theirs) wherever the two differ; yields nothing and counts where they agree."""
    if isinstance(theirs, dict):
        if not isinstance(ours, dict) or set(ours) != set(theirs):
            yield path, ours, theirs
            return
        for key in theirs:
            yield from differences(ours[key], theirs[key], f"{path}.{key}")
    elif isinstance(theirs, (list, tuple)):
        if len(ours) != len(theirs):
            yield path, ours, theirs
            return
        for index, (a, b) in enumerate(zip(ours, theirs)):
            yield from differences(a, b, f"{path}[{index}]")
    elif isinstance(theirs, str):
        counts["values"] += 1
        if ours != theirs:
            yield path, ours, theirs
    else:
        counts["values"] += 1
        gap = abs(ours - float(theirs))
        counts["greatest"] = max(counts["greatest"], gap)
        if not gap <= TOLERANCE:
            yield path, ours, theirs


counts = {"values": 0, "greatest": 0.0}


def report(name, found):
    found = list(found)
    print(f"{name}: {counts['values']} values, greatest difference {counts['greatest']:.1e}, {len(found)} over {TOLERANCE}")
    for path, ours, theirs in found[:5]:
        print(f"  {path}: ours {ours}, theirs {theirs}")
    counts.update(values=0, greatest=0.0)
    return bool(found)


def compare_all(kind, cases, values, ours=lambda case: case["ours"]):
    def every():
        for index, case in enumerate(cases):
            case["theirs"] = values(case)
            yield from differences(ours(case), case["theirs"], f"{kind}[{index}]")

    return every()


def write_fixture(cases, small):
    stemmed = [
        [word, stem]
        for word, stem in zip(cases["stems"]["words"], cases["stems"]["theirs"])
        if word != stem
    ]
    fixture = {
        "madeBy": "bash test/tools/evaluation/peers/run --write",
        "versions": {name: version(name) for name in PEERS},
        "rankings": [
            {key: case[key] for key in ("qrels", "run", "theirs")} for case in cases["rankings"][:small]
        ],
        "labels": [
            {key: case[key] for key in ("actual", "predicted", "theirs")} for case in cases["labels"][:small]
        ],
        "tags": [
            {key: case[key] for key in ("actual", "predicted", "theirs")} for case in cases["tags"][:small]
        ],
        "stems": stemmed[:: len(stemmed) // 150],
    }
    FIXTURE.parent.mkdir(exist_ok=True)
    FIXTURE.write_text(json.dumps(fixture, ensure_ascii=False, indent=1, default=to_plain) + "\n")
    print(f"wrote {FIXTURE}")


def to_plain(value):
    return value.item() if isinstance(value, numpy.generic) else value.tolist()


def main():
    warnings.filterwarnings("ignore")
    cases = json.loads(Path(sys.argv[1]).read_text())
    print(", ".join(f"{name} {version(name)}" for name in PEERS))
    stemmer = PorterStemmer(mode=PorterStemmer.MARTIN_EXTENSIONS)
    cases["stems"]["theirs"] = [stemmer.stem(word) for word in cases["stems"]["words"]]
    failed = [
        report("rankings", compare_all("rankings", cases["rankings"], ranking_values)),
        report(
            "labels",
            compare_all("labels", cases["labels"], lambda case: label_values(case["actual"], case["predicted"])),
        ),
        report(
            "tags", compare_all("tags", cases["tags"], lambda case: entity_values(case["actual"], case["predicted"]))
        ),
        report(
            "entities",
            differences(
                [case["entities"] for case in cases["tags"]],
                [[get_entities(tags) for tags in case["actual"]] for case in cases["tags"]],
                "entities",
            ),
        ),
        report("stems", differences(cases["stems"]["ours"], cases["stems"]["theirs"], "stems")),
    ]
    if "--write" in sys.argv[2:]:
        write_fixture(cases, cases["numSmall"])
    return 1 if any(failed) else 0


sys.exit(main())
