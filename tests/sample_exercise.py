"""Small exercises, and answers as a learner types them, for the tests of ``checking``."""

import linecache
import textwrap
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.feedback import Feedback

RIGHT = """
    a, states = a0, []
    for x_t in x:
        a = np.tanh(Waa @ a + x_t)
        states.append(a)
    return np.stack(states)
"""


def scan(x, a0, Waa):
    a, states = a0, []
    for x_t in x:
        a = np.tanh(Waa @ a + x_t)
        states.append(a)
    return np.stack(states)


def _in_place(x, a0, Waa):
    a0 *= 2
    return scan(x, a0, Waa)


def make_scan(**changes: Any) -> Exercise:
    """An exercise with parts of every kind, called ``scan``."""
    fields = {
        "title": "Scan",
        "reference": scan,
        "takes": {"x": "(T, n_a, m)", "a0": "(n_a, m)", "Waa": "(n_a, n_a)"},
        "returns": {"a": "(T, n_a, m)"},
        "hints": ("Carry the state along.", "Use `np.stack` at the end."),
        "mistakes": {
            "Waa @ a → Waa.T @ a": "`Waa` is used transposed here.",
            "Waa @ a → Waa @ a0": "`a0` is used at every step: carry the state along.",
            "np.stack(states) → a": "only the last state came back.",
            "Waa @ a → x_t @ a": "`x_t` stands in the place of `Waa`.",
            " + x_t → ": "nothing is read.",
            _in_place: "`a0` was doubled in place.",
        },
    }
    return Exercise(**(fields | changes))


def make_number(
    reference: Callable, returns: dict[str, str] | None = None, **changes: Any
) -> Exercise:
    """An exercise ``number`` that returns ``reference(u)`` for u of shape (T, m)."""
    reference.__name__ = "_number"
    fields = {
        "reference": reference,
        "takes": {"u": "(T, m)"},
        "returns": returns or {"total": "()"},
        "mistakes": {},
    }
    return make_scan(**(fields | changes))


def _descend(params, rate):
    for name in params:
        params[name] -= rate


def descend() -> Exercise:
    """An exercise that changes one of its inputs and returns nothing."""
    return make_scan(
        reference=_descend,
        takes={},
        cases=lambda rng: [({"W": rng.normal(size=(2, 3)), "b": rng.normal(size=2)}, 0.1)] * 2,
        returns={},
        mistakes={"-= → +=": "the step goes uphill."},
    )


def learner(
    body: str, name: str = "scan", arguments: str = "x, a0, Waa", scope: dict | None = None
) -> Callable:
    """Define a function as a notebook cell does: its source is at hand, its globals are shared."""
    source = f"def {name}({arguments}):\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n"
    file = f"<cell {abs(hash(source))}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    scope = {"np": np, "time": time} if scope is None else scope
    exec(compile(source, file, "exec"), scope)
    return scope[name]


def check(body: str, **changes: Any) -> Feedback:
    """Check ``scan`` with this body."""
    return make_scan(**changes).check(learner(body))
