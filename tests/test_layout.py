"""Arrays laid out over time, against loops entry by entry."""

import numpy as np
import pytest

from rnn_helpers.layout import (
    at_ends,
    one_hot_side_by_side,
    placed_at_ends,
    shifted,
    side_by_side,
)

T, N, M = 4, 3, 5
ENDS = np.array([3, 0, 2, 2, 1])


def drawn(*shape, dtype=float):
    return np.random.default_rng(0).normal(size=shape).astype(dtype)


def test_at_ends_takes_each_column_from_its_own_step():
    v = drawn(T, N, M)
    found = at_ends(v, ENDS)
    for i, j in np.ndindex(N, M):
        assert found[i, j] == v[ENDS[j], i, j]
    np.testing.assert_array_equal(at_ends(v, None), v[-1])


@pytest.mark.parametrize("ends", [None, ENDS])
def test_at_ends_is_a_copy(ends):
    v = drawn(T, N, M)
    at_ends(v, ends)[...] = 7
    assert not (v == 7).any()


def test_placed_at_ends_is_zero_but_at_each_columns_end():
    last = drawn(N, M)
    placed = placed_at_ends(last, ENDS, T)
    for t, i, j in np.ndindex(T, N, M):
        assert placed[t, i, j] == (last[i, j] if t == ENDS[j] else 0)


def test_the_two_are_transposes_of_each_other():
    """⟨at_ends(v), w⟩ = ⟨v, placed_at_ends(w)⟩: what makes one the way back of the other."""
    v, w = drawn(T, N, M), np.random.default_rng(1).normal(size=(N, M))
    assert (at_ends(v, ENDS) * w).sum() == pytest.approx((v * placed_at_ends(w, ENDS, T)).sum())


def test_shifted_holds_the_step_before():
    start, v = drawn(N, M), np.random.default_rng(1).normal(size=(T, N, M))
    late = shifted(start, v)
    np.testing.assert_array_equal(late[0], start)
    for t in range(1, T):
        np.testing.assert_array_equal(late[t], v[t - 1])


def test_side_by_side_turns_a_sum_over_time_into_one_product():
    v, w = drawn(T, N, M), np.random.default_rng(1).normal(size=(T, 2, M))
    wide = side_by_side(v)
    assert wide.shape == (N, T * M)
    for t in range(T):
        np.testing.assert_array_equal(wide[:, t * M : (t + 1) * M], v[t])
    want = sum(v[t] @ w[t].T for t in range(T))
    np.testing.assert_allclose(wide @ side_by_side(w).T, want, rtol=0, atol=1e-12)


def test_one_hot_columns_are_those_of_the_tokens():
    tokens = np.random.default_rng(0).integers(N, size=(T, M))
    columns = one_hot_side_by_side(tokens, N, np.dtype(np.float32))
    want = np.zeros((T, N, M))
    for t, j in np.ndindex(T, M):
        want[t, tokens[t, j], j] = 1
    np.testing.assert_array_equal(columns, side_by_side(want))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_the_dtype_is_kept(dtype):
    v, last = drawn(T, N, M, dtype=dtype), drawn(N, M, dtype=dtype)
    made = [at_ends(v, ENDS), at_ends(v, None), placed_at_ends(last, ENDS, T), shifted(last, v)]
    made += [side_by_side(v), one_hot_side_by_side(np.zeros((T, M), int), N, np.dtype(dtype))]
    assert {each.dtype for each in made} == {np.dtype(dtype)}
