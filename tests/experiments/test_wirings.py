"""The five loops, and what is noted of a run of each."""

from itertools import pairwise

import numpy as np
import pytest

from rnn_helpers.cells import RNNCell
from rnn_helpers.experiments import wirings
from rnn_helpers.models import SequenceModel


def network(n_x: int = 4, n_y: int = 4, seed: int = 2) -> tuple[SequenceModel, dict]:
    """A model, and what the loops of the panel need of it: a step and an output."""
    model = SequenceModel(RNNCell(n_x, 5, rng=seed), n_y, rng=seed)
    p = model.params
    step = lambda x_t, a: np.tanh(p["Waa"] @ a + p["Wax"] @ x_t + p["ba"])  # noqa: E731
    read = lambda a: p["Wya"] @ a + p["by"]  # noqa: E731
    return model, {"step": step, "read": read, "a": np.zeros((5, 3))}


@pytest.fixture
def x() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(6, 4, 3))  # (T, n_x, m)


def test_the_loops_give_what_the_models_give(x) -> None:
    model, loop = network()
    every, _ = model.forward(x)
    last = SequenceModel(model.cell, 4, rng=2, read="last")
    last.params["Wya"][...] = model.params["Wya"]
    assert np.allclose(wirings.many_to_many(x, **loop), every)
    assert np.allclose(wirings.many_to_one(x, **loop), last.forward(x)[0])
    assert np.allclose(wirings.one_to_one(x[:1], **loop), every[:1])
    assert np.allclose(wirings.one_to_one(x, **loop), every[:1])


def test_one_to_many_reads_one_input_and_then_what_it_gave(x) -> None:
    model, loop = network()
    y = wirings.one_to_many(x[:1], **loop, T_y=4)
    assert len(y) == 4
    fed, _ = model.forward(np.stack([x[0], *y[:-1]]))
    assert np.allclose(y, fed)


def test_encoder_and_decoder_are_many_to_one_and_one_to_many(x) -> None:
    model, loop = network()
    encoder, other = network(seed=7)
    start = np.ones((4, 3))
    y = wirings.encoder_decoder(x, **loop, T_y=3, encode=other["step"], start=start)
    _, tape = encoder.cell.forward(x)
    fed, _ = model.forward(np.stack([start, *y[:-1]]), tape.state)
    assert np.allclose(y, fed)


SIZES = {  # inputs and outputs of each type, for T_x = 4 and T_y = 3
    "one to one": (1, 1),
    "one to many": (1, 3),
    "many to one": (4, 1),
    "many to many, equal lengths": (4, 4),
    "many to many, different lengths": (4, 3),
}


@pytest.mark.parametrize("name", wirings.LOOPS)
def test_each_type_has_its_inputs_and_outputs(name) -> None:
    nodes = wirings.traced(name, 4, 3)
    kinds = [node.kind for node in nodes]
    assert (kinds.count("x"), kinds.count("ŷ")) == SIZES[name]
    steps = [node for node in nodes if node.kind in ("cell", "encoder", "decoder")]
    assert steps[0].parents[1].kind == "0"
    for before, step in pairwise(steps):
        assert step.parents[1] is before


@pytest.mark.parametrize("name", wirings.LOOPS)
def test_what_an_output_depends_on_is_what_moves_it(name, x) -> None:
    """The truth is found by moving one input at a time through the loop with real numbers."""
    loop, T_x, T_y = wirings.LOOPS[name], SIZES[name][0], 3
    _, more = network()
    if loop in (wirings.one_to_many, wirings.encoder_decoder):
        more["T_y"] = T_y
    if loop is wirings.encoder_decoder:
        more |= {"encode": network(seed=7)[1]["step"], "start": np.ones((4, 3))}
    outputs = [node for node in wirings.traced(name, 4, T_y) if node.kind == "ŷ"]
    here = loop(x[:T_x], **more)
    for i in range(T_x):
        moved = x[:T_x].copy()
        moved[i] += 0.5
        for node, before, after in zip(outputs, here, loop(moved, **more), strict=True):
            seen = {earlier.number for earlier in node.past() if earlier.kind == "x"}
            assert (np.abs(after - before).max() > 1e-9) == (i + 1 in seen)
