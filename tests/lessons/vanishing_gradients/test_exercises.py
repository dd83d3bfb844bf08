"""What only the exercises of 05_vanishing_gradients need: the rest is in test_exercises.py."""

from rnn_helpers.lessons.vanishing_gradients import exercises


def test_the_inputs_of_the_clipping_exercise_hold_both_cases() -> None:
    cases = exercises.clipped_shares.inputs()
    clipped = [
        (exercises.clipped_shares.reference(**case) != case["shares"]).any() for case in cases
    ]
    assert True in clipped and False in clipped
