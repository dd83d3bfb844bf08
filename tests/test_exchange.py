"""Parameters that go to PyTorch, Keras and ONNX, against what these formats computed themselves."""

from pathlib import Path

import numpy as np
import pytest
from helpers import KINDS, rejects

from rnn_helpers import exchange
from rnn_helpers.skip import SkipCell

with np.load(Path(__file__).parent / "reference" / "exchange_numbers.npz") as found:
    NUMBERS = dict(found)
CASES = sorted({key.rpartition("/")[0] for key in NUMBERS if "/" in key})
every_case = pytest.mark.parametrize("case", CASES)


def arrays_of(case: str) -> dict[str, np.ndarray]:
    return {k.rpartition("/")[2]: v for k, v in NUMBERS.items() if k.startswith(f"{case}/")}


def cell_of(case: str, arrays: dict[str, np.ndarray]):
    format_, kind = case.split("/")
    how = {"activation": "relu" if "relu" in kind else "tanh"}
    if format_ == "PyTorch":
        return exchange.from_pytorch(arrays, **how)
    if format_ == "Keras":
        return exchange.from_keras([arrays[k] for k in "012"], **how)
    return exchange.from_onnx(arrays, linear_before_reset=int(kind == "gru"), **how)


def back(case: str, cell) -> dict[str, np.ndarray]:
    if case.startswith("PyTorch"):
        return exchange.to_pytorch(cell)
    if case.startswith("Keras"):
        return {str(i): w for i, w in enumerate(exchange.to_keras(cell))}
    return exchange.to_onnx(cell)


@every_case
def test_the_cell_computes_what_the_format_computed(case):
    arrays = arrays_of(case)
    a, _ = cell_of(case, arrays).forward(NUMBERS["x"])
    # Keras multiplies in float32 in two of its layers, whatever their dtype is.
    np.testing.assert_allclose(
        a, arrays["a"], rtol=0, atol=1e-6 if case.startswith("Keras") else 1e-12
    )


@every_case
def test_what_goes_back_has_the_same_names_and_shapes_and_makes_the_same_cell(case):
    arrays = arrays_of(case)
    cell = cell_of(case, arrays)
    returned = back(case, cell)
    assert {k: v.shape for k, v in returned.items()} == {
        k: v.shape for k, v in arrays.items() if k != "a"
    }
    again = cell_of(case, returned)
    for name, value in cell.params.items():
        np.testing.assert_array_equal(again.params[name], value)


@every_case
def test_the_matrices_come_back_as_they_were(case):
    arrays = arrays_of(case)
    for name, value in back(case, cell_of(case, arrays)).items():
        if arrays[name].ndim > 1 and name != "B" and not (name == "2" and "gru" in case):
            np.testing.assert_array_equal(value, arrays[name])


def test_all_formats_and_kinds_were_run():
    assert len(CASES) == 12 and all(np.abs(arrays_of(case)["a"]).max() > 0.1 for case in CASES)


@pytest.mark.parametrize("case", ["PyTorch/gru", "Keras/gru", "ONNX/gru"])
def test_a_second_bias_inside_the_reset_is_refused(case):
    arrays = {k: v.copy() for k, v in arrays_of(case).items()}
    name = {"PyTorch": "bias_hh_l0", "Keras": "2", "ONNX": "B"}[case.split("/")[0]]
    arrays[name].flat[-1] = 0.5
    with rejects(ValueError, "must be 0 for the candidate: it stands inside the reset"):
        cell_of(case, arrays)


def test_a_layer_has_its_number_in_the_names():
    cell = KINDS["lstm"](3, 4, rng=0)
    arrays = exchange.to_pytorch(cell, layer=2)
    assert sorted(arrays) == ["bias_hh_l2", "bias_ih_l2", "weight_hh_l2", "weight_ih_l2"]
    again = exchange.from_pytorch(arrays, layer=2, dtype=np.float32)
    assert again.dtype == np.float32
    np.testing.assert_allclose(again.params["Waa"], cell.params["Waa"], rtol=1e-6)


def test_what_was_returned_is_nobodys_array_but_the_callers():
    cell = KINDS["rnn_tanh"](3, 4, rng=0)
    kept = {k: v.copy() for k, v in cell.params.items()}
    for arrays in (exchange.to_pytorch(cell), exchange.to_onnx(cell)):
        for value in arrays.values():
            value += 1
    for value in exchange.to_keras(cell):
        value += 1
    for name, value in kept.items():
        np.testing.assert_array_equal(cell.params[name], value)


def test_bad_input_is_refused():
    with rejects(TypeError, "cell must be an RNNCell, GRUCell or LSTMCell, got SkipCell"):
        exchange.to_pytorch(SkipCell(3, 4, d=2, rng=0))
    with rejects(ValueError, 'cell must have reset="after" for PyTorch, got reset="before"'):
        exchange.to_pytorch(KINDS["gru_before"](3, 4, rng=0))
    good = exchange.to_pytorch(KINDS["lstm"](3, 4, rng=0))
    with rejects(ValueError, "got no bias_hh_l0"):
        exchange.from_pytorch({k: v for k, v in good.items() if k != "bias_hh_l0"})
    with rejects(ValueError, "weight_hh_l0 must be square, or three (GRU) or four (LSTM) squares"):
        exchange.from_pytorch(good | {"weight_hh_l0": np.zeros((8, 4))})
    with rejects(ValueError, "weight_ih_l0 must be (rows, n_x) with rows = 16, got (12, 3)"):
        exchange.from_pytorch(good | {"weight_ih_l0": np.zeros((12, 3))})
    with rejects(ValueError, "bias_ih_l0 must be (rows) with rows = 16, got (16, 1)"):
        exchange.from_pytorch(good | {"bias_ih_l0": np.zeros((16, 1))})
    with rejects(ValueError, "weights must be kernel, recurrent kernel and bias, got 2"):
        exchange.from_keras([np.zeros((3, 4)), np.zeros((4, 4))])
    onnx = exchange.to_onnx(KINDS["lstm"](3, 4, rng=0))
    with rejects(ValueError, "W must have 3 axes, the first of size 1 (one direction)"):
        exchange.from_onnx(onnx | {"W": np.zeros((2, 16, 3))})
    with rejects(ValueError, "linear_before_reset must be 0 or 1, got 2"):
        exchange.from_onnx(onnx, linear_before_reset=2)
