"""cohere for Python, `rerank()` of its first version."""

import unittest

import cohere

from example import API_KEY, DOCUMENTS, REQUEST, RIGHT, SERVICE_URL, UNKNOWN_MODEL, UNKNOWN_MODEL_MESSAGE, check_ranking


class CohereV1(unittest.TestCase):
    client = cohere.Client(API_KEY, base_url=SERVICE_URL)

    def test_ranks_without_documents_unless_asked(self):
        response = self.client.rerank(**REQUEST)
        check_ranking(self, response.results)
        self.assertTrue(all(result.document is None for result in response.results))

    def test_top_n_and_documents(self):
        response = self.client.rerank(**REQUEST, top_n=2, return_documents=True)
        check_ranking(self, response.results, 2)
        self.assertEqual(response.results[0].document.text, DOCUMENTS[RIGHT])

    def test_objects_are_ranked_by_their_fields_and_come_back_whole(self):
        documents = [{"body": text, "place": str(index)} for index, text in enumerate(DOCUMENTS)]
        request = {**REQUEST, "documents": documents}
        response = self.client.rerank(**request, rank_fields=["body"], return_documents=True)
        check_ranking(self, response.results)
        self.assertEqual(response.results[0].document.body, DOCUMENTS[RIGHT])
        self.assertEqual(response.results[0].document.place, str(RIGHT))

    def test_id_and_meta(self):
        response = self.client.rerank(**REQUEST)
        self.assertIsInstance(response.id, str)
        self.assertEqual(response.meta.api_version.version, "1")
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
