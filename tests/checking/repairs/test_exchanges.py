"""Two names, entries or elements of one line are exchanged."""

import pytest

from rnn_helpers.checking.repairs.edit import Source
from rnn_helpers.checking.repairs.exchanges import repairs


@pytest.mark.parametrize(
    ("line", "new", "one", "two"),
    [
        ("return W @ x + y", "return W @ y + x", "x", "y"),
        ("return [x, y]", "return [y, x]", "x", "y"),
        ("return W @ x[-1] + x[-t]", "return W @ x[-t] + x[-1]", "x[-1]", "x[-t]"),
    ],
)
def test_two_things_are_exchanged(line, new, one, two):
    source = Source(f"def f(x, y, W, t):\n    {line}\n")
    made = [repair for repair in repairs(source) if repair.text]
    said = {repair.text.splitlines()[1].strip(): repair.says for repair in made}
    words = f"`{one}` and `{two}`", f"`{two}` and `{one}`"
    assert said[new].startswith(words)


def test_the_names_of_several_values_are_exchanged():
    source = Source("def f(x):\n    a, b = np.split(x, 2)\n    return a\n")
    assert any("b, a = np.split" in repair.text for repair in repairs(source))


def test_blocks_in_another_order_are_renamed_in_every_line_that_splits():
    lines = ["a, b, c = np.split(x, 3)", "d, e, f = np.split(y, 3)", "return a @ d"]
    body = "".join(f"    {line}\n" for line in lines)
    texts = [r.text for r in repairs(Source(f"def f(x, y):\n{body}")) if "blocks" in r.says]
    assert any("c, a, b = np.split(x" in text and "f, d, e = np.split(y" in text for text in texts)
    assert len(texts) == 5  # all orders of three but this one


def test_blocks_of_unequal_number_are_left_alone():
    source = Source(
        "def f(x):\n    a, b = np.split(x, 2)\n    c, d, e = np.split(x, 3)\n    return a\n"
    )
    assert not any("blocks" in repair.says for repair in repairs(source))
