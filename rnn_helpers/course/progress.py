"""Remember which exercises were tried and solved, in one small JSON file.

The file is ``$RNN_HELPERS_PROGRESS``, by default ``~/.rnn_helpers/progress.json``. Nothing here
raises: a file that cannot be read or written costs a sentence, never a check.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import re
import socket
import stat
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

VERSION = 1
KINDS = {  # what may stand in the place of a file, by its mode; each is left alone
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}
RENAMED = {"backpropagation": "backpropagation_through_time"}  # lessons, since the first edition
_PATIENCE = 2.0  # seconds a lock may stay unchanged before it counts as left behind


@dataclass
class Entry:
    """What is known of one exercise. Dates are ISO days; a solved exercise stays solved."""

    attempts: int = 0
    right: bool = False
    solution_seen: bool = False
    first: str = ""
    last: str = ""


class _NewerVersionError(Exception):
    """The file was written by a later version of the course."""


class _NotAFileError(OSError):
    """A folder, a device or a pipe stands where the file should."""


def path() -> Path:
    """Return where the progress is kept."""
    chosen = os.environ.get("RNN_HELPERS_PROGRESS")
    return Path(chosen).expanduser() if chosen else Path.home() / ".rnn_helpers" / "progress.json"


def read() -> dict[str, Entry]:
    """Return the entry of each exercise, ``{"forward_pass.one_step": Entry(...)}``.

    A missing, damaged or unreadable file reads as empty; it is left as it is.
    """
    try:
        return _load(path())
    except (OSError, ValueError, RuntimeError, _NewerVersionError):
        return {}


def record(exercise_id: str, *, right: bool | None = None, solution_seen: bool = False) -> str:
    """Count an attempt (``right`` is True or False) or note that the solution was seen.

    Returns "" or one sentence about what went wrong with the file.
    """
    today = datetime.date.today().isoformat()

    def add(entries: dict[str, Entry]) -> None:
        entry = entries.setdefault(exercise_id, Entry(first=today))
        entry.attempts += right is not None
        entry.right |= bool(right)
        entry.solution_seen |= solution_seen
        entry.last = today

    return _update(add)


def reset(exercise_id: str | None = None) -> str:
    """Forget one exercise, or all of them. Returns "" or one sentence, as :func:`record` does."""

    def forget(entries: dict[str, Entry]) -> None:
        if exercise_id is None:
            entries.clear()
        else:
            entries.pop(exercise_id, None)

    return _update(forget)


def trouble() -> str:
    """Return why progress cannot be kept, in a few words, or "". Tried by writing a byte."""
    where: object = os.environ.get("RNN_HELPERS_PROGRESS") or "your home folder"
    try:
        file = Path(os.path.realpath(path()))
        where = file.parent
        _only_a_file(file)
        nearest = next(folder for folder in (where, *where.parents) if folder.exists())
        _write_and_remove(nearest / f".rnn_helpers-can-write-{uuid.uuid4().hex}")
    except _NotAFileError as error:
        return f"cannot be kept: {error}"
    except (OSError, RuntimeError):  # RuntimeError: no home directory, or no such user
        return f"cannot be kept in {where}"
    return ""


def _write_and_remove(scratch: Path) -> None:
    try:
        with open(scratch, "xb") as file:  # a full disk lets a file be made, but nothing written
            file.write(b"1")
            file.flush()
            os.fsync(file.fileno())
    finally:
        scratch.unlink(missing_ok=True)


# --- the file ------------------------------------------------------------------------------------


def _update(change: Callable[[dict[str, Entry]], None]) -> str:
    try:
        file = Path(os.path.realpath(path()))  # a linked file stays a link
        with _lock(file):
            entries, note = _load_or_set_aside(file)
            change(entries)
            _save(file, entries)
        return note
    except _NewerVersionError:
        return (
            f"Your progress in {file} comes from a newer version of the course: it was left alone."
        )
    except _NotAFileError as error:
        return f"Your progress cannot be saved: {error}. The check itself is not affected."
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no home directory
        reason = getattr(error, "strerror", None) or error
        return f"Your progress could not be saved ({reason}); the check itself is not affected."


def _only_a_file(file: Path) -> None:
    """Raise if something else stands there: reading a pipe has no end, a device may be needed."""
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        kind = KINDS.get(stat.S_IFMT(mode), "no file")
        raise _NotAFileError(f"{file} is {kind}, not a file")


def _load(file: Path) -> dict[str, Entry]:
    """Read the file; a damaged one raises ValueError."""
    _only_a_file(file)
    try:
        text = file.read_text(encoding="utf-8-sig")  # some editors put a mark before the text
    except FileNotFoundError:
        return {}
    try:
        content = json.loads(text)
        version, entries = content["version"], content["exercises"]
        if type(version) is not int or version < 1:
            raise ValueError("not a version")
        if version > VERSION:
            raise _NewerVersionError
        return _under_new_names({name: _entry(fields) for name, fields in entries.items()})
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a progress file") from error


def _under_new_names(entries: dict[str, Entry]) -> dict[str, Entry]:
    """Give exercises of renamed lessons their new name; join what is known under both."""
    renamed: dict[str, Entry] = {}
    for exercise_id, entry in entries.items():
        lesson, _, name = exercise_id.partition(".")
        new_id = f"{RENAMED.get(lesson, lesson)}.{name}"
        renamed[new_id] = _joined(renamed[new_id], entry) if new_id in renamed else entry
    return renamed


def _joined(entry: Entry, other: Entry) -> Entry:
    return Entry(
        attempts=entry.attempts + other.attempts,
        right=entry.right or other.right,
        solution_seen=entry.solution_seen or other.solution_seen,
        first=min(entry.first, other.first),
        last=max(entry.last, other.last),
    )


def _entry(fields: dict) -> Entry:
    entry = Entry(**fields)
    if any(
        type(getattr(entry, name)) is not type(value) for name, value in asdict(Entry()).items()
    ):
        raise ValueError(f"not a progress entry: {fields}")
    return entry


def _load_or_set_aside(file: Path) -> tuple[dict[str, Entry], str]:
    try:
        return _load(file), ""
    except ValueError:
        aside = _free_name(file)
        os.replace(file, aside)
        return (
            {},
            f"Your progress file was damaged: it is kept as {aside}, and a new one was begun.",
        )


def _free_name(file: Path) -> Path:
    number = 1
    while (name := file.with_name(f"{file.stem}.damaged-{number}{file.suffix}")).exists():
        number += 1
    return name


def _save(file: Path, entries: dict[str, Entry]) -> None:
    """Write beside the file, then put it in place at once: a crash leaves the old one whole."""
    content = {
        "version": VERSION,
        "exercises": {name: asdict(entry) for name, entry in entries.items()},
    }
    new = file.with_name(f"{file.name}.{uuid.uuid4().hex}.tmp")
    try:
        new.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(new, file)
    finally:
        new.unlink(missing_ok=True)
        _remove_left_behind(file)


def _remove_left_behind(file: Path) -> None:
    """Remove what a kernel that was killed while it wrote has left. The lock is ours."""
    ours = re.compile(re.escape(file.name) + r"\.[0-9a-f]{32}\.tmp")
    for other in file.parent.iterdir():
        if ours.fullmatch(other.name):
            with contextlib.suppress(OSError):
                other.unlink()


@contextlib.contextmanager
def _lock(file: Path) -> Iterator[None]:
    """Hold ``progress.json.lock``, so that two kernels do not lose each other's entries.

    Creating a file exclusively is atomic on network homes too. A lock is removed if its holder is
    known to be dead, or if it has not changed hands while we waited; no clocks are compared.
    """
    _only_a_file(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = file.with_name(f"{file.name}.lock")
    token = f"{_here()} {os.getpid()} {uuid.uuid4().hex}"
    holder, since = "", time.monotonic()
    while not _create(lock, token):
        current = _content(lock)
        if _is_dead(current):
            lock.unlink(missing_ok=True)
        elif current != holder:
            holder, since = current, time.monotonic()
        elif time.monotonic() - since > _PATIENCE:
            lock.unlink(missing_ok=True)
        time.sleep(0.01)
    try:
        yield
    finally:
        if _content(lock) == token:
            lock.unlink(missing_ok=True)


def _here() -> str:
    """Return this machine and, on Linux, its container: elsewhere a process number says nothing."""
    try:
        inside = os.readlink("/proc/self/ns/pid")
    except OSError:
        inside = ""
    return re.sub(r"[^\w.-]", "-", f"{socket.gethostname()}{inside}", flags=re.ASCII)


def _is_dead(token: str) -> bool:
    """Return whether the holder of a lock ran on this machine and is no more."""
    here, _, rest = token.partition(" ")
    number = rest.partition(" ")[0]
    if os.name != "posix" or here != _here() or not number.isdecimal():
        return False  # on Windows os.kill ends the process that it is to ask for
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _create(lock: Path, token: str) -> bool:
    try:
        with open(lock, "x", encoding="ascii") as new:
            try:
                new.write(token)
                new.flush()
            except OSError:  # the disk is full: an empty lock would hold up every later check
                with contextlib.suppress(OSError):
                    lock.unlink()
                raise
    except FileExistsError:
        return False
    except PermissionError:  # Windows, while another kernel is removing it
        if not lock.exists():
            raise
        return False
    return True


def _content(lock: Path) -> str:
    try:
        return lock.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
