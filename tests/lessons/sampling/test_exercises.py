"""The exercises of ``08_sampling``: no wrong answer that is near at hand is called right."""

import numpy as np
import pytest
import starters

from rnn_helpers import sampling
from rnn_helpers.activations import softmax
from rnn_helpers.checking.feedback import State
from rnn_helpers.lessons.sampling import exercises


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


def test_keeping_all_that_are_as_likely_as_the_last_is_not_called_right():
    def nucleus(p, top_p):
        total = np.cumsum(np.sort(p)[::-1])
        kept = np.where(p >= np.sort(p)[::-1][np.argmax(total >= top_p)], p, 0)
        return kept / kept.sum()

    result = exercises.nucleus.check(nucleus)
    assert result.state == State.KNOWN_MISTAKE
    assert result.says.startswith("right, except where others are just as likely")
