"""What the edits of a piece of code make of it."""

from collections.abc import Callable

import pytest

from rnn_helpers.checking.repairs.edit import Source


@pytest.fixture
def made():
    """Return a function from edits and one line of code to {what it becomes: what is said}."""

    def of(edits: Callable, line: str, arguments: str = "x, y, W, mask, t, d") -> dict[str, str]:
        source = Source(f"def f({arguments}):\n    {line}\n")
        repairs = source.repairs(edits(source), range(1, 9))
        return {r.text.partition("\n    ")[2].strip(): r.says for r in reversed(list(repairs))}

    return of
