"""Attention against its formula written as loops, and every gradient against the complex step."""

import numpy as np
import pytest
from helpers import KINDS, rejects

from rnn_helpers.attention import (
    AttentiveDecoder,
    AttentiveTranslator,
    attend,
    attend_backward,
)
from rnn_helpers.gradients import check_gradients
from rnn_helpers.losses import cross_entropy
from rnn_helpers.models import Batch, SequenceModel
from rnn_helpers.sampling import translate

T_X, T_Y, N_X, N_Y, N_A, M = 5, 4, 6, 5, 3, 3
LENGTHS = np.array([5, 1, 3])
MASK = np.arange(T_X)[:, None] < LENGTHS
every_kind = pytest.mark.parametrize("kind", ["rnn_tanh", "gru_before", "lstm"])


def literal(a, memory, mask):
    """α⟨t,s⟩ = exp(a⟨t⟩ · h⟨s⟩) / Σ_r exp(a⟨t⟩ · h⟨r⟩), example by example, step by step."""
    context, weights = np.zeros_like(a), np.zeros((len(a), len(memory), a.shape[2]), a.dtype)
    for i in range(a.shape[2]):
        steps = [s for s in range(len(memory)) if mask[s, i]]
        for t in range(len(a)):
            e = {s: np.exp(sum(a[t, :, i] * memory[s, :, i])) for s in steps}
            for s in steps:
                weights[t, s, i] = e[s] / sum(e.values())
                context[t, :, i] += weights[t, s, i] * memory[s, :, i]
    return context, weights


def drawn(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(T_Y, N_A, M)), rng.normal(size=(T_X, N_A, M)), rng


def translator(kind, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    encoder = KINDS[kind](N_X, N_A, rng=rng, dtype=dtype)
    decoder = AttentiveDecoder(KINDS[kind](N_Y, N_A, rng=rng, dtype=dtype), N_Y, rng=rng)
    model = AttentiveTranslator(encoder, decoder, start=1)
    for value in model.params.values():
        value += rng.normal(0, 0.5, value.shape)
    return model


def batch(seed=1):
    rng = np.random.default_rng(seed)
    mask = np.arange(T_Y)[:, None] < np.array([2, 4, 3])
    x, y = rng.integers(N_X, size=(T_X, M)), rng.integers(N_Y, size=(T_Y, M))
    return Batch(x, y, mask, x_mask=MASK)


def test_attention_follows_its_formula():
    a, memory, _ = drawn()
    for mask in (MASK, np.ones_like(MASK)):
        context, weights = attend(a, memory, None if mask.all() else mask)
        expected = literal(a, memory, mask)
        np.testing.assert_allclose(context, expected[0], rtol=0, atol=1e-14)
        np.testing.assert_allclose(weights, expected[1], rtol=0, atol=1e-14)
        np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=0, atol=1e-14)


def test_padding_is_not_read():
    a, memory, rng = drawn()
    context, weights = attend(a, memory, MASK)
    assert not weights[:, ~MASK].any()
    spoiled = np.where(MASK[:, None], memory, rng.normal(0, 9, memory.shape))
    np.testing.assert_array_equal(attend(a, spoiled, MASK)[0], context)


def test_large_scores_do_not_overflow():
    a, memory, _ = drawn()
    context, _ = attend(1e6 * a, memory)
    assert np.isfinite(context).all()


def test_the_way_back_equals_the_complex_step():
    a, memory, rng = drawn()
    dcontext = rng.normal(size=a.shape)
    _, weights = attend(a, memory, MASK)
    da, dmemory = attend_backward(dcontext, a, memory, weights)

    def loss(p):
        return (dcontext * literal(p["a"], p["memory"], MASK)[0]).sum()

    found = check_gradients(
        loss, {"a": a, "memory": memory}, {"a": da, "memory": dmemory}, "complex", 1e-12
    )
    assert found.ok, found


@every_kind
def test_every_gradient_of_a_translator_equals_the_complex_step(kind):
    model, given, twin = translator(kind), batch(), translator(kind, dtype=np.complex128)
    _, grads, _ = model.loss_and_grads(given.x, given.y, given.mask, x_mask=given.x_mask)
    assert set(grads) == set(model.params)

    def loss(p):
        for name, value in p.items():
            twin.params[name][...] = value
        return cross_entropy(twin.read_batch(given)[0], given.y, given.mask)[0]

    found = check_gradients(loss, model.params, grads, "complex", 1e-11)
    assert found.ok, found


@every_kind
def test_the_output_layer_sees_the_state_and_the_context(kind):
    model, given = translator(kind), batch()
    z, tape = model.read_batch(given)
    h, read = model.encoder.forward(given.x, mask=given.x_mask)
    late = np.concatenate([np.ones((1, M), int), given.y[:-1]])
    a, _ = model.decoder.cell.forward(late, read.state)
    context, weights = literal(a, h, MASK)
    seen = np.concatenate([a, context], axis=1)
    expected = [model.params["decoder.Wya"] @ s + model.params["decoder.by"] for s in seen]
    np.testing.assert_allclose(z, expected, rtol=0, atol=1e-13)
    np.testing.assert_allclose(tape.written.weights, weights, rtol=0, atol=1e-14)


@every_kind
def test_steps_and_quick_steps_say_what_forward_says(kind):
    model, given = translator(kind), batch()
    z, tape = model.read_batch(given)
    quick = model.decoder.quick_step()
    state = quick_state = model.encoded(given.x, given.x_mask)
    for z_t, tokens in zip(z, model.one_step_late(given.y), strict=True):
        found, state = model.decoder.step(tokens, state)
        np.testing.assert_allclose(found, z_t, rtol=0, atol=1e-13)
        found, quick_state = quick(tokens, quick_state)
        np.testing.assert_allclose(found, z_t, rtol=0, atol=1e-13)
    np.testing.assert_array_equal(state[1], tape.written.state[1])


def test_a_column_is_translated_as_it_is_alone():
    model, given = translator("gru_before"), batch()
    together = translate(model, given.x, given.x_mask, longest=6)
    for i, length in enumerate(LENGTHS):
        (alone,) = translate(model, given.x[:length, i : i + 1], longest=6)
        np.testing.assert_array_equal(together[i], alone)


def test_float32_stays_float32():
    model, given = translator("gru_before", dtype=np.float32), batch()
    z, tape = model.read_batch(given)
    grads = model.backward(z, tape).grads
    assert z.dtype == np.float32 and {g.dtype for g in grads.values()} == {np.dtype(np.float32)}


def test_bad_input_is_refused():
    a, memory, _ = drawn()
    with rejects(ValueError, "memory must be (T_x, n_a, m) with n_a = 3, m = 3, got (5, 2, 3)"):
        attend(a, memory[:, :2])
    with rejects(ValueError, "mask must be True up to the end of each column"):
        attend(a, memory, ~MASK | (np.arange(T_X) == 0)[:, None])
    model = translator("gru_before")
    with rejects(TypeError, "decoder must be an AttentiveDecoder, got SequenceModel"):
        AttentiveTranslator(model.encoder, SequenceModel(model.decoder.cell, N_Y, rng=0))
    with rejects(TypeError, "state must be a tuple of the cell's state, the memory and its mask"):
        model.decoder.step(np.array([1]), np.zeros((N_A, 1)))
