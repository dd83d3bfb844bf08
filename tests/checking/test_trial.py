"""A whole check as data."""

import numpy as np

from rnn_helpers.checking.guard import Outcome
from rnn_helpers.checking.trial import Call, Part, Trial


def trial(agree=None) -> Trial:
    call = Call({"u": 1, "v": 2}, {}, Outcome(3.0), Outcome(3.0))
    return Trial(
        name="number",
        returns={"total": ()},
        kinds={},
        tolerance=1e-6,
        seconds=1.0,
        agree=agree,
        reference=abs,
        answer=abs,
        run=lambda function, inputs: Outcome(),
        run_own=lambda function, inputs: Outcome(),
        calls=(call,),
    )


def test_two_values_agree_if_they_are_the_same_or_the_exercise_says_so():
    strict, lenient = trial(), trial(lambda inputs, expected, got: got == expected + inputs["u"])
    (call,) = strict.calls
    assert strict.agrees(call, 3.0, 3.0 + 1e-9) and not strict.agrees(call, 3.0, 4.0)
    assert lenient.agrees(call, 3.0, 4.0) and not lenient.agrees(call, 3.0, 5.0)


def test_what_an_exercise_trips_over_it_does_not_accept():
    (call,) = trial().calls
    assert not trial(lambda *given: given[9]).agrees(call, 3.0, 4.0)


def test_an_exercise_is_asked_about_lists_as_arrays():
    (call,) = trial().calls
    lenient = trial(lambda inputs, expected, got: (got > 0).all())
    assert lenient.accepts(call, np.ones(2), [3, 4]) and not lenient.accepts(call, 1.0, [3, 4])


def test_a_right_value_is_told_from_a_right_call():
    right = trial()
    call = Call({"u": 1}, {}, Outcome(3.0, changed={"u": 2}), Outcome(3.0))
    assert right.returns_right(call) and not right.is_right(call)
    assert right.is_right(right.calls[0])


def test_the_arguments_are_those_of_a_call():
    assert trial().arguments == ("u", "v")


def test_a_part_gives_its_numbers_as_arrays():
    expected, got = Part("a", (), 1, [2, 3]).numbers()
    assert expected.shape == () and isinstance(got, np.ndarray)
