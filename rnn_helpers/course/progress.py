"""Remember which exercises were tried and solved, and how, in one small JSON file.

Besides that it counts the hints seen, each known mistake by its key, other failures by their kind,
and remembers which option of a prediction was chosen first. It stays where it is: only
``share_progress()`` makes something to hand on of it, and shows it first.

The file is ``$RNN_HELPERS_PROGRESS``, by default ``~/.rnn_helpers/progress.json``. Nothing here
raises: a file that cannot be read or written costs a sentence, never a check.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import re
import shutil
import socket
import stat
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

VERSION = 2  # 1 had the attempts, what was solved, and whether the solution was seen
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
    """What is known of one exercise. Dates are ISO days; a solved exercise stays solved.

    ``tries`` are the attempts up to the first right one, 0 before that and for what was solved
    under version 1. ``unaided`` says that until then neither a hint nor the solution was seen.
    ``mistakes`` counts the known mistakes by their keys, ``failures`` all others by their kinds.
    """

    attempts: int = 0
    right: bool = False
    solution_seen: bool = False
    first: str = ""
    last: str = ""
    tries: int = 0
    unaided: bool = False
    hints: int = 0
    mistakes: dict[str, int] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)


@dataclass
class Choice:
    """The option of a prediction that was chosen first; ``right`` is None until it is known."""

    option: str
    right: bool | None = None


@dataclass
class Progress:
    """All that the file holds: exercises and predictions by name, and what sharing needs.

    ``pseudonym`` is drawn when progress is first shared, ``shares`` counts how often it was.
    """

    exercises: dict[str, Entry] = field(default_factory=dict)
    predictions: dict[str, Choice] = field(default_factory=dict)
    pseudonym: str = ""
    shares: int = 0


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
    return read_all().exercises


def read_all() -> Progress:
    """Return all that the file holds, of a file that cannot be read nothing, as :func:`read`."""
    try:
        return _load(path())
    except (OSError, ValueError, RuntimeError, _NewerVersionError):
        return Progress()


def record(
    exercise_id: str,
    *,
    right: bool | None = None,
    solution_seen: bool = False,
    hints: int = 0,
    mistakes: Iterable[str] = (),
    failure: str = "",
) -> str:
    """Count an attempt (``right`` is True or False) or note that help was seen.

    ``hints`` says how many of the hints have been seen by now. ``mistakes`` are the keys of the
    known mistakes that an attempt held, ``failure`` the kind of any other.

    Returns "" or one sentence about what went wrong with the file.
    """
    today = datetime.date.today().isoformat()

    def add(kept: Progress) -> None:
        entry = kept.exercises.setdefault(exercise_id, Entry(first=today))
        entry.attempts += right is not None
        if right and not entry.right:
            entry.tries = entry.attempts
            entry.unaided = not (entry.hints or entry.solution_seen)
        entry.right |= bool(right)
        entry.solution_seen |= solution_seen
        entry.hints = max(entry.hints, hints)
        for key in mistakes:
            entry.mistakes[key] = entry.mistakes.get(key, 0) + 1
        if failure:
            entry.failures[failure] = entry.failures.get(failure, 0) + 1
        entry.last = today

    return _update(add)


def record_choice(name: str, option: str, right: bool | None = None) -> str:
    """Note which option of a prediction was chosen, and whether it was right once that is known.

    The first choice counts: a later one changes nothing. Returns as :func:`record` does.
    """

    def add(kept: Progress) -> None:
        choice = kept.predictions.setdefault(name, Choice(option))
        if choice.right is None and choice.option == option:
            choice.right = right

    return _update(add)


def count_share(renew: bool = False) -> tuple[str, int, str]:
    """Return the pseudonym and the number of the next share, and "" or a sentence as ``record``.

    The pseudonym is random and says nothing of anybody. ``renew`` draws another one.
    """
    drawn: list[tuple[str, int]] = []

    def add(kept: Progress) -> None:
        if renew or not re.fullmatch("[0-9a-f]{32}", kept.pseudonym):
            kept.pseudonym, kept.shares = uuid.uuid4().hex, 0
        kept.shares = max(0, kept.shares) + 1
        drawn.append((kept.pseudonym, kept.shares))

    note = _update(add)
    pseudonym, number = drawn[0] if drawn else (uuid.uuid4().hex, 1)
    return pseudonym, number, note


def reset(exercise_id: str | None = None) -> str:
    """Forget one exercise, or everything. Returns "" or one sentence, as :func:`record` does."""

    def forget(kept: Progress) -> None:
        if exercise_id is None:
            vars(kept).update(vars(Progress()))
        else:
            kept.exercises.pop(exercise_id, None)

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


def _update(change: Callable[[Progress], None]) -> str:
    try:
        file = Path(os.path.realpath(path()))  # a linked file stays a link
        with _lock(file):
            kept, note = _load_or_set_aside(file)
            change(kept)
            _save(file, kept)
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


def _load(file: Path) -> Progress:
    """Read the file; a damaged one raises ValueError."""
    return _understood(_text_of(file))


def _text_of(file: Path) -> str:
    """Return what stands in the file, and an empty one where there is none."""
    _only_a_file(file)
    try:
        return file.read_text(encoding="utf-8-sig")  # some editors put a mark before the text
    except FileNotFoundError:
        return json.dumps({"version": 1, "exercises": {}})


def _understood(text: str) -> Progress:
    try:
        content = json.loads(text)
        version, entries = content["version"], content["exercises"]
        if type(version) is not int or version < 1:
            raise ValueError("not a version")
        if version > VERSION:
            raise _NewerVersionError
        exercises = _under_new_names({name: _entry(fields) for name, fields in entries.items()})
        if version == 1:
            return Progress(exercises)
        choices = {name: _choice(fields) for name, fields in content["predictions"].items()}
        kept = Progress(exercises, choices, content["pseudonym"], content["shares"])
        return _checked(kept, Progress())
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
        tries=entry.tries + other.tries,
        unaided=entry.unaided or other.unaided,
        hints=max(entry.hints, other.hints),
        mistakes=dict(Counter(entry.mistakes) + Counter(other.mistakes)),
        failures=dict(Counter(entry.failures) + Counter(other.failures)),
    )


def _entry(fields: dict) -> Entry:
    entry = _checked(Entry(**fields), Entry())
    counts = (*entry.mistakes.values(), *entry.failures.values())
    if any(type(count) is not int for count in counts):
        raise ValueError(f"not a progress entry: {fields}")
    return entry


def _choice(fields: dict) -> Choice:
    choice = Choice(**fields)
    if type(choice.option) is not str or choice.right not in (None, True, False):
        raise ValueError(f"not a choice: {fields}")
    return choice


Kept = TypeVar("Kept", Entry, Progress)


def _checked(kept: Kept, like: Kept) -> Kept:
    """Return what was read, or raise ValueError if a field is of another type."""
    if any(type(getattr(kept, name)) is not type(value) for name, value in vars(like).items()):
        raise ValueError(f"not what a progress file holds: {kept}")
    return kept


def _load_or_set_aside(file: Path) -> tuple[Progress, str]:
    try:
        text = _text_of(file)
        kept = _understood(text)
        _keep_version_1(file, text, kept)
        return kept, ""
    except ValueError:
        aside = _free_name(file)
        os.replace(file, aside)
        return (
            Progress(),
            f"Your progress file was damaged: it is kept as {aside}, and a new one was begun.",
        )


def _keep_version_1(file: Path, text: str, kept: Progress) -> None:
    """Copy a file of version 1, once: an older course that is still installed can be shown it."""
    copy = file.with_name(f"{file.stem}.version-1{file.suffix}")
    if kept.exercises and json.loads(text)["version"] == 1 and not copy.exists():
        with contextlib.suppress(OSError):
            copy.write_text(text, encoding="utf-8")
            shutil.copymode(file, copy)


def _free_name(file: Path) -> Path:
    number = 1
    while (name := file.with_name(f"{file.stem}.damaged-{number}{file.suffix}")).exists():
        number += 1
    return name


def _save(file: Path, kept: Progress) -> None:
    """Write beside the file, then put it in place at once: a crash leaves the old one whole."""
    content = {"version": VERSION, **asdict(kept)}
    new = file.with_name(f"{file.name}.{uuid.uuid4().hex}.tmp")
    try:
        new.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        with contextlib.suppress(OSError):  # a first file; or a disk that has no rights
            shutil.copymode(file, new)
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
        if current != holder:
            holder, since = current, time.monotonic()
        waited = time.monotonic() - since
        if _is_dead(current) or waited > _PATIENCE:
            _break(lock, current, last=waited > 2 * _PATIENCE)
        time.sleep(0.01)
    try:
        yield
    finally:
        if _content(lock) == token:
            lock.unlink(missing_ok=True)


def _break(lock: Path, token: str, *, last: bool) -> None:
    """Remove a lock that nobody holds any more, if it still holds ``token``.

    One kernel does so at a time. Of two that had read the same dead lock the second would else
    remove the lock that the first has made meanwhile. ``last`` is for a kernel that has waited
    for another to do it: that one was killed in the middle, or nobody may remove the lock. Then
    an OSError says why.
    """
    mine = lock.with_name(f"{lock.name}.break")
    if last:
        mine.unlink(missing_ok=True)
    if not _create(mine, ""):
        return
    try:
        if _content(lock) == token:
            lock.unlink(missing_ok=True)
    except PermissionError:  # on Windows also while another kernel reads it
        if last:
            raise
    finally:
        mine.unlink(missing_ok=True)


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
