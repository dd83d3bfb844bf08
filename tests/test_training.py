from dataclasses import replace
from itertools import count, islice, repeat

import numpy as np
import pytest
from helpers import KINDS, rejects, state_parts
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_helpers import data
from rnn_helpers.cells import Gradients, RNNCell
from rnn_helpers.losses import cross_entropy
from rnn_helpers.models import SequenceModel
from rnn_helpers.optimizers import SGD, Adam, clip_by_norm, clip_by_value, global_norm
from rnn_helpers.stacks import Stacked, TwoWay
from rnn_helpers.training import (
    Batch,
    History,
    batch_loss,
    name_batch,
    name_batches,
    pad,
    random_batches,
    text_batches,
    train,
)

WORDS = ("rex", "allosaurus", "mei", "kol", "iguanodon", "yi", "troodon")
NAMES = [data.to_tokens(word) for word in WORDS]
property_test = settings(derandomize=True, deadline=None, max_examples=50)
lists_of_names = st.lists(
    st.lists(st.integers(1, 26), min_size=1, max_size=9), min_size=1, max_size=8
)


def model_of(kind="rnn_tanh", n_a=8, n_x=27, seed=0, **more):
    rng = np.random.default_rng(seed)
    return SequenceModel(KINDS[kind](n_x, n_a, rng=rng, **more), n_x, rng=rng)


def contents(model):
    return {name: value.copy() for name, value in model.params.items()}


def finite(model):
    return all(np.isfinite(value).all() for value in model.params.values())


# -- batches -----------------------------------------------------------------------------------


@property_test
@given(lists_of_names)
def test_padded_columns_are_the_sequences_and_then_zero(names):
    tokens, mask = pad([np.array(name) for name in names])
    assert tokens.shape == mask.shape == (max(map(len, names)), len(names))
    assert (tokens.dtype, mask.dtype) == (int, bool)
    for k, name in enumerate(names):
        assert tokens[: len(name), k].tolist() == name
        assert mask[: len(name), k].all()
        assert not tokens[len(name) :, k].any()
        assert not mask[len(name) :, k].any()


@property_test
@given(lists_of_names, st.sampled_from([0, 26]))
def test_the_target_of_a_name_is_one_step_ahead_and_ends_in_the_end_token(names, end):
    batch = name_batch([np.array(name) for name in names], end)
    assert not batch.continues
    for k, name in enumerate(names):
        n = len(name) + 1
        assert batch.mask[:, k].sum() == n
        assert batch.mask[:n, k].all()
        assert batch.x[:n, k].tolist() == [end, *name]
        assert batch.y[:n, k].tolist() == [*name, end]
        assert batch.x[1:n, k].tolist() == batch.y[: n - 1, k].tolist()


def test_an_empty_name_is_an_end_after_a_start():
    batch = name_batch([data.to_tokens(""), data.to_tokens("a")], end=0)
    assert batch.x.T.tolist() == [[0, 0], [0, 1]]
    assert batch.y.T.tolist() == [[0, 0], [1, 0]]
    assert batch.mask.T.tolist() == [[True, False], [True, True]]


def columns(batch):
    return [tuple(y[kept].tolist()) for y, kept in zip(batch.y.T, batch.mask.T, strict=True)]


@pytest.mark.parametrize("m", [1, 2, 3, 7, 50])
def test_each_name_comes_at_most_once_a_round_and_all_that_fit_come(m):
    names = [np.array([k + 1]) for k in range(7)]
    batches = name_batches(names, m, np.random.default_rng(0))
    m = min(m, 7)
    orders = set()
    for _ in range(4):
        seen = [name for batch in islice(batches, 7 // m) for name in columns(batch)]
        assert len(set(seen)) == len(seen) == 7 // m * m
        orders.add(tuple(seen))
    assert len(orders) == 4


def test_batches_of_names_repeat_with_the_seed():
    one, same, other = (
        [columns(b) for b in islice(name_batches(NAMES, 3, np.random.default_rng(seed)), 5)]
        for seed in (1, 1, 2)
    )
    assert one == same != other


@pytest.mark.parametrize(
    ("length", "T", "m"), [(31, 5, 3), (40, 5, 3), (9, 4, 2), (5, 4, 1), (16, 3, 2), (33, 4, 3)]
)
def test_each_stretch_of_text_begins_where_the_last_one_ended(length, T, m):
    text = np.arange(length)  # a token says where it stands
    per_round = (length - 1) // m // T
    stretches = list(islice(text_batches(text, T, m), 2 * per_round))
    for i, batch in enumerate(stretches):
        assert batch.x.shape == batch.y.shape == batch.mask.shape == (T, m)
        assert batch.mask.all()
        np.testing.assert_array_equal(batch.y, batch.x + 1)
        np.testing.assert_array_equal(np.diff(batch.x, axis=0), 1)
        assert batch.continues == (i % per_round > 0)
        if batch.continues:
            np.testing.assert_array_equal(batch.x[0], stretches[i - 1].y[-1])
    first = np.concatenate([batch.x for batch in stretches[:per_round]])
    assert first[0, 0] == 0
    assert len(np.unique(first)) == first.size
    np.testing.assert_array_equal(stretches[per_round].x, stretches[0].x)


def test_a_batch_of_text_may_be_changed_without_changing_the_text():
    text = np.arange(13)
    batches = text_batches(text, 2, 2)
    for _ in range(3):
        batch = next(batches)
        batch.x[...], batch.y[...], batch.mask[...] = -1, -1, False
    np.testing.assert_array_equal(text, np.arange(13))
    again = next(batches)  # three stretches a round: the first once more
    assert again.x.tolist() == [[0, 6], [1, 7]] and again.mask.all()


# -- the loop ----------------------------------------------------------------------------------


def test_random_batches_are_made_of_items_drawn_one_after_the_other():
    rng = np.random.default_rng(5)
    batches = random_batches(NAMES, name_batch, m=4, rng=5)
    for batch, _ in zip(batches, range(3)):
        expected = name_batch([NAMES[i] for i in rng.integers(len(NAMES), size=4)])
        assert np.array_equal(batch.x, expected.x) and np.array_equal(batch.mask, expected.mask)


def test_random_batches_refuse_at_once_what_they_cannot_draw_from():
    with rejects(ValueError, "items must be a list of one or more", "an empty one"):
        random_batches([], name_batch, m=4, rng=0)
    with rejects(ValueError, "m must be", "0"):
        random_batches(NAMES, name_batch, m=0, rng=0)
    with rejects(TypeError, "rng must be a numpy.random.Generator or a seed", "None"):
        random_batches(NAMES, name_batch, m=4, rng=None)


def test_a_number_for_clip_is_the_length_of_clip_by_norm():
    models = [model_of(), model_of()]
    for model, clip in zip(models, (0.2, lambda grads: clip_by_norm(grads, 0.2))):
        train(model, repeat(name_batch(NAMES)), SGD(model.params, 0.5), 4, clip)
    for name, value in models[0].params.items():
        assert np.array_equal(value, models[1].params[name])
    assert not np.array_equal(models[0].params["Waa"], model_of().params["Waa"])
    with rejects(ValueError, "clip must be a finite number above 0", "-1"):
        train(models[0], repeat(name_batch(NAMES)), SGD(models[0].params), 1, clip=-1)


@pytest.mark.parametrize("make", [SGD, Adam])
@pytest.mark.parametrize("kind", KINDS)
def test_training_is_forward_loss_backward_clip_update(kind, make):
    trained, by_hand = model_of(kind), model_of(kind)
    batches = list(islice(name_batches(NAMES, 3, np.random.default_rng(0)), 6))

    def clip(grads):
        return clip_by_norm(grads, 0.5)

    history = train(trained, batches, make(trained.params, 0.05), 6, clip)
    optimizer, losses, norms = make(by_hand.params, 0.05), [], []
    for batch in batches:
        z, tape = by_hand.forward(batch.x)
        loss, dz = cross_entropy(z, batch.y, batch.mask)
        _, _, grads = by_hand.backward(dz, tape)
        losses.append(loss)
        norms.append(global_norm(grads))
        optimizer.step(clip(grads))
    assert history.loss == losses
    assert history.gradient_norm == norms
    assert history.stopped == ""
    for name, value in by_hand.params.items():
        np.testing.assert_array_equal(trained.params[name], value)


@pytest.mark.parametrize("kind", KINDS)
def test_on_text_the_state_is_carried_and_the_gradient_is_not(kind):
    text = np.random.default_rng(0).integers(27, size=61)
    trained, by_hand = model_of(kind), model_of(kind)
    T, m, steps = 5, 3, 9  # four stretches a round: the text begins again twice
    history = train(trained, text_batches(text, T, m), SGD(trained.params, 0.1), steps)

    optimizer, losses, norms, state = SGD(by_hand.params, 0.1), [], [], None
    for i, batch in enumerate(islice(text_batches(text, T, m), steps)):
        start = None if i % 4 == 0 else state
        z, tape = by_hand.forward(batch.x, start)
        assert (start is None) or all(s.any() for s in state_parts(tape.start))
        loss, dz = cross_entropy(z, batch.y)
        _, _, grads = by_hand.backward(dz, tape)  # nothing comes back from the next stretch
        state = tape.state
        losses.append(loss)
        norms.append(global_norm(grads))
        optimizer.step(grads)
    assert history.loss == losses
    assert history.gradient_norm == norms


def test_names_never_inherit_a_state():
    batch = name_batch(NAMES)
    model = model_of("gru_before")
    history = train(model, repeat(batch), SGD(model.params, 1e-300), 3)
    assert history.loss == [batch_loss(model, batch)] * 3


def test_held_out_is_measured_before_after_every_few_steps_and_at_the_end():
    model, batch, test = model_of(), name_batch(NAMES[:4]), name_batch(NAMES[4:])
    at_start = batch_loss(model, test)
    history = train(model, repeat(batch), Adam(model.params), 11, held_out=test, every=4)
    assert [step for step, _ in history.held_out] == [0, 4, 8, 11]
    assert history.held_out[0] == (0, at_start)
    assert history.held_out[-1] == (11, batch_loss(model, test))
    assert len(history.loss) == len(history.gradient_norm) == 11


def test_the_end_is_measured_once_even_if_every_divides_the_steps():
    model, batch = model_of(), name_batch(NAMES)
    history = train(model, repeat(batch), Adam(model.params), 8, held_out=batch, every=4)
    assert [step for step, _ in history.held_out] == [0, 4, 8]


def test_nothing_is_learned_by_looking():
    model, batch = model_of(), name_batch(NAMES)
    before = contents(model)
    value = batch_loss(model, batch)
    assert value == cross_entropy(model.forward(batch.x)[0], batch.y, batch.mask)[0]
    for name, kept in before.items():
        np.testing.assert_array_equal(model.params[name], kept)


def test_watch_sees_each_step_with_what_was_measured_so_far():
    model, seen = model_of(), []

    def watch(step, history):
        seen.append((step, len(history.loss), [at for at, _ in history.held_out]))

    batch = name_batch(NAMES)
    train(model, repeat(batch), Adam(model.params), 3, held_out=batch, every=2, watch=watch)
    assert seen == [(1, 1, [0]), (2, 2, [0, 2]), (3, 3, [0, 2, 3])]


def test_no_more_batches_are_drawn_than_are_used():
    drawn = count()
    batch = name_batch(NAMES)
    model = model_of()
    train(model, (batch for _ in iter(lambda: next(drawn), None)), SGD(model.params), 5)
    assert next(drawn) == 5


def test_an_interrupt_keeps_what_was_learned():
    model, other, batch = model_of(), model_of(), name_batch(NAMES)

    def watch(step, history):
        if step == 3:
            raise KeyboardInterrupt

    history = train(
        model, repeat(batch), Adam(model.params), 100, held_out=batch, every=50, watch=watch
    )
    train(other, repeat(batch), Adam(other.params), 3)
    assert history.stopped == "interrupted"
    assert len(history.loss) == len(history.gradient_norm) == 3
    assert [step for step, _ in history.held_out] == [0, 3]
    assert repr(history) == "3 steps, stopped early: interrupted"
    for name, value in other.params.items():
        np.testing.assert_array_equal(model.params[name], value)


@pytest.mark.parametrize("make", [SGD, Adam])
def test_an_interrupt_within_a_step_counts_no_step_and_moves_nothing(make):
    model, batch, calls = model_of(), name_batch(NAMES), count(1)

    def clip(grads):
        if next(calls) == 3:
            raise KeyboardInterrupt
        return grads

    class Halting(dict):
        """Gradients that are interrupted when the last tensor is asked for to be stepped on."""

        seen = 0

        def __getitem__(self, name):
            self.seen += name == "by"
            if self.seen == 2:  # the first time it is only checked
                raise KeyboardInterrupt
            return super().__getitem__(name)

    other = model_of()
    train(other, repeat(batch), make(other.params, 0.1), 2)
    history = train(model, repeat(batch), make(model.params, 0.1), 10, clip)
    assert history.stopped == "interrupted"
    assert len(history.loss) == len(history.gradient_norm) == 2
    within = train(other, repeat(batch), make(other.params, 0.1), 10, Halting)
    assert within.stopped == "interrupted" and within.loss == []
    for name, value in other.params.items():
        np.testing.assert_array_equal(model.params[name], value)


def test_an_interrupt_from_the_batches_is_one_too():
    def interrupted():
        yield name_batch(NAMES)
        raise KeyboardInterrupt

    model = model_of()
    history = train(model, interrupted(), Adam(model.params), 10)
    assert history.stopped == "interrupted"
    assert len(history.loss) == 1


def test_other_errors_of_watch_are_not_swallowed():
    def watch(step, history):
        raise RuntimeError("the picture broke")

    model = model_of()
    with pytest.raises(RuntimeError, match="the picture broke"):
        train(model, repeat(name_batch(NAMES)), Adam(model.params), 3, watch=watch)


def test_batches_that_run_out_are_named_as_the_reason():
    model = model_of()
    history = train(
        model, [name_batch(NAMES)] * 3, Adam(model.params), 5, held_out=name_batch(NAMES)
    )
    assert history.stopped == "the batches ran out after step 3"
    assert [step for step, _ in history.held_out] == [0, 3]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("rate", [1e6, 1e30])
def test_a_run_that_diverges_stops_with_finite_parameters(dtype, rate):
    # Warnings are errors here: nothing may be printed either.
    # The seed matters in float64: some cells die instead, every ReLU at 0, and then nothing moves.
    model = model_of("rnn_relu", seed=3, dtype=dtype)
    batches = name_batches(NAMES, 3, np.random.default_rng(0))
    history = train(
        model, batches, SGD(model.params, rate), 300, held_out=name_batch(NAMES), every=1
    )
    assert "no longer finite at step" in history.stopped
    assert str(len(history.loss)) in history.stopped
    assert len(history.loss) < 300
    assert finite(model)
    assert history.held_out[-1][0] == len(history.loss)
    assert "stopped early" in repr(history)


@pytest.mark.parametrize("loss", [1.0, np.inf, np.nan])
@pytest.mark.parametrize("entry", [1.0, np.inf, np.nan])
def test_a_loss_or_gradient_that_is_not_finite_is_never_stepped_on(monkeypatch, loss, entry):
    model = model_of()
    before = contents(model)
    grads = {name: np.zeros_like(value) for name, value in model.params.items()}
    grads["by"][-1] = entry
    monkeypatch.setattr(model, "backward", lambda *_: Gradients(None, None, grads))
    history = train(
        model,
        repeat(name_batch(NAMES)),
        SGD(model.params),
        2,
        lambda given: clip_by_norm(given, 1.0),
        loss=lambda z, y, mask: (loss, np.zeros_like(z)),
    )
    if loss == entry == 1:
        assert history.stopped == ""
        return
    assert history.stopped == "the loss or its gradient is no longer finite at step 1"
    np.testing.assert_array_equal(history.loss, [loss])
    np.testing.assert_array_equal(history.gradient_norm, [entry])
    for name, kept in before.items():
        np.testing.assert_array_equal(model.params[name], kept)


@pytest.mark.parametrize("make", [SGD, Adam])
def test_an_update_that_would_overflow_is_not_taken(make):
    def grow(grads):
        return {name: g * np.float32(1e30) for name, g in grads.items()}

    model = model_of("rnn_tanh", dtype=np.float32)
    optimizer = make(model.params, 1e30)
    history = train(model, repeat(name_batch(NAMES)), optimizer, 50, grow)
    assert history.stopped == "the update is no longer finite at step 1"
    assert len(history.loss) == 1
    assert np.isfinite(history.loss[0] + history.gradient_norm[0])
    assert finite(model)


@pytest.mark.parametrize("make", [SGD, Adam])
def test_an_update_that_overflows_in_its_last_tensor_moves_none(make):
    def grow_the_last(grads):
        assert list(model.params)[-1] == "by"
        return grads | {"by": np.full_like(grads["by"], 1e30)}

    model = model_of("rnn_tanh", dtype=np.float32)
    before = contents(model)
    rate = {SGD: 1e10, Adam: 0.1}[make]  # Adam's square of 1e30 overflows at any rate
    history = train(model, repeat(name_batch(NAMES)), make(model.params, rate), 5, grow_the_last)
    assert history.stopped == "the update is no longer finite at step 1"
    assert len(history.loss) == len(history.gradient_norm) == 1
    for name, kept in before.items():
        np.testing.assert_array_equal(model.params[name], kept)
        assert model.params[name] is model.cell.params.get(name, model.params[name])


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
def test_clipping_keeps_the_same_run_from_diverging(clip):
    model = model_of("rnn_relu")
    batches = name_batches(NAMES, 3, np.random.default_rng(0))
    history = train(model, batches, SGD(model.params, 0.1), 50, lambda g: clip(g, 1.0))
    assert history.stopped == ""
    assert np.mean(history.loss[-10:]) < np.mean(history.loss[:10])


def rising_and_falling(losses):
    """Return a loss that trains as usual and, on the held-out batch, reads off ``losses``."""
    values = iter(losses)

    def loss(z, y, mask):
        value, dz = cross_entropy(z, y, mask)
        return (next(values) if y.shape[1] == 2 else value), dz

    return loss


@pytest.mark.parametrize(
    ("losses", "best"), [([3, 1, 2, 2], 2), ([3, 2, 1, 1], 4), ([1, 2, 2, 3], 0), ([3, 2, 2, 1], 5)]
)
def test_the_best_parameters_are_given_back_at_the_end(losses, best):
    model, other, batch = model_of(), model_of(), name_batch(NAMES[2:])
    kept_out = name_batch(NAMES[:2])
    history = train(
        model,
        repeat(batch),
        Adam(model.params),
        5,
        held_out=kept_out,
        every=2,
        loss=rising_and_falling(losses),
        keep_best=True,
    )
    assert history.kept == best
    assert len(history.loss) == 5 and [at for at, _ in history.held_out] == [0, 2, 4, 5]
    if best:
        train(other, repeat(batch), Adam(other.params), best)
    for name, value in other.params.items():
        np.testing.assert_array_equal(model.params[name], value)


def test_an_interrupted_run_gives_back_its_best_parameters_too():
    model, batch = model_of(), name_batch(NAMES[2:])

    def watch(step, history):
        if step == 3:
            raise KeyboardInterrupt

    before = contents(model)
    loss = rising_and_falling([1, 2])
    test = {"held_out": name_batch(NAMES[:2]), "keep_best": True}
    history = train(model, repeat(batch), Adam(model.params), 9, watch=watch, loss=loss, **test)
    assert history.stopped == "interrupted" and history.kept == 0
    for name, value in before.items():
        np.testing.assert_array_equal(model.params[name], value)


def test_the_last_parameters_stay_unless_the_best_are_asked_for():
    model, other, batch = model_of(), model_of(), name_batch(NAMES)
    history = train(model, repeat(batch), Adam(model.params), 5, held_out=batch)
    train(other, repeat(batch), Adam(other.params), 5)
    assert history.kept is None
    for name, value in other.params.items():
        np.testing.assert_array_equal(model.params[name], value)
    with pytest.raises(ValueError, match="held_out must be given with keep_best"):
        train(model, repeat(batch), Adam(model.params), 5, keep_best=True)


@pytest.mark.parametrize(("patience", "steps"), [(1, 4), (2, 10), (3, 12)])
def test_patience_ends_a_run_that_brings_nothing_new(patience, steps):
    """The held-out loss is taken every 2 steps; it is lowest at step 6, and at first at step 2."""
    model, batch, seen = model_of(), name_batch(NAMES[2:]), []
    values = iter([5, 3, 4, 2.9, 3.1, 3.0, 3.3, 3.4, 3.5])

    def loss(z, y, mask):
        value, dz = cross_entropy(z, y, mask)
        held_out = z.shape[2] == 2
        return (next(values) if held_out else value), dz

    test = {"held_out": name_batch(NAMES[:2]), "every": 2, "patience": patience, "loss": loss}
    watch = {"watch": lambda step, history: seen.append(step)}
    history = train(model, repeat(batch), Adam(model.params), 14, **test, **watch)
    assert len(history.loss) == steps and seen == list(range(1, steps + 1))
    assert len(history.held_out) == steps // 2 + 1
    stopped = f"no lower held-out loss the last {patience} times it was taken"
    assert history.stopped == stopped
    assert history.kept is None


def test_patience_needs_something_to_wait_for():
    model, batch = model_of(), name_batch(NAMES)
    with pytest.raises(ValueError, match="held_out must be given with patience, got None"):
        train(model, repeat(batch), Adam(model.params), 5, patience=3)
    with pytest.raises(ValueError, match="patience must be 1 or more, got 0"):
        train(model, repeat(batch), Adam(model.params), 5, held_out=batch, patience=0)
    history = train(model, repeat(batch), Adam(model.params), 5, held_out=batch, patience=9)
    assert history.stopped == ""


def test_a_history_prints_how_far_it_got():
    assert repr(History()) == "0 steps"
    model = model_of()
    assert repr(train(model, [name_batch(NAMES)], SGD(model.params), 1)) == "1 steps"


def test_training_repeats_with_the_seed():
    losses = []
    for seed in (1, 1, 2):
        model = model_of("lstm", seed=seed)
        batches = name_batches(NAMES, 3, np.random.default_rng(seed))
        losses.append(train(model, batches, Adam(model.params), 5).loss)
    assert losses[0] == losses[1] != losses[2]


def test_float32_stays_float32():
    for kind in KINDS:
        model = model_of(kind, dtype=np.float32)
        optimizer = Adam(model.params, 0.01)
        batches = name_batches(NAMES, 3, np.random.default_rng(0))
        train(model, batches, optimizer, 5, lambda g: clip_by_norm(g, 0.1))
        for arrays in (model.params, model.cell.params, optimizer.v, optimizer.s):
            assert {v.dtype for v in arrays.values()} == {np.dtype(np.float32)}


def test_another_loss_can_be_lowered():
    def twice(z, y, mask):
        value, dz = cross_entropy(z, y, mask)
        return 2 * value, 2 * dz

    model, same, batch = model_of(), model_of(), name_batch(NAMES)
    history = train(model, repeat(batch), SGD(model.params, 0.1), 4, held_out=batch, loss=twice)
    train(same, repeat(batch), SGD(same.params, 0.2), 4)
    assert history.held_out[0][1] == history.loss[0] == 2 * batch_loss(model_of(), batch)
    assert history.held_out[-1] == (4, batch_loss(model, batch, twice))
    for name, value in same.params.items():
        np.testing.assert_allclose(model.params[name], value, rtol=0, atol=1e-12)


# -- learning ----------------------------------------------------------------------------------


def bigram_loss(train_names, test_names, n=27):
    """Nats a character of the best guess from the last character alone, from counts plus a half."""
    counts = np.full((n, n), 0.5)
    batch = name_batch(train_names)
    np.add.at(counts, (batch.x[batch.mask], batch.y[batch.mask]), 1)
    p = counts / counts.sum(axis=1, keepdims=True)
    test = name_batch(test_names)
    return -np.log(p[test.x[test.mask], test.y[test.mask]]).mean()


def test_a_network_beats_counting_pairs_of_letters():
    rng = np.random.default_rng(0)
    names = [data.to_tokens(name) for name in data.dinosaurs()]
    learn, test = data.split(names, 200, rng)
    model = SequenceModel(RNNCell(27, 32, rng=rng, dtype=np.float32), 27, rng=rng)
    held_out = name_batch(test)
    history = train(
        model,
        name_batches(learn, 32, rng),
        Adam(model.params, 1e-2),
        steps=200,
        clip=lambda grads: clip_by_norm(grads, 5),
        held_out=held_out,
        every=200,
    )
    assert history.stopped == ""
    (_, start), (_, end) = history.held_out
    assert start == pytest.approx(np.log(27), abs=0.5)
    assert end < bigram_loss(learn, test) - 0.1
    assert np.mean(history.loss[-20:]) < 0.75 * np.mean(history.loss[:5])


def test_carrying_the_state_helps_where_the_text_needs_it():
    """The text is 001001…, read one character at a time: after a 0 the last input cannot tell."""
    text = np.tile([0, 0, 1], 40)

    def trained(forget):
        model = model_of("gru_before", n_x=2)
        batches = text_batches(text, T=1, m=1)
        if forget:
            batches = (Batch(b.x, b.y, b.mask) for b in batches)
        return np.mean(train(model, batches, Adam(model.params, 0.02), 600).loss[-60:])

    coin = np.log(2) * 2 / 3  # two of three characters follow a 0
    assert trained(forget=True) == pytest.approx(coin, abs=0.1)
    assert trained(forget=False) < 0.3 * coin


# -- bad input ---------------------------------------------------------------------------------


def test_bad_sequences_are_explained():
    for bad in ([], [[]], [[1], []]):
        with rejects(ValueError, "sequences must be a list of one or more", "got an empty one"):
            pad(bad)
    with rejects(TypeError, "sequences[1] must hold whole numbers (tokens)", "got float64"):
        pad([[1], [1.5]])
    with rejects(ValueError, "sequences[0] must be (T,)", "got (1, 2)"):
        pad([[[1, 2]]])
    with rejects(TypeError, "names[0] must hold numbers", "got <U3"):
        name_batch(["rex"])
    with rejects(ValueError, "must be a list of one or more", "got an empty one"):
        name_batch([])


def test_bad_batches_of_names_are_explained():
    with rejects(ValueError, "names must be a list of one or more", "got an empty one"):
        name_batches([], 3, np.random.default_rng(0))
    with rejects(ValueError, "m must be 1 or more", "got 0"):
        name_batches(NAMES, 0, np.random.default_rng(0))
    with rejects(TypeError, "rng must be a numpy.random.Generator or a seed", "got 'a'"):
        name_batches(NAMES, 3, "a")
    with rejects(TypeError, "names[1] must hold numbers", "got <U3"):
        name_batches([NAMES[0], "rex"], 3, np.random.default_rng(0))


def test_bad_texts_are_explained():
    with rejects(ValueError, "tokens must be at least T*m + 1 = 16 long", "got 15"):
        text_batches(np.arange(15), 5, 3)
    assert next(text_batches(np.arange(16), 5, 3)).x.shape == (5, 3)
    with rejects(ValueError, "T must be 1 or more", "got 0"):
        text_batches(np.arange(15), 0, 3)
    with rejects(TypeError, "tokens must hold numbers", "got <U4"):
        text_batches("text", 1, 1)
    with rejects(TypeError, "tokens must hold whole numbers", "got float64"):
        text_batches(np.ones(20), 1, 1)


def test_bad_steps_are_explained():
    model = model_of()
    with rejects(ValueError, "steps must be 1 or more", "got 0"):
        train(model, [], SGD(model.params), 0)
    with rejects(TypeError, "steps must be a whole number", "got 2.0"):
        train(model, [], SGD(model.params), 2.0)
    with rejects(ValueError, "every must be 1 or more", "got 0"):
        train(model, [], SGD(model.params), 3, every=0)


def test_padding_that_would_be_read_as_input_is_refused():
    rng = np.random.default_rng(0)
    halves = [KINDS["rnn_tanh"](27, 4, rng=rng) for _ in range(2)]
    both_ways = SequenceModel(TwoWay(*halves), 27, rng=rng)
    deep = SequenceModel(Stacked([TwoWay(*halves), KINDS["lstm"](8, 4, rng=rng)]), 27, rng=rng)
    said, whole = name_batch(NAMES), name_batch([name[:2] for name in NAMES])
    padded, whole = replace(said, x_mask=None), replace(whole, x_mask=None)
    for model in (both_ways, deep):
        for call in (
            lambda model: train(model, [padded], SGD(model.params), 1),
            lambda model: train(model, [whole], SGD(model.params), 1, held_out=padded),
            lambda model: batch_loss(model, padded),
            lambda model: model.loss_and_grads(padded.x, padded.y, padded.mask),
        ):
            with rejects(ValueError, "x_mask must say where the columns of x end", "got None"):
                call(model)
        assert not train(model, [said], SGD(model.params), 1, held_out=said).stopped
        assert not train(model, [whole], SGD(model.params), 1).stopped
        everything = np.ones_like(padded.mask)  # whoever means it can say so
        assert np.isfinite(batch_loss(model, replace(padded, x_mask=everything)))


def test_who_reads_one_way_needs_no_mask_for_x_and_answers_may_come_late():
    one_way = model_of("lstm")
    assert not train(one_way, [name_batch(NAMES)], SGD(one_way.params), 1).stopped
    last = SequenceModel(RNNCell(27, 4, rng=0), 27, read="last", rng=0)
    batch = Batch(np.zeros((5, 3), int), np.zeros((1, 3), int), np.array([[True, False, True]]))
    assert not train(last, [batch], SGD(last.params), 1).stopped
    late = np.arange(6)[:, None] > np.zeros(len(WORDS))  # False, then True: no column ends early
    x = np.zeros(late.shape, int)
    halves = [KINDS["rnn_tanh"](27, 4, rng=seed) for seed in (0, 1)]
    both_ways = SequenceModel(TwoWay(*halves), 27, rng=0)
    assert not train(both_ways, [Batch(x, x, late)], SGD(both_ways.params), 1).stopped


def test_a_batch_the_model_cannot_read_is_explained():
    model = SequenceModel(RNNCell(5, 4, rng=0), 5, rng=0)
    with rejects(ValueError, "x must hold tokens from 0 to 4", "got 25"):
        train(model, repeat(name_batch(NAMES)), SGD(model.params), 1)
