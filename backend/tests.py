"""Promises of score.py that need no server, under half a minute: `python -m unittest backend.tests`."""

import importlib.util
import json
import os
import tempfile
import unittest
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import numpy as np
import torch
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification, pipeline

from .export_onnx import export_onnx

HERE = Path(__file__).parent
TOKENIZER = HERE.parent / "models/rerank-minilm-l6/tokenizer.json"
TEXTS = ["a good day", "it rained " * 20, "what is [SEP]?", ""]


def load_script() -> ModuleType:
    """As the inference server loads it."""
    spec = importlib.util.spec_from_file_location("entry_module", HERE / "azure-ml/score.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


score = load_script()


def save_model(folder: Path, labels: list[str], problem_type: "str | None" = None) -> BertForSequenceClassification:
    """A small BERT with random weights, large enough that scores differ, and a window of 64 tokens."""
    torch.manual_seed(3)
    config = BertConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=1.0,
        id2label=dict(enumerate(labels)),
        problem_type=problem_type,
    )
    model = BertForSequenceClassification(config).eval()
    model.save_pretrained(folder)
    (folder / "tokenizer.json").write_bytes(TOKENIZER.read_bytes())
    settings = {"tokenizer_class": "BertTokenizer", "model_max_length": 64}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return model


class WithModels(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = Path(temporary.name)
        self.folder = self.root / "weights"
        self.folder.mkdir()

    def answer(self, body: object) -> object:
        with patch.dict(os.environ, {"AZUREML_MODEL_DIR": str(self.root)}):
            score.init()
        return score.run(json.dumps(body))

    def assert_close(self, actual: object, expected: object) -> None:
        if isinstance(expected, float):
            self.assertAlmostEqual(actual, expected, delta=1e-4)
        elif isinstance(expected, list):
            self.assertEqual(len(actual), len(expected))
            for one, other in zip(actual, expected):
                self.assert_close(one, other)
        elif isinstance(expected, dict):
            self.assertEqual(actual.keys(), expected.keys())
            for key in expected:
                self.assert_close(actual[key], expected[key])
        else:
            self.assertEqual(actual, expected)


class Answers(WithModels):
    def test_generation_c_gives_what_the_pipeline_of_transformers_gives(self) -> None:
        for labels, problem_type in [(["LABEL_0"], None), (["no", "maybe", "yes"], None), (["a", "b", "c"], "multi_label_classification")]:
            model = save_model(self.folder, labels, problem_type)
            reference = pipeline("text-classification", model=model, tokenizer=AutoTokenizer.from_pretrained(self.folder))
            for params in [{}, {"top_k": 2}, {"top_k": None}, {"function_to_apply": "none"}, {"function_to_apply": "softmax", "top_k": 1}]:
                with self.subTest(labels=labels, params=params):
                    inputs = [{"text": text, "text_pair": "and then"} for text in TEXTS] + [{"text": text} for text in TEXTS]
                    expected = [reference(one, **params) for one in inputs]
                    # A pipeline given one object does not unpack its list of one.
                    expected = [one[0] if "top_k" not in params and isinstance(one, list) else one for one in expected]
                    self.assert_close(self.answer({"input_data": inputs, "params": params}), expected)

    def test_generations_a_and_b_answer_labels_and_with_return_scores_the_best_ones_score(self) -> None:
        save_model(self.folder, ["no", "maybe", "yes"])
        best = self.answer({"input_data": TEXTS})
        asked = {"return_scores": True}
        self.assertEqual(self.answer({"inputs": {"x": TEXTS}}), [{"0": row["label"]} for row in best])
        scored = [{"0": row["label"], "score": row["score"]} for row in best]
        self.assertEqual(self.answer({"inputs": {"x": TEXTS}, "parameters": asked}), scored)
        self.assertEqual(self.answer({"input_data": {"x": TEXTS, "parameters": asked}}), scored)

    def test_of_several_right_labels_all_are_answered_in_one_text(self) -> None:
        save_model(self.folder, ["a", "b", "c"], "multi_label_classification")
        every = self.answer({"input_data": TEXTS, "params": {"return_all_scores": True}})
        right = [[row for row in rows if row["score"] >= 0.5] for rows in every]
        expected = [{"0": str([row["label"] for row in rows]), "score": [row["score"] for row in rows]} for rows in right]
        self.assertEqual(self.answer({"inputs": {"x": TEXTS}, "parameters": {"return_scores": True}}), expected)
        self.assertGreater(len({row["0"] for row in expected}), 1)

    def test_a_rows_score_ignores_its_batch_and_its_place(self) -> None:
        save_model(self.folder, ["LABEL_0"])
        together = self.answer({"input_data": TEXTS[::-1]})[::-1]
        for row, text in zip(together, TEXTS):
            self.assert_close(self.answer({"input_data": text}), [row])

    def test_onnxruntime_gives_the_logits_of_torch(self) -> None:
        save_model(self.folder, ["no", "yes"])
        body = {"input_data": TEXTS, "params": {"function_to_apply": "none", "top_k": None}}
        by_torch = self.answer(body)
        export_onnx(self.folder)
        for weights in self.folder.glob("*.safetensors"):
            weights.unlink()
        self.assert_close(self.answer(body), by_torch)

    def test_a_logit_that_is_nan_is_an_error_and_no_score(self) -> None:
        model = save_model(self.folder, ["LABEL_0"])
        with torch.no_grad():
            model.classifier.bias.fill_(float("nan"))
        model.save_pretrained(self.folder)
        with self.assertRaisesRegex(ArithmeticError, "^2 of 2 rows have a NaN logit$"):
            self.answer({"input_data": ["a", "b"]})


class Start(WithModels):
    def test_a_wrong_setting_is_an_error_that_names_it(self) -> None:
        save_model(self.folder, ["LABEL_0"])
        for name, value in [("RERANK_ENGINE", "tensorrt"), ("RERANK_DEVICE", "gpu"), ("RERANK_FP16", "yes"), ("RERANK_BATCH_TOKENS", "0")]:
            with self.subTest(name), patch.dict(os.environ, {name: value}), self.assertRaisesRegex(ValueError, name):
                self.answer({})
        with patch.dict(os.environ, {"RERANK_FP16": "1", "RERANK_DEVICE": "cpu"}), self.assertRaisesRegex(ValueError, "RERANK_FP16"):
            self.answer({})

    def test_a_folder_without_a_model_or_with_another_kind_is_an_error(self) -> None:
        with self.assertRaisesRegex(FileNotFoundError, "no config.json"):
            self.answer({})
        save_model(self.folder, ["LABEL_0"])
        config = json.loads((self.folder / "config.json").read_text())
        (self.folder / "config.json").write_text(json.dumps(config | {"architectures": ["BertModel"]}))
        with self.assertRaisesRegex(ValueError, "not of a model for sequence classification"):
            self.answer({})

    def test_weights_without_the_head_are_an_error_and_no_random_scores(self) -> None:
        model = save_model(self.folder, ["LABEL_0"])
        config = (self.folder / "config.json").read_text()
        model.bert.save_pretrained(self.folder)
        (self.folder / "config.json").write_text(config)
        with self.assertRaisesRegex(ValueError, "lack classifier.bias, classifier.weight"):
            self.answer({})


class Windows(unittest.TestCase):
    def setUp(self) -> None:
        self.encoder = score.PairEncoder(TOKENIZER, 23)

    def lengths(self, query: int, document: "int | None") -> tuple[int, int]:
        """Tokens of query and document that are kept."""
        pair = score.Pair("the " * query, None if document is None else "a " * document)
        ((ids, first),) = self.encoder.encode([pair])
        self.assertLessEqual(len(ids), 23)
        self.assertEqual((ids[0], ids[first - 1], ids[-1]), (101, 102, 102))
        return first - 2, max(len(ids) - first - 1, 0)

    def test_the_document_is_cut_and_not_the_query_up_to_half_the_room(self) -> None:
        self.assertEqual(self.lengths(8, 12), (8, 12))
        self.assertEqual(self.lengths(8, 13), (8, 12))
        self.assertEqual(self.lengths(10, 100), (10, 10))
        self.assertEqual(self.lengths(11, 100), (10, 10))
        # A long query is whole beside a document that leaves it room, and cut to half beside any other.
        self.assertEqual(self.lengths(17, 3), (17, 3))
        self.assertEqual(self.lengths(17, 4), (10, 4))
        self.assertEqual(self.lengths(30, 0), (10, 0))

    def test_a_text_alone_has_the_whole_window(self) -> None:
        self.assertEqual(self.lengths(21, None), (21, 0))
        self.assertEqual(self.lengths(22, None), (21, 0))

    def test_batches_hold_all_places_once_within_the_budget(self) -> None:
        lengths = np.random.default_rng(1).integers(2, 512, 300).tolist()
        batches = score.plan_batches(lengths, 2000)
        self.assertEqual(sorted(place for batch in batches for place in batch), list(range(300)))
        self.assertTrue(all(len(batch) * max(lengths[place] for place in batch) <= 2000 for batch in batches))
        self.assertEqual(score.plan_batches([3, 9, 5], 1), [[1], [2], [0]])


if __name__ == "__main__":
    unittest.main()
