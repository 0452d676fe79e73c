"""One function a data set: adds its documents and a fixed number of its queries to a collection.

Only training splits are read here; whatever `evaluate.py` reads never enters a collection.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random

from .collection import Collection, Query
from .files import read_qrels, read_rows
from .weak_queries import heading_queries, keyword_queries

Source = Callable[[Collection, Path, Random], None]

LABEL = 0.5
WEAK_LABEL = 0.25
STRONG_LABEL = 0.85
# An answer must start early enough to survive the cut of the training sequences.
LATEST_ANSWER_CHARACTER = 320
# Shorter answers occur everywhere, so no candidate would be free of them.
SHORTEST_ANSWER_CHARACTERS = 3
SHORTEST_LABELLED_ANSWER_CHARACTERS = 2

SQUAD_QUERIES = 2800
SQUAD_LABELS = 5120
SELQA_QUERIES, SELQA_NEGATIVES = 500, 7
MEDQUAD_DOCUMENTS, MEDQUAD_QUERIES = 5000, 800
PUBMEDQA_QUERIES = 400
BROAD_PASSAGES = {"factbook": 2000, "tldr": 1500}
BROAD_PASSAGES_DEFAULT = 1500
BROAD_QUERIES = {"nq-open": 2400, "webquestions": 800}
BROAD_QUERIES_DEFAULT = 150
HEADING_QUERIES, KEYWORD_QUERIES = 750, 750


def add_squad(collection: Collection, data: Path, random: Random) -> None:
    """Pool `web`: all passages, and questions answered near the start of theirs."""
    queries = []
    for row in read_rows(data / "squad-v1.1/train.jsonl.gz"):
        document = collection.add(row["passage"], "web", row["title"])
        for item in row["questions"]:
            answers = [answer.lower() for answer in item["answers"]]
            start = row["passage"].lower().find(answers[0])
            if 0 <= start <= LATEST_ANSWER_CHARACTER and min(map(len, answers)) >= SHORTEST_ANSWER_CHARACTERS:
                queries.append(Query(item["question"], "web", LABEL, [document], answers=answers))
    collection.queries += random.sample(queries, SQUAD_QUERIES)


def add_squad_labels(collection: Collection, data: Path, random: Random) -> None:
    """Pool `web`: all passages, and questions wherever they are answered."""
    queries = []
    for row in read_rows(data / "squad-v1.1/train.jsonl.gz"):
        document = collection.add(row["passage"], "web", row["title"])
        for item in row["questions"]:
            answers = [answer.lower() for answer in item["answers"]]
            if min(map(len, answers)) >= SHORTEST_LABELLED_ANSWER_CHARACTERS:
                queries.append(Query(item["question"], "web", STRONG_LABEL, [document], answers=answers))
    collection.queries += random.sample(queries, SQUAD_LABELS)


def add_broad(collection: Collection, data: Path, random: Random) -> None:
    """Pool `web`: passages of each source, searchers' questions, headings and keywords as weak labels."""
    rows = read_rows(data / "broad/passages.jsonl.gz")
    random.shuffle(rows)
    taken: dict[str, int] = {}
    passages: list[tuple[int, dict]] = []
    for row in rows:
        source = row["source"]
        if taken.get(source, 0) < BROAD_PASSAGES.get(source, BROAD_PASSAGES_DEFAULT):
            taken[source] = taken.get(source, 0) + 1
            # A factbook text does not name its country.
            text = f"{row['title']}: {row['text']}" if source == "factbook" else row["text"]
            passages.append((collection.add(text, "web", f"{source} {row['title']}"), row))
    weak = random.sample(heading_queries(passages), HEADING_QUERIES)
    weak += random.sample(keyword_queries(passages), KEYWORD_QUERIES)
    collection.queries += [Query(text, "web", WEAK_LABEL, [document]) for text, document in weak]

    questions = read_rows(data / "broad/queries.jsonl.gz")
    random.shuffle(questions)
    used: dict[str, int] = {}
    for row in questions:
        source = row["source"]
        if used.get(source, 0) < BROAD_QUERIES.get(source, BROAD_QUERIES_DEFAULT):
            used[source] = used.get(source, 0) + 1
            collection.queries.append(Query(row["text"], "web"))


def add_medquad(collection: Collection, data: Path, random: Random) -> None:
    """Pool `medical`: answers as documents, grouped by what they are about."""
    queries = []
    rows = [row for row in read_rows(data / "medquad/train.jsonl.gz") if row["answer"].strip()]
    for row in rows[: MEDQUAD_DOCUMENTS // 2] + random.sample(rows[MEDQUAD_DOCUMENTS // 2 :], MEDQUAD_DOCUMENTS // 2):
        document = collection.add(row["answer"], "medical", row["focus"])
        queries.append(Query(row["question"], "medical", LABEL, [document]))
    collection.queries += random.sample(queries, MEDQUAD_QUERIES)


def add_scifact(collection: Collection, data: Path, random: Random) -> None:
    """Pool `science`: all abstracts, and the claims of the train split."""
    numbers = {
        row["_id"]: collection.add(f"{row['title']} {row['text']}", "science", row["_id"])
        for row in read_rows(data / "scifact/corpus.jsonl.gz")
    }
    qrels = read_qrels(data / "scifact/qrels.train.tsv")
    for row in read_rows(data / "scifact/queries.train.jsonl.gz"):
        positives = [numbers[name] for name, grade in qrels.get(row["_id"], {}).items() if grade > 0]
        if positives:
            collection.queries.append(Query(row["text"], "science", LABEL, positives))


def add_pubmedqa(collection: Collection, data: Path, random: Random) -> None:
    """Pool `science`: paragraphs of the abstracts; every paragraph of a question's abstract is positive."""
    queries = []
    for row in read_rows(data / "pubmedqa/labeled.jsonl.gz"):
        positives = [collection.add(text, "science", row["id"]) for text in row["contexts"]]
        queries.append(Query(row["question"], "science", LABEL, positives))
    collection.queries += random.sample(queries, PUBMEDQA_QUERIES)


def add_selqa(collection: Collection, data: Path, random: Random) -> None:
    """Pool `sentences`: the answering sentence and true negatives of the same section."""
    queries = []
    for row in read_rows(data / "selqa/dev.jsonl.gz"):
        if not row["answers"]:
            continue
        answers = set(row["answers"])
        rest = [text for index, text in enumerate(row["candidates"]) if index not in answers]
        random.shuffle(rest)
        group = f"{row['article']} {row['section']}"
        positive = collection.add(row["candidates"][row["answers"][0]], "sentences", group)
        negatives = [collection.add(text, "sentences", group) for text in rest[:SELQA_NEGATIVES]]
        queries.append(Query(row["question"], "sentences", LABEL, [positive], negatives))
    collection.queries += random.sample(queries, SELQA_QUERIES)


DISTILLED = (add_squad, add_broad, add_medquad, add_scifact, add_pubmedqa, add_selqa)
LABELLED = (add_squad_labels,)


def build_collection(sources: tuple[Source, ...], data: Path, seed: int) -> Collection:
    """Reads training sources below `data`; the same seed gives the same collection."""
    collection = Collection()
    for add_source in sources:
        add_source(collection, data, Random(f"{seed} {add_source.__name__}"))
    return collection
