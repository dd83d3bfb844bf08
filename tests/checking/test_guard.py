"""Calls that go wrong: errors, endless loops, memory, and what must be as it was afterwards."""

import _thread
import contextlib
import inspect
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from sample_exercise import RIGHT, check, learner, make_scan, scan

from rnn_helpers.checking import guard
from rnn_helpers.checking.feedback import State
from rnn_helpers.checking.repairs import search
from rnn_helpers.course import progress

# --- errors --------------------------------------------------------------------------------------


def test_an_error_names_type_message_and_the_learners_own_line():
    result = check("a = a0\na = np.linalg.inv(x[0])\nreturn a")
    assert result.state == State.RAISED
    assert "at line 3, `a = np.linalg.inv(x[0])`, with LinAlgError: Last 2 dim" in result.says
    assert "Traceback" not in result.says
    assert "site-packages" not in result.says


def test_an_error_in_the_learners_helper_names_the_line_there():
    scope = {"np": np}
    learner("u = u + 1\nreturn frob(u)", "helper", "u", scope)
    result = make_scan().check(learner("return helper(x)", scope=scope))
    assert "at line 3, `return frob(u)`, with NameError: name 'frob' is not defined." in result.says


def test_the_number_of_the_line_is_kept_beside_its_words():
    answer = learner("a = 1\nreturn x[99]")
    failure = guard.call_trusted(
        answer, inspect.signature(scan), make_scan().inputs()[0], 5
    ).failure
    assert failure.line == 3 and failure.where.startswith("line 3, ")


def test_an_address_in_a_message_is_left_out():
    assert "0x" not in check("raise ValueError(str(object()))").says


def test_a_long_message_is_cut():
    assert len(check("raise KeyError('long ' * 1000)").says) < 450


def test_an_exception_that_cannot_be_shown_still_gets_a_sentence():
    body = """
    class Odd(Exception):
        def __str__(self):
            raise ValueError
    raise Odd
    """
    assert "with Odd." in check(body).says


@pytest.mark.parametrize(
    "body", ["raise GeneratorExit", "raise BaseException", "import os; os.abort_"]
)
def test_no_exception_gets_out(body):
    assert check(body).state == State.RAISED


def test_endless_recursion_gets_a_sentence():
    result = check("return scan(x, a0, Waa)")
    assert result.state == State.RAISED
    assert result.says.startswith("`scan` calls itself without end at line 2")


def test_a_warning_of_numpy_does_not_spill(recwarn):
    assert check("return np.log(-np.abs(x))").state == State.NOT_FINITE
    assert check("return x * 1e308 * 10").state == State.NOT_FINITE
    assert check("import warnings; warnings.warn('boo'); return x").state == State.DIFFERENT
    assert not recwarn


# --- time ----------------------------------------------------------------------------------------


LOOPS = {
    "plain": "while True:\n    pass",
    "asleep": "time.sleep(60)",
    "in NumPy": "while True:\n    np.ones((50, 50)) @ np.ones((50, 50))",
    "except Exception": (
        "while True:\n    try:\n        time.sleep(0.01)\n    except Exception:\n        pass"
    ),
    "bare except": "while True:\n    try:\n        Waa @ a0\n    except:\n        pass",
}


@pytest.mark.parametrize("body", LOOPS.values(), ids=LOOPS)
def test_an_endless_loop_is_stopped(body):
    before = time.monotonic()
    result = check(body, seconds=0.2)
    assert result.state == State.STOPPED
    assert result.says.startswith("`scan` was stopped after 0.2 s at line ")
    assert time.monotonic() - before < 5


def test_a_second_thread_stops_loops_where_there_is_no_timer_signal():
    results = []
    worker = threading.Thread(
        target=lambda: results.append(check("while True:\n    pass", seconds=0.2))
    )
    worker.start()
    worker.join(timeout=10)
    assert results[0].state == State.STOPPED
    assert "at line 2, `while True:`" in results[0].says or "line 3" in results[0].says


@pytest.mark.parametrize("limit", [guard._Watcher, guard._Alarm])
def test_nothing_is_raised_after_a_limit_was_lifted(limit, monkeypatch):
    if limit is guard._Alarm and not hasattr(signal, "setitimer"):
        pytest.skip("this system has no timer signal")
    monkeypatch.setattr(guard, "_Alarm", limit)
    monkeypatch.setattr(search, "SECONDS", 0.08)
    exercise = make_scan(seconds=0.05)
    for pause in np.linspace(0.045, 0.055, 12):  # ends just about when the time is up
        exercise.check(learner(f"time.sleep({pause})"))
    deadline, late = time.monotonic() + 0.3, None
    try:
        while time.monotonic() < deadline:
            pass
    except guard._TimeUp as error:
        late = error
    assert late is None
    if limit is guard._Alarm:
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    watchers = [thread for thread in threading.enumerate() if "_watch" in thread.name]
    assert not watchers


PROFILE = """
import cProfile, inspect, sys, time
from rnn_helpers.checking import guard

guard._Alarm = guard._Watcher  # as where there is no timer signal

def call(seconds, answer):
    return guard.call(answer, inspect.signature(answer), {}, seconds=seconds)

for pause in (0, 0.001, 0.04, 0.045, 0.05, 0.055, 0.2):
    call(0.05, lambda: time.sleep(pause))
print(call(0.05, lambda: [None for _ in iter(int, 1)]).failure is not None)
cProfile.runctx("call(1, lambda: 0)", globals(), {})
sys.settrace(lambda *given: None)
call(1, lambda: 0)
"""


def test_a_profiler_and_a_debugger_work_after_checks_without_a_timer_signal():
    """Python 3.11 never left a call again once an exception from outside had been withdrawn."""
    run = subprocess.run(
        [sys.executable, "-c", PROFILE], capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("True\n")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timer signal")
def test_the_report_of_an_error_that_nobody_can_catch_is_not_cut_short(monkeypatch):
    class Slow:
        def __del__(self):
            while True:
                pass

    reported = []

    def unraisable_hook(_):
        end = time.monotonic() + 0.05
        while time.monotonic() < end:
            pass
        reported.append(True)

    monkeypatch.setattr(guard.sys, "unraisablehook", unraisable_hook)
    guard.value_of(lambda: Slow() and None, {}, 0.02)
    assert reported == [True]


def test_handler_and_timer_of_others_come_back():
    def handler(number, frame):
        raise AssertionError("rang during the test")

    old = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 100)
        check(RIGHT)
        assert signal.getsignal(signal.SIGALRM) is handler
        assert 90 < signal.getitimer(signal.ITIMER_REAL)[0] <= 100
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timer signal")
@pytest.mark.parametrize("name", ["getsignal", "signal", "getitimer", "setitimer"])
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_an_interrupt_while_the_alarm_is_set_is_the_learners_own(name, done, monkeypatch):
    before = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)
    real = getattr(signal, name)

    def interrupted(*given):
        monkeypatch.setattr(guard.signal, name, real)
        if done:
            real(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(guard.signal, name, interrupted)
    outcome = guard.call_trusted(scan, inspect.signature(scan), make_scan().inputs()[0], 5)
    assert outcome.failure.kind == "interrupted"
    assert before == (signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL))


def test_a_timer_that_was_left_behind_ends_by_itself(monkeypatch):
    if not hasattr(signal, "setitimer"):
        pytest.skip("no timer signals here")
    alarm = guard._Alarm(0.01, lambda: None)
    alarm.start()  # as if an interrupt had come before `stop`
    deadline = time.monotonic() + 5
    while alarm._active and time.monotonic() < deadline:
        sum(range(1000))
    assert not alarm._active
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_an_interrupt_by_the_learner_is_reported_as_such():
    exercise = make_scan(seconds=60)
    threading.Timer(0.2, _thread.interrupt_main).start()  # wherever the check is by then
    result = exercise.check(learner("while True:\n    pass"))
    assert result.state == State.INTERRUPTED
    assert str(result).startswith("Interrupted: you stopped the check of `scan`")
    assert not progress.path().exists()


def _cut_short(kind):
    """Let the course's own functions end in a failure of this kind."""
    return lambda *_: guard.Outcome(failure=guard.Failure(kind))


@pytest.mark.parametrize("kind", ["time", "memory"])
def test_a_check_whose_reference_is_cut_short_is_not_completed_and_recorded(kind, monkeypatch):
    monkeypatch.setattr(guard, "call_trusted", _cut_short(kind))
    result = make_scan().check(learner("return 0 * x"))
    assert result.state == State.NOT_COMPLETED
    assert str(result) == (
        "Not checked: the check of `scan` could not be completed. Run the cell again."
    )
    assert not progress.path().exists()


def test_a_check_whose_reference_is_interrupted_says_so(monkeypatch):
    monkeypatch.setattr(guard, "call_trusted", _cut_short("interrupted"))
    result = make_scan().check(learner("return 0 * x"))
    assert result.state == State.INTERRUPTED
    assert not progress.path().exists()


@pytest.mark.parametrize("name", ["call", "call_trusted"])
def test_an_interrupt_between_two_calls_is_told_as_one(name, monkeypatch):
    """Wherever the check is, and without a clock that has to hit the moment."""
    real, calls = getattr(guard, name), []

    def interrupted(*given):
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(guard, name, interrupted)
    assert make_scan().check(learner("return 0 * x")).state == State.INTERRUPTED
    assert not progress.path().exists()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_no_interrupt_at_any_moment_calls_a_wrong_answer_right():
    """As a learner would press the button: within the first hundredths of a second."""
    exercise, answer = make_scan(), learner("return 0 * x")
    states, rounds, end = set(), 0, time.monotonic() + 60
    pauses = np.linspace(0.0005, 0.02, 40)
    while rounds < 40 or (State.INTERRUPTED not in states and time.monotonic() < end):
        timer = threading.Timer(pauses[rounds % 40], _thread.interrupt_main)
        rounds += 1
        with contextlib.suppress(KeyboardInterrupt):  # it came when the check was over
            timer.start()
            states.add(exercise.check(answer).state)
            timer.join()
            time.sleep(0.001)
    assert State.INTERRUPTED in states
    assert State.RIGHT not in states
    assert not any(entry.right for entry in progress.read().values())


def test_a_search_ends_by_what_it_computes_and_by_the_clock():
    assert not guard.Deadline(60, 60).over()
    assert guard.Deadline(-1, 60).over() and guard.Deadline(60, -1).over()
    end = guard.Deadline(-1, -1)
    end.extend(60, 0)
    assert end.over()
    end.extend(0, 60)
    assert not end.over()


# --- memory --------------------------------------------------------------------------------------


def test_a_huge_array_gets_a_sentence():
    result = check("return np.ones((100_000, 100_000))")
    assert result.state == State.STOPPED
    assert "asked for more memory than it may have at line 2" in result.says
    assert "(100000, 100000)" in result.says


@pytest.mark.skipif(guard._address_space() is None, reason="this system does not tell its memory")
def test_memory_is_limited_during_a_call_only():
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    result = check("arrays = []\nwhile True:\n    arrays.append(np.empty(10**7))", seconds=60)
    assert "more memory" in result.says
    assert resource.getrlimit(resource.RLIMIT_AS) == before


@pytest.mark.skipif(guard._address_space() is None, reason="this system does not tell its memory")
def test_the_second_thread_has_memory_to_begin(monkeypatch):
    """Else it dies before it says that it has begun, and the check waits for ever."""
    import resource

    before, during = resource.getrlimit(resource.RLIMIT_AS), []

    def start(thread, start=threading.Thread.start):
        during.append(resource.getrlimit(resource.RLIMIT_AS))
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    monkeypatch.setattr(guard, "_Alarm", guard._Watcher)
    with guard.memory_limit(2**26):
        limited = resource.getrlimit(resource.RLIMIT_AS)
        assert guard.value_of(lambda: 3, {}, 5)[0] == 3
        assert resource.getrlimit(resource.RLIMIT_AS) == limited != before
    assert set(during) == {before}


# --- a small machine -----------------------------------------------------------------------------


def test_an_answer_that_a_small_container_cannot_hold_is_told_and_not_begun(monkeypatch):
    """The system would end the kernel, and with it all that the learner has not saved."""
    monkeypatch.setattr(guard, "free_memory", lambda: 600 * 2**20)
    assert "asked for more memory" in check("return np.ones((11000, 11000))").says  # 968 MB
    assert check(RIGHT).state == State.RIGHT


@pytest.mark.parametrize(
    ("free", "room"),
    [(None, 2**31), (2**40, 2**31), (2**30, 3 * 2**28), (2**20, 2**25), (0, 2**25)],
)
def test_an_answer_may_take_three_quarters_of_what_is_free(monkeypatch, free, room):
    monkeypatch.setattr(guard, "free_memory", lambda: free)
    assert guard._room() == room


@pytest.mark.parametrize("limit", [guard._Watcher, guard._Alarm])
def test_an_interrupt_before_a_limit_has_begun_is_an_interrupt(limit, monkeypatch):
    if limit is guard._Alarm and not hasattr(signal, "setitimer"):
        pytest.skip("this system has no timer signal")

    def interrupted(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(limit, "start", interrupted)
    monkeypatch.setattr(guard, "_Alarm", limit)
    result = make_scan().check(learner("return 0 * x"))
    assert result.state == State.INTERRUPTED
