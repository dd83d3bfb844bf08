"""The exercises of ``08_sampling``: no wrong answer that is near at hand is called right."""

import numpy as np
import pytest
import starters

from rnn_helpers import sampling
from rnn_helpers.activations import softmax
from rnn_helpers.checking.feedback import State
from rnn_helpers.lessons.sampling import exercises


def test_a_check_has_a_low_temperature_one_near_1_and_a_high_one():
    temperatures = [case["temperature"] for case in exercises.with_temperature.inputs()]
    assert temperatures == [0.01, 0.7, 1.8]


@pytest.mark.parametrize(
    ("end", "says"),
    [
        ("token[0] == end", ""),
        ("token[0] == end or token[0] == 0", "the text stops at `end`, but at token 0 as well"),
        ("token[0] in (0, end)", "the text stops at `end`, but at token 0 as well"),
        ("token[0] == 0", "the text stops at token 0."),
        ("token == end and written", "an `end` that is drawn first does not end your text."),
    ],
)
def test_a_text_ends_at_the_end_token_and_at_no_other(end, says):
    blanks = ("token", "state", "sampling.draw(softmax(z), rng)", end)
    answer = starters.filled(exercises.one_text, *blanks, sampling=sampling, softmax=softmax)
    result = exercises.one_text.check(answer)
    assert result.state == (State.KNOWN_MISTAKE if says else State.RIGHT)
    assert result.says.startswith(says)


def test_the_texts_of_a_check_are_empty_or_hold_a_0_and_end():
    cases = exercises.one_text.inputs()
    empty, *others = exercises.one_text.outcomes(exercises.one_text.reference, cases)
    assert len(empty.value) == 0
    for case, outcome in zip(cases[1:], others, strict=True):
        assert 0 in outcome.value[1:-1] and len(outcome.value) < case["longest"]
        assert case["end"] != 0


def test_a_total_equals_top_p_in_one_case_and_the_last_kept_has_its_like_in_another():
    equals, alike = [], []
    for case in exercises.nucleus.inputs():
        p, top_p = case["p"], case["top_p"]
        likeliest_first = np.sort(p)[::-1]
        total = np.cumsum(likeliest_first)
        kept = next(k for k in range(1, len(p) + 1) if total[k - 1] >= top_p)
        equals.append(bool(total[kept - 1] == top_p))
        alike.append(kept < len(p) and bool(likeliest_first[kept] == likeliest_first[kept - 1]))
        assert (exercises.nucleus.reference(p, top_p) > 0).sum() == kept
    assert (equals, alike) == ([True, False, False], [False, True, False])


def test_keeping_all_that_are_as_likely_as_the_last_is_not_called_right():
    def nucleus(p, top_p):
        total = np.cumsum(np.sort(p)[::-1])
        kept = np.where(p >= np.sort(p)[::-1][np.argmax(total >= top_p)], p, 0)
        return kept / kept.sum()

    result = exercises.nucleus.check(nucleus)
    assert result.state == State.KNOWN_MISTAKE
    assert result.says.startswith("right, except where others are just as likely")
