"""The panel of ``06_gru`` says what the mathematics says."""

from rnn_helpers import data
from rnn_helpers.cells import GRUCell
from rnn_helpers.course.wording import power_of_ten
from rnn_helpers.experiments.gates import with_gate_forced
from rnn_helpers.gradients import reach
from rnn_helpers.lessons.gru import panels


def test_keeping_says_what_reach_measures() -> None:
    panel = panels.keeping()
    panel.set(bias=-2.0, resets="half open", word="maiasaura")
    cell = GRUCell(27, panels.N_A, update_bias=-2, rng=6)
    norms = reach(cell, data.to_tokens("maiasaura")[:, None])
    assert f"At lag 9 the norm is {power_of_ten(norms[9])}" in panel.sentence


def test_without_a_reset_gate_is_with_one_that_stands_open() -> None:
    panel = panels.keeping()
    panel.set(bias=-2.0, resets="none", word="maiasaura")
    cell = with_gate_forced(GRUCell(27, panels.N_A, update_bias=-2, rng=6), "reset", 1.0)
    norms = reach(cell, data.to_tokens("maiasaura")[:, None])
    assert "without a reset gate, reading maiasaura" in panel.sentence
    assert f"At lag 9 the norm is {power_of_ten(norms[9])}" in panel.sentence
