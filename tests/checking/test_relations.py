"""Relations between the numbers: each is found, and none where there is none."""

import numpy as np
import pytest
from sample_exercise import RIGHT, check

from rnn_helpers.checking.guard import Outcome
from rnn_helpers.checking.relations import relations
from rnn_helpers.checking.trial import Call, Part

pytestmark = pytest.mark.usefixtures("from_the_numbers_alone")

E = np.random.default_rng(0).uniform(0.1, 0.9, size=(4, 3))
W = np.random.default_rng(1).uniform(0.1, 0.9, size=(4, 3))
CALL = Call({"W": W, "h": 0.3}, {"T": 4, "m": 3}, Outcome(), Outcome())


def found(got: np.ndarray) -> list[str]:
    with np.errstate(all="ignore"):  # as the detectors do
        return [says for says, _ in relations(CALL, Part("a", ("T", "m"), E, got), 1e-9)]


@pytest.mark.parametrize(
    ("got", "says"),
    [
        (E * 12, "it is T·m times what it should be: is a sum in place of a mean?"),
        (E / 16, "it should be T·T times as large: is a mean in place of a sum?"),
        (E * W, "there is a factor `W` too many."),
        (E / (1 - W**2), "the factor `1 - W**2` is missing."),
        (E / 0.3, "the factor `h` is missing."),
        (E - W, "the term `W` is missing."),
        (E - 2 * W, "the term `W` has the wrong sign."),
        (W, "this is `W`, as it came in."),
        (1 - E, "it is 1 minus what it should be."),
        (np.ceil(E), "it is rounded up. Return all digits."),
        (E[:, ::-1], "the order along the examples is reversed."),
        (E.T, "it is the transpose of what it should be."),
        (E.T.reshape(4, 3), "it holds the right numbers, but not in their places."),
        (E.ravel(), "the numbers are right, but they stand in another shape."),
        (np.sqrt(E), "it is the root of what it should be."),
    ],
)
def test_a_relation_is_found(got, says):
    assert says in found(got)


def test_where_there_is_no_relation_none_is_found():
    assert found(np.random.default_rng(2).normal(size=E.shape)) == []


def test_an_array_of_whole_numbers_that_cuts_off_fractions_is_named():
    cut = "it holds whole numbers: what stands behind the point is cut off. "
    cut += "Is an array made of `int`?"
    call = Call({}, {"T": 4, "m": 3}, Outcome(), Outcome())
    part = Part("a", ("T", "m"), 9 * E, (9 * E).astype(int))
    assert next(says for says, bears in relations(call, part, 1e-9) if bears) == cut
    assert cut not in found(np.trunc(E))  # floats: somebody has rounded


def test_a_constant_factor_is_named():
    def says(value):
        return check(RIGHT.replace("np.stack(states)", value)).says

    assert says("-np.stack(states)").startswith("`a`: only the sign is wrong.")
    assert says("2 * np.stack(states)").startswith("`a`: it is 2 times what it should be.")
    assert says("len(x) * np.stack(states)").startswith(
        "`a`: it is T times what it should be: is a sum in place of a mean?"
    )
    assert says("np.stack(states) / x.shape[0] / x.shape[2]").startswith(
        "`a`: it should be T·m times as large: is a mean in place of a sum?"
    )


def test_what_holds_of_zeros_or_of_a_single_step_is_not_borne_out():
    with np.errstate(all="ignore"):
        zeros = dict(relations(CALL, Part("a", ("T", "m"), E, 0 * E), 1e-9))
        single = dict(relations(CALL, Part("a", ("T", "m"), E[:1], W[:1] + 1), 1e-9))
    assert zeros["it is rounded down. Return all digits."] is False
    assert single["it is one step late along time."] is False
