"""Promises of the parts, a few seconds: `python -m unittest training.tests`."""

import unittest

import torch

from .calibrate import Judged, expected_error, fit, share_table
from .candidates import LIST_SIZE, build_lists
from .collection import Collection, Query
from .loss import ranking_loss
from .model import new_cross_encoder
from .pairs import Pairs
from .quantise import round_to_int8, straight_through


class Quantise(unittest.TestCase):
    def test_packing_rounded_weights_loses_nothing(self) -> None:
        weight = torch.randn(64, 384, generator=torch.Generator().manual_seed(1)) * torch.logspace(-6, 4, 64)[:, None]
        weight[3] = 0
        rounded = round_to_int8(weight)
        scale = rounded.abs().amax(dim=1, keepdim=True) / 127
        integers = torch.round(rounded / torch.where(scale > 0, scale, 1.0))
        self.assertTrue(torch.equal(integers * scale, rounded))
        self.assertTrue(torch.equal(round_to_int8(rounded), rounded))
        self.assertEqual(integers.abs().max().item(), 127)
        self.assertLess(((weight - rounded).abs() / weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-30)).max(), 0.004)

    def test_straight_through_gives_the_masters_back(self) -> None:
        model = torch.nn.Sequential(torch.nn.Linear(8, 8))
        before = model[0].weight.detach().clone()
        with straight_through(model):
            self.assertFalse(torch.equal(model[0].weight, before))
        self.assertTrue(torch.equal(model[0].weight, before))


class Model(unittest.TestCase):
    def test_logits_are_those_of_the_plain_forward_whatever_the_batch(self) -> None:
        model = new_cross_encoder(seed=1).eval()
        pairs = Pairs(["what is a cat?", "who"], ["A cat is an animal.", "dogs " * 60], max_tokens=40)
        numbers = [(0, 0), (0, 1), (1, 0), (1, 1)]
        with torch.inference_mode():
            logits = pairs.logits(model, numbers)
            for logit, pair in zip(logits, numbers):
                ids, first = pairs.encode(*pair)
                self.assertLessEqual(len(ids), 40)
                types = torch.tensor([[0] * first + [1] * (len(ids) - first)])
                plain = model(input_ids=torch.tensor([ids]), token_type_ids=types).logits.item()
                self.assertAlmostEqual(logit.item(), plain, delta=0.01)


class Candidates(unittest.TestCase):
    def test_negatives_never_hold_the_answer_and_nothing_repeats(self) -> None:
        collection = Collection()
        for number in range(40):
            town = "Paris" if number % 4 == 0 else "Rome"
            collection.add(f"Town {number} is like {town}.", "web", str(number % 5))
        collection.queries.append(Query("which town is like paris", "web", 0.5, [0], answers=["paris"]))
        collection.queries.append(Query("town 7", "web"))
        vectors = torch.nn.functional.normalize(torch.randn(42, 8, generator=torch.Generator().manual_seed(1)), dim=1)
        lists = build_lists(collection, [1, 0], lambda texts: vectors[: len(texts)].numpy(), seed=1)
        self.assertEqual(lists.queries.tolist(), [1, 0])
        self.assertEqual(lists.documents[1, 0], 0)
        self.assertFalse(any("Paris" in collection.documents[number].text for number in lists.documents[1, 1:]))
        self.assertTrue(all(len(set(row)) == LIST_SIZE for row in lists.documents.tolist()))


class Loss(unittest.TestCase):
    def test_ranking_the_positive_first_costs_less(self) -> None:
        cosines, lexical, weights = torch.tensor([[0.6, 0.5, 0.1]]), torch.tensor([[1.0, 0.2, 0.0]]), torch.tensor([0.5])
        right = ranking_loss(torch.tensor([[4.0, 1.0, -6.0]]), cosines, lexical, weights)
        wrong = ranking_loss(torch.tensor([[-6.0, 1.0, 4.0]]), cosines, lexical, weights)
        self.assertLess(right, wrong)


class Calibrate(unittest.TestCase):
    def test_the_fitted_map_is_the_one_that_made_the_labels(self) -> None:
        generator = torch.Generator().manual_seed(1)
        logits = torch.randn(20_000, generator=generator).double() * 4
        labels = (torch.rand(20_000, generator=generator) < torch.sigmoid(0.5 * logits - 1)).double()
        pairs = Judged(logits, labels, torch.full_like(logits, 1 / len(logits)))
        slope, intercept = fit(pairs)
        self.assertAlmostEqual(slope, 0.5, delta=0.03)
        self.assertAlmostEqual(intercept, -1, delta=0.06)
        after = Judged(logits * slope + intercept, labels, pairs.weights)
        self.assertLess(expected_error(after), 0.02)
        self.assertGreater(expected_error(pairs), 0.1)
        # Among pairs with a score over 0.9 most are relevant, and all pairs are counted once.
        rows = [row.split("|")[1:-1] for row in share_table(after)[2:]]
        self.assertEqual(sum(int(count) for _, count, _ in rows), len(logits))
        self.assertGreater(float(rows[-1][2]), 0.85)


if __name__ == "__main__":
    unittest.main()
