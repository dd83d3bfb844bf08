"""A line is moved, left out, or assigned in the other way."""

import textwrap

import pytest

from rnn_helpers.checking.repairs.edit import Source
from rnn_helpers.checking.repairs.lines import repairs

LOOP = """
def f(x):
    total = 0
    for t in x:
        total = t
        total *= 2
    total = total + 1
    return total
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("total = t\n", "total += t\n", "`total` is replaced where it should be added to."),
        (
            "        total = t\n        total *= 2\n",
            "        total *= 2\n        total = t\n",
            "early",
        ),
        ("total *= 2\n", "total = 2\n", "`total` piles up"),
        ("        total *= 2\n", "        pass\n", "is too much"),
        ("        total *= 2\n", "    total *= 2\n", "is done in every round of the loop"),
        ("        total = t\n", "", "is done in every round"),
        ("    total = total + 1\n", "        total = total + 1\n", "stands behind the loop"),
    ],
)
def test_a_line(old, new, says):
    text = LOOP.lstrip()
    said = {repair.text: repair.says for repair in repairs(Source(text))}
    wanted = text.replace(old, new, 1)
    if not new:
        wanted = wanted.replace("    for", "    total = t\n    for")
    assert says in said[wanted]


SPREAD = """
def f(x):
    total = 0
    for t in x:
        total = total + t
        mean = (
            total
            / len(x)
        )
    return mean
"""


def test_a_statement_of_several_lines_is_moved_behind_the_loop_and_no_further():
    text = SPREAD.lstrip()
    inside = text[text.index("        mean") : text.index("    return")]
    wanted = text.replace(inside, textwrap.indent(textwrap.dedent(inside), "    "))
    said = {repair.text: repair.says for repair in repairs(Source(text))}
    assert "is done in every round of the loop" in said[wanted]


def test_every_text_can_be_read():
    for text in (LOOP, SPREAD):
        for repair in repairs(Source(text.strip() + "\n")):
            compile(repair.text, "", "exec")
