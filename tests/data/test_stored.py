"""What is stored is what its tool computes, and what the cells of the course compute."""

import json

import notebook_numbers
import numpy as np
import pytest

from rnn_helpers.cells import GRUCell, LSTMCell
from rnn_helpers.data import stored


def test_the_numbers_of_pytorch_are_those_of_its_published_equations() -> None:
    assert json.loads(notebook_numbers.TARGET.read_text("ascii")) == notebook_numbers.numbers()


@pytest.mark.parametrize("kind", ["GRU", "LSTM"])
def test_the_numbers_of_pytorch_are_those_of_our_cells(kind) -> None:
    given = stored.pytorch_numbers(kind)
    cell = GRUCell(3, 4, reset="after", rng=0) if kind == "GRU" else LSTMCell(3, 4, rng=0)
    cell.set(**{name: given[name] for name in cell.params})
    start = (given["a0"], given["c0"]) if kind == "LSTM" else given["a0"]
    np.testing.assert_allclose(cell.forward(given["x"], start)[0], given["a"], atol=1e-12)
