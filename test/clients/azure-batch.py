"""Azure ML's documented way of using a batch endpoint by REST, against /jobs. Nothing but Python's standard library is needed.

The functions are the documentation's sample line by line: curl and jq there, urllib and json here. What stands in for storage in the cloud
is PUT /files. SERVICE_URL is the service's address, by default http://localhost:8787.

https://learn.microsoft.com/azure/machine-learning/how-to-deploy-batch-with-rest
"""

import csv
import io
import json
import os
import time
import unittest
import urllib.error
import urllib.request

SERVICE_URL = os.environ.get("SERVICE_URL", "http://localhost:8787")
SCORING_URI = SERVICE_URL + "/jobs"
AUTH_TOKEN = "a-token-of-entra"

POLL_SECONDS = 0.2
PATIENCE_SECONDS = 120

HEADER = ["query", "document"]
FRANCE = [
    ["Which river flows through Paris?", "The Seine flows through Paris."],
    ["Which river flows through Paris?", 'A "quoted" text, with a comma.'],
    ["Où est la Seine ?", "Deux lignes\net des accents: é, ü, 漢字."],
]
SPAIN = [["Which river flows through Seville?", "The Guadalquivir does."]]


def call(method, address, body=None, content_type="application/json"):
    headers = {"Authorization": "Bearer " + AUTH_TOKEN, "Content-Type": content_type}
    request = urllib.request.Request(address, data=body, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.status, response.headers, response.read()


def upload(name, rows):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADER, *rows])
    call("PUT", f"{SERVICE_URL}/files/{name}", text.getvalue().encode(), "text/csv")


def start_job(properties):
    """JOB_ID=$(curl -X POST $SCORING_URI ... | jq -r '.id'); JOB_ID_SUFFIX=$(echo ${JOB_ID##/*/})"""
    _, _, answer = call("POST", SCORING_URI, json.dumps({"properties": properties}).encode())
    return json.loads(answer)["id"].rsplit("/", 1)[-1]


def status_of(job):
    """status=$(curl $SCORING_URI/$JOB_ID_SUFFIX | jq -r '.status'), and if that is null, '.properties.status'"""
    _, _, answer = call("GET", f"{SCORING_URI}/{job}")
    envelope = json.loads(answer)
    return envelope.get("status") or envelope["properties"]["status"]


def wait_for_completion(job):
    seen = []
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        seen.append(status_of(job))
        if seen[-1] in ("Completed", "Failed", "Canceled"):
            return seen
        time.sleep(POLL_SECONDS)
    raise TimeoutError(f"the job is still {seen[-1]}")


def predictions_of(job):
    """What the documentation reads with pandas: read_csv("predictions.csv", names=["row", "prediction", "file"])"""
    _, _, answer = call("GET", f"{SCORING_URI}/{job}/results?format=csv")
    reader = csv.DictReader(io.StringIO(answer.decode(), newline=""), ["row", "prediction", "file"])
    return [(int(line["row"]), line["prediction"], line["file"]) for line in reader]


#: All that Azure knows of a job that has not ended.
UNDER_WAY = {"NotStarted", "Starting", "Provisioning", "Preparing", "Queued", "Running", "Finalizing", "CancelRequested"}


class AzureBatch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        upload("azure/one.csv", FRANCE)
        upload("azure/folder/france.csv", FRANCE)
        upload("azure/folder/spain.csv", SPAIN)
        call("PUT", f"{SERVICE_URL}/files/azure/bad.csv", b"nothing,known\n1,2\n", "text/csv")

    def complete(self, properties):
        job = start_job(properties)
        *before, end = wait_for_completion(job)
        self.assertEqual(end, "Completed")
        self.assertLessEqual(set(before), UNDER_WAY)
        return job

    def test_a_file(self):
        job = self.complete(
            {"InputData": {"sampleInput": {"JobInputType": "UriFile", "Uri": "files/azure/one.csv"}}}
        )
        self.assertEqual(predictions_of(job), [(row, "LABEL_0", "one.csv") for row in range(3)])

    def test_a_folder_by_its_whole_address_with_overrides(self):
        _, _, answer = call("GET", SERVICE_URL + "/files")
        store = json.loads(answer)
        uri = f"r2://{store['bucket']}/{store['prefix']}azure/folder"
        job = self.complete(
            {
                "InputData": {"sampleInput": {"JobInputType": "UriFolder", "Uri": uri}},
                "properties": {"experimentName": "an experiment"},
                "errorThreshold": 10,
                "loggingLevel": "Debug",
                "maxConcurrencyPerInstance": 2,
                "miniBatchSize": 1,
                "compute": {"instanceCount": 2},
                "retrySettings": {"maxRetries": 3, "timeout": "PT1M"},
                "tags": {"team": "search"},
            }
        )
        expected = [(row, "LABEL_0", "france.csv") for row in range(3)] + [(0, "LABEL_0", "spain.csv")]
        self.assertEqual(predictions_of(job), expected)
        _, _, answer = call("GET", f"{SCORING_URI}/{job}")
        self.assertEqual(json.loads(answer)["properties"]["tags"], {"team": "search"})

    def test_the_older_body(self):
        job = self.complete({"dataset": {"dataInputType": "DataUrl", "Path": "files/azure/one.csv"}})
        self.assertEqual(predictions_of(job), [(row, "LABEL_0", "one.csv") for row in range(3)])

    def test_an_output_is_written_once(self):
        properties = {
            "InputData": {"sampleInput": {"JobInputType": "UriFile", "Uri": "files/azure/one.csv"}},
            "OutputData": {"score": {"JobOutputType": "UriFile", "Uri": f"files/azure/out-{time.time_ns()}.csv"}},
        }
        job = self.complete(properties)
        uri = properties["OutputData"]["score"]["Uri"]
        _, _, answer = call("GET", f"{SCORING_URI}/{job}/results?format=csv")
        _, _, described = call("GET", f"{SERVICE_URL}/{uri}")
        self.assertEqual(json.loads(described)["bytes"], len(answer))
        with self.assertRaises(urllib.error.HTTPError) as raised:
            start_job(properties)
        self.assertEqual(raised.exception.code, 409)
        raised.exception.close()

    def test_a_file_without_known_columns_fails(self):
        job = start_job({"InputData": {"sampleInput": {"JobInputType": "UriFile", "Uri": "files/azure/bad.csv"}}})
        self.assertEqual(wait_for_completion(job)[-1], "Failed")
        _, _, answer = call("GET", f"{SCORING_URI}/{job}")
        self.assertIn("message", json.loads(answer)["properties"]["error"])

    def test_the_answer_to_a_submission_is_azures(self):
        body = {"properties": {"InputData": {"sampleInput": {"JobInputType": "UriFile", "Uri": "files/azure/one.csv"}}}}
        status, headers, answer = call("POST", SCORING_URI, json.dumps(body).encode())
        envelope = json.loads(answer)
        self.assertEqual(status, 201)
        self.assertTrue(headers["Location"].endswith("/" + envelope["name"]))
        self.assertLessEqual({"id", "name", "type", "properties", "systemData"}, envelope.keys())
        wanted = {"status", "provisioningState", "interactionEndpoints", "output"}
        self.assertLessEqual(wanted, envelope["properties"].keys())
        self.assertEqual(envelope["properties"]["provisioningState"], "InProgress")
        wait_for_completion(envelope["name"])
        _, _, ended = call("GET", f"{SCORING_URI}/{envelope['name']}")
        self.assertEqual(json.loads(ended)["properties"]["provisioningState"], "Succeeded")


if __name__ == "__main__":
    unittest.main()
