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
