"""What only the exercises of 12_one_token_at_a_time need: the rest is in test_exercises.py."""

import numpy as np

from rnn_helpers.checking.feedback import State
from rnn_helpers.lessons.one_token_at_a_time import exercises


def test_a_wrong_wave_is_placed_by_the_number_of_its_layer() -> None:
    def earliest(L, T):
        wave = exercises.earliest.reference(L, T)
        wave[-1, 0] += 50
        return wave

    result = exercises.earliest.check(earliest, seed=0)
    (layers, *_) = (case["L"] for case in exercises.earliest.inputs(0))
    assert result.state == State.DIFFERENT
    assert f"at layer {layers}, t = 1" in result.says


def test_the_waves_of_the_reference_are_as_late_as_cells_are_far() -> None:
    for case in exercises.earliest.inputs():
        layer, t = np.indices((case["L"], case["T"]))
        np.testing.assert_array_equal(exercises.earliest.reference(**case), 1 + layer + t)
