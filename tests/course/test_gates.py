"""The panels of ``06_gru`` and ``07_lstm``, and what they are made of."""

import json

import notebook_numbers
import numpy as np
import pytest
from helpers import random_cell, rejects
from panel_tools import check_projector, drive

from rnn_helpers import data
from rnn_helpers.activations import sigmoid, softmax
from rnn_helpers.cells import GRUCell, LSTMCell, RNNCell
from rnn_helpers.course import gates
from rnn_helpers.data import stored
from rnn_helpers.gradients import jacobians, reach
from rnn_helpers.lessons.gru import panels as gru
from rnn_helpers.lessons.lstm import panels as lstm
from rnn_helpers.models import SequenceModel
from rnn_helpers.optimizers import global_norm
from rnn_helpers.training import History

GATED = ("gru_before", "gru_after", "lstm")
every_gated_cell = pytest.mark.parametrize("kind", GATED)


def random_model(kind: str, seed: int = 5) -> SequenceModel:
    """A model of names whose gates spread over the whole range from shut to open."""
    rng = np.random.default_rng(seed)
    cell = random_cell(kind, 27, 6, rng)
    for value in cell.params.values():
        value *= 2
    return SequenceModel(cell, 27, rng=rng)


# -- read a name, then say its first letter -----------------------------------------------------


def tokens(*names: str) -> list[np.ndarray]:
    return [data.to_tokens(name) for name in names]


def test_a_batch_asks_for_the_first_letter_at_the_end_of_each_name_and_nowhere_else() -> None:
    batch = gates.first_letter(tokens("kol", "maiasaura"))
    assert [data.to_text(column) for column in batch.x.T] == ["kol." + "." * 6, "maiasaura."]
    assert np.argwhere(batch.mask).tolist() == [[3, 0], [9, 1]]
    assert data.to_text(batch.y[batch.mask]) == "km"


def test_batches_are_names_of_the_list_the_same_for_the_same_seed() -> None:
    names = tokens("kol", "yi", "maiasaura")
    some, others = (gates.first_letter_batches(names, seed, m=5) for seed in (7, 7))
    for _ in range(3):
        one, other = next(some), next(others)
        assert one.x.shape[1] == 5
        np.testing.assert_array_equal(one.x, other.x)
        read = {data.to_text(column).rstrip(data.END) for column in one.x.T}
        assert read <= {"kol", "yi", "maiasaura"}
    fresh = gates.first_letter_batches(names, 8, m=5)
    assert any(next(fresh).x.tolist() != next(some).x.tolist() for _ in range(3))


def test_right_is_the_share_of_names_whose_first_letter_is_answered() -> None:
    model = SequenceModel(GRUCell(27, 4), 27)
    model.params["Wya"][:], model.params["by"][:] = 0, 0
    model.params["by"][data.to_tokens("k")] = 1  # it says k to every name
    assert gates.right(model, tokens("kol", "maiasaura", "kaatedocus", "yi")) == 0.5


def test_the_picture_of_the_answers_counts_nats_an_answer() -> None:
    race = gates.AnswerRace(["one", "two"], steps=3)
    (axes,) = race._drawing.figure.axes
    assert axes.get_ylabel() == "nats an answer"
    race.watch("two")(3, History(loss=[3.0, 2.0, 1.0]))
    assert "two at 2" in race.sentence


# -- a gate forced ----------------------------------------------------------------------------


@every_gated_cell
@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_a_forced_gate_has_its_value_at_every_step_and_nothing_else_is_touched(kind, value) -> None:
    cell = random_model(kind).cell
    before = {name: array.copy() for name, array in cell.params.items()}
    for gate in gates.gates_of(cell):
        forced = gates.force(cell, gate, value)
        _, tape = forced.forward(data.to_tokens("maiasaura")[:, None])
        first = list(gates.rows_of(cell)).index(gate) * cell.n_a
        np.testing.assert_allclose(tape.gates[:, first : first + cell.n_a], value, atol=1e-15)
        others = np.delete(np.arange(len(cell.params["ba"])), np.arange(first, first + cell.n_a))
        for name, array in cell.params.items():
            np.testing.assert_array_equal(array, before[name])
            np.testing.assert_array_equal(forced.params[name][others], array[others])


def test_force_rejects_a_gate_that_is_not_there_and_a_value_that_is_no_share() -> None:
    with rejects(ValueError, "gate", "update, reset", "'forget'"):
        gates.force(GRUCell(3, 2), "forget", 1.0)
    with rejects(ValueError, "value", "0 to 1", "1.5"):
        gates.force(LSTMCell(3, 2), "forget", 1.5)


@every_gated_cell
def test_a_name_read_freely_is_what_the_model_reads(kind) -> None:
    model = random_model(kind)
    z, tape = model.forward(data.to_tokens("kol.")[:, None])
    run = gates.read_name(model, "kol")
    np.testing.assert_allclose(run["a"], tape.a[:, :, 0], atol=1e-14)
    np.testing.assert_allclose(run["ŷ"], softmax(z)[:, :, 0], atol=1e-14)
    if kind == "lstm":
        np.testing.assert_allclose(run["c"], tape.c[:, :, 0], atol=1e-14)


@every_gated_cell
@pytest.mark.parametrize("steps", [(1, 1), (2, 4), (3, 10), (1, 10), (10, 10), (12, 13)])
def test_a_gate_forced_for_some_steps_is_free_in_all_others(kind, steps) -> None:
    model = random_model(kind)
    for gate in gates.gates_of(model.cell):
        run = gates.read_name(model, "maiasaura", gate, 1.0, steps)
        at_one = (run[gate] == 1).all(axis=1)
        first, last = (min(t, 10) for t in steps)
        expected = (first <= np.arange(1, 11)) & (np.arange(1, 11) <= last)
        np.testing.assert_array_equal(at_one, expected)
        free = gates.read_name(model, "maiasaura")
        np.testing.assert_allclose(run["a"][: first - 1], free["a"][: first - 1], atol=1e-14)


@every_gated_cell
def test_a_forced_model_answers_with_the_output_layer_it_had(kind) -> None:
    model = random_model(kind)
    forced = gates.forced_model(model, "update", 1.0)
    expected = gates.read_name(model, "kol", "update", 1.0, (1, 4))["ŷ"]
    z, _ = forced.forward(data.to_tokens("kol.")[:, None])
    np.testing.assert_allclose(softmax(z)[:, :, 0], expected, atol=1e-14)
    assert forced.params["Waa"] is forced.cell.params["Waa"]
    assert model.params["Waa"] is model.cell.params["Waa"]


@every_gated_cell
def test_held_rows_get_no_gradient_and_the_rest_is_clipped(kind) -> None:
    cell = random_model(kind).cell
    rng = np.random.default_rng(0)
    grads = {name: rng.normal(size=array.shape) for name, array in cell.params.items()}
    grads["Wya"] = rng.normal(size=(3, 6))
    for gate in gates.gates_of(cell):
        given = {name: g.copy() for name, g in grads.items()}
        clipped = gates.clip_and_hold(cell, gate)(given)
        first = list(gates.rows_of(cell)).index(gate) * cell.n_a
        for name in cell.params:
            assert not clipped[name][first : first + cell.n_a].any()
            assert np.delete(clipped[name], slice(first, first + cell.n_a), axis=0).all()
        assert global_norm(clipped) == pytest.approx(1.0)
    free = gates.clip_and_hold(cell, None, max_norm=2.0)(grads)
    assert all(g.all() for g in free.values()) and global_norm(free) == pytest.approx(2.0)


# -- the panels -------------------------------------------------------------------------------

PANELS = {
    "keeping": gru.keeping,
    "gates of a GRU": lambda: gru.gates_over_name(random_model("gru_before")),
    "gates of an LSTM": lambda: lstm.gates_over_name(random_model("lstm")),
    "force a GRU": lambda: gru.force_gate(random_model("gru_before")),
    "force an LSTM": lambda: lstm.force_gate(random_model("lstm"), "forget", 0.0),
    "forget bias": lstm.forget_bias,
}


@pytest.mark.parametrize("make", PANELS.values(), ids=PANELS)
def test_a_panel_can_be_driven_everywhere(make) -> None:
    panel = make()
    drive(panel, count=40)
    check_projector(panel)


def test_keeping_says_what_reach_measures() -> None:
    panel = gru.keeping()
    panel.set(bias=-2.0, resets="half open", word="maiasaura")
    cell = GRUCell(27, gru.N_A, rng=6)
    cell.params["ba"][: gru.N_A] = -2
    norms = reach(cell, data.to_tokens("maiasaura")[:, None])
    assert f"At lag 9 the norm is {norms[9]:.2g}" in panel.sentence


@pytest.mark.parametrize("part", ["c", "forget", "candidate"])
def test_the_map_opens_on_the_part_asked_for(part) -> None:
    model = random_model("lstm")
    panel = lstm.gates_over_name(model, part)
    run = gates.read_name(model, "maiasaura")[part]
    assert f"on average {run.mean():.2f}, from {run.min():.2f} to {run.max():.2f}" in panel.sentence


def test_sizes_stand_on_an_axis_from_0_and_one_unit_on_one_of_both_signs() -> None:
    model = random_model("lstm")
    panel = lstm.gates_over_name(model)
    states = panel._drawing.figure.axes[-1]
    sizes = [np.abs(gates.read_name(model, n)[s]).mean(axis=1) for n in gates.NAMES for s in "ac"]
    low, high = states.get_ylim()
    assert -0.1 * high < low < 0 and max(map(np.max, sizes)) < high
    panel.set(unit=2)
    low, high = states.get_ylim()
    assert low == -high
    assert np.abs(gates.read_name(model, "maiasaura")["c"][:, 1]).max() < high


def test_forcing_a_gate_can_begin_with_another_name() -> None:
    panel = lstm.force_gate(random_model("lstm"), "forget", 0.0, "velociraptor")
    assert "forget gate at 0.00 in steps 4 to 7 of velociraptor" in panel.sentence


def test_forcing_a_gate_says_what_the_network_answers() -> None:
    model = random_model("lstm")
    panel = lstm.force_gate(model, "forget", 0.0)
    panel.set(name="kol", gate="forget", value=0.0, steps=(2, 3))
    p = gates.read_name(model, "kol", "forget", 0.0, (2, 3))["ŷ"][-1]
    best = data.ALPHABET[int(p.argmax())]
    assert f"answers {best} with probability {p.max():.2f}" in panel.sentence


# -- the counter set by hand ------------------------------------------------------------------


@pytest.mark.parametrize("text", ["maiasaura.kol.iguanodon.", "yi.", "aeiou.b.aaaaaaaaaa.", "a.a."])
def test_the_counter_shows_the_vowels_of_each_name(text) -> None:
    a, _ = lstm.counter().forward(data.to_tokens(text)[:, None])
    stop = np.isin(list(text), ["."])
    expected = [sum(c in "aeiou" for c in name) for name in text.split(".")[:-1]]
    np.testing.assert_allclose(np.arctanh(a.ravel()[stop]) * 10, expected, atol=1e-5)
    np.testing.assert_allclose(a.ravel()[~stop], 0, atol=1e-6)


def test_each_stage_of_the_counter_mends_one_defect() -> None:
    text = "maia.kol."
    c = {}
    for stage in lstm.STAGES:
        _, tape = lstm.counter(stage).forward(data.to_tokens(text)[:, None])
        c[stage] = (10 * tape.c.ravel()).round(4).tolist()
    assert c["wire"] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert c["update gate"] == [0, 1, 2, 3, 3, 3, 4, 4, 4]
    assert c["forget gate"] == [0, 1, 2, 3, 0, 0, 1, 1, 0]
    assert c["output gate"] == [0, 1, 2, 3, 3, 0, 1, 1, 1]
    with rejects(ValueError, "stage", "wire", "'reset gate'"):
        lstm.counter("reset gate")


# -- along c, and along a ---------------------------------------------------------------------


def lstm_step(p, x_t, a_prev, c_prev):
    """The equations of the LSTM, literally, for real and complex numbers."""
    zc, zu, zf, zo = np.split(p["Waa"] @ a_prev + p["Wax"] @ x_t + p["ba"], 4)
    c_t = sigmoid(zu) * np.tanh(zc) + sigmoid(zf) * c_prev
    return sigmoid(zo) * np.tanh(c_t), c_t


def lstm_by_nudges(cell, x, k, nudged, held_c=None):
    """Return ∂(a⟨T⟩, c⟨T⟩) for a⟨k⟩ or c⟨k⟩ by the complex step, each (n_a, n_a)."""
    a_t, c_t = np.zeros((cell.n_a, 1)), np.zeros((cell.n_a, 1))
    for x_t in x[:k]:
        a_t, c_t = lstm_step(cell.params, x_t, a_t, c_t)
    nudge = 1e-30j * np.eye(cell.n_a)
    a_t, c_t = (a_t + nudge, c_t + 0 * nudge) if nudged == "a" else (a_t + 0 * nudge, c_t + nudge)
    for t in range(k, len(x)):
        a_t, c_t = lstm_step(cell.params, x[t], a_t, c_t if held_c is None else held_c[t])
    return a_t.imag / 1e-30, c_t.imag / 1e-30


@pytest.fixture
def nudged():
    cell = random_cell("lstm", 3, 4, np.random.default_rng(8))
    return cell, np.random.default_rng(9).normal(size=(6, 3, 1))


@pytest.mark.parametrize("k", [0, 2, 5, 6])
def test_memory_jacobians_are_those_of_the_literal_equations(nudged, k) -> None:
    cell, x = nudged
    _, expected = lstm_by_nudges(cell, x, k, "c")
    np.testing.assert_allclose(lstm.memory_jacobians(cell, x)[6 - k], expected, atol=1e-12)


@pytest.mark.parametrize("k", [0, 2, 5, 6])
def test_without_the_wire_is_the_way_that_is_left_when_c_is_held(nudged, k) -> None:
    cell, x = nudged
    _, tape = cell.forward(x)
    held = np.concatenate([np.zeros((1, 4, 1)), tape.c[:-1]])
    expected, _ = lstm_by_nudges(cell, x, k, "a", held)
    np.testing.assert_allclose(lstm.without_the_wire(cell, x)[6 - k], expected, atol=1e-12)


def test_with_the_states_cut_off_the_wire_is_a_product_of_forget_gates(nudged) -> None:
    cell, x = nudged
    cell.params["Waa"][:] = 0
    _, tape = cell.forward(x)
    expected = np.diag(np.prod(tape.gates[2:, 8:12, 0], axis=0))
    np.testing.assert_allclose(lstm.memory_jacobians(cell, x)[4], expected, atol=1e-14)


def test_a_gradient_along_the_wire_can_explode() -> None:
    x = data.to_tokens(lstm.TEXTS["names in a row"])[:, None]
    norms = [np.linalg.norm(J, 2) for J in lstm.memory_jacobians(LSTMCell(27, 16, 8.0, rng=6), x)]
    assert norms[0] == 1 and max(norms) > 10


def test_the_race_says_how_high_a_loss_has_been_and_guessing_is_no_dotted_line() -> None:
    race = lstm.CellRace(["tanh", "LSTM"], steps=12)
    race.watch("tanh")(12, [1.4] * 12)
    assert "on its way" not in race.sentence
    race.watch("LSTM")(12, [1.4] * 4 + [1234.5] + [0.5] * 7)
    assert "tanh at 1.40 after 12 steps" in race.sentence
    assert race.sentence.endswith("LSTM was at 1,234 on its way.")
    (axes,) = race._drawing.figure.axes
    widths = {line.get_label(): line.get_linewidth() for line in axes.lines}
    assert widths["guessing"] < min(widths["tanh"], widths["LSTM"])
    assert axes.get_ylim() == (0, race.TOP)
    shown = {
        text.get_text(): line
        for text, line in zip(
            axes.get_legend().get_texts(), axes.get_legend().get_lines(), strict=True
        )
    }
    assert shown["guessing"].get_linestyle() == "-"


def test_the_chart_has_a_line_for_every_cell_of_the_stored_experiment() -> None:
    results = stored.recall_results()
    sentence = lstm.recall_chart(results).sentence
    assert all(f"{name} " in sentence for name in results["recall"]["scores"])


def test_the_numbers_of_pytorch_are_those_of_the_reference_and_of_our_cells() -> None:
    assert json.loads(notebook_numbers.TARGET.read_text("ascii")) == notebook_numbers.numbers()
    for kind, cell in {"GRU": GRUCell(3, 4, "after"), "LSTM": LSTMCell(3, 4)}.items():
        given = stored.pytorch_numbers(kind)
        cell.params.update({name: given[name] for name in cell.params})
        start = (given["a0"], given["c0"]) if kind == "LSTM" else given["a0"]
        np.testing.assert_allclose(cell.forward(given["x"], start)[0], given["a"], atol=1e-12)


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
    cell = gates.force(random_model("gru_before").cell, "update", 0.0)
    x, start = data.to_tokens("iguanodon")[:, None], np.random.default_rng(1).normal(size=(6, 1))
    np.testing.assert_array_equal(cell.forward(x, start)[0][-1], start)
    for J in jacobians(cell, x, start):
        np.testing.assert_array_equal(J, np.eye(6))


def test_only_a_shut_reset_gate_lets_an_open_update_gate_drop_the_past() -> None:
    pasts = np.random.default_rng(2).normal(size=(6, 2))
    opened = gates.force(random_model("gru_before").cell, "update", 1.0)
    wiped = gates.force(opened, "reset", 0.0)
    apart = [
        np.ptp(cell.step(np.zeros(2, int), pasts)[0], axis=1).max() for cell in (opened, wiped)
    ]
    assert apart[0] > 0.1 and apart[1] < 1e-15


def test_reset_before_and_after_agree_only_where_the_reset_gate_is_open() -> None:
    before, after = GRUCell(27, 6, "before", rng=3), GRUCell(27, 6, "after", rng=3)
    x = data.to_tokens("iguanodon")[:, None]
    before.params["ba"][:] = after.params["ba"][:] = np.random.default_rng(4).normal(size=(18, 1))
    assert np.abs(before.forward(x)[0] - after.forward(x)[0]).max() > 0.01
    opened = [gates.force(cell, "reset", 1.0).forward(x)[0] for cell in (before, after)]
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
