"""What is left to fill in: counted in the source, or in the code where there is none."""

import linecache
import textwrap

import numpy as np
import pytest
from sample_exercise import RIGHT, check, learner, make_scan

from rnn_helpers.checking.feedback import State
from rnn_helpers.course import progress


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (
            "return ____(____ + ____)",
            "3 blanks (`____`) still to fill in `scan`. Then run the cell again.",
        ),
        ("return np.tanh(____ + ____)", "2 blanks"),
        ("return np.tanh(Waa @ a0 + ____)", "1 blank (`____`) still"),
        ("return np.____(Waa @ a0 + x)", "1 blank "),
        ("return np.sum(x, ____=0)\n____", "2 blanks"),
        ("return [____ for x_t in x]", "1 blank "),
        ("step = lambda u: ____\nreturn step(x)", "1 blank "),
    ],
)
def test_blanks_are_counted(body, says):
    result = check(body)
    assert result.state == State.NOT_ATTEMPTED
    assert result.says.startswith(says)
    assert not progress.path().exists()


def test_blanks_in_words_do_not_count():
    assert check('"""Fill in ____."""\n# and ____ here' + textwrap.dedent(RIGHT)).state == "right"
    assert check('"""Fill in ____."""\n# and ____ here\nreturn ____').says.startswith("1 blank ")


def test_blanks_are_counted_without_the_source():
    scope = {}
    exec("def scan(x, a0, Waa):\n    return (lambda u: ____(u))(x + ____)", scope)
    result = make_scan().check(scope["scan"])
    assert result.says.startswith("2 blanks")


def test_the_source_of_another_string_is_not_taken_for_the_answer_s(monkeypatch):
    """Python 3.13.0 calls the code of ``python -c`` and what exec makes by the same name."""
    other = ["def scan(x, a0, Waa):\n", "    return ____\n"]
    monkeypatch.setitem(linecache.cache, "<string>", (9, None, other, "<string>"))
    test_blanks_are_counted_without_the_source()
    scope = {}
    exec("def scan(x, a0, Waa):\n    return x / undefined", scope)
    result = make_scan().check(scope["scan"])
    assert "NameError" in result.says and "____" not in result.says


def test_a_blank_in_a_function_that_the_answer_uses_counts():
    scope = {"np": np}
    learner("return ____", "step", "u", scope)
    answer = learner("return middle(x)", scope=scope)
    learner("return step(u)", "middle", "u", scope)
    result = make_scan().check(answer)
    assert result.state == State.NOT_ATTEMPTED
    assert result.says == "`step`, which `scan` uses, has blanks to fill."


def test_an_attribute_that_shares_the_name_of_an_unfinished_function_does_not_count():
    scope = {"np": np}
    learner("return ____", "stack", "u", scope)  # the answer uses np.stack
    assert make_scan().check(learner(RIGHT, scope=scope)).state == State.RIGHT
