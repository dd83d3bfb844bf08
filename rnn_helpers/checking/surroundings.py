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
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
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


class Shared:
    """A change to the whole process that calls in several threads may want at the same time.

    The first makes it and the last undoes it. If each put back what it had found, a call that began
    during another would put back the other's change, for good.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()  # held for a moment only, and never while an answer runs
        self._inside: list[object] = []
        self._undo = contextlib.ExitStack()

    @contextlib.contextmanager
    def held(self, make: Callable[[contextlib.ExitStack], None]) -> Iterator[None]:
        """Run the body within the change. ``make(undo)`` makes it, or what is missing of it.

        It registers with ``undo`` what the last call to leave has to do.
        """
        token = object()
        try:
            with self.lock:
                self._inside.append(token)
                make(self._undo)
            yield
        finally:
            self._leave(token)

    def _leave(self, token: object) -> None:
        """Undo the change if nobody else is inside, also where an interrupt comes meanwhile."""
        try:
            with self.lock:
                if token in self._inside:  # it is not, if an interrupt came first
                    self._inside.remove(token)
                if not self._inside:
                    self._undo.close()
        except KeyboardInterrupt:
            self._leave(token)
            raise


_STAND_INS, _WARNINGS = Shared(), Shared()


def without_warnings() -> contextlib.AbstractContextManager[None]:
    """Run the body without a warning, and let them come again afterwards."""
    return _WARNINGS.held(_silence)


def _silence(undo: contextlib.ExitStack) -> None:
    undo.enter_context(warnings.catch_warnings())
    warnings.simplefilter("ignore")


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


def _stand_ins(scope: dict[str, Any]) -> contextlib.AbstractContextManager[None]:
    return _STAND_INS.held(partial(_put_stand_ins, scope))


def _put_stand_ins(scope: dict[str, Any], undo: contextlib.ExitStack) -> None:
    known: dict[int, _StandIn] = {}
    for kind, module, name in _FORBIDDEN:
        value = vars(module).get(name, _MISSING)
        if isinstance(value, _StandIn):  # of a call that is still running, or was interrupted
            known[id(value.real)] = value
            undo.callback(vars(module).__setitem__, name, value.real)
        elif value is not _MISSING:
            known[id(value)] = _replace(vars(module), name, kind, undo)
    for name, value in list(scope.items()):
        if (real := known.get(id(value))) is not None:
            _replace(scope, name, real.kind, undo)
        elif type(value).__name__ in _EXITS_OF_IPYTHON:
            _replace(scope, name, "exit", undo)
        elif isinstance(value, _StandIn):
            undo.callback(scope.__setitem__, name, value.real)


def _replace(names: dict[str, Any], name: str, kind: str, undo: contextlib.ExitStack) -> _StandIn:
    real = names[name]
    undo.callback(names.__setitem__, name, real)
    names[name] = _StandIn(kind, name, real)
    return names[name]


@dataclass(frozen=True, eq=False)
class _StandIn:
    """What raises in the place of ``real``."""

    kind: str
    name: str
    real: Any

    def __call__(self, *_args: Any, **_kwargs: Any) -> None:
        raise ForbiddenError(
            self.kind, "breakpoint" if self.name == "breakpointhook" else self.name
        )
