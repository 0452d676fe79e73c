"""cohere for Python, `rerank()` of its second version."""

import unittest

import cohere

from example import API_KEY, REQUEST, SERVICE_URL, UNKNOWN_MODEL, UNKNOWN_MODEL_MESSAGE, check_ranking


class CohereV2(unittest.TestCase):
    client = cohere.ClientV2(API_KEY, base_url=SERVICE_URL)

    def test_ranks(self):
        check_ranking(self, self.client.rerank(**REQUEST).results)

    def test_top_n(self):
        check_ranking(self, self.client.rerank(**REQUEST, top_n=2).results, 2)

    def test_max_tokens_per_doc_reads_less_and_warns(self):
        whole = self.client.rerank(**REQUEST).meta
        cut = self.client.rerank(**REQUEST, max_tokens_per_doc=5).meta
        self.assertLess(cut.tokens.input_tokens, whole.tokens.input_tokens)
        self.assertIsNone(whole.warnings)
        self.assertEqual(len(cut.warnings), 1)

    def test_id_and_meta(self):
        response = self.client.rerank(**REQUEST)
        self.assertIsInstance(response.id, str)
        self.assertEqual(response.meta.api_version.version, "2")
        self.assertEqual(response.meta.billed_units.search_units, 1)
        self.assertGreater(response.meta.tokens.input_tokens, 0)

    def test_no_documents_is_a_bad_request_error(self):
        with self.assertRaises(cohere.BadRequestError) as raised:
            self.client.rerank(**{**REQUEST, "documents": []})
        self.assertEqual(raised.exception.status_code, 400)
        self.assertEqual(raised.exception.body["message"], "documents must not be empty.")

    def test_unknown_model_is_a_not_found_error(self):
        with self.assertRaises(cohere.NotFoundError) as raised:
            self.client.rerank(**{**REQUEST, "model": UNKNOWN_MODEL})
        self.assertRegex(raised.exception.body["message"], UNKNOWN_MODEL_MESSAGE)


if __name__ == "__main__":
    unittest.main()
