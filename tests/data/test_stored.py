"""What is stored is what its tool computes, and what the cells of the course compute."""

import json

import name_reader
import notebook_numbers
import numpy as np
import predictions
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


def test_the_network_of_names_is_what_its_training_gives() -> None:
    kept = stored.name_reader()
    for name, values in name_reader.trained().items():
        np.testing.assert_allclose(kept[name], values, rtol=0, atol=1e-6)


def test_a_trial_has_an_axis_for_each_of_its_grid_and_one_for_what_was_taken_along_the_way() -> (
    None
):
    depth = stored.trial("depth")
    assert list(depth.grid) == ["network", "rate", "start"]
    held_out = depth.results["held_out"]  # after every 50 of 600 batches, from 0 on
    assert held_out.shape == (*(len(values) for values in depth.grid.values()), 13)
    np.testing.assert_allclose(held_out[..., 0], np.log(27), atol=0.2)  # nothing learned yet
    assert (held_out[..., -1] < held_out[..., 0] - 1).all()


def test_a_trial_that_is_not_stored_is_refused() -> None:
    with pytest.raises(ValueError, match="name must be one of .*depth.*, got 'width'"):
        stored.trial("width")


def test_the_predictions_are_those_of_the_notebooks() -> None:
    assert predictions.STORE.read_text("utf-8") == predictions.stored(), (
        "run `python tools/predictions.py`: a notebook asks something else"
    )
    asked = stored.predictions()
    assert len(asked) > 50 and "forward_pass.by_hand" in asked
    assert all(prediction["question"] for prediction in asked.values())
    assert all(len(prediction["options"]) >= 2 for prediction in asked.values())
