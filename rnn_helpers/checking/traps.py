"""Lines that do another thing than most people think: what to say if an answer with one fails."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from rnn_helpers.checking import source
from rnn_helpers.checking.trial import Trial

_WITHOUT_AXIS = ("append", "roll", "repeat", "delete", "insert")
_JOINS = ("concatenate", "stack", "hstack", "vstack", "block")


def trap(trial: Trial) -> str:
    """Return a word on the first such line of an answer, or ""."""
    tree = source.tree_of(trial.answer)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree else []
    return next((says for call in calls for says in _traps(call)), "")


def _traps(call: ast.Call) -> Iterator[str]:
    name, count = getattr(call.func, "attr", ""), len(call.args)
    of_numpy = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "np"
    text = f"`{ast.unparse(call)}`"
    with_axis = any(word.arg == "axis" for word in call.keywords) or count > 2
    if of_numpy and name in _WITHOUT_AXIS and not with_axis:
        yield f"{text} has no `axis`: NumPy lays the arrays flat then, in one row."
    if of_numpy and name in _JOINS and count > 1:
        yield f"{text}: `{name}` takes one list of the parts, in square brackets."
    if name in ("ravel", "flatten"):
        yield f"{text} lays everything flat, in one row, so rows and columns are gone."
    if of_numpy and name == "diag":
        yield f"{text} makes a matrix of one row `(n,)`; of a column `(n, 1)` it reads a diagonal."
    sizes = count > 1 and not isinstance(call.args[0], (ast.Tuple, ast.List))
    if of_numpy and name in ("zeros", "ones", "empty") and sizes:
        yield f"{text}: the sizes stand in a bracket of their own, `np.{name}((…, …))`."
