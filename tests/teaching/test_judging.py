"""Judging one notebook: what is right, what is wrong, and what lies, loops, dies or eats."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import classroom
import pytest

from rnn_helpers.lessons import catalogue
from rnn_helpers.teaching import judging
from rnn_helpers.teaching.judging import Verdict, has_wall, judge

RIGHT = "def column(token, n_x):\n    return np.eye(n_x)[:, [token]]"


@pytest.fixture(params=["wall", "no wall"])
def wall(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Run with bubblewrap, where it is installed, and without."""
    if request.param == "wall" and not has_wall():
        pytest.skip("bubblewrap is not installed, or may not do its work here")
    monkeypatch.setattr(judging, "has_wall", lambda: request.param == "wall")
    return request.param == "wall"


@pytest.fixture(autouse=True)
def time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no verdict depend on how busy the machine is."""
    monkeypatch.setattr(judging, "START", 120.0)
    monkeypatch.setattr(judging, "NOTEBOOK", 900.0)


def column(tmp_path: Path, text: str, *hidden: str) -> Verdict:
    """Judge a notebook of 00 whose one exercise has this answer."""
    made = classroom.answered("start_here", column=text)
    (verdict,) = judge(classroom.save(made, tmp_path / "hw" / "a.ipynb"), 3, hidden).verdicts
    return verdict


def test_a_right_answer_is_right_and_a_wrong_one_is_told_why(tmp_path: Path, wall: bool) -> None:
    assert column(tmp_path, RIGHT).right
    (exercise,) = catalogue()["00_start_here"]
    verdict = column(tmp_path, classroom.mistaken(exercise, 0))
    assert (verdict.right, verdict.state) == (False, "known mistake")
    assert verdict.says == exercise.known[0].says
    assert verdict.mistakes == (exercise.known[0].key,)
    wrong = column(tmp_path, RIGHT.replace("[token]]", "[token]] * 3"))
    assert not wrong.right and wrong.state == "different"


# With functions, generators of numbers and lists of names among the inputs, and changed inputs.
@pytest.mark.parametrize("lesson", ["03_backpropagation_through_time", "08_sampling"])
def test_every_solution_is_right_and_every_mistake_wrong(
    tmp_path: Path, lesson: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("SECONDS", "ASKING", "AGAIN"):  # nothing here is without end
        monkeypatch.setattr(judging, limit, 120.0)
    exercises = catalogue()[lesson]
    good = {e.name: classroom.solution(e) for e in exercises}
    path = classroom.save(classroom.answered(lesson, **good), tmp_path / "good.ipynb")
    assert {v.exercise: v.says for v in judge(path, 5).verdicts if not v.right} == {}
    bad = {e.name: classroom.mistaken(e, 1) for e in exercises}
    path = classroom.save(classroom.answered(lesson, **bad), tmp_path / "bad.ipynb")
    verdicts = judge(path, 5).verdicts
    assert [v.exercise for v in verdicts if v.right] == []
    assert sum(v.state == "known mistake" for v in verdicts) >= len(verdicts) - 1


def test_blanks_and_missing_answers_are_told(tmp_path: Path) -> None:
    lesson, (first, *_) = "02_forward_pass", catalogue()["02_forward_pass"]
    made = classroom.answered(lesson, one_step=classroom.solution(first), forward="x = 1")
    states = [v.state for v in judge(classroom.save(made, tmp_path / "a.ipynb"), 1).verdicts]
    assert states == ["right", "missing", "not attempted", "not attempted", "not attempted"]


def test_what_the_package_has_made_is_not_yet_solved(tmp_path: Path) -> None:
    answer = "from rnn_helpers.activations import softmax as theirs\n\n"
    answer += "def softmax(z):\n    return theirs(z)"
    made = classroom.answered("02_forward_pass", softmax=answer)
    verdicts = {
        v.exercise: v for v in judge(classroom.save(made, tmp_path / "a.ipynb"), 1).verdicts
    }
    assert verdicts["softmax"].state == "right numbers" and not verdicts["softmax"].right


# ---- what is meant to do harm

FORGED = '{"value": ["plain", null], "changed": ["dict", []]}'
HOSTILE = {
    "loops": "while True: pass",
    "loops in C": "return sum(range(10**12))",
    "sleeps": "__import__('time').sleep(600)",
    "dies": "__import__('os')._exit(0)",
    "is killed": "__import__('signal').raise_signal(9)",
    "crashes": "__import__('sys').setrecursionlimit(10**7)\n    return column(token, n_x)",
    "exits": "raise SystemExit('Right')",
    "swallows": (
        "\n    while True:\n        try:\n            while True: pass\n"
        "        except BaseException: pass"
    ),
    "eats memory": "return np.ones((10**6, 10**5))",
    "eats memory slowly": "rows = []\n    while True: rows.append(bytearray(10**8))",
    "returns much": "return np.zeros((n_x, 10**6))",
    "returns very much": "return [np.zeros((1000, 1000))] * 100",
    "returns itself": "a = []\n    a.append(a)\n    return a",
    "returns a class that lies": (
        "class A(np.ndarray):\n        def __eq__(self, other): return np.ones_like(other)\n"
        "    return np.zeros((n_x, 1)).view(A)"
    ),
    "returns what is equal to all": (
        "class A(float):\n        def __eq__(self, other): return True\n    return A(1)"
    ),
    "returns a trap": (
        "class A(dict):\n        def items(self):\n            while True: yield 1, 2\n"
        "    return A()"
    ),
    "prints megabytes": "print('Right' * 10**7)\n    print('Right', file=__import__('sys').stderr)",
    "prints a forged result": (
        'print(\'{"exercise": "column", "state": "right", "right": true}\')'
    ),
    "writes into every channel": (
        "import os\n    for n in range(256):\n        try: os.write(n, b'[\"plain\", true]\\n')\n"
        "        except OSError: pass"
    ),
    "floods every channel": (
        "import os\n    for n in range(256):\n        try:\n"
        "            while True: os.write(n, b'x' * 10**6)\n"
        "        except OSError: pass"
    ),
    "changes the checker": (
        "import rnn_helpers.checking.compare as c, rnn_helpers.checking.guard as g\n"
        "    c.same = lambda *a, **k: True\n    g.Outcome = lambda *a, **k: None\n    return 1"
    ),
    "changes NumPy": "np.allclose = lambda *a, **k: True\n    np.abs = np.zeros_like",
    "takes the solution": (
        "from rnn_helpers.lessons.start_here import exercises\n"
        "    return exercises.column.reference(token, n_x)"
    ),
    "reads the solution": (
        "import rnn_helpers, pathlib\n    home = pathlib.Path(rnn_helpers.__file__).parent\n"
        "    scope = {}\n    exec((home / 'lessons/start_here/exercises.py').read_text(), scope)\n"
        "    return scope['_column'](token, n_x)"
    ),
    "kills the judge": "import os\n    os.kill(os.getppid(), 9)",
    "starts others": "import os\n    while True: os.fork()",
    "starts threads": (
        "import threading, time\n    for _ in range(50):\n"
        "        threading.Thread(target=time.sleep, args=(600,)).start()"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_meant_to_do_harm_is_not_right_and_harms_nothing(tmp_path: Path, name: str) -> None:
    threads = threading.active_count()
    verdict = column(tmp_path, f"def column(token, n_x):\n    {HOSTILE[name]}")
    assert not verdict.right, verdict
    assert verdict.says and len(verdict.says) < 2000
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.ipynb", "hw"]
    assert threading.active_count() <= threads + 1


@pytest.mark.parametrize("name", ["dies", "kills the judge", "takes the solution", "eats memory"])
def test_without_a_wall_that_holds_too(tmp_path: Path, monkeypatch, name: str) -> None:
    monkeypatch.setattr(judging, "has_wall", lambda: False)
    verdict = column(tmp_path, f"def column(token, n_x):\n    {HOSTILE[name]}")
    assert not verdict.right


def test_the_others_homework_cannot_be_read(tmp_path: Path, wall: bool) -> None:
    other = tmp_path / "hw" / "other.txt"
    other.parent.mkdir()
    other.write_text("secret")
    answer = f"def column(token, n_x):\n    raise ValueError(open({str(other)!r}).read())"
    assert "secret" in column(tmp_path, answer).says
    assert "secret" not in column(tmp_path, answer, str(tmp_path / "hw")).says


def test_one_answer_cannot_change_the_next(tmp_path: Path) -> None:
    exercises = catalogue()["02_forward_pass"]
    answers = {e.name: classroom.solution(e) for e in exercises}
    answers["one_step"] = (
        "def one_step(x_t, a_prev, Waa, Wax, ba):\n    np.tanh = np.stack = None\n"
        "    __import__('builtins').len = None\n    __import__('os')._exit(1)"
    )
    path = classroom.save(classroom.answered("02_forward_pass", **answers), tmp_path / "a.ipynb")
    assert [v.right for v in judge(path, 1).verdicts] == [False, True, True, True, True]


def test_loading_may_loop_or_die(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(judging, "START", 8.0)
    for text in ("while True: pass", "__import__('os')._exit(0)"):
        looping = f"def helper():\n    {text}\n\nx = helper()\n\n"
        assert not column(tmp_path, f"{looping}def column(token, n_x):\n    return x").right


def test_time_for_a_notebook_is_bounded(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(judging, "NOTEBOOK", -1.0)
    verdict = column(tmp_path, RIGHT)
    assert (verdict.state, verdict.right) == ("not judged", False)


def test_a_process_that_cannot_be_started_leaves_no_folder(tmp_path: Path, monkeypatch) -> None:
    made = classroom.answered("start_here", column=RIGHT)
    path = classroom.save(made, tmp_path / "a.ipynb")
    monkeypatch.setattr(judging, "has_wall", lambda: False)
    monkeypatch.setattr(judging.sys, "executable", str(tmp_path / "no python"))
    monkeypatch.setattr(judging.tempfile, "tempdir", str(tmp_path))
    (verdict,) = judge(path, 3).verdicts
    assert verdict.state == "not judged" and "FileNotFoundError" in verdict.says
    assert [left.name for left in tmp_path.iterdir()] == ["a.ipynb"]


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no /proc here")
def test_nothing_is_left_running(tmp_path: Path) -> None:
    column(tmp_path, "def column(token, n_x):\n    while True: pass")
    own = os.getpid()
    left = subprocess.run(["ps", "--ppid", str(own), "-o", "args="], capture_output=True, text=True)
    assert "teaching.answering" not in left.stdout


def test_the_command_prints_what_it_found(tmp_path: Path) -> None:
    path = classroom.save(classroom.answered("start_here", column=RIGHT), tmp_path / "a.ipynb")
    command = [sys.executable, "-m", "rnn_helpers.teaching.judging", str(path), "3"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert '"right": true' in run.stdout
