"""Share what was tried with a teacher: shown in words first, and sent only when that is asked for.

    share_progress()             shows what would go; nothing goes
    share_progress().send()      into the class's folder (RNN_HELPERS_CLASS), or into one file here
    share_progress().line()      the same as one line, to paste into a form

On a hub the class's folder is one that learners can write into and only the teacher can list. A
share gets a random name there. It holds a pseudonym that was drawn by chance, and facts of
exercises. It cannot hide what the system itself keeps: whoever may look at the folder can see
which account a file belongs to.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import html
import json
import os
import re
import stat
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rnn_helpers.course import facts, progress
from rnn_helpers.course.map import Table

FOLDER = "RNN_HELPERS_CLASS"  # the variable that names the class's folder
FILE = "my_progress.json"
START = "rnn1."  # of a line
NOTHING = "You have not tried an exercise or answered a prediction yet: there is nothing to share."
NOT_YET = "Nothing has gone yet. `share_progress().send()` sends it {where}."
LINE = "`share_progress().line()` makes one line of it, to paste into a form."
ELSE = (
    "Besides that it holds a pseudonym drawn by chance, how often you have shared under it, and "
    "the week of the sharing ({week}). There is no name in it, no code, no path and no day."
)
OWNER = "On a hub the system knows which account a file belongs to, and its owner may look that up."


def share_progress(renew: bool = False) -> Share:
    """Show in words exactly what would be shared of your progress. Nothing goes before ``send()``.

    ``renew`` draws another pseudonym, under which nobody can tell what you shared before.
    """
    return Share(progress.read_all(), renew)


class Share:
    """What would go: it shows itself in words, and goes by ``send``, ``save`` or ``line``."""

    def __init__(self, kept: progress.Progress, renew: bool = False) -> None:
        self._kept, self._renew = kept, renew
        self.facts = facts.facts_of(kept)
        year, number, _ = datetime.date.today().isocalendar()
        self.week = f"{year}-W{number:02}"

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to share yet."""
        return not any(self.facts.values())

    def send(self) -> Sent:
        """Write it into the class's folder, or where there is none into one file here."""
        folder = os.environ.get(FOLDER)
        if self.is_empty:
            return Sent(NOTHING)
        if not folder:  # nor if the variable is set and empty, as the preview has it
            return self.save()
        try:
            path = _dropped(Path(folder), self._content())
        except OSError as error:
            reason = error.strerror or error
            says = f"The class's folder {folder} cannot be written ({reason}): nothing has gone."
            return Sent(f"{says} `share_progress().save()` makes a file to hand in instead.")
        return Sent(f"It is in the class's folder, as {path.name}. {_listed(Path(folder))}".strip())

    def save(self, path: str | Path = FILE) -> Sent:
        """Write it into one file, to hand in; a file that is there already is never replaced."""
        if self.is_empty:
            return Sent(NOTHING)
        path, content = Path(path), self._content()
        for candidate in _names(path):
            with contextlib.suppress(FileExistsError):
                _create(candidate, content, 0o600)
                return Sent(f"It is in {candidate}: hand in that file. Nothing else has gone.")
        raise FileExistsError(f"path is {str(path)!r}, and so are 99 files like it: name another")

    def line(self) -> Line:
        """Return it as one line, to paste into a form."""
        if self.is_empty:
            raise ValueError(NOTHING)
        packed = base64.urlsafe_b64encode(zlib.compress(self._content(), 9)).decode()
        return Line(f"{START}{packed.rstrip('=')}.{zlib.crc32(packed.encode()):08x}")

    def _content(self) -> bytes:
        pseudonym, number, _ = progress.count_share(self._renew)
        self._renew = False
        content = facts.to_share(self._kept, pseudonym, number, self.week)
        return json.dumps(content, separators=(",", ":"), sort_keys=True).encode()

    def __repr__(self) -> str:
        if self.is_empty:
            return NOTHING
        table = Table(("what", "what would go"), self._rows())
        return "\n\n".join([repr(table), *self._words()])

    def _repr_html_(self) -> str:
        if self.is_empty:
            return f"<p>{NOTHING}</p>"
        table = Table(("what", "what would go"), self._rows())._repr_html_()
        said = (re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(w)) for w in self._words())
        return table + "".join(f"<p>{words}</p>" for words in said)

    def _words(self) -> list[str]:
        folder = os.environ.get(FOLDER)
        where = f"into the class's folder, {folder}" if folder else f"into one file, {FILE}, here"
        owner = [OWNER] if folder else []
        return [ELSE.format(week=self.week), *owner, f"{NOT_YET.format(where=where)} {LINE}"]

    def _rows(self) -> list[tuple[str, str]]:
        rows = [(name, in_words(entry)) for name, entry in self.facts["exercises"].items()]
        for name, choice in self.facts["predictions"].items():
            asked = facts.predictions()[name]
            turned_out = {True: ", which was right", False: ", which was not right", None: ""}
            option = f"“{asked['options'][choice['option']]}”"
            rows.append((name, f"first chosen: {option}{turned_out[choice['right']]}"))
        return rows


def in_words(entry: dict[str, Any]) -> str:
    """Return all facts of one exercise in words: what is not said is not in it."""
    parts = [_times(entry["attempts"], "attempt"), _solved(entry)]
    parts += [_times(entry["hints"], "hint") + " seen"] if entry["hints"] else []
    parts += ["the solution was seen"] if entry["solution_seen"] else []
    parts += [f"known mistake {key}: {_times(n)}" for key, n in entry["mistakes"].items()]
    parts += [f"{facts.KINDS[kind]} ({kind}): {_times(n)}" for kind, n in entry["failures"].items()]
    return "; ".join(parts)


def _solved(entry: dict[str, Any]) -> str:
    if not entry["right"]:
        return "not solved"
    at = f" at attempt {entry['tries']}" if entry["tries"] else ""
    return f"solved{at}{', without help' if entry['unaided'] else ''}"


def _times(count: int, what: str = "time") -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


class Sent:
    """Where a share is now, in a sentence."""

    def __init__(self, says: str) -> None:
        self.says = says

    def __repr__(self) -> str:
        return self.says


class Line(str):
    """A share as one line; it shows itself without quotes, ready to be copied."""

    def __repr__(self) -> str:
        return str(self)


# --- the files -----------------------------------------------------------------------------------


def _dropped(folder: Path, content: bytes) -> Path:
    """Write a file with a random name into a folder that need not be readable."""
    path = folder / f"progress-{uuid.uuid4().hex}.json"
    _create(path, content, 0o644)  # the teacher is somebody else
    return path


def _create(path: Path, content: bytes, mode: int) -> None:
    """Make a new file, never through a link and never over another; half of one is removed."""
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(path, flags, mode)
    try:
        with open(handle, "wb") as file:
            if hasattr(os, "fchmod"):  # whatever the umask is
                os.fchmod(handle, mode)
            file.write(content)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _names(path: Path) -> Iterator[Path]:
    yield path
    for number in range(2, 100):
        yield path.with_name(f"{path.stem}_{number}{path.suffix}")


def _listed(folder: Path) -> str:
    """Warn of a folder whose content everybody can see."""
    with contextlib.suppress(OSError):
        if os.name == "posix" and folder.stat().st_mode & stat.S_IROTH:
            return "(Everybody on this system can list that folder: tell your teacher.)"
    return ""
