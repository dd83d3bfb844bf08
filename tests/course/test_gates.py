"""The panels that ``06_gru`` and ``07_lstm`` share say what the networks do."""

import numpy as np
import pytest
from panel_tools import drive
from random_models import gated_model

from rnn_helpers import data
from rnn_helpers.course import gates
from rnn_helpers.experiments.gates import read_name


@pytest.mark.parametrize("make", [gates.gates_over_name, gates.force_gate])
def test_the_panels_serve_a_gru_too(make) -> None:
    """With an LSTM they are driven by tests/lessons/test_panels.py."""
    drive(make(gated_model("gru_before")), count=20)


@pytest.mark.parametrize("part", ["c", "forget", "candidate"])
def test_the_map_opens_on_the_part_asked_for(part) -> None:
    model = gated_model("lstm")
    panel = gates.gates_over_name(model, part)
    run = read_name(model, "maiasaura")[part]
    assert f"on average {run.mean():.2f}, from {run.min():.2f} to {run.max():.2f}" in panel.sentence


def test_sizes_stand_on_an_axis_from_0_and_one_unit_on_one_of_both_signs() -> None:
    model = gated_model("lstm")
    panel = gates.gates_over_name(model)
    states = panel._drawing.figure.axes[-1]
    sizes = [np.abs(read_name(model, n)[s]).mean(axis=1) for n in gates.NAMES for s in "ac"]
    low, high = states.get_ylim()
    assert -0.1 * high < low < 0 and max(map(np.max, sizes)) < high
    assert states.get_title() == "mean size"
    panel.set(unit=2)
    assert states.get_title() == ""
    low, high = states.get_ylim()
    assert low == -high
    assert np.abs(read_name(model, "maiasaura")["c"][:, 1]).max() < high


def test_forcing_a_gate_can_begin_with_another_name() -> None:
    panel = gates.force_gate(gated_model("lstm"), "forget", 0.0, "velociraptor")
    assert "forget gate at 0.00 in steps 4 to 7 of velociraptor" in panel.sentence
    panel.set(steps=(7, 7))
    assert "forget gate at 0.00 in step 7 of velociraptor" in panel.sentence


def test_forcing_a_gate_says_what_the_network_answers() -> None:
    model = gated_model("lstm")
    panel = gates.force_gate(model, "forget", 0.0)
    panel.set(name="kol", gate="forget", value=0.0, steps=(2, 3))
    p = read_name(model, "kol", "forget", 0.0, (2, 3))["ŷ"][-1]
    best = data.ALPHABET[int(p.argmax())]
    assert f"answers {best} with probability {p.max():.2f}" in panel.sentence
