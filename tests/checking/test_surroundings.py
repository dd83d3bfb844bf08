"""What would end the kernel, wait for the keyboard, or take away what the notebook needs."""

import builtins
import contextlib
import os
import sys
import threading
import time
import warnings

import numpy as np
import pytest
from jupyter_client.manager import start_new_kernel
from sample_exercise import RIGHT, check, learner, make_scan

from rnn_helpers.checking import guard, surroundings
from rnn_helpers.checking.feedback import State

try:
    import resource
except ImportError:  # Windows
    resource = None

EXITS = {
    "exit": "exit()",
    "quit": "quit()",
    "sys.exit": "import sys; sys.exit(3)",
    "SystemExit": "raise SystemExit(3)",
    "os._exit": "import os; os._exit(0)",
    "from os": "from os import _exit; _exit(0)",
    "os.abort": "import os; os.abort()",
    "in a loop": "while True:\n    try:\n        exit()\n    except Exception:\n        pass",
}


@pytest.mark.parametrize("body", EXITS.values(), ids=EXITS)
def test_an_answer_that_would_end_python_is_told(body):
    result = check(body)
    assert result.state == State.STOPPED
    assert "which ends Python and not just the function. A function is left with `return`." in (
        result.says
    )
    assert " at line " in result.says


def test_a_real_exit_that_the_notebook_has_under_another_name_is_caught_too():
    scope = {"np": np, "leave": os._exit}
    result = make_scan().check(learner("leave(0)", scope=scope))
    assert result.state == State.STOPPED
    assert scope["leave"] is os._exit


@pytest.mark.parametrize("body", ["input('n? ')", "breakpoint()"])
def test_an_answer_that_would_wait_for_the_keyboard_is_told(body):
    result = check(body)
    assert result.state == State.STOPPED
    assert "would wait for somebody to type" in result.says


def test_everything_is_back_in_its_place_afterwards():
    names = (builtins.exit, builtins.quit, builtins.input, sys.exit, os._exit, os.abort)
    check("exit()")
    check(RIGHT)
    assert names == (builtins.exit, builtins.quit, builtins.input, sys.exit, os._exit, os.abort)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("global np\ndel np", "np"),
        ("global np\nnp = 3\nreturn x", "np"),
        ("np.random.default_rng = None\nreturn x", "np.random.default_rng"),
        ("np.tanh = abs\nreturn x", "np.tanh"),
        ("del np.linalg.norm", "np.linalg.norm"),
    ],
)
def test_what_an_answer_takes_away_is_put_back_and_told(body, name):
    tools = (np.random.default_rng, np.tanh, np.linalg.norm)
    scope = {"np": np}
    result = make_scan().check(learner(body, scope=scope))
    assert f"deleted or replaced `{name}`, which other cells need. It was put back." in result.says
    assert scope["np"] is np
    assert tools == (np.random.default_rng, np.tanh, np.linalg.norm)


def test_what_was_taken_away_before_the_check_is_put_back(monkeypatch):
    tanh = np.tanh
    np.tanh = abs
    try:
        assert make_scan().check(learner(RIGHT)).state == State.RIGHT
        assert np.tanh is tanh
    finally:
        np.tanh = tanh
    assert surroundings.numpy_put_back() == []


@pytest.mark.parametrize(
    ("np_now", "says"),
    [
        ({}, "`np` is gone: run the set-up cell at the top of the notebook again."),
        ({"np": 3}, "`np` is no longer NumPy: run the set-up cell"),
        ({"np": np.tanh}, "`np` is no longer NumPy: run the set-up cell"),
    ],
)
def test_a_notebook_that_has_lost_numpy_is_told(np_now, says):
    result = make_scan().check(learner(RIGHT, scope=dict(np_now)))
    assert result.state == State.RAISED
    assert says in result.says


def test_a_function_of_python_that_is_now_a_number_is_told():
    result = make_scan().check(learner("return sum(x)", scope={"np": np, "sum": 3}))
    assert "`sum` is no longer what it was: run the set-up cell" in result.says


def test_a_variable_that_an_answer_counts_with_is_put_back_without_a_word():
    scope = {"np": np, "count": 0}
    body = "global count\ncount += 1" + RIGHT.replace("\n    ", "\n")
    assert make_scan().check(learner(body, scope=scope)).state == State.RIGHT
    assert scope["count"] == 0


# --- checks in several threads -------------------------------------------------------------------


def limits():
    return resource and resource.getrlimit(resource.RLIMIT_AS)


@pytest.mark.parametrize("first_to_leave", ["one", "other"])
def test_calls_that_overlap_leave_everything_as_it_was(first_to_leave):
    """Such as those of checks in two threads: each begins before the other has ended."""
    scope = {"np": np, "leave": os._exit}
    names = (builtins.exit, builtins.input, sys.exit, os._exit, os.abort)
    before = (limits(), list(warnings.filters), warnings.showwarning)
    calls = {name: contextlib.ExitStack() for name in ("one", "other")}
    for call in calls.values():
        call.enter_context(surroundings.kept(learner("return x", scope=scope)))
        call.enter_context(guard.memory_limit())
        call.enter_context(surroundings.without_warnings())
    calls.pop(first_to_leave).close()
    with pytest.raises(surroundings.ForbiddenError, match="leave"):
        scope["leave"](0)
    with pytest.raises(surroundings.ForbiddenError, match="exit"):
        sys.exit()
    calls.popitem()[1].close()
    assert names == (builtins.exit, builtins.input, sys.exit, os._exit, os.abort)
    assert scope["leave"] is os._exit
    assert before == (limits(), warnings.filters, warnings.showwarning)


def test_of_two_limits_of_memory_the_higher_holds_for_both():
    if limits() is None or guard._address_space() is None:
        pytest.skip("no limit of memory here")
    with guard.memory_limit(2**26):
        low = limits()
        with guard.memory_limit(2**28):
            high = limits()
        with guard.memory_limit(2**26):
            assert limits() == high
    assert high[0] > low[0]


def test_checks_in_two_threads_end_in_a_kernel_as_it_was():
    names, before = (builtins.input, sys.exit, os._exit), (limits(), list(warnings.filters))
    answer = learner("time.sleep(0.01)" + RIGHT.replace("\n    ", "\n"))
    threads = [threading.Thread(target=make_scan().check, args=[answer]) for _ in range(3)]
    for thread in threads:
        thread.start()
        time.sleep(0.015)
    for thread in threads:
        thread.join()
    assert names == (builtins.input, sys.exit, os._exit)
    assert before == (limits(), list(warnings.filters))


def test_an_interrupt_while_the_stand_ins_are_put_in_leaves_none(monkeypatch):
    def interrupted(names, name, *rest, replace=surroundings._replace):
        if name == "abort":
            raise KeyboardInterrupt
        return replace(names, name, *rest)

    names = (builtins.exit, sys.exit, os._exit, os.abort)
    monkeypatch.setattr(surroundings, "_replace", interrupted)
    with pytest.raises(KeyboardInterrupt), surroundings.kept(make_scan().reference):
        pass
    assert names == (builtins.exit, sys.exit, os._exit, os.abort)


# --- in a kernel ---------------------------------------------------------------------------------

SET_UP = """
import os, sys, tempfile
os.environ["RNN_HELPERS_PROGRESS"] = tempfile.mkdtemp() + "/progress.json"
import numpy as np
from rnn_helpers.lessons.start_here import exercises
exercises.column.seconds = 5.0
"""
ANSWER = r"""
def column(token, n_x):
    {}

result = exercises.column.check(column)
print(result.says, result.state, sep="\n")
"""
ENDS = {
    "exit()": "stopped",
    "quit()": "stopped",
    "sys.exit()": "stopped",
    "os._exit(1)": "stopped",
    "input()": "stopped",
    "raise SystemExit": "stopped",
    "while True: pass": "stopped",
    "return np.ones((10**6, 10**6))": "stopped",
    "return column(token, n_x)": "raised",
    "global np; del np": "stopped",
    "np.random.default_rng = None": "stopped",
    "return np.eye(n_x)[:, [token]]": "right",
}
SWALLOWS = "while True:\n        try: np.zeros(3)\n        except: pass"


def test_a_kernel_outlives_every_answer():
    manager, client = start_new_kernel(kernel_name="python3", env=dict(os.environ))
    try:
        assert _said(client, SET_UP) == ""
        before = _said(client, "print(os.getpid())")
        for body, state in {**ENDS, SWALLOWS: "stopped"}.items():
            said = _said(client, ANSWER.format(body))
            assert ("would wait" in said) == ("input" in body), said
            assert ("ends Python" in said) == ("xit" in body or "quit" in body), said
            assert said.strip().split("\n")[-1] == state, f"{body}: {said}"
        assert _said(client, "print(os.getpid())") == before
        assert manager.is_alive()
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _said(client, code: str) -> str:
    said: list[str] = []

    def keep(message: dict) -> None:
        if message["msg_type"] == "stream":
            said.append(message["content"]["text"])
        if message["msg_type"] == "error":
            said.append("\n".join(message["content"]["traceback"]))

    client.execute_interactive(code, timeout=120, output_hook=keep, allow_stdin=False)
    return "".join(said)


def test_an_interrupt_while_a_change_is_to_be_undone_leaves_nothing_behind():
    undone, make = [], surroundings.Shared()

    class Lock:
        def __init__(self):
            self.interrupts = [False, True, False]

        def __enter__(self):
            if self.interrupts and self.interrupts.pop(0):
                raise KeyboardInterrupt

        def __exit__(self, *error):
            return False

    make.lock = Lock()
    with pytest.raises(KeyboardInterrupt), make.held(lambda undo: undo.callback(undone.append, 1)):
        pass
    assert undone == [1] and make._inside == []


@pytest.mark.skipif(guard.resource is None, reason="this system cannot limit memory")
def test_a_limit_of_memory_that_was_left_is_lifted_after_the_next_call():
    before, lift = limits(), guard._lift_the_limit

    def interrupted():
        raise KeyboardInterrupt

    guard._lift_the_limit = interrupted
    try:
        with pytest.raises(KeyboardInterrupt), guard.memory_limit(2**28):
            pass
    finally:
        guard._lift_the_limit = lift
    with guard.memory_limit(2**28):
        pass
    assert limits() == before


def test_a_stand_in_that_an_interrupt_left_is_taken_back_after_the_next_call(monkeypatch):
    real = os._exit
    scope = {"np": np, "leave": surroundings._StandIn("exit", "_exit", real)}
    monkeypatch.setattr(os, "_exit", surroundings._StandIn("exit", "_exit", real))
    with surroundings.kept(learner("return x", scope=scope)):
        pass
    assert os._exit is real and scope["leave"] is real
