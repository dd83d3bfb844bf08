"""The generators of the tasks that ask for a memory."""

import numpy as np
import pytest
from helpers import rejects

from rnn_helpers.data import tasks


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("lag", [1, 2, 7])
def test_recall_asks_at_the_end_for_the_first_symbol(lag):
    x, y, mask = tasks.recall_batch(rng(), lag, 200)
    assert x.shape == y.shape == mask.shape == (lag + 1, 200)
    np.testing.assert_array_equal(y[-1], x[0])
    assert set(x[0]) == set(range(tasks.SYMBOLS))
    assert set(x[1:].ravel()) == set(range(tasks.SYMBOLS, tasks.SYMBOLS + tasks.NOISE))
    assert mask[-1].all() and not mask[:-1].any()


def test_repeat_asks_for_the_row_and_then_the_end():
    batch = tasks.repeat_batch(rng(), 2, 5, 300)
    lengths = batch.x_mask.sum(axis=0)
    assert set(lengths) == {2, 3, 4, 5}
    assert set(batch.x[batch.x_mask]) == set(range(1, 11))
    np.testing.assert_array_equal(batch.mask.sum(axis=0), lengths + 1)
    for i in (0, 7, 299):
        n = lengths[i]
        assert batch.x_mask[:n, i].all() and batch.mask[: n + 1, i].all()
        np.testing.assert_array_equal(batch.y[: n + 1, i], [*batch.x[:n, i], 0])
    with rejects(ValueError, "longest must be 5 or more", "4"):
        tasks.repeat_batch(rng(), 5, 4, 2)


@pytest.mark.parametrize("lag", [1, 4, 9])
def test_adding_asks_at_the_end_for_the_sum_of_the_marked_numbers(lag):
    x, y, mask = tasks.adding_batch(rng(), lag, 100)
    assert x.shape == (lag + 1, 2, 100) and y.shape == (lag + 1, 1, 100)
    marks = x[:, 1]
    assert set(marks.ravel()) <= {0, 1}
    np.testing.assert_array_equal(marks[0], 1)
    np.testing.assert_array_equal(marks.sum(axis=0), 2)
    assert not marks[1 : (lag + 1) // 2].any()
    np.testing.assert_allclose(y[-1, 0], (x[:, 0] * marks).sum(axis=0))
    assert mask[-1].all() and not mask[:-1].any()


@pytest.mark.parametrize(("T", "starts"), [(2, [1]), (7, [3]), (16, range(9, 16)), (9, [1, 8])])
def test_a_pair_stands_at_one_of_its_places_and_only_its_order_tells_the_answer(T, starts):
    x, y, mask = tasks.pair_batch(rng(), T, starts, 300)
    assert x.shape == (T, 300) and y.shape == mask.shape == (1, 300) and mask.all()
    places = set()
    for word, answer in zip(x.T, y[0], strict=True):
        (first,), (second,) = np.flatnonzero(word == answer), np.flatnonzero(word == 1 - answer)
        assert second == first + 1
        places.add(int(first) + 1)
    assert places == set(starts)
    assert abs(y.mean() - 0.5) < 0.1
    assert x.max() < tasks.PAIR_LETTERS and ((x < 2).sum(axis=0) == 2).all()


def test_a_pair_must_have_room():
    for starts in ([0], [7], [3, 9]):
        with rejects(ValueError, "starts must hold places from 1 to T - 1 = 6"):
            tasks.pair_batch(rng(), 7, starts, 2)
    with rejects(ValueError, "starts must be a list of one or more"):
        tasks.pair_batch(rng(), 7, [], 2)


@pytest.mark.parametrize("T", [1, 2, 20])
def test_parity_asks_at_every_step_whether_the_ones_so_far_are_odd(T):
    x, y, mask = tasks.parity_batch(rng(), T, 400)
    assert x.shape == y.shape == mask.shape == (T, 400) and mask.all()
    assert set(x.ravel()) == {0, 1}
    for bits, answers in zip(x.T.tolist(), y.T.tolist(), strict=True):
        assert answers == [bits[: t + 1].count(1) % 2 for t in range(T)]
    assert abs(y[-1].mean() - 0.5) < 0.1


def test_batches_are_fresh_and_come_from_the_seed():
    generator = rng()
    first, second = (tasks.recall_batch(generator, 5, 8)[0] for _ in range(2))
    assert (first != second).any()
    np.testing.assert_array_equal(first, tasks.recall_batch(rng(), 5, 8)[0])


def test_a_seed_will_do_for_a_generator():
    for draw in (
        lambda seed: tasks.recall_batch(seed, 3, 5),
        lambda seed: tasks.adding_batch(seed, 3, 5),
        lambda seed: tasks.pair_batch(seed, 4, [2], 5),
        lambda seed: tasks.parity_batch(seed, 4, 5),
        lambda seed: list(vars(tasks.repeat_batch(seed, 2, 4, 5)).values()),
    ):
        for from_seed, from_generator in zip(draw(3), draw(rng(3)), strict=True):
            np.testing.assert_array_equal(from_seed, from_generator)
        with rejects(TypeError, "rng must be a numpy.random.Generator or a seed", "'a'"):
            draw("a")


def test_a_lag_must_be_a_step_or_more():
    with rejects(ValueError, "lag must be 1 or more", "0"):
        tasks.recall_batch(rng(), 0, 3)
