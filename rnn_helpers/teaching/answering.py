"""Run one learner's function, in a process of its own.

``python -m rnn_helpers.teaching.answering`` reads what to run and the inputs of each call from
standard input, and writes what came back as messages of ``values``. What the function prints goes
nowhere. The process may take so much memory and so many seconds, and a hook that cannot be removed
again refuses what no exercise needs: to write files, to start or end processes, to open sockets,
to call into C, and to read notebooks or the course's own solutions.

A hook inside Python is a fence and no wall: it holds against accidents and against tricks from a
forum, not against somebody who breaks Python itself. ``judging`` puts a wall around it where
bubblewrap is installed. Whatever happens here, only returned values leave this process.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import importlib.abc
import inspect
import linecache
import math
import os
import pickle
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from rnn_helpers.checking import guard
from rnn_helpers.checking.guard import Failure, Outcome
from rnn_helpers.teaching import values
from rnn_helpers.teaching.values import Asked

try:
    import resource
except ImportError:  # Windows
    resource = None

MEMORY = 2**30  # bytes that a learner's function may add
HIDDEN = "rnn_helpers.lessons"
FORBIDDEN = {
    *("os.kill", "os.killpg", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn"),
    *("os.spawn", "os.startfile", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link"),
    *("os.symlink", "os.truncate", "os.chmod", "os.chown", "os.utime", "os.setxattr"),
    *("os.removexattr", "pty.spawn", "signal.pthread_kill", "sys.addaudithook", "sys.setprofile"),
    *("gc.get_objects", "gc.get_referrers", "gc.get_referents", "builtins.input"),
}
FORBIDDEN_KINDS = ("subprocess", "socket", "ctypes", "shutil", "fcntl", "mmap", "resource")
FORBIDDEN_KINDS += ("ftplib", "http", "smtplib", "urllib", "sqlite3", "winreg", "_winapi", "msvcrt")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Channel:
    """The way to the process that judges: one message a line, each way."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming, self._outgoing = incoming, outgoing

    def next(self) -> Any:
        """Return the next thing that the judge sends; it is trusted."""
        line = self._incoming.readline()
        if not line:
            os._exit(0)
        return pickle.loads(base64.b64decode(line))

    def send(self, value: Any) -> None:
        """Send a value to the judge, who trusts nothing of it."""
        try:
            message = values.pack(value)
        except Exception as error:  # a class of the learner's own may do anything
            message = values.pack(_told(Outcome(failure=Failure("raised", type(error).__name__))))
        self._outgoing.write(message.encode() + b"\n")
        self._outgoing.flush()


def main() -> None:
    """Serve one answer: set its limits, load it, and call it as often as the judge asks."""
    channel = _private_channel()
    task = channel.next()
    _limit(task["seconds"])
    _hide(task["hidden"])
    scope, failed = _loaded(task["cells"], task["needs"])
    function = scope.get(task["name"])
    loaded = callable(function)
    channel.send({"loaded": loaded, "failed": failed})
    while loaded:
        case = channel.next()
        inputs = {name: _proxy(channel, value) for name, value in case["inputs"].items()}
        channel.send(_told(_called(function, inputs, case["seconds"])))


def _private_channel() -> Channel:
    """Take standard input and output away, so that nothing printed gets among the messages."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    return Channel(incoming, outgoing)


def _limit(seconds: float) -> None:
    if resource is None:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    most = math.ceil(seconds) + 5
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    used = guard._address_space()
    if used is not None:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))


# --- what is refused -----------------------------------------------------------------------------


class _Hidden(importlib.abc.MetaPathFinder):
    def find_spec(self, name: str, *_: object) -> None:
        if name.startswith(HIDDEN):
            raise ImportError(f"{name} is not at hand while homework is judged")


def _hide(folders: list[str]) -> None:
    """Refuse from now on what no exercise needs."""
    sys.meta_path.insert(0, _Hidden())
    secret = tuple(os.path.join(os.path.realpath(folder), "") for folder in [*folders, "/proc"])

    def hook(event: str, arguments: tuple) -> None:
        kind = event.partition(".")[0]
        if event in FORBIDDEN or kind in FORBIDDEN_KINDS:
            raise PermissionError(f"{event} is not allowed while homework is judged")
        if event == "open" and not _may_open(arguments, secret):
            raise PermissionError("this file may not be opened while homework is judged")

    sys.addaudithook(hook)


def _may_open(arguments: tuple, secret: tuple[str, ...]) -> bool:
    path, mode, flags = (*arguments, None, None)[:3]
    if isinstance(path, int):
        return True
    name = os.path.realpath(os.fsdecode(path))
    writes = bool(flags and flags & WRITES) or any(c in "wax+" for c in str(mode or ""))
    if name == os.devnull:
        return True
    return not (writes or name.endswith(".ipynb") or name.startswith(secret))


# --- what is run ---------------------------------------------------------------------------------


def _loaded(
    cells: list[tuple[str, str]], needs: list[tuple[int, int]]
) -> tuple[dict[str, Any], str]:
    """Run the statements that an answer needs; return the names, and the first error."""
    scope: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
    failed = ""
    for place, number in needs:
        file, text = cells[place]
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        node = ast.parse(text).body[number]
        try:
            exec(compile(ast.Module([node], type_ignores=[]), file, "exec"), scope)
        except BaseException as error:  # exit() too: the next statement may be the answer
            failed = failed or guard._message(error) or type(error).__name__
    return scope, failed


def _proxy(channel: Channel, value: Any) -> Any:
    if not isinstance(value, Asked):
        return value

    def ask(*arguments: Any) -> Any:
        channel.send({"ask": value.name, "arguments": arguments})
        kind, answer = channel.next()
        if kind == "error":
            raise answer
        return answer

    return ask


def _called(function: Callable, inputs: Mapping[str, Any], seconds: float) -> Outcome:
    names = [inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD) for n in inputs]
    return guard.call(function, inspect.Signature(names), inputs, seconds)


def _told(outcome: Outcome) -> dict[str, Any]:
    failure: Failure | None = outcome.failure
    changed = {name: v for name, v in outcome.changed.items() if not callable(v)}
    return {
        "value": outcome.value,
        "changed": changed,
        "replaced": list(outcome.replaced),
        "failure": failure and [failure.kind, failure.type, failure.message, failure.where],
    }


if __name__ == "__main__":
    np.seterr(all="ignore")
    sys.path[:] = [str(Path(entry).resolve()) for entry in sys.path if entry]
    main()
