"""Scores texts and pairs for an Azure ML online deployment, by a BERT cross-encoder or text classifier on CPU or CUDA.

Answers all three generations of request, with the sentences of `/score` at the edge (worker/protocols/azure-ml.ts). A has its columns in
`inputs`, B in `input_data`; both are answered with labels alone, `[{"0": "LABEL_0"}]`, unless their parameters have `return_scores: true`.
C has rows in `input_data` and is answered as the Hugging Face pipeline does, `[{"label": "LABEL_0", "score": 0.98}]`, with `params`.

Token ids and truncation are those of the edge's engine (engine/tokenizer.ts), so with the same weights the logits agree.

Environment variables, beside AZUREML_MODEL_DIR, the folder of the model:
- RERANK_ENGINE: torch, onnxruntime, or auto: onnxruntime if there is a model.onnx and the library, else torch. Default auto.
- RERANK_DEVICE: cpu, cuda, or auto: cuda if there is one. Default auto.
- RERANK_FP16: 1 computes in float16, with torch on CUDA only. Default 0.
- RERANK_BATCH_TOKENS: tokens of a batch, padding included. Default 16384.
"""

import importlib.util
import json
import os
import re
from pathlib import Path
from typing import Any, Callable, NamedTuple, Sequence

import numpy as np
from azureml_inference_server_http.api.aml_response import AMLResponse
from tokenizers import Tokenizer

# As worker/limits.ts has them, but a character is a code point here, of which no text has more than UTF-16 units.
LIMITS = {"maxDocuments": 1_000, "maxDocumentChars": 100_000, "maxTotalChars": 2_000_000}
# What Azure ML's wrapper asks of the sigmoid of a label that is right, where several may be.
MULTI_LABEL_THRESHOLD = 0.5
LONE_SURROGATE = re.compile("[\ud800-\udfff]")

ranker: "Ranker | None" = None


def init() -> None:
    """Loads the model. Called by the server before the first request."""
    global ranker
    ranker = load_ranker(Path(os.environ["AZUREML_MODEL_DIR"]))


def run(raw_data: str) -> "list[Any] | AMLResponse":
    """One answer a row, in the request's order; 400 or 413 with a message to a wrong body."""
    assert ranker is not None
    try:
        request = parse_request(raw_data)
        logits = ranker.logits(request.pairs)
    except Refusal as refusal:
        message, *status = refusal.args
        return AMLResponse({"message": message}, *(status or [400]), json_str=True)
    return [answer_row(row, ranker.head, request) for row in logits]


class Refusal(Exception):
    """What is wrong with a request, never with its texts in it: message, and status if it is not 400."""


class Pair(NamedTuple):
    """A document of None: the query is a text alone."""

    query: str
    document: "str | None"


class Request(NamedTuple):
    pairs: list[Pair]
    # `params` of generation C, checked. None: generation A or B.
    pipeline: "dict[str, Any] | None"
    # Scores beside the labels of A and B.
    return_scores: bool


def parse_request(raw_data: str) -> Request:
    """Reads a body of any generation, as `parseAzureMl` in worker/protocols/azure-ml.ts does."""
    if raw_data == "":
        raise Refusal("POST body is empty. Expecting a JSON dictionary.")
    try:
        body = json.loads(raw_data)
    except (ValueError, RecursionError) as error:
        raise Refusal(f"POST body could not be decoded as JSON: {error}") from None
    if not isinstance(body, dict):
        raise Refusal("POST body should be a JSON dictionary.")
    if "inputs" in body:
        check(body.keys() <= {"inputs", "parameters"}, "The body", "must have no fields but inputs and parameters")
        return Request(column_pairs(body["inputs"], "inputs"), None, wants_scores(body))
    if "input_data" not in body:
        raise Refusal("A value is not provided for the 'input_data' parameter.")
    data = body["input_data"]
    if isinstance(data, (list, str)):
        return Request(row_pairs(data), checked_params(body.get("params")), False)
    is_split = isinstance(data, dict) and "columns" in data and "data" in data
    return Request((split_pairs if is_split else column_pairs)(data, "input_data"), None, wants_scores(body))


def column_pairs(columns: Any, place: str) -> list[Pair]:
    """Columns by name, whatever the names; generation B may have its parameters among them."""
    check(isinstance(columns, dict), place, "must be a list of texts or pairs, or an object of columns")
    if isinstance(columns.get("parameters"), dict):
        columns = {name: column for name, column in columns.items() if name != "parameters"}
    check(len(columns) > 0, place, "must have at least one column")
    lists = [texts_of(document_list(column, f"{place}.{name}"), f"{place}.{name}") for name, column in columns.items()]
    check(all(len(texts) == len(lists[0]) for texts in lists), place, "must have columns of equal length")
    return joined_rows(zip(*lists), place)


def split_pairs(frame: dict[str, Any], place: str) -> list[Pair]:
    """pandas' split orientation, where `index` is not read."""
    check(isinstance(frame["columns"], list), f"{place}.columns", "must be a list")
    check(len(frame["columns"]) > 0, f"{place}.columns", "must have at least one column")
    rows = document_list(frame["data"], f"{place}.data")
    check(all(isinstance(row, list) for row in rows), f"{place}.data", "must be a list of lists")
    check(all(len(row) == len(frame["columns"]) for row in rows), f"{place}.data", "must have rows with one text for each column")
    return joined_rows((texts_of(row, f"{place}.data[{number}]") for number, row in enumerate(rows)), place)


def row_pairs(rows: "list[Any] | str") -> list[Pair]:
    """Generation C: texts, and objects with text and perhaps text_pair."""
    pairs = []
    for number, row in enumerate(document_list(rows, "input_data")):
        place = f"input_data[{number}]"
        if isinstance(row, str):
            pairs.append(unmarked(text_of(row, place)))
            continue
        is_pair = isinstance(row, dict) and isinstance(row.get("text"), str) and isinstance(row.get("text_pair"), (str, type(None)))
        check(is_pair, place, "must be a string, or an object with the strings text and text_pair")
        document = row.get("text_pair")
        pairs.append(Pair(text_of(row["text"], f"{place}.text"), document and text_of(document, f"{place}.text_pair")))
    return pairs


def joined_rows(rows: Any, place: str) -> list[Pair]:
    """Two columns are a pair; of any other number there is one text, joined as Azure ML's wrapper joins them."""
    pairs = [Pair(*texts) if len(texts) == 2 else unmarked(". ".join(texts)) for texts in rows]
    within("maxDocumentChars", max(len(pair.query) for pair in pairs), place)
    return pairs


def unmarked(text: str) -> Pair:
    """`[CLS] a [SEP] b [SEP]`, in which Microsoft's entailment sample writes a pair, is the pair of a and b; other text is itself."""
    parts = text.strip().split("[SEP]")
    if len(parts) == 3 and parts[0].startswith("[CLS]") and parts[2] == "":
        return Pair(parts[0].removeprefix("[CLS]").strip(), parts[1].strip())
    return Pair(text, None)


def checked_params(params: Any) -> dict[str, Any]:
    """Parameters of the Hugging Face pipeline; those for the tokenizer have no effect: window and truncation are the model's."""
    params = {} if params is None else params
    check(isinstance(params, dict), "params", "must be an object")
    function, top_k = params.get("function_to_apply"), params.get("top_k")
    words = ("default", "sigmoid", "softmax", "none")
    is_word = function is None or (isinstance(function, str) and function.lower() in words)
    check(is_word, "params.function_to_apply", f"must be one of {', '.join(words)}")
    is_whole = top_k is None or type(top_k) is int or (type(top_k) is float and top_k.is_integer())
    check(is_whole, "params.top_k", "must be a whole number, or null for all")
    check(top_k is None or top_k >= 1, "params.top_k", "must be at least 1, or null for all")
    optional_boolean(params, "return_all_scores", "params")
    return params


def wants_scores(body: dict[str, Any]) -> bool:
    """Whether generation A or B asks for scores, in any of the places that parameters have in them."""
    data = body.get("input_data")
    places = {"parameters": body.get("parameters"), "params": body.get("params")}
    if isinstance(data, dict):
        places["input_data.parameters"] = data.get("parameters")
    # A list, so that all of them are checked.
    return any([optional_boolean(found, "return_scores", place) for place, found in places.items() if isinstance(found, dict)])


def optional_boolean(parameters: dict[str, Any], name: str, place: str) -> "bool | None":
    check(isinstance(parameters.get(name), (bool, type(None))), f"{place}.{name}", "must be true or false")
    return parameters.get(name)


def document_list(value: Any, place: str) -> list[Any]:
    """A text alone stands for a list of one."""
    value = [value] if isinstance(value, str) else value
    check(isinstance(value, list), place, "must be a list")
    check(len(value) > 0, place, "must not be empty")
    within("maxDocuments", len(value), place)
    return value


def texts_of(values: Sequence[Any], place: str) -> list[str]:
    return [text_of(value, f"{place}[{number}]") for number, value in enumerate(values)]


def text_of(value: Any, place: str) -> str:
    check(isinstance(value, str), place, "must be a string")
    within("maxDocumentChars", len(value), place)
    # JSON can spell half of a surrogate pair, which no UTF-8 can.
    return LONE_SURROGATE.sub("\ufffd", value)


def check(holds: bool, place: str, problem: str) -> None:
    if not holds:
        raise Refusal(f"{place} {problem}.")


def within(limit: str, actual: int, place: str) -> None:
    if actual > LIMITS[limit]:
        raise Refusal(f"{place} is over the limit {limit} of {LIMITS[limit]}: it has {actual}.", 413)


class Head(NamedTuple):
    labels: list[str]
    is_multi_label: bool
    # What suits the model: softmax if one of several labels is right, else sigmoid.
    score_function: str


def answer_row(logits: np.ndarray, head: Head, request: Request) -> Any:
    """The logits of one row, [labels], as its generation is answered."""
    if request.pipeline is not None:
        return pipeline_row(logits, head, request.pipeline)
    scores = scores_of(logits, head.score_function)
    if head.is_multi_label:
        right = [column for column, score in enumerate(scores) if score >= MULTI_LABEL_THRESHOLD]
        label: Any = str([head.labels[column] for column in right])
        score: Any = [scores[column] for column in right]
    else:
        best = int(np.argmax(logits))
        label, score = head.labels[best], scores[best]
    return {"0": label, "score": score} if request.return_scores else {"0": label}


def pipeline_row(logits: np.ndarray, head: Head, params: dict[str, Any]) -> Any:
    """Label and score, or a list of them: what transformers' TextClassificationPipeline gives."""
    function = (params.get("function_to_apply") or "default").lower()
    scores = scores_of(logits, head.score_function if function == "default" else function)
    rows = [{"label": label, "score": score} for label, score in zip(head.labels, scores)]
    # Null is all labels, best first; absent is the best one, not in a list.
    if "top_k" not in params:
        return rows if params.get("return_all_scores") else rows[int(np.argmax(logits))]
    rows.sort(key=lambda row: -row["score"])
    return rows if params["top_k"] is None or params.get("return_all_scores") else rows[: int(params["top_k"])]


def scores_of(logits: np.ndarray, score_function: str) -> list[float]:
    logits = logits.astype(np.float64)
    if score_function == "sigmoid":
        with np.errstate(over="ignore"):
            return (1 / (1 + np.exp(-logits))).tolist()
    if score_function == "softmax":
        powers = np.exp(logits - logits.max())
        return (powers / powers.sum()).tolist()
    return logits.tolist()


# Token ids, and how many of them are of type 0: up to and with the first [SEP].
Encoded = tuple[list[int], int]
# int64 [batch, seq] arrays by the names that models give their inputs.
Inputs = dict[str, np.ndarray]
# Logits [batch, labels].
Engine = Callable[[Inputs], np.ndarray]


def setting(name: str, *words: str) -> str:
    """An environment variable that must be one of the words; the first is the default."""
    word = os.environ.get(name) or words[0]
    if word not in words:
        raise ValueError(f"{name} must be one of {', '.join(words)}, not {word!r}")
    return word


class PairEncoder:
    """Texts and pairs to encoder inputs, cut to the model's window as `PairTokenizer.pair` in engine/tokenizer.ts cuts them."""

    def __init__(self, tokenizer_file: Path, window: int) -> None:
        self.window = window
        self.tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        cls_id, sep_id = self.tokenizer.token_to_id("[CLS]"), self.tokenizer.token_to_id("[SEP]")
        if cls_id is None or sep_id is None:
            raise ValueError(f"{tokenizer_file} has no [CLS] or no [SEP]: only models of BERT's kind are served")
        self.cls_id, self.sep_id = cls_id, sep_id

    def encode(self, pairs: Sequence[Pair]) -> list[Encoded]:
        # The query of a list is the same for all its documents.
        texts = list(dict.fromkeys(text for pair in pairs for text in pair if text is not None))
        encodings = self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        ids = {text: encoding.ids for text, encoding in zip(texts, encodings)}
        return [self.fit(ids[query], None if document is None else ids[document]) for query, document in pairs]

    def fit(self, query: list[int], document: "list[int] | None") -> Encoded:
        """The document's end is cut, never the query, unless the query alone is over half the room: then it is cut to that half."""
        if document is None:
            ids = [self.cls_id, *query[: self.window - 2], self.sep_id]
            return ids, len(ids)
        room = self.window - 3
        if len(query) + len(document) > room:
            query = query[: room // 2]
            document = document[: room - len(query)]
        return [self.cls_id, *query, self.sep_id, *document, self.sep_id], len(query) + 2


class Ranker:
    """A model with its tokenizer: pairs to logits."""

    def __init__(self, encoder: PairEncoder, engine: Engine, head: Head, pad_id: int, batch_tokens: int) -> None:
        self.encoder, self.engine, self.head, self.pad_id, self.batch_tokens = encoder, engine, head, pad_id, batch_tokens

    def logits(self, pairs: Sequence[Pair]) -> np.ndarray:
        """[pairs, labels], in the order of the pairs. Raises if one is NaN: no made-up score leaves."""
        within("maxTotalChars", sum(len(query) + len(document or "") for query, document in pairs), "The request")
        encoded = self.encoder.encode(pairs)
        logits = np.empty((len(pairs), len(self.head.labels)), np.float32)
        for places in plan_batches([len(ids) for ids, _ in encoded], self.batch_tokens):
            logits[places] = self.engine(self.padded([encoded[place] for place in places]))
        if np.isnan(logits).any():
            raise ArithmeticError(f"{np.isnan(logits).any(axis=1).sum()} of {len(pairs)} rows have a NaN logit")
        return logits

    def padded(self, batch: Sequence[Encoded]) -> Inputs:
        shape = (len(batch), max(len(ids) for ids, _ in batch))
        padded, (mask, types) = np.full(shape, self.pad_id, np.int64), np.zeros((2, *shape), np.int64)
        for row, (ids, first) in enumerate(batch):
            padded[row, : len(ids)] = ids
            mask[row, : len(ids)] = 1
            types[row, first : len(ids)] = 1
        return {"input_ids": padded, "attention_mask": mask, "token_type_ids": types}


def plan_batches(lengths: Sequence[int], batch_tokens: int) -> list[list[int]]:
    """Places by descending length, so that little is padded, in batches of at most that many tokens with padding, or of one."""
    batches: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        if not batches or (len(batches[-1]) + 1) * lengths[batches[-1][0]] > batch_tokens:
            batches.append([])
        batches[-1].append(place)
    return batches


def load_ranker(root: Path) -> Ranker:
    """The model whose config.json is nearest to the root. Raises what is wrong with it, or with a variable."""
    configs = sorted(root.rglob("config.json"), key=lambda path: len(path.parts))
    if not configs:
        raise FileNotFoundError(f"no config.json in AZUREML_MODEL_DIR, {root}, or in a folder below it")
    folder = configs[0].parent
    config = json.loads(configs[0].read_text(encoding="utf-8"))
    if not any(name.endswith("ForSequenceClassification") for name in config.get("architectures") or []):
        raise ValueError(f"{configs[0]} is not of a model for sequence classification: architectures is {config.get('architectures')}")
    labels = [config["id2label"][str(column)] for column in range(len(config["id2label"]))] if "id2label" in config else ["LABEL_0"]
    is_multi_label = config.get("problem_type") == "multi_label_classification"
    head = Head(labels, is_multi_label, "sigmoid" if is_multi_label or len(labels) == 1 else "softmax")
    encoder = PairEncoder(folder / "tokenizer.json", config["max_position_embeddings"])
    batch_tokens = os.environ.get("RERANK_BATCH_TOKENS") or "16384"
    if not batch_tokens.isdecimal() or int(batch_tokens) == 0:
        raise ValueError(f"RERANK_BATCH_TOKENS must be a whole number of at least 1, not {batch_tokens!r}")
    return Ranker(encoder, load_engine(folder), head, config.get("pad_token_id") or 0, int(batch_tokens))


def load_engine(folder: Path) -> Engine:
    engine = setting("RERANK_ENGINE", "auto", "torch", "onnxruntime")
    device = setting("RERANK_DEVICE", "auto", "cpu", "cuda")
    is_half = setting("RERANK_FP16", "0", "1") == "1"
    onnx = folder / "model.onnx"
    if engine == "auto" and onnx.exists() and importlib.util.find_spec("onnxruntime"):
        engine = "onnxruntime"
    return onnx_engine(onnx, device, is_half) if engine == "onnxruntime" else torch_engine(folder, device, is_half)


def torch_engine(folder: Path, device: str, is_half: bool) -> Engine:
    import torch
    from transformers import AutoModelForSequenceClassification

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if is_half and device == "cpu":
        raise ValueError("RERANK_FP16 is 1, but the device is the CPU")
    model, report = AutoModelForSequenceClassification.from_pretrained(folder, local_files_only=True, output_loading_info=True)
    if report["missing_keys"]:
        raise ValueError(f"the weights in {folder} lack {', '.join(sorted(report['missing_keys']))}")
    model = model.to(device, torch.float16 if is_half else torch.float32).eval()

    def compute(inputs: Inputs) -> np.ndarray:
        with torch.inference_mode():
            logits = model(**{name: torch.from_numpy(array).to(device) for name, array in inputs.items()}).logits
        return logits.float().cpu().numpy()

    return compute


def onnx_engine(file: Path, device: str, is_half: bool) -> Engine:
    import onnxruntime

    if is_half:
        raise ValueError("RERANK_FP16 is for torch; export model.onnx in float16 instead")
    has_cuda = "CUDAExecutionProvider" in onnxruntime.get_available_providers()
    if device == "cuda" and not has_cuda:
        raise ValueError("RERANK_DEVICE is cuda, but this onnxruntime has no CUDAExecutionProvider; install onnxruntime-gpu")
    providers = ["CUDAExecutionProvider", "CPUExecutionProvider"] if has_cuda and device != "cpu" else ["CPUExecutionProvider"]
    session = onnxruntime.InferenceSession(file, providers=providers)
    names = {tensor.name for tensor in session.get_inputs()}

    def compute(inputs: Inputs) -> np.ndarray:
        (logits,) = session.run(["logits"], {name: array for name, array in inputs.items() if name in names})
        return logits.astype(np.float32)

    return compute
