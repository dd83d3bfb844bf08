"""The panel and the chart of ``07_lstm`` say what the mathematics says."""

import numpy as np

from rnn_helpers import data
from rnn_helpers.cells import LSTMCell
from rnn_helpers.course.wording import power_of_ten
from rnn_helpers.data import stored
from rnn_helpers.gradients import reach
from rnn_helpers.lessons.lstm import panels


def test_the_forget_bias_says_what_reach_measures() -> None:
    panel = panels.forget_bias()
    panel.set(bias=3.0, text="one name", share=0.01)
    x, cell = (
        data.to_tokens(panels.TEXTS["one name"])[:, None],
        LSTMCell(27, 16, forget_bias=3.0, rng=6),
    )
    T = len(x)
    assert f"all ways {power_of_ten(reach(cell, x, of='c')[T])} at lag {T}" in panel.sentence
    _, tape = cell.forward(x)
    wire = tape.gates[:, cell.block("forget"), 0].prod(axis=0).max()  # of the unit that holds best
    assert f"wire alone {power_of_ten(wire)} at lag {T}" in panel.sentence


def test_the_share_is_held_up_to_the_lag_before_the_curve_falls_below_it() -> None:
    curve = np.array([1, 0.5, 0.2, 0.05, 0.3])
    assert panels._reached(curve, 0.1) == 2
    assert panels._reached(curve, 0.01) == 4


def test_a_gradient_along_the_wire_can_explode() -> None:
    x = data.to_tokens(panels.TEXTS["names in a row"])[:, None]
    norms = reach(LSTMCell(27, 16, forget_bias=8.0, rng=6), x, of="c")
    assert norms[0] == 1 and max(norms) > 10


def test_the_chart_has_a_line_for_every_cell_of_the_stored_experiment() -> None:
    results = stored.recall_results()
    sentence = panels.recall_chart(results).sentence
    assert all(f"{name} " in sentence for name in results["recall"]["scores"])
