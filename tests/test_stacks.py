"""Stacked and two-way cells: against their parts run one by one, and by gradient checks."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from helpers import KINDS, random_cell, rejects

from rnn_helpers.cells import GRUCell, LSTMCell, RNNCell, any_number
from rnn_helpers.gradients import check_gradients
from rnn_helpers.losses import cross_entropy
from rnn_helpers.models import SequenceModel
from rnn_helpers.skip import SkipCell
from rnn_helpers.stacks import Stacked, TwoWay

N_X, N_Y, T, M = 3, 4, 6, 4
LENGTHS = np.array([6, 1, 4, 5])
MASK = np.arange(T)[:, None] < LENGTHS  # (T, M)
EXACT = {"rtol": 0, "atol": 1e-12}


def rng_of(seed=0):
    return np.random.default_rng(seed)


def deep(rng):
    return Stacked([random_cell(k, n, 5, rng) for k, n in (("lstm", N_X), ("gru_before", 5))])


def two_way(rng):
    return TwoWay(random_cell("lstm", N_X, 5, rng), random_cell("rnn_tanh", N_X, 2, rng))


def deep_two_way(rng):
    low = TwoWay(random_cell("gru_after", N_X, 2, rng), random_cell("lstm", N_X, 3, rng))
    high = TwoWay(random_cell("rnn_tanh", 5, 3, rng), random_cell("gru_before", 5, 2, rng))
    return Stacked([low, high])


def two_way_of_stacks(rng):
    return TwoWay(deep(rng), random_cell("rnn_tanh", N_X, 2, rng))


MADE = {f.__name__: f for f in (deep, two_way, deep_two_way, two_way_of_stacks)}
SINGLE = {kind: lambda rng, kind=kind: random_cell(kind, N_X, 5, rng) for kind in KINDS}
SINGLE["skip"] = lambda rng: SkipCell(N_X, 4, d=3, rng=rng)
every_made = pytest.mark.parametrize("made", MADE)
every_cell = pytest.mark.parametrize("made", MADE | SINGLE)


def make(name, seed=0):
    return (MADE | SINGLE)[name](rng_of(seed))


def parts_of(state):
    return [state] if isinstance(state, np.ndarray) else [p for s in state for p in parts_of(s)]


# -- forward, against the parts ----------------------------------------------------------------


def test_each_layer_reads_the_one_below():
    cell, x = deep(rng_of()), rng_of(1).normal(size=(T, N_X, M))
    low, high = cell.layers
    middle, below = low.forward(x)
    want, above = high.forward(middle)
    got, tape = cell.forward(x)
    np.testing.assert_array_equal(got, want)
    for one, other in zip(parts_of(tape.state), parts_of((below.state, above.state)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_way_back_reads_each_column_from_its_own_end():
    """Column by column, without padding: the mask must give the same as sequences cut to length."""
    cell, x = two_way(rng_of()), rng_of(1).normal(size=(T, N_X, M))
    got, tape = cell.forward(x, mask=MASK)
    for i, length in enumerate(LENGTHS):
        alone = x[:length, :, i : i + 1]
        ahead, _ = cell.ahead.forward(alone)
        back, _ = cell.back.forward(alone[::-1])
        want = np.concatenate([ahead, back[::-1]], axis=1)
        np.testing.assert_allclose(got[:length, :, i : i + 1], want, **EXACT)
        both = np.concatenate([ahead[-1], back[-1]])
        np.testing.assert_allclose(cell.a_of(tape.state)[:, i : i + 1], both, **EXACT)


@every_cell
@pytest.mark.parametrize("tokens", [False, True])
def test_what_lies_behind_the_end_changes_nothing(made, tokens):
    cell = make(made)
    x = rng_of(1).integers(N_X, size=(T, M)) if tokens else rng_of(1).normal(size=(T, N_X, M))
    other = x.copy()
    padding = ~MASK if tokens else np.repeat(~MASK[:, None], N_X, axis=1)
    other[padding] = (other[padding] + 1) % N_X
    (a, tape), (b, tape_b) = cell.forward(x, mask=MASK), cell.forward(other, mask=MASK)
    kept = np.repeat(MASK[:, None], cell.n_a, axis=1)
    np.testing.assert_array_equal(a[kept], b[kept])
    for one, two in zip(parts_of(tape.state), parts_of(tape_b.state), strict=True):
        np.testing.assert_array_equal(one, two)


@every_cell
def test_the_masked_state_is_that_of_each_column_alone(made):
    cell, x = make(made), rng_of(1).normal(size=(T, N_X, M))
    _, tape = cell.forward(x, mask=MASK)
    for i, length in enumerate(LENGTHS):
        _, alone = cell.forward(x[:length, :, i : i + 1])
        for one, two in zip(parts_of(tape.state), parts_of(alone.state), strict=True):
            np.testing.assert_allclose(one[:, i : i + 1], two, **EXACT)


def test_one_way_steps_equal_the_sequence_and_two_way_has_none():
    cell, x = deep(rng_of()), rng_of(1).normal(size=(T, N_X, M))
    state = None
    for want, x_t in zip(cell.forward(x)[0], x, strict=True):
        a, state = cell.step(x_t, state)
        np.testing.assert_allclose(a, want, **EXACT)
    with pytest.raises(TypeError, match="needs the whole sequence"):
        two_way(rng_of()).step(x[0])


# -- gradients -----------------------------------------------------------------------------------


@every_cell
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("tokens", [False, True])
@pytest.mark.parametrize("read", ["every", "last"])
def test_all_gradients_of_a_model(made, masked, tokens, read):
    rng = rng_of(2)
    model = SequenceModel(make(made, 3), N_Y, rng=rng, read=read)
    x = rng.integers(N_X, size=(T, M)) if tokens else rng.normal(size=(T, N_X, M))
    mask, steps = (MASK if masked else None), (T if read == "every" else 1)
    y, counts = rng.integers(N_Y, size=(steps, M)), mask if read == "every" else None

    def loss(params):
        for name, value in params.items():
            model.params[name][...] = value
        return cross_entropy(model.forward(x, mask=mask)[0], y, counts)[0]

    params = {name: value.copy() for name, value in model.params.items()}
    _, grads, _ = model.loss_and_grads(x, y, counts, x_mask=mask)
    found = check_gradients(loss, params, grads)
    assert found.ok, found


@every_cell
@pytest.mark.parametrize("masked", [False, True])
def test_gradients_of_the_input_and_of_the_states(made, masked):
    """Σ (weights * a) + Σ (weights * last state), by central differences in x and in the start."""
    rng, cell = rng_of(4), make(made, 5)
    mask, x = (MASK if masked else None), rng.normal(size=(T, N_X, M))
    start = cell.zero_state(M)
    for part in parts_of(start):
        part[...] = rng.normal(size=part.shape)
    da = rng.normal(size=(T, cell.n_a, M))
    _, tape = cell.forward(x, start, mask)
    dlast = _like(tape.state, rng)
    dx, dstart, _ = cell.backward(da, tape, dlast)

    def value(params):
        a, after = cell.forward(params["x"], start, mask)
        ends = zip(parts_of(after.state), parts_of(dlast), strict=True)
        return float((a * da).sum() + sum((p * d).sum() for p, d in ends))

    assert check_gradients(value, {"x": x}, {"x": dx}).ok
    h = 1e-6
    for part, gradient in zip(parts_of(start), parts_of(dstart), strict=True):
        for index in np.ndindex(part.shape):
            kept = part[index]
            part[index] = kept + h
            above = value({"x": x})
            part[index] = kept - h
            below = value({"x": x})
            part[index] = kept
            assert gradient[index] == pytest.approx((above - below) / (2 * h), rel=1e-6, abs=1e-7)


def _like(state, rng):
    if isinstance(state, np.ndarray):
        found = rng.normal(size=state.shape)
        found[0, 0] = 0  # as where a loss does not look at every unit
        return found
    return tuple(_like(part, rng) for part in state)


# -- the rest of the contract ------------------------------------------------------------------


@every_made
def test_parameters_are_the_inner_cells_own(made):
    cell = make(made)
    x = rng_of(1).normal(size=(T, N_X, M))
    before = cell.forward(x)[0].copy()
    for value in cell.params.values():
        value *= 0.5
    assert np.abs(cell.forward(x)[0] - before).max() > 1e-3
    assert len({id(value) for value in cell.params.values()}) == len(cell.params)


@pytest.mark.parametrize("made", [deep, two_way], ids=lambda f: f.__name__)
def test_float32_stays_float32_and_inputs_stay_as_they_are(made):
    small = {"n_a": 5, "rng": 0, "dtype": np.float32}
    pair = [LSTMCell(N_X, **small), GRUCell(5 if made is deep else N_X, **small)]
    cell = Stacked(pair) if made is deep else TwoWay(*pair)
    x = rng_of(1).normal(size=(T, N_X, M)).astype(np.float32)
    kept = x.copy()
    a, tape = cell.forward(x, mask=MASK)
    da = np.ones_like(a)
    dx, dstart, grads = cell.backward(da, tape)
    arrays = [a, dx, *parts_of(tape.state), *parts_of(dstart), *grads.values()]
    assert {v.dtype for v in arrays} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(x, kept)
    np.testing.assert_array_equal(da, 1)


@every_made
def test_a_tape_may_be_walked_back_twice(made):
    cell = make(made)
    a, tape = cell.forward(rng_of(1).normal(size=(T, N_X, M)))
    first, second = cell.backward(a, tape), cell.backward(a, tape)
    np.testing.assert_array_equal(first.dx, second.dx)
    for name, g in first.grads.items():
        np.testing.assert_array_equal(g, second.grads[name])


def test_bad_stacks_are_refused():
    with rejects(ValueError, "layers[1] must have n_x = 4, the n_a below it, got 3"):
        Stacked([RNNCell(2, 4, rng=0), RNNCell(3, 4, rng=0)])
    with rejects(ValueError, "back must have n_x = 2, that of ahead, got 3"):
        TwoWay(RNNCell(2, 4, rng=0), RNNCell(3, 4, rng=0))
    one = RNNCell(4, 4, rng=0)
    with rejects(ValueError, "layers[0] and layers[1] must each be another cell"):
        Stacked([one, one])
    with rejects(ValueError, "layers must be a list of one or more"):
        Stacked([])
    with rejects(TypeError, "layers[0] must be a cell, got 3"):
        Stacked([3])
    for twins in (
        lambda: TwoWay(LSTMCell(3, 4, rng=0), LSTMCell(3, 4, rng=0)),
        lambda: TwoWay(LSTMCell(3, 4, rng=5), LSTMCell(3, 4, rng=5)),
        lambda: Stacked([GRUCell(3, 4, rng=1), GRUCell(4, 4, rng=0), GRUCell(4, 4, rng=0)]),
    ):
        with rejects(ValueError, "must begin with different numbers: give each its own rng"):
            twins()
    TwoWay(RNNCell(3, 4, rng=1), RNNCell(3, 4, rng=2))
    TwoWay(LSTMCell(3, 4, rng=0), GRUCell(3, 4, rng=0))
    with rejects(ValueError, "ahead and back must share a dtype"):
        TwoWay(RNNCell(2, 4, rng=0), RNNCell(2, 4, dtype=np.float32, rng=0))


def test_bad_states_and_masks_are_refused():
    cell, x = deep(rng_of()), np.zeros((T, N_X, M))
    with rejects(TypeError, "state must be a tuple of 2 states, got an array of shape"):
        cell.forward(x, np.zeros((5, M)))
    with rejects(ValueError, "state[1] must be (n_a, m) with n_a = 5, m = 4, got (5, 3)"):
        cell.forward(x, (cell.layers[0].zero_state(M), np.zeros((5, 3))))
    holes = MASK.copy()
    holes[2, 0] = False
    with rejects(ValueError, "mask must be True up to the end of each column"):
        cell.forward(x, mask=holes)
    empty = MASK.copy()
    empty[:, 1] = False
    with rejects(ValueError, "[0 0 0 0 0 0] in column 1"):
        cell.forward(x, mask=empty)
    with rejects(ValueError, "mask must be (T, m) = (6, 4), got (6, 3)"):
        cell.forward(x, mask=MASK[:, :3])


def exploding(top):
    """A stack whose lowest layer soon makes infinities."""
    cell = Stacked([RNNCell(1, 2, activation="relu", rng=0), top])
    cell.layers[0].params["Waa"][...] = 1e200
    return cell


TOPS = {
    "one cell": lambda: RNNCell(2, 2, activation="relu", rng=1),
    "a stack": lambda: Stacked([RNNCell(2, 3, rng=1), RNNCell(3, 2, rng=2)]),
    "both ways": lambda: TwoWay(RNNCell(2, 3, rng=1), RNNCell(2, 2, rng=2)),
}


@pytest.mark.parametrize("top", TOPS)
def test_an_exploded_state_reaches_the_top_without_an_error(top):
    cell = exploding(TOPS[top]())
    with np.errstate(all="ignore"):
        a, _ = cell.forward(np.ones((9, 1, 1)))
    assert not np.isfinite(a).all()


@pytest.mark.parametrize("top", TOPS)
def test_the_layers_refuse_by_themselves_what_is_not_finite(top):
    cell = exploding(TOPS[top]())
    upper, bad = cell.layers[1], np.full((3, 2, 1), np.nan)
    for _ in range(2):
        for each in upper.inner():
            if each.n_x == 2:
                with rejects(ValueError, "x must hold finite numbers"):
                    each.forward(bad)
        with np.errstate(all="ignore"):
            cell.forward(np.ones((9, 1, 1)))
        with rejects(TypeError, "state[1]"):  # a call that fails leaves nothing behind either
            cell.forward(np.ones((9, 1, 1)), (np.zeros((2, 1)), "state"))
    with rejects(ValueError, "x must hold finite numbers"):
        cell.forward(np.full((3, 1, 1), np.inf))


def test_what_one_thread_may_read_another_may_not():
    """Neither of two stacks that share a layer may leave it open, or shut, for the other."""
    layer, bad = RNNCell(2, 2, activation="relu", rng=1), np.full((3, 2, 1), np.nan)
    with ThreadPoolExecutor(1) as other:
        with any_number(layer):
            with rejects(ValueError, "x must hold finite numbers"):
                other.submit(layer.forward, bad).result()
            within = any_number(layer)
            other.submit(within.__enter__).result()
            with rejects(ValueError, "x must hold finite numbers"):
                other.submit(lambda: RNNCell(2, 2, rng=1).forward(bad)).result()
            other.submit(layer.forward, bad).result()
        with rejects(ValueError, "x must hold finite numbers"):
            layer.forward(bad)
        other.submit(within.__exit__, None, None, None).result()
        with rejects(ValueError, "x must hold finite numbers"):
            other.submit(layer.forward, bad).result()


# -- against PyTorch ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_two_layers_both_ways_equal_pytorch(kind):
    """On packed columns of unequal length. ``tools/torch_reference.py`` makes the numbers."""
    with np.load(Path(__file__).parent / "reference" / "torch_numbers.npz") as found:
        prefix = f"deep_two_way/{kind}/"
        want = {k.removeprefix(prefix): v for k, v in found.items() if k.startswith(prefix)}
    n_a, n_x = want["1.ahead.Waa"].shape[1], want["x"].shape[1]
    make = LSTMCell if kind == "lstm" else partial(GRUCell, reset="after")
    cell = Stacked([TwoWay(*(make(n, n_a, rng=i) for i in (1, 2))) for n in (n_x, 2 * n_a)])
    for name, value in cell.params.items():
        value[...] = want[name]
    a, tape = cell.forward(want["x"], mask=want["mask"])
    kept = np.repeat(want["mask"][:, None], 2 * n_a, axis=1)
    np.testing.assert_allclose(a[kept], want["a"][kept], rtol=0, atol=1e-12)
    # PyTorch's rows: layer 1 ahead, layer 1 back, layer 2 ahead, layer 2 back; a and c apart.
    kinds = 2 if kind == "lstm" else 1
    last = np.stack([want[f"last{i}"] for i in range(kinds)], axis=1)  # (4, a and c, n_a, m)
    got = np.stack(parts_of(tape.state)).reshape(last.shape)
    np.testing.assert_allclose(got, last, rtol=0, atol=1e-12)
    rows = [tuple(want[f"dlast{i}"][j] for i in range(kinds)) for j in range(4)]
    rows = rows if kind == "lstm" else [row[0] for row in rows]
    dx, _, grads = cell.backward(want["da"], tape, ((rows[0], rows[1]), (rows[2], rows[3])))
    np.testing.assert_allclose(dx, want["dx"], rtol=0, atol=1e-10)
    for name, gradient in grads.items():
        place, _, tensor = name.rpartition(".")
        np.testing.assert_allclose(gradient, want[f"{place}.d{tensor}"], rtol=0, atol=1e-10)
