"""Let an answer neither end the kernel nor take away what the notebook needs.

While an answer runs, whatever would end Python or wait for the keyboard is a stand-in that raises
:class:`ForbiddenError`; afterwards the names that it deleted or replaced are put back.

What cannot be helped: a name of the real ``os._exit`` that sits in a list, a class or another
module; a signal that the process sends to itself; and a crash inside compiled code.
"""

from __future__ import annotations

import builtins
import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

_FORBIDDEN = (
    ("exit", builtins, "exit"),
    ("exit", builtins, "quit"),
    ("exit", sys, "exit"),
    ("exit", os, "_exit"),
    ("exit", os, "abort"),
    ("input", builtins, "input"),
    ("input", sys, "breakpointhook"),
)
_EXITS_OF_IPYTHON = ("ExitAutocall", "ZMQExitAutocall")  # what `exit` is in a notebook
_NUMPY = {module: dict(vars(module)) for module in (np, np.random, np.linalg)}
_MISSING = object()


class ForbiddenError(BaseException):
    """An answer wants to end Python ("exit") or to be typed to ("input").

    It is no ``Exception``, so that ``except Exception`` lets it through.
    """

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"{name}()")
        self.kind = kind


@dataclass
class Kept:
    """What an answer has replaced or deleted, as one would write it: ``np``, ``np.random.seed``."""

    replaced: list[str] = field(default_factory=list)


@contextlib.contextmanager
def kept(function: Callable) -> Iterator[Kept]:
    """Run the body with stand-ins for what is forbidden; then put everything back."""
    scope = getattr(function, "__globals__", {})
    kept = Kept()
    with _stand_ins(scope):
        before = dict(scope)
        try:
            yield kept
        finally:
            kept.replaced += _put_back(scope, before) + numpy_put_back()


def numpy_put_back() -> list[str]:
    """Undo what was assigned to names of NumPy, such as ``np.sum = 3``; return these names."""
    changed = []
    for module, names in _NUMPY.items():
        current = vars(module)
        for name, value in names.items():
            if current.get(name, _MISSING) is not value and not name.startswith("__"):
                current[name] = value
                changed.append(f"{module.__name__}.{name}".replace("numpy", "np", 1))
    return changed


def _put_back(scope: dict[str, Any], before: dict[str, Any]) -> list[str]:
    """Put the names of ``before`` back into ``scope``; return those that the notebook needs."""
    changed = [name for name, value in before.items() if scope.get(name, _MISSING) is not value]
    needed = [n for n in changed if n not in scope or _is_tool(before[n])]
    scope.update({name: before[name] for name in changed})
    return needed


def _is_tool(value: Any) -> bool:
    return isinstance(value, ModuleType) or callable(value)


@contextlib.contextmanager
def _stand_ins(scope: dict[str, Any]) -> Iterator[None]:
    originals = [
        (vars(module), name, vars(module)[name], kind)
        for kind, module, name in _FORBIDDEN
        if name in vars(module)
    ]
    known = {id(value): (kind, name) for _, name, value, kind in originals}
    for name, value in scope.items():
        kind, real = known.get(id(value), ("", ""))
        if kind or type(value).__name__ in _EXITS_OF_IPYTHON:
            originals.append((scope, name, value, kind or "exit"))
    try:
        for names, name, _, kind in originals:
            names[name] = _stand_in(kind, name)
        yield
    finally:
        for names, name, value, _ in originals:
            names[name] = value


def _stand_in(kind: str, name: str) -> Callable:
    def forbidden(*_args: Any, **_kwargs: Any) -> None:
        raise ForbiddenError(kind, "breakpoint" if name == "breakpointhook" else name)

    return forbidden
