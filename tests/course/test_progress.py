"""The learner's progress: written whole, read forgivingly, never lost to a second kernel."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path

import pytest

from rnn_helpers.course import progress
from rnn_helpers.course.progress import Entry


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "home" / "progress.json"
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", str(path))
    return path


def test_nothing_is_written_before_an_attempt(file: Path) -> None:
    assert progress.read() == {}
    assert not file.parent.exists()


def test_attempts_are_counted_and_right_stays_right(file: Path) -> None:
    for right in (False, True, False):
        assert progress.record("forward_pass.one_step", right=right) == ""
    entry = progress.read()["forward_pass.one_step"]
    assert (entry.attempts, entry.right, entry.solution_seen) == (3, True, False)
    assert entry.first and entry.last


def test_solution_is_remembered_without_an_attempt(file: Path) -> None:
    progress.record("forward_pass.one_step", solution_seen=True)
    entry = progress.read()["forward_pass.one_step"]
    assert (entry.attempts, entry.right, entry.solution_seen) == (0, False, True)


def test_what_was_solved_under_a_lesson_s_old_name_is_not_lost(file: Path) -> None:
    (old, new), *_ = progress.RENAMED.items()
    solved = {"attempts": 3, "right": True, "solution_seen": False, "first": "", "last": ""}
    content = {"version": 1, "exercises": {f"{old}.through_time": solved, "gru.gru_step": solved}}
    file.parent.mkdir()
    file.write_text(json.dumps(content))
    expected = {f"{new}.through_time": Entry(**solved), "gru.gru_step": Entry(**solved)}
    assert progress.read() == expected
    progress.record("a.b", right=True)
    assert progress.read().items() >= expected.items()
    assert set(json.loads(file.read_text())["exercises"]) == {*expected, "a.b"}


def test_what_is_known_under_both_names_of_a_lesson_is_joined(file: Path) -> None:
    (old, new), *_ = progress.RENAMED.items()
    before = Entry(3, True, False, "2025-01-02", "2025-03-04")
    after = Entry(2, False, True, "2025-02-03", "2025-05-06")
    content = {f"{new}.through_time": asdict(after), f"{old}.through_time": asdict(before)}
    file.parent.mkdir()
    file.write_text(json.dumps({"version": 1, "exercises": content}))
    joined = Entry(5, True, True, "2025-01-02", "2025-05-06")
    assert progress.read() == {f"{new}.through_time": joined}


def test_reset_forgets_one_or_all(file: Path) -> None:
    for name in ("a.b", "c.d"):
        progress.record(name, right=True)
    progress.reset("a.b")
    assert set(progress.read()) == {"c.d"}
    progress.reset()
    assert progress.read() == {}


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"version": 1}', '{"version": 1, "exercises": 3}']
)
def test_damaged_file_is_set_aside_and_work_goes_on(file: Path, content: str) -> None:
    file.parent.mkdir()
    file.write_text(content)
    assert progress.read() == {}
    assert "damaged" in progress.record("a.b", right=True)
    assert progress.read()["a.b"].right
    assert file.with_name("progress.damaged-1.json").read_text() == content


def test_file_of_a_newer_version_is_left_alone(file: Path) -> None:
    file.parent.mkdir()
    newer = json.dumps({"version": 99, "exercises": {}})
    file.write_text(newer)
    assert "newer version" in progress.record("a.b", right=True)
    assert file.read_text() == newer


def test_place_that_cannot_be_written_costs_a_sentence(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "blocked").touch()
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", str(tmp_path / "blocked" / "progress.json"))
    assert "could not be saved" in progress.record("a.b", right=True)
    assert progress.read() == {}


def test_write_that_fails_leaves_the_old_file_whole(file: Path, monkeypatch) -> None:
    progress.record("a.b", right=True)
    before = file.read_text()

    def fail(*args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    assert "disk full" in progress.record("c.d", right=True)
    assert file.read_text() == before
    assert sorted(path.name for path in file.parent.iterdir()) == ["progress.json"]


def test_lock_left_by_a_crash_does_not_block(file: Path, monkeypatch) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 0.1)
    file.parent.mkdir()
    file.with_name("progress.json.lock").write_text("left behind")
    assert progress.record("a.b", right=True) == ""
    assert progress.read()["a.b"].right


def test_many_threads_lose_nothing(file: Path) -> None:
    def work(name: str) -> None:
        for _ in range(5):
            progress.record(name, right=False)

    threads = [threading.Thread(target=work, args=(f"a.n{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [progress.read()[f"a.n{i}"].attempts for i in range(4)] == [5] * 4


def test_two_kernels_lose_nothing(file: Path) -> None:
    code = (
        "import sys; from rnn_helpers.course import progress\n"
        "for _ in range(20): progress.record(sys.argv[1], right=False)"
    )
    kernels = [subprocess.Popen([sys.executable, "-c", code, f"a.k{i}"]) for i in range(2)]
    assert [kernel.wait(60) for kernel in kernels] == [0, 0]
    assert [progress.read()[f"a.k{i}"].attempts for i in range(2)] == [20, 20]
