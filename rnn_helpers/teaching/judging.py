"""Judge one notebook: ``python -m rnn_helpers.teaching.judging NOTEBOOK`` prints what it holds.

Every answer runs in a process of its own (``answering``), on inputs dealt here; the right values
never leave this process, and what comes back is compared here. So it is of no use to an answer to
print "right", to write into files or to change the checker: it is right if it returns the right
numbers for inputs that it has not seen, and in no other way.

Where ``bwrap`` (bubblewrap, https://github.com/containers/bubblewrap, on Linux) is installed and
works, that process also sees a system that it can only read, no network, no other process and not
the folder with the others' homework. Elsewhere a hook inside Python is all that holds it. What
remains possible then to somebody who breaks Python itself: to read and write what the teacher may,
to end the teacher's processes, and to look the solutions up. With ``bwrap`` it remains possible to
read what the teacher may read, and so, with some effort, the course's solutions; and in both cases
to hand in what another has written. Judge strangers' work on a machine made for it.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import os
import pickle
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.feedback import State
from rnn_helpers.checking.guard import Failure, Outcome
from rnn_helpers.checking.trial import Problem
from rnn_helpers.teaching import functions, values
from rnn_helpers.teaching.functions import Answer, Homework, NotebookError
from rnn_helpers.teaching.values import Asked, MessageError

SECONDS = 5.0  # that all calls of one answer may take, as in the notebook
ASKING = 30.0  # that one call may take which asks this process for what a function returns
AGAIN = 1.0  # that one call may take where an answer is run again to find out what is wrong
START = 30.0  # that a process may take to start, on a busy machine, with what the answer needs
NOTEBOOK = 60.0  # that all answers of one notebook may take
ASKED = 5_000  # times that an answer may ask a function among its inputs
PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Verdict:
    """What became of one exercise: a state in words, whether it is right, and what to say of it."""

    exercise: str
    state: str
    right: bool = False
    says: str = ""
    mistakes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """A notebook: its lesson, a verdict for each exercise, or in ``problem`` why there is none."""

    lesson: str = ""
    verdicts: list[Verdict] = field(default_factory=list)
    problem: str = ""


def judge(path: str | os.PathLike, seed: int, hidden: Sequence[str] = ()) -> Judged:
    """Judge the answers of a notebook on the inputs of ``seed``.

    ``hidden`` names folders that no answer may read, such as that of the others' homework.
    """
    try:
        homework = functions.read(path)
    except NotebookError as error:
        return Judged(problem=str(error))
    end = time.monotonic() + NOTEBOOK
    verdicts = [_verdict(homework, exercise, seed, hidden, end) for exercise in homework.exercises]
    return Judged(homework.lesson, verdicts)


def _verdict(
    homework: Homework, exercise: Exercise, seed: int, hidden: Sequence[str], end: float
) -> Verdict:
    answer = functions.answer(homework, exercise)
    if answer.missing:
        return Verdict(exercise.name, "missing", says=answer.missing)
    if time.monotonic() > end:
        says = "the time for this notebook was up before this exercise was judged."
        return Verdict(exercise.name, "not judged", says=says)
    with contextlib.closing(_Answering(homework, exercise, answer, hidden)) as process:
        try:
            problem = exercise.judge_from_outside(answer.function, seed, process.call)
        except _LostError as error:
            problem = Problem(State.STOPPED, str(error))
        except Exception as error:  # a value that no check foresaw must not cost the others theirs
            says = f"`{exercise.name}` could not be judged ({type(error).__name__})."
            return Verdict(exercise.name, "not judged", says=says)
    says = " ".join(filter(None, (problem.says, problem.advice, process.remark)))
    right = problem.state == State.RIGHT
    return Verdict(exercise.name, str(problem.state), right, says, problem.mistakes)


# --- the process of an answer --------------------------------------------------------------------


class _LostError(Exception):
    """An answer's process is gone or does not speak as it should; carries the sentence."""


class _Answering:
    """The process that runs one answer; it is started when the answer is first called."""

    def __init__(
        self, homework: Homework, exercise: Exercise, answer: Answer, hidden: Sequence[str]
    ) -> None:
        self._homework, self._exercise, self._answer = homework, exercise, answer
        own = [str(folder) for folder in map(Path, hidden) if not _holds_python(folder)]
        self._hidden = [str(PACKAGE / "lessons"), *own]
        self._process: subprocess.Popen | None = None
        self._folder = ""  # in which it runs
        self._replies: queue.Queue[bytes] = queue.Queue(maxsize=2)
        self._left = SECONDS
        self._asked = 0
        self.remark = ""

    def call(self, inputs: Mapping[str, Any]) -> Outcome:
        """Return what the answer does with these inputs."""
        if self._process is None:
            self._start()
        given = {n: Asked(n) if callable(v) else v for n, v in inputs.items()}
        asks = any(isinstance(value, Asked) for value in given.values())
        started, seconds = time.monotonic(), ASKING if asks else max(self._left, AGAIN)
        self._send({"inputs": given, "seconds": seconds})
        reply = self._next(started + seconds + 2, inputs)
        self._left -= time.monotonic() - started
        return _outcome(reply, self._exercise.name)

    def _start(self) -> None:
        self._folder = self._folder or tempfile.mkdtemp()
        environment = {
            "PATH": os.defpath, "HOME": self._folder, "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1", "PYTHONPATH": str(PACKAGE.parent), "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0",
        }  # fmt: skip
        environment |= {k: v for k, v in os.environ.items() if k.upper() in ("SYSTEMROOT", "TEMP")}
        self._process = subprocess.Popen(
            [*_wall(self._hidden), sys.executable, "-m", "rnn_helpers.teaching.answering"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            env=environment,
            start_new_session=os.name == "posix",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._send(
            {
                "cells": [(cell.file, cell.text) for cell in self._homework.cells],
                "needs": self._answer.needs,
                "name": self._exercise.name,
                "seconds": SECONDS + START,
                "hidden": self._hidden,
            }
        )
        loaded = self._next(time.monotonic() + START, {})
        failed = loaded.get("failed", "") if isinstance(loaded, dict) else ""
        if not (isinstance(loaded, dict) and loaded.get("loaded") is True):
            raise _LostError(f"`{self._exercise.name}` could not be defined. {_short(failed)}")
        if failed:
            self.remark = f"(What it needs of the notebook did not all run: {_short(failed)}.)"

    def _read(self) -> None:
        """Hand on what the process writes, line by line; one that is too long ends it."""
        with contextlib.suppress(ValueError, OSError):
            while line := self._process.stdout.readline(values.LARGEST):
                self._replies.put(line)
        self._replies.put(b"")

    def _send(self, message: Any) -> None:
        try:
            self._process.stdin.write(base64.b64encode(pickle.dumps(message)) + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise _LostError(self._died()) from None

    def _next(self, end: float, inputs: Mapping[str, Any]) -> Any:
        """Return the next reply; meanwhile answer what the process asks of its inputs."""
        while True:
            try:
                line = self._replies.get(timeout=max(end - time.monotonic(), 0.01))
            except queue.Empty:
                says = f"`{self._exercise.name}` was stopped: it did not come to an end in time."
                raise _LostError(says) from None
            if not line:
                raise _LostError(self._died())
            try:
                reply = values.unpack(line)
            except MessageError:
                says = "returned what is too large, or no value at all."
                raise _LostError(f"`{self._exercise.name}` {says}") from None
            if not (isinstance(reply, dict) and reply.keys() == {"ask", "arguments"}):
                return reply
            self._send(self._asked_for(reply, inputs))

    def _asked_for(self, reply: dict[str, Any], inputs: Mapping[str, Any]) -> tuple[str, Any]:
        self._asked += 1
        function, arguments = inputs.get(str(reply["ask"])), reply["arguments"]
        if self._asked > ASKED or not callable(function) or not isinstance(arguments, tuple):
            raise _LostError(f"`{self._exercise.name}` asked for what there is not.")
        try:
            with np.errstate(all="ignore"):
                return "value", function(*arguments)
        except Exception as error:
            return "error", type(error)(*map(str, error.args)) if _plain(error) else TypeError()

    def _died(self) -> str:
        return (
            f"`{self._exercise.name}` ended its own process: it called for an end of Python, "
            "crashed, or took more memory or time than it may have."
        )

    def close(self) -> None:
        """End the process, with all that it may have started."""
        if self._process is not None:
            self._end()
        if self._folder:  # also that of a process which could not be started
            shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self) -> None:
        with contextlib.suppress(OSError, ProcessLookupError):
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        while self._reader.is_alive():  # it may wait for room to hand on what it has read
            with contextlib.suppress(queue.Empty):
                self._replies.get(timeout=0.05)
        self._process.wait()
        self._process.stdout.close()
        with contextlib.suppress(OSError):
            self._process.stdin.close()


def _holds_python(folder: Path) -> bool:
    """Say whether the course or Python itself lies in a folder: it cannot be hidden then."""
    homes = (PACKAGE, Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable))
    return any(home.resolve().is_relative_to(folder.resolve()) for home in homes)


def _plain(error: Exception) -> bool:
    return type(error) in (TypeError, ValueError, IndexError, KeyError)


def _outcome(reply: Any, name: str) -> Outcome:
    """Return what a process says that an answer did, checked for its form."""
    keys = {"value", "changed", "replaced", "failure"}
    if (
        not isinstance(reply, dict)
        or reply.keys() != keys
        or not isinstance(reply["changed"], dict)
    ):
        raise _LostError(f"`{name}` answered in another form than a function does.")
    failure = reply["failure"]
    if failure is not None:
        texts = [_short(part) for part in failure if isinstance(part, str)]
        known = ("raised", "memory", "time", "exit", "input")
        if len(texts) != 4 or texts[0] not in known:
            raise _LostError(f"`{name}` answered in another form than a function does.")
        return Outcome(failure=Failure(*texts))
    replaced = [_short(part) for part in reply["replaced"]][:5]
    return Outcome(reply["value"], reply["changed"], replaced=replaced)


def _short(text: Any) -> str:
    return " ".join(str(text).split())[:300]


# --- the wall ------------------------------------------------------------------------------------


def _wall(hidden: Sequence[str]) -> list[str]:
    """Return the command that builds a wall around a process, [] where there is none."""
    if not has_wall():
        return []
    covered = [part for folder in hidden if os.path.isdir(folder) for part in ("--tmpfs", folder)]
    return [*_BWRAP, *covered, "--"]


_BWRAP = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
_BWRAP += ["--unshare-all", "--die-with-parent", "--new-session"]


@functools.cache
def has_wall() -> bool:
    """Say whether bubblewrap is installed and may do its work here."""
    if shutil.which("bwrap") is None:
        return False
    command = [*_BWRAP, "--", sys.executable, "-c", ""]
    try:
        return subprocess.run(command, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def main(arguments: list[str] | None = None) -> int:
    """Print what a notebook holds, as JSON: NOTEBOOK SEED [FOLDER THAT NO ANSWER MAY READ ...]."""
    path, seed, *hidden = arguments if arguments is not None else sys.argv[1:]
    print(json.dumps(asdict(judge(path, int(seed), hidden))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
