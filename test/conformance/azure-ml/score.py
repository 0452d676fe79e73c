"""Entry script for azmlinfsrv: what MLflow's scorer does with a request, without a model. Every row is LABEL_0 with the score 0.5."""

from inference_schema.parameter_types.standard_py_parameter_type import StandardPythonParameterType
from inference_schema.schema_decorators import input_schema, output_schema


class Anything(StandardPythonParameterType):
    """The scorer's own parameter type checks nothing either: it takes lists, objects and strings."""

    def __init__(self, sample_input):
        super().__init__(sample_input)
        self.sample_data_type = object


def init():
    pass


def rows_of(input_data):
    """One a text or pair; raises what a pipeline would raise."""
    if isinstance(input_data, str):
        return [input_data]
    if isinstance(input_data, dict) and "columns" in input_data and "data" in input_data:
        if any(len(row) != len(input_data["columns"]) for row in input_data["data"]):
            raise ValueError("rows and columns differ")
        return input_data["data"]
    if isinstance(input_data, dict):
        columns = [column for name, column in input_data.items() if name != "parameters"]
        columns = [[column] if isinstance(column, str) else column for column in columns]
        if not columns or len({len(column) for column in columns}) != 1:
            raise ValueError("columns must have equal lengths")
        return list(zip(*columns))
    if isinstance(input_data, list):
        for row in input_data:
            if not isinstance(row, str) and not (isinstance(row, dict) and "text" in row):
                raise ValueError("a row is a text or has one")
        return input_data
    raise TypeError(type(input_data).__name__)


@input_schema("params", Anything({}), optional=True)
@input_schema("input_data", Anything(["text"]))
@output_schema(StandardPythonParameterType([{"label": "LABEL_0", "score": 0.5}]))
def run(input_data, params=None):
    rows = rows_of(input_data)
    if isinstance(input_data, dict):
        return [{"0": "LABEL_0"} for _ in rows]
    return [{"label": "LABEL_0", "score": 0.5} for _ in rows]
