"""One check as data: every call, what the reference made of it, and what the answer did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from rnn_helpers.checking.compare import as_expected, same
from rnn_helpers.checking.feedback import State
from rnn_helpers.checking.guard import Outcome

Axes = tuple[str, ...]  # the names of the axes of an array


@dataclass(frozen=True, eq=False)
class Problem:
    """What is wrong with an answer, as a state and a sentence.

    ``kind`` names the mistake, such as "transpose"; without one only its effect is known.
    ``advice`` is to be said unless its cause is found. ``more`` is what to say in addition when
    the same mistake comes a second time, and ``case`` how to get the inputs again that show it.
    ``mistakes`` are the keys of the known mistakes that it is sure to be.
    """

    state: State
    says: str
    kind: str = ""
    more: str = ""
    advice: str = ""
    case: str = ""
    mistakes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Part:
    """One part of an answer beside the part expected."""

    name: str
    axes: Axes
    expected: Any
    got: Any
    remark: str = ""  # what could be written more plainly, though it counts as right

    def numbers(self) -> tuple[np.ndarray, np.ndarray]:
        """Return both as arrays: (expected, got)."""
        return np.asarray(self.expected), np.asarray(self.got)


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a check."""

    inputs: Mapping[str, Any]
    sizes: Mapping[str, int]  # of each named axis
    expected: Outcome
    got: Outcome


@dataclass(frozen=True, eq=False)
class Trial:
    """An answer, all its calls, and what a diagnosis needs to know of the exercise."""

    name: str
    returns: Mapping[str, Axes]
    kinds: Mapping[str, str]  # of parts whose kind of number counts: "tokens" or "mask"
    tolerance: float
    seconds: float
    agree: Callable[[Mapping[str, Any], Any, Any], bool] | None
    reference: Callable
    answer: Callable
    run: Callable[[Callable, Mapping[str, Any]], Outcome]  # once more, guarded
    run_own: Callable[[Callable, Mapping[str, Any]], Outcome]  # a function of the course
    calls: tuple[Call, ...]

    def agrees(self, call: Call, expected: Any, got: Any) -> bool:
        """Say whether two returned values count as the same."""
        if same(expected, as_expected(expected, got), self.tolerance):
            return True
        return self.accepts(call, expected, got)

    def accepts(self, call: Call, expected: Any, got: Any) -> bool:
        """Say whether the exercise accepts a value that may differ from the expected one.

        It is handed lists of numbers as arrays. What it trips over it does not accept.
        """
        if self.agree is None:
            return False
        try:
            return bool(self.agree(call.inputs, expected, as_expected(expected, got)))
        except Exception:  # any value may come here
            return False

    def returns_right(self, call: Call) -> bool:
        """Say whether the value of a call is right, whatever it has done to its inputs."""
        return not call.got.failure and self.agrees(call, call.expected.value, call.got.value)

    def is_right(self, call: Call) -> bool:
        """Say whether the value of a call is right, and so are the inputs that it has changed."""
        alike = same(call.expected.changed, call.got.changed, self.tolerance)
        return alike and self.returns_right(call)

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arguments, in order."""
        return tuple(self.calls[0].inputs)
