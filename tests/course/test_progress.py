"""The learner's progress: written whole, read forgivingly, never lost to a second kernel."""

import json
import os
import socket
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path

import pytest

from rnn_helpers.course import progress
from rnn_helpers.course.progress import Choice, Entry


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


OLD = {"attempts": 3, "right": True, "solution_seen": True, "first": "2025-01-02", "last": ""}


def test_a_file_of_version_1_is_read_and_kept(file: Path) -> None:
    text = json.dumps({"version": 1, "exercises": {"gru.gru_step": OLD}})
    file.parent.mkdir()
    file.write_text(text)
    assert progress.read() == {"gru.gru_step": Entry(**OLD)}
    assert progress.record("gru.gru_step", right=True) == ""
    content = json.loads(file.read_text())
    assert content["version"] == 2
    entry = progress.read()["gru.gru_step"]
    assert (entry.attempts, entry.first, entry.tries, entry.unaided) == (4, OLD["first"], 0, False)
    copy = file.with_name("progress.version-1.json")  # for an older course beside this one
    assert copy.read_text() == text
    progress.record("gru.gru_step", right=False)
    assert copy.read_text() == text


def test_a_file_of_a_newer_course_is_left_alone(file: Path) -> None:
    text = json.dumps({"version": progress.VERSION + 1, "exercises": {"gru.gru_step": OLD}})
    file.parent.mkdir()
    file.write_text(text)
    assert progress.read() == {}
    for said in (
        progress.record("gru.gru_step", right=True),
        progress.record_choice("a question", "an option"),
        progress.reset("gru.gru_step"),
        progress.reset(),
    ):
        assert "newer version of the course" in said
    assert file.read_text() == text
    assert [path.name for path in file.parent.iterdir()] == ["progress.json"]


@pytest.mark.skipif(os.name != "posix", reason="there are no such rights here")
def test_who_may_read_the_file_stays_as_it_was(file: Path) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps({"version": 1, "exercises": {"gru.gru_step": OLD}}))
    file.chmod(0o600)
    assert progress.record("gru.gru_step", right=True) == ""
    modes = {path.name: path.stat().st_mode & 0o777 for path in file.parent.iterdir()}
    assert modes == {"progress.json": 0o600, "progress.version-1.json": 0o600}


def test_what_was_wrong_is_counted(file: Path) -> None:
    for _ in range(2):
        progress.record("a.b", right=False, mistakes=["11112222", "33334444"])
    progress.record("a.b", right=False, failure="shape")
    entry = progress.read()["a.b"]
    assert entry.mistakes == {"11112222": 2, "33334444": 2}
    assert (entry.failures, entry.attempts) == ({"shape": 1}, 3)


@pytest.mark.parametrize(
    ("help_first", "unaided"), [({}, True), ({"hints": 1}, False), ({"solution_seen": True}, False)]
)
def test_solved_unaided_is_solved_before_any_help(file: Path, help_first, unaided) -> None:
    progress.record("a.b", right=False)
    progress.record("a.b", **help_first)
    progress.record("a.b", right=True)
    progress.record("a.b", hints=2)
    progress.record("a.b", solution_seen=True)
    progress.record("a.b", right=True)
    entry = progress.read()["a.b"]
    assert (entry.unaided, entry.tries, entry.attempts, entry.hints) == (unaided, 2, 3, 2)


def test_the_first_choice_counts(file: Path) -> None:
    progress.record_choice("a.b", "yes")
    progress.record_choice("a.b", "no", True)
    assert progress.read_all().predictions == {"a.b": Choice("yes")}
    progress.record_choice("a.b", "yes", False)
    progress.record_choice("a.b", "no", True)
    assert progress.read_all().predictions == {"a.b": Choice("yes", False)}


def test_a_pseudonym_is_drawn_kept_and_renewed(file: Path) -> None:
    first, again = progress.count_share(), progress.count_share()
    assert first[0] == again[0] and (first[1], again[1]) == (1, 2)
    assert progress.read_all().pseudonym == first[0]
    renewed = progress.count_share(renew=True)
    assert renewed[0] != first[0] and renewed[1] == 1
    progress.reset()
    assert progress.read_all() == progress.Progress()


BAD = [{"mistakes": []}, {"mistakes": {"a": "b"}}, {"failures": {"a": True}}, {"tries": 1.5}]


@pytest.mark.parametrize("fields", BAD)
def test_odd_counts_are_damage(file: Path, fields: dict) -> None:
    progress.record("a.b", right=True)
    content = json.loads(file.read_text())
    content["exercises"]["a.b"] |= fields
    file.write_text(json.dumps(content))
    assert progress.read() == {}
    assert "damaged" in progress.record("a.b", right=True)


def test_reset_forgets_one_or_all(file: Path) -> None:
    for name in ("a.b", "c.d"):
        progress.record(name, right=True)
    progress.reset("a.b")
    assert set(progress.read()) == {"c.d"}
    progress.reset()
    assert progress.read() == {}


VERSIONS = ["NaN", "true", "0", "-1", "1.0", "Infinity", '"1"', "null"]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"version": 1}', '{"version": 1, "exercises": 3}']
    + [f'{{"version": {version}, "exercises": {{}}}}' for version in VERSIONS],
)
def test_damaged_file_is_set_aside_and_work_goes_on(file: Path, content: str) -> None:
    file.parent.mkdir()
    file.write_text(content)
    assert progress.read() == {}
    assert "damaged" in progress.record("a.b", right=True)
    assert progress.read()["a.b"].right
    assert file.with_name("progress.damaged-1.json").read_text() == content


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


def test_a_lock_whose_holder_was_killed_holds_up_nobody(file: Path) -> None:
    """Not even for the two seconds after which any lock is taken for one left behind."""
    code = (
        "import os, signal, sys; from rnn_helpers.course import progress as p\n"
        "with p._lock(p.path()):\n"
        "    p.path().with_name('progress.json.' + '0' * 32 + '.tmp').write_text('half')\n"
        "    os._exit(1)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 1
    left = {path.name for path in file.parent.iterdir()}
    assert left == {"progress.json.lock", f"progress.json.{'0' * 32}.tmp"}
    if os.name == "posix":
        assert progress._is_dead(file.with_name("progress.json.lock").read_text())
    assert progress.record("a.b", right=True) == ""
    assert [path.name for path in file.parent.iterdir()] == ["progress.json"]


def test_a_lock_that_took_the_place_of_a_dead_one_is_not_removed(file: Path, monkeypatch) -> None:
    """Another kernel may remove the dead lock and make its own while this one is still looking."""
    monkeypatch.setattr(progress, "_PATIENCE", 60.0)
    file.parent.mkdir()
    lock, others = file.with_name("progress.json.lock"), "another-machine 1 token"
    lock.write_text("dead")
    held = []

    def is_dead(token: str) -> bool:
        """Let another kernel come between the look at the lock and its removal."""
        if token == "dead":
            lock.write_text(others)
        return token == "dead"

    def rest(_: float) -> None:
        held.append(lock.read_text())
        lock.unlink()  # the other kernel is done

    monkeypatch.setattr(progress, "_is_dead", is_dead)
    monkeypatch.setattr(progress.time, "sleep", rest)
    assert progress.record("a.b", right=True) == ""
    assert held == [others]
    assert [path.name for path in file.parent.iterdir()] == ["progress.json"]


def test_of_two_kernels_that_find_a_dead_lock_one_removes_it(file: Path) -> None:
    file.parent.mkdir()
    lock = file.with_name("progress.json.lock")
    lock.write_text("dead")
    being_broken = lock.with_name("progress.json.lock.break")
    being_broken.touch()  # by another kernel, just now
    progress._break(lock, "dead", last=False)
    assert lock.exists()
    progress._break(lock, "dead", last=True)  # the other one was killed in the middle
    assert not lock.exists() and not being_broken.exists()


def test_a_kernel_that_was_killed_while_it_removed_a_lock_holds_up_nobody(
    file: Path, monkeypatch
) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 0.05)
    file.parent.mkdir()
    for name in ("progress.json.lock", "progress.json.lock.break"):
        file.with_name(name).touch()
    assert progress.record("a.b", right=True) == ""
    assert [path.name for path in file.parent.iterdir()] == ["progress.json"]


@pytest.mark.parametrize("error", [PermissionError(13, "no"), OSError(30, "Read-only")])
def test_a_dead_lock_that_nobody_may_remove_is_told_and_not_waited_for(
    file: Path, monkeypatch, error: OSError
) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 0.05)
    file.parent.mkdir()
    lock = file.with_name("progress.json.lock")
    lock.write_text("dead")
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path == lock:
            raise error
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    assert "could not be saved" in progress.record("a.b", right=True)


def test_a_kernel_removes_only_its_own_lock(file: Path) -> None:
    """Its lock may have been taken for one left behind while it was at work."""
    lock = file.with_name("progress.json.lock")
    with progress._lock(file):
        lock.write_text("of another kernel")
    assert lock.read_text() == "of another kernel"


def test_a_lock_of_a_living_kernel_or_another_machine_is_respected(file: Path) -> None:
    assert not progress._is_dead(f"{progress._here()} {os.getpid()} token")
    assert not progress._is_dead("another-machine 999999999 token")
    for token in ("", "left behind", f"{progress._here()} nobody", f"{progress._here()} {10**30}"):
        assert not progress._is_dead(token)


def test_on_a_full_disk_no_lock_stays(file: Path, monkeypatch) -> None:
    """A file can be made there, but nothing can be written into it."""
    file.parent.mkdir()
    lock, written = file.with_name("progress.json.lock"), open

    def full(path: object, *mode: str, **more: object) -> object:
        opened = written(path, *mode, **more)
        if Path(path) == lock:
            opened.flush = lambda: (_ for _ in ()).throw(OSError(28, "No space left on device"))
        return opened

    monkeypatch.setattr("builtins.open", full)
    for _ in range(2):
        assert "No space left" in progress.record("a.b", right=True)
        assert list(file.parent.iterdir()) == []


def test_a_byte_order_mark_is_no_damage(file: Path) -> None:
    progress.record("a.b", right=True)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert progress.read()["a.b"].right
    assert progress.record("c.d", right=True) == ""
    assert set(progress.read()) == {"a.b", "c.d"}
    assert [path.name for path in file.parent.iterdir()] == ["progress.json"]


def pipe(path: Path) -> None:
    os.mkfifo(path)


def socket_file(path: Path) -> None:
    os.chdir(path.parent)  # its name may only be short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


THINGS = {"a folder": Path.mkdir, "a named pipe": pipe, "a socket": socket_file}


@pytest.mark.parametrize("kind", THINGS if os.name == "posix" else ["a folder"])
def test_only_a_file_is_ever_read_set_aside_or_replaced(file: Path, monkeypatch, kind: str) -> None:
    file.parent.mkdir()
    monkeypatch.chdir(file.parent)
    THINGS[kind](file)
    before = os.stat(file)
    assert progress.read() == {}
    for _ in range(2):
        said = progress.record("a.b", right=True)
        assert said.startswith(f"Your progress cannot be saved: {file} is {kind}, not a file")
    assert progress.trouble() == f"cannot be kept: {file} is {kind}, not a file"
    assert os.stat(file).st_ino == before.st_ino
    assert [path.name for path in file.parent.iterdir()] == ["progress.json"]


@pytest.mark.skipif(not Path("/dev/null").is_char_device(), reason="there are no devices here")
def test_a_device_is_left_alone(monkeypatch) -> None:
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", "/dev/null")
    assert "is a device" in progress.record("a.b", right=True)
    assert Path("/dev/null").is_char_device()


def test_where_progress_can_be_kept_nothing_is_left_by_the_trial(file: Path, tmp_path) -> None:
    assert progress.trouble() == ""
    assert list(tmp_path.iterdir()) == []


def test_the_trial_writes_and_so_finds_a_full_disk(file: Path, tmp_path, monkeypatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert progress.trouble() == f"cannot be kept in {file.parent}"
    assert list(tmp_path.iterdir()) == []


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
