"""Call a function that may be unfinished: an error, an endless loop or a huge array ends as data.

Whatever the function does, the caller gets an :class:`Outcome` back and the kernel lives on.

What cannot be helped: a single call into compiled code, such as ``sum(range(10**12))`` or the
singular values of a huge matrix, is not stopped before it returns, since Python hands on signals
only between two instructions of its own. On Windows, and in threads, that holds for a sleep too.
"""

from __future__ import annotations

import contextlib
import copy
import ctypes
import inspect
import linecache
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import numpy as np

from rnn_helpers.checking import surroundings
from rnn_helpers.checking.blanks import MADE_FROM_A_STRING
from rnn_helpers.checking.compare import same
from rnn_helpers.course.machine import free_memory

try:
    import resource
except ImportError:  # Windows
    resource = None

_BUSY = 0.05  # share of the time a loop gets of the processor, even on a machine that is shared
MEMORY = 2 * 2**30  # bytes a call may add to what the process holds already,
SHARE = 0.75  # but no more than this share of what is free,
LEAST = 2**25  # and not less than this: without it Python itself could not go on


@dataclass(frozen=True)
class Failure:
    """Why a call returned nothing.

    ``kind`` is raised, memory, time, interrupted, exit (it would end Python) or input (it waits for
    the keyboard).
    """

    kind: str
    type: str = ""
    message: str = ""
    where: str = field(default="", compare=False)  # the learner's own line, in words
    line: int = field(default=0, compare=False)  # its number, 0 where it is not known


@dataclass
class Outcome:
    """What a call did: its value, the inputs it changed (as they are now), or its failure."""

    value: Any = None
    changed: dict[str, Any] = field(default_factory=dict)
    failure: Failure | None = None
    replaced: list[str] = field(default_factory=list)  # names of the notebook, put back since


def call(
    function: Callable, signature: inspect.Signature, inputs: Mapping[str, Any], seconds: float
) -> Outcome:
    """Call ``function`` on a deep copy of ``inputs``, passed in the order of ``signature``.

    It may run for ``seconds`` and take 2 GB of memory or three quarters of what is free (where the
    system can limit that).
    """
    with surroundings.kept(inspect.unwrap(function)) as kept, memory_limit():
        outcome = call_trusted(function, signature, inputs, seconds)
    outcome.replaced = kept.replaced
    return outcome


def call_trusted(
    function: Callable, signature: inspect.Signature, inputs: Mapping[str, Any], seconds: float
) -> Outcome:
    """Call one of the course's own functions: faster, since only its time is limited."""
    fresh = copy.deepcopy(dict(inputs))
    bound = signature.bind(**fresh)
    started = time.thread_time()
    try:
        with np.errstate(all="ignore"), surroundings.without_warnings():
            value = _call_in_time(function, bound, seconds)
    except BaseException as error:  # exit() included: no answer may end the kernel
        busy = time.thread_time() - started > _BUSY * seconds
        return Outcome(failure=_failure(function, error, busy))
    return Outcome(
        value, {name: fresh[name] for name in fresh if not same(inputs[name], fresh[name])}
    )


class Deadline:
    """When the time for a search is up: by the time that it computes, and by the clock.

    Counted by what it computes, a search gets its share also on a busy machine. The clock ends one
    whose answers wait instead, which costs no computing, and one on a machine so busy that it gets
    next to nothing.
    """

    def __init__(self, computing: float, by_the_clock: float) -> None:
        self._computing = time.thread_time() + computing
        self._clock = time.monotonic() + by_the_clock

    def extend(self, computing: float, by_the_clock: float) -> None:
        """Give so many seconds more."""
        self._computing += computing
        self._clock += by_the_clock

    def over(self) -> bool:
        """Say whether one of the two times is up."""
        return time.thread_time() > self._computing or time.monotonic() > self._clock


FAILED = object()
Quick = tuple[Any, dict[str, Any]]  # what a function returned, or FAILED, and its inputs after


@dataclass(frozen=True)
class _Positional:
    args: tuple
    kwargs: dict[str, Any] = field(default_factory=dict)


def value_of(function: Callable, inputs: Mapping[str, Any], seconds: float) -> Quick:
    """Call a function without finding out how it failed: for the many that are only tried."""
    fresh = {name: _copied(value) for name, value in inputs.items()}
    try:
        return _call_in_time(function, _Positional(tuple(fresh.values())), seconds), fresh
    except KeyboardInterrupt:
        raise
    except BaseException:  # an error, exit() or its time is up
        return FAILED, fresh


def _copied(value: Any) -> Any:
    return value.copy() if type(value) is np.ndarray else copy.deepcopy(value)


def _failure(function: Callable, error: BaseException, busy: bool) -> Failure:
    step = _own_step(function, error)
    place = (_describe_line(step), step.tb_lineno) if step else ("", 0)
    if isinstance(error, _TimeUp):
        return Failure("time", "", "busy" if busy else "waiting", *place)
    if isinstance(error, KeyboardInterrupt):
        return Failure("interrupted", "", "", *place)
    if isinstance(error, surroundings.ForbiddenError):
        return Failure(error.kind, "", str(error), *place)
    if isinstance(error, SystemExit):
        return Failure("exit", "", "SystemExit", *place)
    kind = "memory" if isinstance(error, MemoryError) else "raised"
    return Failure(kind, type(error).__name__, _message(error), *place)


# --- what went wrong, and where ------------------------------------------------------------------


def _message(error: BaseException) -> str:
    try:
        text = " ".join(str(error).split())
    except Exception:  # the learner's own exception class may fail here
        return ""
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", text)  # addresses change from run to run
    text = re.sub(r", with gufunc signature \S+", "", text)  # NumPy's notation for a product
    return text if len(text) <= 300 else text[:297] + "..."


def _own_step(function: Callable, error: BaseException) -> TracebackType | None:
    """Return the deepest step in the learner's own code, so that NumPy's frames are cut."""
    own = getattr(inspect.unwrap(function), "__globals__", None)
    deepest, step = None, error.__traceback__
    while step is not None:
        if step.tb_frame.f_globals is own:
            deepest = step
        step = step.tb_next
    return deepest


def _describe_line(step: TracebackType) -> str:
    code = step.tb_frame.f_code
    line = ""
    if code.co_filename != MADE_FROM_A_STRING:
        line = linecache.getline(code.co_filename, step.tb_lineno, step.tb_frame.f_globals).strip()
    place = f"line {step.tb_lineno}"
    return f"{place}, `{line.replace('`', chr(39))}`" if line else place


# --- limits --------------------------------------------------------------------------------------


_ELSEWHERE = 20  # times an alarm waits for a line of the answer itself, a millisecond each


class _TimeUp(BaseException):
    """The call took too long. No ``Exception``, so that ``except Exception`` lets it through."""


def _call_in_time(function: Callable, bound: inspect.BoundArguments, seconds: float) -> Any:
    on_main = threading.current_thread() is threading.main_thread()
    by_signal = on_main and hasattr(signal, "setitimer")
    limit = (_Alarm if by_signal else _Watcher)(seconds, function)
    try:
        limit.start()
        return function(*bound.args, **bound.kwargs)
    finally:
        limit.stop()


class _Alarm:
    """Raise ``_TimeUp`` by a timer signal. It also wakes a sleeping call. Main thread only."""

    def __init__(self, seconds: float, function: Callable) -> None:
        self._seconds, self._active, self._rings = seconds, False, 0
        self._old_handler = self._old_timer = None  # what there was before, once it is replaced
        self._own = getattr(inspect.unwrap(function), "__globals__", None)

    def start(self) -> None:
        # Each is noted before it is replaced: an interrupt may come in between.
        self._old_handler = signal.getsignal(signal.SIGALRM)
        signal.signal(signal.SIGALRM, self._ring)
        self._old_timer = signal.getitimer(signal.ITIMER_REAL)
        self._active = True
        # Rings again every millisecond, in case a bare `except:` swallowed the first one.
        signal.setitimer(signal.ITIMER_REAL, self._seconds, 0.001)

    def _ring(self, _number: int, frame: FrameType | None) -> None:
        if frame is None or frame.f_code.co_filename == __file__:
            return  # never in our own clean-up
        self._rings += 1
        if frame.f_globals is not self._own and self._rings <= _ELSEWHERE:
            return  # Python would drop it in a callback of the garbage collector, with a message
        while frame is not None and frame.f_code is not _call_in_time.__code__:
            if "unraisable" in frame.f_code.co_name:
                return  # never in what reports an error that nobody can catch; it rings again
            frame = frame.f_back
        if frame is None:  # the call is over, and an interrupt kept `stop` from being reached
            self.stop()
        elif self._active:
            raise _TimeUp

    def stop(self) -> None:
        """Put back what was replaced; a second time there is nothing left to do."""
        self._active = False
        if self._old_timer is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if self._old_handler is not None:
            signal.signal(signal.SIGALRM, self._old_handler)
            self._old_handler = None
        if self._old_timer is not None and self._old_timer[0]:
            signal.setitimer(signal.ITIMER_REAL, *self._old_timer)
        self._old_timer = None


class _Watcher:
    """Raise ``_TimeUp`` from a second thread: for Windows and for cells run in threads."""

    def __init__(self, seconds: float, _function: Callable) -> None:
        self._seconds = seconds
        self._watched = threading.get_ident()
        self._done = threading.Event()
        self._sent = False
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        with _memory_to_start_a_thread():
            self._thread.start()

    def _watch(self) -> None:
        pause = self._seconds
        while not self._done.wait(pause):
            pause = 0.05
            frame = sys._current_frames().get(self._watched)
            if frame is not None and frame.f_code.co_filename != __file__:
                self._raise_there()

    def _raise_there(self) -> None:
        self._sent = True
        set_it = ctypes.pythonapi.PyThreadState_SetAsyncExc
        set_it(ctypes.c_ulong(self._watched), ctypes.py_object(_TimeUp))

    def stop(self) -> None:
        while True:
            try:
                self._done.set()
                if self._thread.ident is not None:  # else an interrupt came before it began
                    self._thread.join()
                break
            except _TimeUp:
                pass  # it arrived during the clean-up; clean up once more
        if self._sent:  # one may be on its way
            # It cannot be withdrawn: Python notes that one is to come, and forgets that only when
            # one arrives. With the note Python 3.11 is slower from then on and hangs in a profiler
            # (`%prun`) or a debugger. So one more is sent and met here: it takes the first's place.
            try:
                self._raise_there()
                while True:
                    time.sleep(0)
            except _TimeUp:
                pass


@contextlib.contextmanager
def memory_limit(most: int = MEMORY) -> Iterator[None]:
    """Let the process grow by ``most`` bytes, where the system can tell and limit its size."""
    used = _address_space()
    if resource is None or used is None:
        yield
        return
    with _MEMORY.held(partial(_limit_memory, used + min(most, _room()))):
        yield


_MEMORY = surroundings.Shared()
_limits: list[tuple[int, int]] = []  # as they were before the first call that runs now


def _limit_memory(ceiling: int, undo: contextlib.ExitStack) -> None:
    """Set the limit. Where another call has set one, the higher of the two holds for both."""
    now = resource.getrlimit(resource.RLIMIT_AS)
    undo.callback(_lift_the_limit)  # a second time there is nothing left to do
    if not _limits:
        _limits.append(now)
        now = (0, 0)
    soft, hard = _limits[0]
    most = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min([max(now[0], ceiling), *most]), hard))


@contextlib.contextmanager
def _memory_to_start_a_thread() -> Iterator[None]:
    """Lift the limit for a moment.

    A thread that finds no memory dies before it says that it has begun, and who has started it
    waits for ever.
    """
    with _MEMORY.lock:
        if not _limits:
            yield
            return
        now = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, _limits[0])
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_AS, now)


def _lift_the_limit() -> None:
    if _limits:
        resource.setrlimit(resource.RLIMIT_AS, _limits[0])
        _limits.clear()  # last: what an interrupt cuts short here is done after the next call


def _room() -> int:
    """Return how many bytes a call may take: on a small machine the system would end the kernel."""
    free = free_memory()
    return MEMORY if free is None else int(min(MEMORY, max(LEAST, SHARE * free)))


def _address_space() -> int | None:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
