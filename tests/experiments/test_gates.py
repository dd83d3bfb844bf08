"""What is measured of gates: the task of the first letter, gates read, forced and held."""

import numpy as np
import pytest
from helpers import rejects
from random_models import gated_model

from rnn_helpers import data
from rnn_helpers.activations import sigmoid, softmax
from rnn_helpers.cells import GRUCell, LSTMCell, RNNCell
from rnn_helpers.experiments import gates
from rnn_helpers.gradients import jacobians, reach
from rnn_helpers.models import SequenceModel
from rnn_helpers.optimizers import global_norm

GATED = ("gru_before", "gru_after", "lstm")
every_gated_cell = pytest.mark.parametrize("kind", GATED)


# -- read a name, then say its first letter -----------------------------------------------------


def tokens(*names: str) -> list[np.ndarray]:
    return [data.to_tokens(name) for name in names]


def test_a_batch_asks_for_the_first_letter_at_the_end_of_each_name_and_nowhere_else() -> None:
    batch = gates.first_letter_batch(tokens("kol", "maiasaura"))
    assert [data.to_text(column) for column in batch.x.T] == ["kol." + "." * 6, "maiasaura."]
    assert np.argwhere(batch.mask).tolist() == [[3, 0], [9, 1]]
    assert data.to_text(batch.y[batch.mask]) == "km"


def test_the_batch_tells_where_its_names_end() -> None:
    """So a model that reads the state after the end of each name can learn it too."""
    batch = gates.first_letter_batch(tokens("kol", "maiasaura"))
    assert batch.x_mask.sum(axis=0).tolist() == [4, 10]


def test_the_share_right_is_that_of_names_whose_first_letter_is_answered() -> None:
    model = SequenceModel(GRUCell(27, 4, rng=0), 27, rng=0)
    model.params["Wya"][:], model.params["by"][:] = 0, 0
    model.params["by"][data.to_tokens("k")] = 1  # it says k to every name
    assert gates.share_right(model, tokens("kol", "maiasaura", "kaatedocus", "yi")) == 0.5


# -- a gate forced ----------------------------------------------------------------------------


@every_gated_cell
@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_a_forced_gate_has_its_value_at_every_step_and_nothing_else_is_touched(kind, value) -> None:
    cell = gated_model(kind).cell
    before = {name: array.copy() for name, array in cell.params.items()}
    for gate in gates.gate_names(cell):
        forced = gates.with_gate_forced(cell, gate, value)
        _, tape = forced.forward(data.to_tokens("maiasaura")[:, None])
        rows = cell.block(gate)
        np.testing.assert_allclose(tape.gates[:, rows], value, atol=1e-15)
        others = np.delete(np.arange(len(cell.params["ba"])), rows)
        for name, array in cell.params.items():
            np.testing.assert_array_equal(array, before[name])
            np.testing.assert_array_equal(forced.params[name][others], array[others])


def test_force_rejects_a_gate_that_is_not_there_and_a_value_that_is_no_share() -> None:
    with rejects(ValueError, "gate", "update, reset", "'forget'"):
        gates.with_gate_forced(GRUCell(3, 2, rng=0), "forget", 1.0)
    with rejects(ValueError, "value", "0 to 1", "1.5"):
        gates.with_gate_forced(LSTMCell(3, 2, rng=0), "forget", 1.5)


@every_gated_cell
def test_a_name_read_freely_is_what_the_model_reads(kind) -> None:
    model = gated_model(kind)
    z, tape = model.forward(data.to_tokens("kol.")[:, None])
    run = gates.read_name(model, "kol")
    np.testing.assert_allclose(run["a"], tape.a[:, :, 0], atol=1e-14)
    np.testing.assert_allclose(run["ŷ"], softmax(z)[:, :, 0], atol=1e-14)
    if kind == "lstm":
        np.testing.assert_allclose(run["c"], tape.c[:, :, 0], atol=1e-14)


@every_gated_cell
@pytest.mark.parametrize("steps", [(1, 1), (2, 4), (3, 10), (1, 10), (10, 10), (12, 13)])
def test_a_gate_forced_for_some_steps_is_free_in_all_others(kind, steps) -> None:
    model = gated_model(kind)
    for gate in gates.gate_names(model.cell):
        run = gates.read_name(model, "maiasaura", gate, 1.0, steps)
        at_one = (run[gate] == 1).all(axis=1)
        first, last = (min(t, 10) for t in steps)
        expected = (first <= np.arange(1, 11)) & (np.arange(1, 11) <= last)
        np.testing.assert_array_equal(at_one, expected)
        free = gates.read_name(model, "maiasaura")
        np.testing.assert_allclose(run["a"][: first - 1], free["a"][: first - 1], atol=1e-14)


@every_gated_cell
def test_a_forced_model_answers_with_the_output_layer_it_had(kind) -> None:
    model = gated_model(kind)
    forced = gates.with_gate_forced(model, "update", 1.0)
    expected = gates.read_name(model, "kol", "update", 1.0, (1, 4))["ŷ"]
    z, _ = forced.forward(data.to_tokens("kol.")[:, None])
    np.testing.assert_allclose(softmax(z)[:, :, 0], expected, atol=1e-14)
    assert forced.params["Waa"] is forced.cell.params["Waa"]
    assert model.params["Waa"] is model.cell.params["Waa"]


@every_gated_cell
def test_held_rows_get_no_gradient_and_the_rest_is_clipped(kind) -> None:
    cell = gated_model(kind).cell
    rng = np.random.default_rng(0)
    grads = {name: rng.normal(size=array.shape) for name, array in cell.params.items()}
    grads["Wya"] = rng.normal(size=(3, 6))
    for gate in gates.gate_names(cell):
        given = {name: g.copy() for name, g in grads.items()}
        clipped = gates.clip_and_hold(cell, gate)(given)
        rows = cell.block(gate)
        for name in cell.params:
            assert not clipped[name][rows].any()
            assert np.delete(clipped[name], rows, axis=0).all()
        assert global_norm(clipped) == pytest.approx(1.0)


# -- truths that teaching material gets wrong -------------------------------------------------


def test_an_untrained_gru_forgets_faster_than_an_orthogonal_tanh_cell() -> None:
    x = data.to_tokens("micropachycephalosaurus")[:, None]
    for seed in range(5):
        fresh = reach(GRUCell(27, 16, rng=seed), x)[-1]
        assert fresh < 0.2 * reach(RNNCell(27, 16, rng=seed), x)[-1]


def test_with_weaker_matrices_the_tanh_cell_forgets_faster_than_the_gru() -> None:
    x = data.to_tokens("micropachycephalosaurus")[:, None]
    for seed in range(5):
        cells = RNNCell(27, 16, rng=seed), GRUCell(27, 16, rng=seed)
        for cell in cells:
            cell.params["Waa"] *= 0.6
        tanh, fresh = (reach(cell, x)[-1] for cell in cells)
        assert 5 * tanh < fresh < 2 * 0.65**23


def test_a_shut_update_gate_keeps_the_state_and_the_gradient_for_ever() -> None:
    cell = gates.with_gate_forced(gated_model("gru_before").cell, "update", 0.0)
    x, start = data.to_tokens("iguanodon")[:, None], np.random.default_rng(1).normal(size=(6, 1))
    np.testing.assert_array_equal(cell.forward(x, start)[0][-1], start)
    for J in jacobians(cell, x, start):
        np.testing.assert_array_equal(J, np.eye(6))


def test_only_a_shut_reset_gate_lets_an_open_update_gate_drop_the_past() -> None:
    pasts = np.random.default_rng(2).normal(size=(6, 2))
    opened = gates.with_gate_forced(gated_model("gru_before").cell, "update", 1.0)
    wiped = gates.with_gate_forced(opened, "reset", 0.0)
    apart = [
        np.ptp(cell.step(np.zeros(2, int), pasts)[0], axis=1).max() for cell in (opened, wiped)
    ]
    assert apart[0] > 0.1 and apart[1] < 1e-15


def test_reset_before_and_after_agree_only_where_the_reset_gate_is_open() -> None:
    before, after = GRUCell(27, 6, reset="before", rng=3), GRUCell(27, 6, reset="after", rng=3)
    x = data.to_tokens("iguanodon")[:, None]
    before.params["ba"][:] = after.params["ba"][:] = np.random.default_rng(4).normal(size=(18, 1))
    assert np.abs(before.forward(x)[0] - after.forward(x)[0]).max() > 0.01
    opened = [gates.with_gate_forced(cell, "reset", 1.0).forward(x)[0] for cell in (before, after)]
    np.testing.assert_allclose(*opened, atol=1e-14)


def test_z_against_one_minus_z_is_only_naming() -> None:
    cell, n = GRUCell(27, 6, rng=3), 6
    p, a_t = {name: value.copy() for name, value in cell.params.items()}, np.zeros((6, 1))
    for value in p.values():
        value[:n] *= -1
    for token in data.to_tokens("iguanodon"):
        xz, xr, xc = np.split(p["Wax"][:, [token]] + p["ba"], 3)
        z, r = sigmoid(p["Waa"][:n] @ a_t + xz), sigmoid(p["Waa"][n : 2 * n] @ a_t + xr)
        a_t = z * a_t + (1 - z) * np.tanh(p["Waa"][2 * n :] @ (r * a_t) + xc)
    expected = cell.forward(data.to_tokens("iguanodon")[:, None])[0][-1]
    np.testing.assert_allclose(a_t, expected, atol=1e-14)
