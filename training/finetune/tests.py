"""Promises of the parts, and a tiny run of each task, a few seconds: `python -m unittest training.finetune.tests`."""

import contextlib
import gzip
import io
import json
import tempfile
import unittest
from pathlib import Path
from random import Random
from unittest import mock

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import (
    AutoModelForSequenceClassification,
    BertConfig,
    BertForSequenceClassification,
    BertForTokenClassification,
    BertModel,
    PreTrainedTokenizerFast,
)

from ..quantise import quantised_weights, round_to_int8
from . import train as training
from .batches import epoch_batches
from .encode import Encoder
from .examples import DataError, Place, TaggedExample, TextExample
from .findings import Findings
from .forward import all_sequence_logits, best_token_labels, token_logits
from .label_check import edit_distance, lookalikes
from .metrics import by_class, entities, macro_f1, matthews, ndcg, reciprocal_rank
from .new_model import new_sequence_model
from .options import parser
from .read_ranking import read_ranking
from .read_tags import read_tags
from .read_texts import read_texts
from .run import run
from .split import split_dev
from .tag_check import check_tags

COLOURS = {"warm": ["red", "orange", "yellow"], "cold": ["blue", "cyan", "indigo"]}
FILLERS = ["the", "a", "house", "car", "sky", "was", "is", "very", "old", "new", "tree", "hat"]
NAMES = ["alice", "bob", "carol", "dave"]
TOWNS = ["paris", "rome", "oslo", "lima"]
WORDS = [*FILLERS, *(word for words in COLOURS.values() for word in words), *NAMES, *TOWNS, "##s"]


class InFolder(unittest.TestCase):
    """Tests with a folder of their own."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        if name.endswith(".gz"):
            path.write_bytes(gzip.compress(text.encode()))
        else:
            path.write_text(text)
        return path

    def tiny_base(self) -> Path:
        """A checkpoint of one random layer whose vocabulary is `WORDS`."""
        base = self.folder / "base"
        vocabulary = {word: number for number, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS])}
        tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
        tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
        tokenizer.decoder = decoders.WordPiece()
        torch.manual_seed(1)
        sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 4, "intermediate_size": 64}
        BertModel(BertConfig(vocab_size=len(vocabulary), max_position_embeddings=64, **sizes)).save_pretrained(base)
        tokenizer.save(str(base / "tokenizer.json"))
        return base

    def run_quietly(self, *arguments: object) -> tuple[dict, str]:
        """Measures by split and what was printed."""
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            measured = run(parser().parse_args([str(argument) for argument in (*arguments, "--threads", 1)]))
        return measured, printed.getvalue()


class Readers(InFolder):
    def test_columns_and_json_lines_give_the_same_texts(self) -> None:
        csv = self.write("a.csv.gz", 'text,label\n"so ""glad"", really",joy\n\n"two\nlines",fear\n')
        tsv = self.write("a.tsv", 'label\ttext\njoy\tso "glad", really\n')
        rows = [{"text": 'so "glad", really', "label": "joy"}, {"text": "two\nlines", "label": "fear"}]
        lines = self.write("a.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
        read = [[(one.text, one.labels) for one in read_texts(path, "text", "label", None, False)] for path in (csv, lines, tsv)]
        self.assertEqual(read[0], [('so "glad", really', ("joy",)), ("two\nlines", ("fear",))])
        self.assertEqual(read[1], read[0])
        self.assertEqual(read[2], read[0][:1])
        places = [one.place.line for one in read_texts(csv, "text", "label", None, False)]
        self.assertEqual(places, [2, 4])

    def test_several_labels_are_lists_or_separated(self) -> None:
        lines = self.write("a.jsonl", '{"text": "x", "label": ["b", "a"]}\n{"text": "y", "label": []}\n')
        columns = self.write("a.csv", "text,label\nx,b|a\ny,\n")
        for path in (lines, columns):
            self.assertEqual([one.labels for one in read_texts(path, "text", "label", None, True)], [("b", "a"), ()])

    def test_errors_name_file_and_line(self) -> None:
        cases = [
            ("text,label\nx,joy\n ,joy\n", "a.csv:3: text is empty"),
            ("text,label\nx,joy,fear\n", "a.csv:2: 3 fields where the header has 2"),
            ("text,label\nx,\n", "a.csv:2: label is empty"),
            ("body,label\nx,joy\n", "a.csv:1: the header must have the columns text,label"),
            ('{"text": "x", "label": "joy"}\n{"text": \n', "a.csv:2: not JSON"),
            ('{"text": "x"}\n', "a.csv:1: label is missing"),
        ]
        for content, message in cases:
            path = self.write("a.csv", content)
            with self.subTest(message), self.assertRaises(DataError) as caught:
                read_texts(path, "text", "label", None, False)
            self.assertIn(message, str(caught.exception))

    def test_conll_2003_columns(self) -> None:
        path = self.write("eng.train", "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\n\nPeter NNP B-NP B-PER\n")
        read = read_tags(path, 1, -1)
        self.assertEqual([(one.tokens, one.tags, one.place.line) for one in read], [(("EU", "rejects"), ("B-ORG", "O"), 3), (("Peter",), ("B-PER",), 7)])
        self.assertEqual(read_tags(path, 2, 3)[0].tokens, ("NNP", "VBZ"))

    def test_ranking_rows_of_a_query_are_joined(self) -> None:
        pairs = self.write("a.csv", "query,document,label\nq,d1,2\nq,d2,0\nr,d1,1\nq,d2,1\n")
        read = [(one.query, one.documents, one.grades) for one in read_ranking(pairs)]
        self.assertEqual(read, [("q", ("d1", "d2"), (2.0, 1.0)), ("r", ("d1",), (1.0,))])
        triples = self.write("b.jsonl", '{"query": "q", "positive": "p", "negatives": ["n1", "n2"]}\n')
        columns = self.write("b.csv", "query,positive,negative_1,negative_2\nq,p,n1,n2\n")
        self.assertEqual([one.grades for one in read_ranking(triples)], [(1.0, 0.0, 0.0)])
        self.assertEqual(read_ranking(columns)[0].documents, ("p", "n1", "n2"))


class Checks(InFolder):
    def test_labels_that_look_misspelt(self) -> None:
        place = Place(Path("a"), 1)
        uses = {"surprise": [place] * 40, "suprise": [place], "Surprise": [place] * 30, "joy": [place] * 9, "class_1": [place] * 20, "class_2": [place]}
        self.assertEqual(sorted(lookalikes(uses)), [("Surprise", "surprise"), ("suprise", "surprise")])
        self.assertEqual([edit_distance("kitten", "sitting"), edit_distance("", "ab"), edit_distance("ab", "ab")], [3, 2, 0])

    def test_iob1_is_read_and_other_orphans_are_refused_or_mended(self) -> None:
        def sentence(*tags: str) -> TaggedExample:
            return TaggedExample(tuple("w" for _ in tags), tags, Place(Path("a"), 1))

        self.assertEqual(check_tags("train", [sentence("I-A", "B-A", "O", "I-B")], False, Findings())[0].tags, ("B-A", "B-A", "O", "B-B"))
        odd, findings = [sentence("B-A", "O", "I-A")], Findings()
        check_tags("train", odd, False, findings)
        self.assertEqual(findings.errors, 1)
        self.assertEqual(check_tags("train", odd, True, Findings())[0].tags, ("B-A", "O", "B-A"))

    def test_report_counts_repetitions_leaks_and_cut_texts(self) -> None:
        rows = ["The  house,warm", "the house,warm", "the house,cold", "a car,cold", *(f"{word} hat,warm" for word in FILLERS), "sky sky sky sky sky sky sky,cold"]
        train = self.write("train.csv", "text,label\n" + "\n".join(rows) + "\n")
        test = self.write("test.csv", "text,label\nA CAR,cold\n")
        arguments = ("text-classification", "--train", train, "--test", test, "--base", self.tiny_base(), "--check-only", "--max-tokens", 8)
        _, printed = self.run_quietly(*arguments)
        self.assertIn("1 training examples repeat an earlier one", printed)
        self.assertIn("1 training examples have the text of an earlier one and another label", printed)
        self.assertIn("1 training examples are in test too", printed)
        self.assertIn("are longer and will be cut", printed)
        self.write("train.csv", "text,label\n" + "\n".join([*rows, "an old hat,Warm"]) + "\n")
        with self.assertRaisesRegex(DataError, "1 error in the data"):
            self.run_quietly(*arguments)

    def test_dev_split_is_stratified_and_keeps_repetitions_together(self) -> None:
        examples = [TextExample(f"text {number // 2}", None, ("ab"[number % 40 // 30],), Place(Path("a"), number)) for number in range(400)]
        train, dev = split_dev(examples, lambda one: one.labels, lambda one: one.text, seed=1)
        self.assertEqual((len(train), len(dev)), (360, 40))
        self.assertEqual(sum(one.labels == ("b",) for one in dev), 10)
        self.assertFalse({one.text for one in train} & {one.text for one in dev})


class Metrics(unittest.TestCase):
    def test_against_values_by_hand(self) -> None:
        actual, predicted = list("aabbc"), list("abbbb")
        micro, each = by_class([frozenset(one) for one in actual], [frozenset(one) for one in predicted])
        self.assertAlmostEqual(micro.f1, 3 / 5)
        self.assertEqual((each["a"].precision, each["a"].recall, each["b"].precision, each["c"].f1), (1, 0.5, 0.5, 0))
        self.assertAlmostEqual(macro_f1(each), (2 / 3 + 2 / 3 + 0) / 3)
        # (3 * 5 - (2 * 1 + 2 * 4)) / sqrt((25 - 17) (25 - 9))
        self.assertAlmostEqual(matthews(actual, predicted), 5 / 128**0.5)
        self.assertAlmostEqual(ndcg([0, 1, 2]), (1 / 1.5849625 + 2 / 2) / (2 + 1 / 1.5849625), places=6)
        self.assertEqual([reciprocal_rank([0, 0, 1]), reciprocal_rank([0])], [1 / 3, 0])

    def test_entities_as_seqeval_has_them(self) -> None:
        self.assertEqual(entities(["B-A", "I-A", "B-A", "O", "I-B", "I-A"]), {("A", 0, 1), ("A", 2, 2), ("B", 4, 4), ("A", 5, 5)})
        micro, each = by_class([entities(["B-A", "I-A", "O", "B-B"])], [entities(["B-A", "O", "O", "B-B"])])
        self.assertEqual((micro.precision, micro.recall, each["A"].f1, each["B"].f1), (0.5, 0.5, 0, 1))


class Encoding(InFolder):
    def test_logits_are_those_of_the_plain_forward_whatever_the_batch(self) -> None:
        base = self.tiny_base()
        encoder = Encoder(PreTrainedTokenizerFast(tokenizer_file=str(base / "tokenizer.json"), unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"), 12)
        encoded = [*encoder.pairs([("the car", "sky " * 20), ("old " * 9, "hat")]), *encoder.texts(["the very old tree"])]
        self.assertEqual([(len(one.ids), one.first, one.whole_length) for one in encoded], [(12, 4, 25), (8, 6, 13), (6, 6, 6)])
        sequences = BertForSequenceClassification.from_pretrained(base, num_labels=3, attn_implementation="eager").eval()
        logits = all_sequence_logits(sequences, encoded)
        for one, own in zip(encoded, logits):
            types = [[0] * one.first + [1] * (len(one.ids) - one.first)]
            with torch.inference_mode():
                plain = sequences(input_ids=torch.tensor([one.ids]), token_type_ids=torch.tensor(types)).logits[0]
            self.assertLess((plain - own).abs().max(), 0.02)

    def test_a_token_is_its_first_piece(self) -> None:
        base = self.tiny_base()
        encoder = Encoder(PreTrainedTokenizerFast(tokenizer_file=str(base / "tokenizer.json"), unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"), 8)
        (one,) = encoder.sentences([["cars", "\u200d", "the", "hats", "old", "new"]])
        self.assertEqual((one.word_starts, len(one.ids), one.whole_length), ((1, -1, 3, 4, 6, -1), 8, 9))
        tokens = BertForTokenClassification.from_pretrained(base, num_labels=3, attn_implementation="eager").eval()
        with torch.inference_mode():
            best = token_logits(tokens, [one])[0].argmax(-1).tolist()
        self.assertEqual(best_token_labels(tokens, [one]), [[best[1], -1, best[3], best[4], best[6], -1]])

    def test_a_head_is_kept_only_for_its_own_labels(self) -> None:
        ranker = self.folder / "ranker"
        BertForSequenceClassification.from_pretrained(self.tiny_base(), id2label={0: "a", 1: "b"}, label2id={"a": 0, "b": 1}).save_pretrained(ranker)
        (ranker / "tokenizer.json").write_bytes((self.folder / "base/tokenizer.json").read_bytes())
        stored = AutoModelForSequenceClassification.from_pretrained(ranker).classifier.weight
        for labels, kept in ((["a", "b"], True), (["b", "a"], False)):
            model = new_sequence_model(ranker, labels, False, 0.1, seed=1)
            self.assertEqual(torch.equal(model.classifier.weight, stored), kept)

    def test_every_example_is_in_one_batch_of_an_epoch(self) -> None:
        lengths = [place * 7 % 50 for place in range(333)]
        batches = epoch_batches(lengths, 4, seed=1, epoch=2)
        self.assertEqual(sorted(place for batch in batches for place in batch), list(range(333)))
        self.assertEqual(batches, epoch_batches(lengths, 4, seed=1, epoch=2))
        self.assertNotEqual(batches, epoch_batches(lengths, 4, seed=1, epoch=3))


class Runs(InFolder):
    def sentence(self, random: Random, *words: str) -> list[str]:
        tokens = [*random.sample(FILLERS, random.randint(2, 5)), *words]
        random.shuffle(tokens)
        return tokens

    def texts(self, count: int, several: bool) -> str:
        random, lines = Random(1), []
        for _ in range(count):
            kinds = random.sample(sorted(COLOURS), random.choice([0, 1, 2])) if several else [random.choice(sorted(COLOURS))]
            words = [random.choice(COLOURS[kind]) for kind in kinds]
            lines.append({"text": " ".join(self.sentence(random, *words)), "label": kinds if several else kinds[0]})
        return "".join(json.dumps(line) + "\n" for line in lines)

    def test_text_classification_learns_and_exports(self) -> None:
        base, train = self.tiny_base(), self.write("train.jsonl", self.texts(160, several=False))
        common = ("--base", base, "--epochs", 20, "--rate", 3e-3, "--head-rate", 1e-2)
        out = self.folder / "out"
        test = self.write("test.jsonl", self.texts(240, several=False).split("\n", 160)[160])
        measured, _ = self.run_quietly("text-classification", "--train", train, "--test", test, "--out", out, *common)
        self.assertGreater(measured["test"].overall["accuracy"], 0.9)
        exported = AutoModelForSequenceClassification.from_pretrained(out / "checkpoint-hf")
        self.assertEqual((exported.config.id2label, exported.config.architectures), ({0: "cold", 1: "warm"}, ["BertForSequenceClassification"]))
        for weight in quantised_weights(exported):
            self.assertTrue(torch.equal(weight, round_to_int8(weight)))
        with self.assertRaisesRegex(DataError, "holds a finished model"):
            self.run_quietly("text-classification", "--train", train, "--out", out, *common)

    def test_several_labels_learn(self) -> None:
        base, train = self.tiny_base(), self.write("train.jsonl", self.texts(400, several=True))
        arguments = ("--multi-label", "--base", base, "--epochs", 30, "--rate", 1e-3, "--head-rate", 3e-3)
        measured, _ = self.run_quietly("text-classification", "--train", train, "--out", self.folder / "out", *arguments)
        self.assertGreater(measured["dev"].overall["micro F1"], 0.85)
        config = json.loads((self.folder / "out/checkpoint-hf/config.json").read_text())
        self.assertEqual(config["problem_type"], "multi_label_classification")

    def test_token_classification_learns(self) -> None:
        random, lines = Random(1), []
        for _ in range(200):
            for token in self.sentence(random, random.choice(NAMES), random.choice(TOWNS)):
                lines.append(f"{token} {'B-PER' if token in NAMES else 'B-LOC' if token in TOWNS else 'O'}")
            lines.append("")
        base, train = self.tiny_base(), self.write("train.conll.gz", "\n".join(lines))
        arguments = ("--base", base, "--epochs", 20, "--rate", 3e-3, "--head-rate", 1e-2)
        measured, _ = self.run_quietly("token-classification", "--train", train, "--out", self.folder / "out", *arguments)
        self.assertGreater(measured["dev"].score, 0.9)
        config = json.loads((self.folder / "out/checkpoint-hf/config.json").read_text())
        self.assertEqual(config["id2label"], {"0": "O", "1": "B-LOC", "2": "I-LOC", "3": "B-PER", "4": "I-PER"})

    def test_ranking_learns(self) -> None:
        random, lines = Random(1), []
        # Of one kind always, which so small a model learns on every machine; to match the query's kind it learns on some.
        relevant, irrelevant = sorted(COLOURS)
        for _ in range(120):
            words = random.choice(COLOURS[relevant]), *random.choices(COLOURS[irrelevant], k=3)
            query = " ".join(self.sentence(random, random.choice(COLOURS[relevant])))
            positive, *negatives = [" ".join(self.sentence(random, word)) for word in words]
            lines.append(json.dumps({"query": query, "positive": positive, "negatives": negatives}))
        base, train = self.tiny_base(), self.write("train.jsonl", "\n".join(lines))
        arguments = ("--base", base, "--epochs", 20, "--rate", 3e-3, "--head-rate", 1e-2)
        measured, _ = self.run_quietly("ranking", "--train", train, "--out", self.folder / "out", *arguments)
        # 0.52 is what an order by chance has.
        self.assertGreater(measured["dev"].score, 0.9)

    def test_a_resumed_run_ends_like_an_uninterrupted_one(self) -> None:
        base, train = self.tiny_base(), self.write("train.jsonl", self.texts(80, several=False))
        command = ("text-classification", "--train", train, "--base", base, "--epochs", 6, "--rate", 1e-3)
        self.run_quietly(*command, "--out", self.folder / "whole")

        def stop_at_epoch_3(*arguments: object) -> None:
            if arguments[2] == 3:
                raise KeyboardInterrupt
            report_dev(*arguments)

        report_dev = training.report_dev
        with mock.patch.multiple(training, report_dev=stop_at_epoch_3, SECONDS_BETWEEN_CHECKPOINTS=0):
            with self.assertRaises(KeyboardInterrupt):
                self.run_quietly(*command, "--out", self.folder / "parts")
        with self.assertRaisesRegex(DataError, "other data or options"):
            self.run_quietly(*command, "--out", self.folder / "parts", "--head-rate", 1e-4)
        self.run_quietly(*command, "--out", self.folder / "parts")
        whole, parts = ((self.folder / name / "checkpoint-hf/model.safetensors").read_bytes() for name in ("whole", "parts"))
        self.assertEqual(whole, parts)


if __name__ == "__main__":
    unittest.main()
