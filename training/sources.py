"""One function a data set: adds its documents and queries to a collection.

Only training splits are read here; whatever `evaluate.py` reads never enters a collection.
"""

from pathlib import Path
from random import Random

from .collection import Collection, Query
from .files import read_qrels, read_rows
from .passages import passages
from .weak_queries import heading_queries, keyword_queries, keywords_of

LABEL = 0.5
WEAK_LABEL = 0.25
STRONG_LABEL = 0.85
# Shorter answers occur everywhere, so no candidate would be free of them.
SHORTEST_ANSWER_CHARACTERS = 3
# How many of the questions are asked as searchers type them: without their function words.
KEYWORD_SHARE = 0.2

SQUAD_QUESTIONS = 13_000
SELQA_QUERIES, SELQA_NEGATIVES = 700, 7
MEDQUAD_DOCUMENTS, MEDQUAD_QUERIES = 5_000, 1_500
ARTICLE_QUESTIONS = 10_000
TITLE_QUERIES = 1_500
BROAD_PASSAGES = {"factbook": 5_000, "tldr": 3_000}
HEADING_QUERIES, KEYWORD_QUERIES = 1_500, 1_500


def add_squad(collection: Collection, data: Path, random: Random) -> None:
    """Pool `web`: pieces of all passages; questions, with the piece that holds the answer as their positive."""
    queries = []
    for row in read_rows(data / "squad-v1.1/train.jsonl.gz"):
        pieces = passages(row["passage"])
        numbers = [collection.add(piece, "web", row["title"]) for piece in pieces]
        for item in row["questions"]:
            answers = [answer.lower() for answer in item["answers"]]
            if min(map(len, answers)) < SHORTEST_ANSWER_CHARACTERS:
                continue
            holding = [number for number, piece in zip(numbers, pieces) if answers[0] in piece.lower()]
            # The answer may also occur beside the point: only a piece that holds it alone is surely the right one.
            if len(holding) == 1:
                queries.append(Query(item["question"], "web", STRONG_LABEL, holding, answers=answers))
    collection.queries += as_keywords(random.sample(queries, SQUAD_QUESTIONS), random)


def add_broad(collection: Collection, data: Path, random: Random) -> None:
    """Pool `web`: passages of each source; searchers' questions without labels; headings and keywords as weak labels."""
    rows = read_rows(data / "broad/passages.jsonl.gz")
    random.shuffle(rows)
    taken: dict[str, int] = {}
    added: list[tuple[int, dict]] = []
    for row in rows:
        source = row["source"]
        taken[source] = taken.get(source, 0) + 1
        if taken[source] <= BROAD_PASSAGES.get(source, len(rows)):
            # A factbook text does not name its country.
            text = f"{row['title']}: {row['text']}" if source == "factbook" else row["text"]
            for piece in passages(text):
                added.append((collection.add(piece, "web", f"{source} {row['title']}"), {**row, "text": piece}))
    weak = random.sample(heading_queries(added), HEADING_QUERIES) + random.sample(keyword_queries(added), KEYWORD_QUERIES)
    collection.queries += [Query(text, "web", WEAK_LABEL, [document]) for text, document in weak]
    questions = [Query(row["text"], "web") for row in read_rows(data / "broad/queries.jsonl.gz")]
    collection.queries += as_keywords(questions, random)


def add_medquad(collection: Collection, data: Path, random: Random) -> None:
    """Pool `medical`: the first piece of each answer, grouped by what it is about."""
    queries = []
    rows = [row for row in read_rows(data / "medquad/train.jsonl.gz") if row["answer"].strip()]
    for row in random.sample(rows, MEDQUAD_DOCUMENTS):
        document = collection.add(passages(row["answer"])[0], "medical", row["focus"])
        queries.append(Query(row["question"], "medical", LABEL, [document]))
    collection.queries += random.sample(queries, MEDQUAD_QUERIES)


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
    collection.queries += random.sample(queries, min(SELQA_QUERIES, len(queries)))


def add_articles(collection: Collection, data: Path, random: Random) -> None:
    """Pool `articles`: whole Wikipedia passages of SQuAD; questions, with the passage that answers them as their positive."""
    queries = []
    for row in read_rows(data / "squad-v1.1/train.jsonl.gz"):
        positive = collection.add(row["passage"], "articles", row["title"])
        for item in row["questions"]:
            answers = [answer.lower() for answer in item["answers"]]
            if min(map(len, answers)) >= SHORTEST_ANSWER_CHARACTERS:
                queries.append(Query(item["question"], "articles", STRONG_LABEL, [positive], answers=answers))
    collection.queries += random.sample(queries, ARTICLE_QUESTIONS)


def add_abstracts(collection: Collection, data: Path, random: Random) -> None:
    """Pool `abstracts`: those of SciFact and PubMedQA; train claims and research questions with labels, titles without."""
    qrels = read_qrels(data / "scifact/qrels.train.tsv")
    places: dict[str, int] = {}
    titles = []
    for row in read_rows(data / "scifact/corpus.jsonl.gz"):
        places[row["_id"]] = collection.add(f"{row['title']} {row['text']}", "abstracts", row["_id"])
        titles.append(Query(row["title"], "abstracts"))
    for row in read_rows(data / "scifact/queries.train.jsonl.gz"):
        positives = [places[name] for name, grade in qrels.get(row["_id"], {}).items() if grade > 0]
        if positives:
            collection.queries.append(Query(row["text"], "abstracts", LABEL, positives))
    for row in read_rows(data / "pubmedqa/labeled.jsonl.gz"):
        positive = collection.add(" ".join(row["contexts"]), "abstracts", row["id"])
        collection.queries.append(Query(row["question"], "abstracts", LABEL, [positive]))
    collection.queries += as_keywords(random.sample(titles, TITLE_QUERIES), random)


def add_answers(collection: Collection, data: Path, random: Random) -> None:
    """Pool `answers`: whole answers of MedQuAD, grouped by what they are about."""
    rows = [row for row in read_rows(data / "medquad/train.jsonl.gz") if row["answer"].strip()]
    for row in random.sample(rows, MEDQUAD_DOCUMENTS):
        document = collection.add(row["answer"], "answers", row["focus"])
        collection.queries.append(Query(row["question"], "answers", LABEL, [document]))


def as_keywords(queries: list[Query], random: Random) -> list[Query]:
    """The same queries, some of them without their function words."""
    for query in queries:
        if random.random() < KEYWORD_SHARE:
            query.text = keywords_of(query.text)
    return queries


SOURCES = (add_squad, add_broad, add_medquad, add_selqa, add_articles, add_abstracts, add_answers)


def build_collection(data: Path, seed: int) -> Collection:
    """Reads training sources below `data`; the same seed gives the same collection."""
    collection = Collection()
    for add_source in SOURCES:
        add_source(collection, data, Random(f"{seed} {add_source.__name__}"))
    return collection
