"""Every public function of the mathematics, the data and the experiments, given what it cannot use.

For each parameter the other arguments are right, and it is given each of ``BAD`` in turn. Allowed
are a ValueError or TypeError whose sentence says which argument it is, what it must be and what
came, or a result if the value is one that the parameter takes (``TAKES``). Nothing else: no other
error, no error of NumPy's, no result that means nothing, no warning, no call without an end.
"""

from __future__ import annotations

import datetime
import importlib
import inspect
import re
import signal
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import numpy as np
import pytest
from bad_input_calls import CALLS, LATER, TAKES, WHATEVER

from rnn_helpers.cells import RNNCell
from rnn_helpers.checking import guard

PACKAGE = Path(guard.__file__).parents[1]
SECONDS = 5  # for one call: all take milliseconds, but the machine may be busy

# Each is made anew for every call: a generator can be read only once.
BAD: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "True": lambda: True,
    "zero": lambda: 0,
    "minus one": lambda: -1,
    "half": lambda: 0.5,
    "one and a half": lambda: 1.5,
    "a thousand million": lambda: 10**9,
    "1e300": lambda: 1e300,
    "10**400": lambda: 10**400,
    "NaN": lambda: float("nan"),
    "infinity": lambda: float("inf"),
    "minus infinity": lambda: float("-inf"),
    "1j": lambda: 1j,
    "text": lambda: "text",
    "empty text": lambda: "",
    "digits": lambda: "3",
    "bytes": lambda: b"he",
    "empty list": lambda: [],
    "pair": lambda: [1, 2],
    "negative pair": lambda: [-1, -2],
    "unequal rows": lambda: [[1, 2], [3]],
    "list of text": lambda: ["a", "b"],
    "list of None": lambda: [None, None],
    "empty dict": lambda: {},
    "dict": lambda: {"Waa": None},
    "set": lambda: {1, 2},
    "generator": lambda: (k for k in range(2)),
    "function": lambda: lambda *given, **named: None,
    "class": lambda: RNNCell,
    "object": object,
    "cell": lambda: RNNCell(7, 7, rng=0),
    "path": lambda: Path("nowhere") / "at all",
    "day": lambda: datetime.timedelta(1),
    "row of seven": lambda: np.arange(7.0),
    "block of seven": lambda: np.zeros((7, 7, 7)),
    "NaN array": lambda: np.full((7, 7), np.nan),
    "complex array": lambda: np.full((7, 7), 1j),
    "empty array": lambda: np.zeros(0),
    "array of text": lambda: np.array(["a", "b"]),
    "array of objects": lambda: np.array([[None, 1]], dtype=object),
}


# What happens in a function, or to a file, of the caller's is no longer the argument's fault.
THE_CALLERS = ("function", "class", "path", "text", "digits")


class Endless(BaseException):
    """A call took longer than ``SECONDS``. No ``Exception``, so that nothing catches it."""


@contextmanager
def in_time() -> Iterator[None]:
    """Raise ``Endless`` in a block that takes too long, where the system has alarms."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise Endless

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def public_calls(module: ModuleType) -> Iterator[tuple[str, Callable]]:
    """Yield the public functions of a module and the methods of its public classes, by name."""
    short = module.__name__.removeprefix("rnn_helpers").removeprefix(".")
    for name, value in vars(module).items():
        if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(inspect.unwrap(value)):
            yield f"{short}.{name}", value
        elif inspect.isclass(value):
            for method, call in vars(value).items():
                if not inspect.isfunction(call) or call.__name__ != method:
                    continue
                if method == "__init__":
                    yield f"{short}.{name}", call
                elif not method.startswith("_"):
                    yield f"{short}.{name}.{method}", call


def all_parameters() -> list[str]:
    """Return every parameter of every public call, as ``losses.perplexity(mean_loss)``."""
    rooms = [PACKAGE, PACKAGE / "data", PACKAGE / "experiments"]
    files = sorted(path for room in rooms for path in room.glob("*.py"))
    modules = [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in files]
    return [
        f"{where}({parameter})"
        for module in modules
        for where, call in public_calls(importlib.import_module(module.removesuffix(".__init__")))
        for parameter in inspect.signature(call).parameters
        if parameter != "self"
    ]


def reason_to_leave_out(parameter: str) -> str:
    """Return why a parameter takes whatever it is given, or "" if it does not."""
    where = parameter.partition("(")[0]
    parts = where.split(".")
    names = (parameter, where, parts[0])
    around = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    if any(WHATEVER.get(name) == LATER for name in around):
        return LATER
    methods = f"*.{where.rpartition('.')[2]}"
    return next((WHATEVER[name] for name in (*names, methods) if name in WHATEVER), "")


PARAMETERS = all_parameters()
FUZZED = [parameter for parameter in PARAMETERS if not reason_to_leave_out(parameter)]


def takes(parameter: str) -> tuple[str, ...]:
    """Return which of ``BAD`` are good for a parameter: by its full name, or by its own."""
    own = parameter.partition("(")[2].rstrip(")")
    return TAKES.get(parameter, TAKES.get(own, ()))


def outcome(parameter: str, kind: str) -> str:
    """Call with one of ``BAD`` and return "" if what happens is allowed, else what happened."""
    where, _, name = parameter.rstrip(")").partition("(")
    call, arguments = CALLS[where]()
    arguments[name] = BAD[kind]()
    good = kind in takes(parameter)
    try:
        with in_time(), warnings.catch_warnings():
            warnings.simplefilter("ignore" if good else "error")
            call(**arguments)
    except (Exception, Endless) as error:
        if good and kind in THE_CALLERS and not isinstance(error, Endless):
            return ""
        return "" if is_clear(error, None if good else name) else f"{error!r}"
    return "" if good else "a result"


def is_clear(error: BaseException, name: str | None) -> bool:
    """Return whether an error says in one sentence what it is about: the argument ``name``.

    Without a name it may be about any: a good value need not go with the other arguments.
    """
    subject, must, rest = str(error).partition(" must ")
    said = type(error) in (ValueError, TypeError) and must and "got" in rest
    named = name is None or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", subject)
    return bool(said and named and "\n" not in str(error))


@pytest.fixture(scope="module", autouse=True)
def little_memory() -> Iterator[None]:
    with guard.memory_limit():
        yield


@pytest.fixture(autouse=True)
def folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path among the values may be written to."""
    monkeypatch.chdir(tmp_path)


def test_every_public_parameter_is_tried_or_has_a_reason_not_to_be() -> None:
    known = {parameter.partition("(")[0] for parameter in FUZZED}
    assert known == set(CALLS), "CALLS and the package differ"
    reasons = Counter(map(reason_to_leave_out, PARAMETERS))
    print(f"\n{len(FUZZED)} of {len(PARAMETERS)} public parameters are given {len(BAD)} bad values")
    for reason, count in reasons.items():
        if reason:
            print(f"{count:4d} not: {reason}")
    assert len(FUZZED) > 0.6 * len(PARAMETERS)  # LATER holds what came since


def test_no_reason_and_no_rule_is_left_over() -> None:
    used = {key for key in WHATEVER for p in PARAMETERS if reason_to_leave_out(p) == WHATEVER[key]}
    assert used == set(WHATEVER)
    own = {parameter.partition("(")[2].rstrip(")") for parameter in FUZZED}
    assert set(TAKES) <= own | set(FUZZED)
    assert {kind for kinds in TAKES.values() for kind in kinds} <= set(BAD)


@pytest.mark.parametrize("where", CALLS)
def test_a_good_call_is_good(where: str) -> None:
    call, arguments = CALLS[where]()
    wanted = [p for p in FUZZED if p.partition("(")[0] == where]
    assert {p.partition("(")[2].rstrip(")") for p in wanted} <= set(arguments)
    call(**arguments)


@pytest.mark.parametrize("parameter", FUZZED)
def test_a_bad_value_is_told_in_one_sentence_that_names_the_argument(parameter: str) -> None:
    amiss = {kind: found for kind in BAD if (found := outcome(parameter, kind))}
    assert not amiss, "\n" + "\n".join(f"  {kind}: {found}" for kind, found in amiss.items())


def test_a_bad_array_for_a_parameter_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = RNNCell(2, 3, rng=0)
    monkeypatch.setitem(CALLS, "set", lambda: (lambda Waa: cell.set(Waa=Waa), {}))
    before = cell.params["Waa"].copy()
    assert {kind: found for kind in BAD if (found := outcome("set(Waa)", kind))} == {}
    assert (cell.params["Waa"] == before).all()


def test_the_judge_finds_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls that go wrong in each way that there is: the judge must not let them pass."""

    def bad(x: object) -> None:
        if isinstance(x, str):
            raise ValueError("y must be an array, got text")
        if x is None:
            raise KeyError(x)
        if isinstance(x, list):
            np.zeros(3) + np.zeros(2)

    monkeypatch.setitem(CALLS, "bad", lambda: (bad, {"x": 1}))
    assert "y must be" in outcome("bad(x)", "text")
    assert "KeyError" in outcome("bad(x)", "None")
    assert "broadcast" in outcome("bad(x)", "pair")
    assert outcome("bad(x)", "zero") == "a result"
