"""From files to a checked task: reads all splits, reports what is odd, sets dev aside, encodes."""

from argparse import Namespace
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from .examples import DataError, Place, RankingExample, TaggedExample, TextExample
from .findings import Findings
from .label_check import Uses, check_labels
from .new_model import base_tokenizer
from .ranking_task import RankingTask
from .read_ranking import read_ranking
from .read_tags import read_tags
from .read_texts import read_texts
from .recipe import Recipe
from .split import split_dev
from .tag_check import check_tags
from .task import Task
from .text_check import check_lengths, check_repetitions, key_of, without_leaks
from .text_task import TextTask
from .token_task import TokenTask

Example = TypeVar("Example", TextExample, TaggedExample, RankingExample)

LEAST_EXAMPLES = 8


def prepare(options: Namespace, recipe: Recipe) -> Task:
    """The task that the command line asks for; its data check is printed.

    Raises DataError if a file cannot be read or the check finds errors.
    """
    prepare_task = {"ranking": prepare_ranking, "text-classification": prepare_texts, "token-classification": prepare_tags}
    findings = Findings()
    task = prepare_task[options.task](options, recipe, findings)
    findings.print()
    return task


def prepare_texts(options: Namespace, recipe: Recipe, findings: Findings) -> TextTask:
    columns = options.text_column, options.label_column, options.pair_column, options.multi_label
    splits = read_splits(options, lambda path: read_texts(path, *columns), findings)
    label_uses = {name: uses((one.labels, one.place) for one in examples) for name, examples in splits.items()}
    check_labels(label_uses.pop("train"), label_uses, options.allow_odd_labels, findings)
    check_repetitions(splits["train"], lambda one: set(one.labels), findings)
    splits = held_out(splits, lambda one: one.labels, options.seed, findings)
    stop_at_errors(findings)
    task = TextTask(splits, options.multi_label, base_tokenizer(options.base), options.base, recipe, options.seed)
    for name, encoded in task.encoded.items():
        check_lengths(name, encoded, [one.place for one in splits[name]], recipe.max_tokens, findings)
    return task


def prepare_tags(options: Namespace, recipe: Recipe, findings: Findings) -> TokenTask:
    splits = read_splits(options, lambda path: read_tags(path, options.token_column, options.tag_column), findings)
    splits = {name: check_tags(name, examples, options.repair_tags, findings) for name, examples in splits.items()}
    stop_at_errors(findings)
    type_uses = {
        name: uses(([tag[2:] for tag in one.tags if tag.startswith("B-")], one.place) for one in examples)
        for name, examples in splits.items()
    }
    if not type_uses["train"]:
        raise DataError(f"{options.train[0]}: every tag is O: there is nothing to learn")
    if len(type_uses["train"]) > 1:
        check_labels(type_uses.pop("train"), type_uses, options.allow_odd_labels, findings)
    check_repetitions(splits["train"], lambda one: one.tags, findings)
    splits = held_out(splits, lambda one: tuple(sorted({tag[2:] for tag in one.tags if tag != "O"})), options.seed, findings)
    stop_at_errors(findings)
    task = TokenTask(splits, base_tokenizer(options.base), options.base, recipe, options.seed)
    for name, encoded in task.encoded.items():
        check_lengths(name, encoded, [one.place for one in splits[name]], recipe.max_tokens, findings)
    return task


def prepare_ranking(options: Namespace, recipe: Recipe, findings: Findings) -> RankingTask:
    splits = read_splits(options, read_ranking, findings)
    for name, examples in splits.items():
        check_grades(name, examples, findings)
    splits = held_out(splits, lambda one: None, options.seed, findings)
    stop_at_errors(findings)
    task = RankingTask(splits, base_tokenizer(options.base), options.base, recipe, options.seed)
    for name, encoded in task.encoded.items():
        pairs = [(one, example.place) for example, row in zip(splits[name], encoded) for one in row]
        check_lengths(name, [one for one, _ in pairs], [place for _, place in pairs], recipe.max_tokens, findings)
    if options.base is None:
        findings.warning("without --base the ranking is learned from nothing; start from the default model unless there are many queries")
    return task


def check_grades(split: str, examples: list[RankingExample], findings: Findings) -> None:
    """Counts documents and grades; without a relevant document a query teaches no order."""
    grades = sorted({grade for one in examples for grade in one.grades})
    documents = sum(len(one.documents) for one in examples)
    span = f"grades {', '.join(f'{grade:g}' for grade in grades)}" if len(grades) <= 6 else f"grades from {grades[0]:g} to {grades[-1]:g}"
    findings.fact(f"{split}: {documents:,} documents, {documents / len(examples):.1f} a query, {span}")
    without = [one.place for one in examples if max(one.grades) == 0]
    if len(without) == len(examples):
        findings.error(f"{split}: no document is relevant to any query")
    elif without:
        findings.warning(f"{split}: {len(without):,} queries have no relevant document", without)
    lone = [one.place for one in examples if min(one.grades) > 0]
    if lone:
        findings.warning(f"{split}: {len(lone):,} queries have no irrelevant document; they get those of other queries", lone)


def read_splits(options: Namespace, read: Callable[[Path], list[Example]], findings: Findings) -> dict[str, list[Example]]:
    """`train` and what else is given of `dev` and `test`."""
    files = {"train": options.train, "dev": options.dev and [options.dev], "test": options.test and [options.test]}
    splits = {name: [example for path in paths for example in read(path)] for name, paths in files.items() if paths}
    for name, examples in splits.items():
        findings.fact(f"{name}: {len(examples):,} {'queries' if options.task == 'ranking' else 'examples'} of {', '.join(map(str, files[name]))}")
    return splits


def held_out(
    splits: dict[str, list[Example]], stratum: Callable[[Example], object], seed: int, findings: Findings
) -> dict[str, list[Example]]:
    """The splits without leaks, and with a dev split."""
    splits = without_leaks(splits, findings)
    if len(splits["train"]) < LEAST_EXAMPLES:
        findings.error(f"{len(splits['train'])} training examples are too few; at least {LEAST_EXAMPLES} are needed")
        stop_at_errors(findings)
    if "dev" not in splits:
        train, dev = split_dev(splits["train"], stratum, key_of, seed)
        splits = {"train": train, "dev": dev, **{name: examples for name, examples in splits.items() if name != "train"}}
        findings.fact(f"dev: {len(dev):,} taken from train, which keeps {len(train):,}")
    return splits


def uses(labelled: Iterable[tuple[Iterable[str], Place]]) -> Uses:
    """Where each label is used."""
    found: Uses = {}
    for labels, place in labelled:
        for label in labels:
            found.setdefault(label, []).append(place)
    return found


def stop_at_errors(findings: Findings) -> None:
    """Prints and raises before anything is built on data with errors."""
    if findings.errors:
        findings.print()
