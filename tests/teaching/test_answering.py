"""The process in which an answer runs, spoken to as the judge speaks to it."""

import base64
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rnn_helpers
from rnn_helpers.teaching.answering import _may_open
from rnn_helpers.teaching.values import Asked, unpack

ROOT = Path(rnn_helpers.__file__).parents[1]


class Running:
    def __init__(self, process: subprocess.Popen) -> None:
        self._process = process

    def send(self, message: Any) -> None:
        self._process.stdin.write(base64.b64encode(pickle.dumps(message)) + b"\n")
        self._process.stdin.flush()

    def next(self) -> Any:
        return unpack(self._process.stdout.readline())

    def call(self, **inputs: Any) -> Any:
        self.send({"inputs": inputs, "seconds": 3.0})
        return self.next()


@contextmanager
def running(text: str, hidden: tuple[str, ...] = ()) -> Iterator[Running]:
    process = subprocess.Popen(
        [sys.executable, "-m", "rnn_helpers.teaching.answering"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    made = Running(process)
    try:
        body = len(text.split("\n\n"))
        needs = [(0, number) for number in range(body)]
        made.send({"cells": [("<cell 1>", text)], "needs": needs, "name": "f", "seconds": 30,
                   "hidden": list(hidden)})  # fmt: skip
        yield made
    finally:
        process.kill()
        process.communicate()


def test_an_answer_is_loaded_and_called() -> None:
    with running(
        "import numpy as np\n\ndef f(x):\n    print('noise')\n    return x + 1"
    ) as process:
        assert process.next() == {"loaded": True, "failed": ""}
        reply = process.call(x=np.zeros(2))
        assert np.array_equal(reply["value"], np.ones(2))
        assert (reply["failure"], reply["changed"]) == (None, {})


def test_what_it_changes_is_told() -> None:
    with running("def f(x):\n    x += 1") as process:
        process.next()
        assert np.array_equal(process.call(x=np.zeros(2))["changed"]["x"], np.ones(2))


def test_a_function_among_the_inputs_is_asked_for() -> None:
    with running("def f(g):\n    return g(2) * 10") as process:
        process.next()
        process.send({"inputs": {"g": Asked("g")}, "seconds": 3.0})
        assert process.next() == {"ask": "g", "arguments": (2,)}
        process.send(("value", 7))
        assert process.next()["value"] == 70
        process.send({"inputs": {"g": Asked("g")}, "seconds": 3.0})
        process.next()
        process.send(("error", TypeError("no")))
        assert process.next()["failure"][:3] == ["raised", "TypeError", "no"]


def test_what_it_needs_may_fail_and_an_exit_ends_nothing() -> None:
    with running("import sys\n\nsys.exit(3)\n\ny = gone\n\ndef f(x):\n    return 1") as process:
        assert process.next() == {"loaded": True, "failed": "3"}
        assert process.call(x=1)["value"] == 1


def test_where_there_is_no_function_it_says_so() -> None:
    with running("f = gone(1)") as process:
        assert process.next() == {"loaded": False, "failed": "name 'gone' is not defined"}


REFUSED = {
    "write": "open('made', 'w')",
    "write by the system": "__import__('os').open('made', 65)",
    "a notebook": "open('notebooks/00_start_here.ipynb').read()",
    "the solutions": "open('rnn_helpers/lessons/gru/exercises.py').read()",
    "end another": "__import__('os').kill(__import__('os').getppid(), 9)",
    "start another": "__import__('subprocess').run(['true'])",
    "fork": "__import__('os').fork()",
    "the shell": "__import__('os').system('true')",
    "the network": "__import__('socket').socket()",
    "C": "__import__('ctypes').CDLL(None)",
    "remove": "__import__('os').remove('README.md')",
    "limits": "__import__('resource').setrlimit(0, (9, 9))",
    "another process": "open('/proc/1/environ').read()",
    "objects": "__import__('gc').get_objects()",
}


@pytest.mark.skipif(os.name != "posix", reason="some of these are calls of POSIX")
def test_what_no_exercise_needs_is_refused() -> None:
    lines = ",\n".join(f"    {name!r}: lambda: {text}" for name, text in REFUSED.items())
    text = f"def f(name):\n    return {{\n{lines}}}[name]()"
    with running(text, (str(ROOT / "rnn_helpers" / "lessons"),)) as process:
        process.next()
        for name in REFUSED:
            failure = process.call(name=name)["failure"]
            assert failure[1] == "PermissionError", (name, failure)
    assert not (ROOT / "made").exists() and (ROOT / "README.md").exists()


def test_the_course_s_exercises_are_not_at_hand_and_the_rest_is() -> None:
    text = "def f(name):\n    return __import__(name).__name__"
    with running(text) as process:
        process.next()
        assert "not at hand" in process.call(name="rnn_helpers.lessons.gru")["failure"][2]
        assert process.call(name="rnn_helpers.losses")["value"] == "rnn_helpers"


def test_a_file_may_be_read_and_none_written() -> None:
    assert _may_open((__file__, "r", 0), ())
    assert _may_open((os.devnull, "w", os.O_WRONLY), ())
    assert not _may_open((__file__, "r+", 0), ())
    assert not _may_open((__file__, None, os.O_WRONLY), ())
    folder = os.path.join(os.path.realpath(Path(__file__).parent), "")
    assert not _may_open((__file__, "r", 0), (folder,))
    assert not _may_open((f"{folder}../{Path(folder).name}/x", "r", 0), (folder,))
