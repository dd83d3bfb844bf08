"""Dropout, against its equations written out, the complex step and the mean over many masks."""

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

import numpy as np
import pytest
from helpers import KINDS, random_cell, random_state, random_x, rejects, state_parts

from rnn_helpers import sampling
from rnn_helpers.cells import GRUCell, LSTMCell, RNNCell
from rnn_helpers.dropout import Dropout, drop_next, dropping
from rnn_helpers.gradients import check_gradients
from rnn_helpers.models import Batch, EncoderDecoder, SequenceModel
from rnn_helpers.optimizers import Adam
from rnn_helpers.stacks import Stacked, TwoWay
from rnn_helpers.training import batch_loss, name_batch, name_batches, train

every_kind = pytest.mark.parametrize("kind", KINDS)
both_masks = pytest.mark.parametrize("same_mask", [False, True], ids=["fresh", "same"])
T, N_X, N_A, M = 6, 3, 4, 2
ENDS = np.array([[1, 1], [1, 1], [1, 1], [1, 1], [1, 0], [1, 0]], bool)


def drawn(kind: str = "gru_before", seed: int = 0, **rates):
    rng = np.random.default_rng(seed)
    cell = random_cell(kind, N_X, N_A, rng)
    return Dropout(cell, rng=rng, **rates), random_x(False, T, N_X, M, rng), rng


def dropped(cell: Dropout, *args, **more):
    drop_next(cell)
    return cell.forward(*args, **more)


@every_kind
@both_masks
def test_forward_follows_the_equation_a_step_at_a_time(kind, same_mask):
    cell, x, rng = drawn(kind, inputs=0.4, outputs=0.5, same_mask=same_mask)
    start = random_state(cell.cell, M, rng)
    a, tape = dropped(cell, x, (start, np.zeros((N_A, M))))
    mask_x, mask_a = (np.broadcast_to(v, (T, *v.shape[1:])) for v in (tape.mask_x, tape.mask_a))
    assert (mask_x == 0).any() and (mask_a == 0).any()
    h = start
    for t in range(T):
        h_t, h = cell.cell.step(mask_x[t] * x[t], h)
        np.testing.assert_allclose(a[t], mask_a[t] * h_t, rtol=0, atol=1e-14)
    for part, of_loop in zip(state_parts(tape.state[0]), state_parts(h), strict=True):
        np.testing.assert_allclose(part, of_loop, rtol=0, atol=1e-14)  # the state is whole
    np.testing.assert_array_equal(tape.state[1], a[-1])


@both_masks
def test_a_mask_is_zero_at_its_rate_and_keeps_the_mean(same_mask):
    cell = Dropout(RNNCell(30, 40, rng=0), inputs=0.2, outputs=0.5, same_mask=same_mask, rng=0)
    _, tape = dropped(cell, np.zeros((20, 30, 500)))
    for mask, rate, n in ((tape.mask_x, 0.2, 30), (tape.mask_a, 0.5, 40)):
        assert mask.shape == (1 if same_mask else 20, n, 500)
        np.testing.assert_array_equal(np.unique(mask), [0, 1 / (1 - rate)])
        assert abs((mask == 0).mean() - rate) < 0.02  # 15,000 draws or more: 5 spreads
        assert abs(mask.mean() - 1) < 0.05


def test_over_many_masks_the_mean_output_is_the_whole_one():
    cell, x, _ = drawn(outputs=0.5)
    wide = np.tile(x[:, :, :1], (1, 1, 20_000))
    a, _ = dropped(cell, wide)
    np.testing.assert_allclose(a.mean(axis=2), cell.forward(x)[0][:, :, 0], rtol=0, atol=0.05)


@every_kind
def test_at_rate_zero_and_when_it_reads_whole_it_is_the_plain_cell_bit_for_bit(kind):
    cell, x, _ = drawn(kind)
    for wrapped, forward in (
        (cell, dropped),
        (Dropout(cell.cell, inputs=0.5, outputs=0.5, rng=0), lambda cell, *x: cell.forward(*x)),
    ):
        before = wrapped.rng.bit_generator.state
        a, tape = forward(wrapped, x)
        plain, plain_tape = cell.cell.forward(x)
        da = np.random.default_rng(1).normal(size=a.shape)
        dx, (dstart, _), grads = wrapped.backward(da, tape)
        plain_dx, plain_dstart, plain_grads = cell.cell.backward(da, plain_tape)
        pairs = [(a, plain), (dx, plain_dx), *((grads[k], v) for k, v in plain_grads.items())]
        pairs += zip(state_parts(dstart), state_parts(plain_dstart), strict=True)
        for mine, of_plain in pairs:
            np.testing.assert_array_equal(mine, of_plain)
        assert wrapped.rng.bit_generator.state == before, "reading whole draws no numbers"


@every_kind
@both_masks
@pytest.mark.parametrize("mask", [None, ENDS], ids=["whole", "padded"])
def test_every_gradient_equals_the_complex_step_with_the_masks_held(kind, same_mask, mask):
    cell, x, rng = drawn(kind, inputs=0.4, outputs=0.5, same_mask=same_mask)
    ends = np.full(M, T - 1) if mask is None else mask.sum(axis=0) - 1
    start = random_state(cell.cell, M, rng)
    a, tape = dropped(cell, x, (start, np.zeros((N_A, M))), mask)
    da, dlast = rng.normal(size=a.shape), rng.normal(size=(N_A, M))
    dinner = random_state(cell.cell, M, rng)
    dx, (dstart, of_nothing), grads = cell.backward(da, tape, (dinner, dlast))
    assert not of_nothing.any()  # what left before the first step acts on nothing
    loose = KINDS[kind](N_X, N_A, rng=0, dtype=np.complex128)

    def loss(p):
        for name, value in loose.params.items():
            value[...] = p[name]
        state = tuple(p[f"start {i}"] for i in range(len(state_parts(start))))
        state = state if len(state) == 2 else state[0]
        total = 0
        for t in range(T):
            x_t = np.broadcast_to(tape.mask_x, x.shape)[t] * p["x"][t]
            h, state = loose.step(x_t, state)
            left = np.broadcast_to(tape.mask_a, a.shape)[t] * h
            total += (da[t] * left).sum() + (dlast * left)[:, ends == t].sum()
            for part, of_part in zip(state_parts(state), state_parts(dinner), strict=True):
                total += (of_part * part)[:, ends == t].sum()
        return total

    params = dict(cell.params) | {"x": x}
    given = dict(grads) | {"x": dx}
    for i, (part, of_part) in enumerate(zip(state_parts(start), state_parts(dstart), strict=True)):
        params[f"start {i}"], given[f"start {i}"] = part, of_part
    check = check_gradients(loss, params, given, "complex", 1e-10)
    assert check.ok, check


def test_one_mask_serves_every_step_or_each_has_its_own():
    cell, x, _ = drawn(outputs=0.5, same_mask=True)
    a, _ = dropped(cell, x)
    assert ((a == 0) == (a[0] == 0)).all()
    cell.same_mask = False
    a, _ = dropped(cell, x)
    assert ((a == 0) != (a[0] == 0)).any()
    first, second = (dropped(cell, x)[1].mask_a for _ in range(2))
    assert (first != second).any(), "every pass draws anew"


def test_a_dropped_token_is_read_as_nothing():
    cell = Dropout(RNNCell(5, 4, rng=0), inputs=0.5, same_mask=True, rng=1)
    cell.params["ba"][...] = 0.3
    x = np.random.default_rng(2).integers(5, size=(8, 20))  # (T, m)
    a, tape = dropped(cell, x)
    one_hot = np.eye(5)[x].swapaxes(1, 2)  # (T, n_x, m)
    np.testing.assert_array_equal(a, cell.cell.forward(tape.mask_x * one_hot)[0])
    nothing = cell.cell.forward(np.zeros((8, 5, 20)))[0]
    gone = tape.mask_x[0][x[0], np.arange(20)] == 0  # of each column: its first token
    assert gone.any() and not gone.all()
    np.testing.assert_array_equal(a[0][:, gone], nothing[0][:, gone])
    assert cell.backward(np.ones_like(a), tape).dx is None


def test_it_drops_once_when_told_and_is_whole_otherwise():
    cell, x, _ = drawn(outputs=0.5)
    whole, _ = cell.forward(x)
    assert (dropped(cell, x)[0] == 0).any()
    np.testing.assert_array_equal(cell.forward(x)[0], whole)
    drop_next(cell)
    with rejects(ValueError, "x must hold finite numbers"):
        cell.forward(np.full_like(x, np.nan))
    np.testing.assert_array_equal(cell.forward(x)[0], whole)  # a refused pass counts as the next


def names():
    return [np.arange(1, 5), np.arange(3, 9), np.array([2, 2, 7])]


def language_model(**rates):
    layers = [GRUCell(9, 6, rng=0), LSTMCell(6, 5, rng=1)]
    rng = np.random.default_rng(2)
    return SequenceModel(Stacked([Dropout(layer, rng=rng, **rates) for layer in layers]), 9, rng=3)


def test_training_drops_and_the_held_out_loss_does_not():
    held_out = name_batch(names())
    for rate, alike in ((0.0, True), (0.5, False)):
        model, plain = language_model(outputs=rate), language_model()
        batches = name_batches(names(), 3, np.random.default_rng(0))
        history = train(
            model, dropping(model, batches), Adam(model.params, 0.01), 40, None, held_out, every=5
        )
        assert history.held_out[0][1] == batch_loss(plain, held_out)
        assert history.held_out[-1][1] == batch_loss(model, held_out)
        batches = name_batches(names(), 3, np.random.default_rng(0))
        without = train(plain, batches, Adam(plain.params, 0.01), 40, None, held_out, every=5)
        assert (history.loss == without.loss) == alike
        assert np.mean(history.loss[-5:]) < np.mean(history.loss[:5])


def test_writing_never_drops():
    model, plain = language_model(outputs=0.5, inputs=0.3), language_model()
    written, by_plain = (sampling.sample(m, np.random.default_rng(0), 5) for m in (model, plain))
    for one, other in zip(written, by_plain, strict=True):
        np.testing.assert_array_equal(one, other)


def test_every_dropout_inside_a_model_is_told():
    x, y = np.array([[0, 1], [2, 0]]), np.array([[1, 0], [0, 2]])
    ways = [Dropout(RNNCell(3, 4, rng=k), outputs=0.5, rng=k) for k in (0, 1)]
    encoder = Dropout(GRUCell(3, 4, rng=0), outputs=0.5, rng=0)
    decoder = SequenceModel(Dropout(GRUCell(3, 4, rng=1), outputs=0.5, rng=1), 3, rng=0)
    for model, inside in (
        (SequenceModel(TwoWay(*ways), 3, rng=0), ways),
        (EncoderDecoder(encoder, decoder), [encoder, decoder.cell]),
    ):
        drop_next(model)
        assert all(part.drops_next for part in inside)
        _, tape = model.read_batch(Batch(x, y, np.ones((2, 2), bool)))
        assert not any(part.drops_next for part in inside)
        tapes = tape if isinstance(tape, tuple) else tape.parts
        assert all(tape.mask_a is not None for tape in tapes if tape is not None)


def test_another_thread_that_reads_meanwhile_reads_whole():
    cell, x, _ = drawn("lstm", outputs=0.5)
    drop_next(cell)
    with ThreadPoolExecutor(1) as other:
        _, elsewhere = other.submit(cell.forward, x).result()
    _, here = cell.forward(x)
    assert elsewhere.mask_a is None and here.mask_a is not None


@pytest.mark.parametrize("read", ["every", "last"])
def test_a_models_gradient_equals_the_central_difference(read):
    rng = np.random.default_rng(0)
    layers = [Dropout(LSTMCell(3, 4, rng=rng), outputs=0.5, inputs=0.2, rng=rng)]
    layers += [Dropout(GRUCell(4, 3, rng=rng), outputs=0.3, same_mask=True, rng=rng)]
    model = SequenceModel(Stacked(layers), 2, rng=rng, read=read)
    x = rng.normal(size=(T, N_X, M))
    y = rng.integers(2, size=(T if read == "every" else 1, M))
    params = {name: value.copy() for name, value in model.params.items()}

    def at(p):
        masks = np.random.default_rng(5)  # the same masks for every nudge
        for layer in layers:
            layer.rng = masks
        model.set(**p)
        drop_next(model)
        return model.loss_and_grads(x, y, x_mask=ENDS)

    check = check_gradients(lambda p: at(p).loss, params, at(params).grads, tolerance=1e-6)
    assert check.ok, check
    drop_next(model)
    z, tape = model.forward(x, mask=ENDS)
    top = model.cell.a_of(tape.state)
    assert (top == 0).any() or not tape.parts[1].mask_a.all()
    if read == "last":  # what the output layer reads has been dropped too
        expected = model.params["Wya"] @ top + model.params["by"]
        np.testing.assert_allclose(z[0], expected, rtol=0, atol=1e-14)


def test_two_halves_in_a_row_equal_the_whole():
    cell, x, _ = drawn("lstm", outputs=0.5)
    whole, _ = cell.forward(x)
    first, tape = cell.forward(x[:2])
    second, _ = cell.forward(x[2:], tape.state)
    np.testing.assert_allclose(np.concatenate([first, second]), whole, rtol=0, atol=1e-14)


def test_parameters_are_those_of_the_cell_and_fit_one_without_dropout(tmp_path):
    model = language_model(outputs=0.5)
    plain = SequenceModel(Stacked([GRUCell(9, 6, rng=5), LSTMCell(6, 5, rng=6)]), 9, rng=7)
    model.save(tmp_path / "weights")
    plain.load(tmp_path / "weights")
    x = np.array([[0, 1], [2, 0]])
    np.testing.assert_array_equal(model.forward(x)[0], plain.forward(x)[0])
    twin = deepcopy(model)
    twin.params["by"][...] += 1
    assert (twin.params["by"] != model.params["by"]).all()
    drop_next(twin)
    assert not any(layer.drops_next for layer in model.cell.layers)


@both_masks
def test_float32_stays_float32(same_mask):
    cell = GRUCell(3, 4, rng=0, dtype=np.float32)
    cell = Dropout(cell, outputs=0.5, inputs=0.5, same_mask=same_mask, rng=0)
    model = SequenceModel(cell, 2, rng=0)
    tokens = np.array([[0, 1], [2, 0], [1, 1]])
    drop_next(model)
    _, grads, state = model.loss_and_grads(tokens, tokens % 2)
    assert {g.dtype for g in grads.values()} == {np.dtype(np.float32)}
    assert {part.dtype for part in state} == {np.dtype(np.float32)}


def test_nothing_given_is_changed():
    cell, x, rng = drawn(outputs=0.5, inputs=0.5)
    a, tape = dropped(cell, x)
    da = rng.normal(size=a.shape)
    copies = {name: v.copy() for name, v in {"x": x, "da": da, "a": a}.items()}
    first = cell.backward(da, tape)
    again = cell.backward(da, tape)
    for name, v in {"x": x, "da": da, "a": a}.items():
        np.testing.assert_array_equal(v, copies[name])
    for name, grad in first.grads.items():
        np.testing.assert_array_equal(grad, again.grads[name])


def test_bad_input_is_refused():
    cell = RNNCell(3, 4, rng=0)
    with rejects(TypeError, "cell must be a cell", "got {}"):
        Dropout({}, outputs=0.5, rng=0)
    for rate in (-0.1, 1.0, 1.5):
        with rejects(ValueError, "outputs must be from 0", str(rate)):
            Dropout(cell, outputs=rate, rng=0)
        with rejects(ValueError, "inputs must be from 0", str(rate)):
            Dropout(cell, inputs=rate, rng=0)
    with rejects(TypeError, "rng must be a numpy.random.Generator or a seed"):
        Dropout(cell, outputs=0.5, rng=None)
    with rejects(TypeError, "state must be a tuple of 2"):
        Dropout(cell, rng=0).forward(np.zeros((2, 3, 1)), np.zeros((4, 1)))
    model = SequenceModel(cell, 2, rng=0)
    for plain in (model, cell):
        with rejects(ValueError, "model must have a Dropout cell inside", "RNNCell"):
            drop_next(plain)
    with rejects(ValueError, "model must have a Dropout cell inside"):
        next(dropping(model, [Batch(np.zeros((2, 1), int), np.zeros((2, 1), int))]))
    two_way = TwoWay(RNNCell(3, 4, rng=0), RNNCell(3, 4, rng=1))
    with rejects(TypeError, "TwoWay needs the whole sequence"):
        Dropout(two_way, outputs=0.5, rng=0).step(np.zeros((3, 1)))
