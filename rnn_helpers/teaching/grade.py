"""Judge a folder of notebooks: ``python -m rnn_helpers.teaching.grade FOLDER``.

    from rnn_helpers.teaching.grade import grade

    grade("submitted")           judges every notebook in it, and writes submitted_graded/

The folder may be flat, or one that nbgrader or a learning platform collected, with a folder for
each learner. What is written: ``grades.csv`` (a row for each notebook), ``exercises.csv`` (a row
for each exercise of each notebook) and ``feedback/``, a Markdown file for each notebook. Every
answer runs on the same fresh numbers, in a process of its own: ``judging`` says what that holds
off and what it cannot.
"""

from __future__ import annotations

import argparse
import csv
import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rnn_helpers.checking.inputs import fresh_seed
from rnn_helpers.course.map import NOTEBOOKS, Table
from rnn_helpers.teaching.judging import NOTEBOOK, SECONDS, START, Judged, Verdict

MOST = 2_000  # notebooks of one folder that are judged
TOO_MANY = "was not judged: {:,} notebooks stand before it, the most of one folder"
AT_ONCE = 2
PATIENCE = NOTEBOOK + 2 * START + 10 * SECONDS  # seconds after which a whole notebook is given up
GRADES = ("learner", "notebook", "lesson", "solved", "of", "note")
EXERCISES = ("learner", "notebook", "lesson", "exercise", "state", "right", "what was said")


@dataclass(frozen=True)
class Graded:
    """One notebook of the folder: its place in it, whose it is, and what it holds."""

    place: str
    learner: str
    judged: Judged

    @property
    def solved(self) -> int:
        """How many of its exercises are right."""
        return sum(verdict.right for verdict in self.judged.verdicts)

    @property
    def note(self) -> str:
        """Why it was not judged as others are, or ""."""
        return self.judged.problem


class Grades:
    """What a folder of notebooks holds; shows itself as a table. ``folder`` is where it lies."""

    def __init__(self, graded: list[Graded], folder: Path) -> None:
        self.graded, self.folder = graded, folder

    def _table(self) -> Table:
        rows = [(g.learner, g.place, _solved(g)) for g in self.graded]
        return Table(("learner", "notebook", "solved"), rows)

    def __repr__(self) -> str:
        return f"{self._table()!r}\n\nWritten to {self.folder}."

    def _repr_html_(self) -> str:
        return f"{self._table()._repr_html_()}<p>Written to {html.escape(str(self.folder))}.</p>"


def _solved(graded: Graded) -> str:
    return graded.note or f"{graded.solved} of {len(graded.judged.verdicts)}"


def grade(
    folder: str | os.PathLike,
    out: str | os.PathLike | None = None,
    at_once: int = AT_ONCE,
    seed: int | None = None,
) -> Grades:
    """Judge all notebooks below ``folder`` and write tables and feedback into ``out``.

    Without ``out`` that is a folder beside it, ``<folder>_graded``. ``at_once`` is how many are
    judged side by side; ``seed`` deals the numbers of an earlier run again. Raise
    NotADirectoryError if ``folder`` is none, ValueError for ``at_once`` below 1.
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise NotADirectoryError(f"folder is {str(folder)!r}, expected one with notebooks in it")
    if at_once < 1:
        raise ValueError(f"at_once is {at_once}, expected 1 or more")
    whole = folder.resolve()
    target = Path(out) if out is not None else whole.with_name(f"{whole.name}_graded")
    seed = fresh_seed() if seed is None else seed
    paths = list(_notebooks(folder))
    with ThreadPoolExecutor(at_once) as pool:
        hidden = [whole, target.resolve()]
        judged = list(pool.map(lambda path: _judged(path, seed, hidden), paths[:MOST]))
    judged += [Judged(problem=TOO_MANY.format(MOST))] * (len(paths) - len(judged))
    graded = [_graded(folder, path, one) for path, one in zip(paths, judged, strict=True)]
    _write(graded, target)
    return Grades(graded, target)


def _notebooks(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith(".ipynb") and not name.startswith("."):
                yield Path(place, name)


def _judged(path: Path, seed: int, hidden: Iterable[Path]) -> Judged:
    """Judge one notebook in a process of its own, so that what ends that ends no other."""
    command = [sys.executable, "-m", "rnn_helpers.teaching.judging", str(path), str(seed)]
    package = Path(__file__).resolve().parents[2]
    variables = os.environ | {
        "PYTHONPATH": str(package), "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",  # no order of a set may decide what somebody gets
    }  # fmt: skip
    try:
        run = subprocess.run(
            [*command, *map(str, hidden)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=variables,
            timeout=PATIENCE,
        )
        found = json.loads(run.stdout)
    except subprocess.TimeoutExpired:
        return Judged(problem="could not be judged in time")
    except ValueError:
        why = _last_line(run.stderr)
        return Judged(problem=f"could not be judged: the judge ended with {run.returncode}{why}")
    verdicts = [Verdict(**fields) for fields in found["verdicts"]]
    return Judged(found["lesson"], verdicts, found["problem"])


def _last_line(said: bytes) -> str:
    """Return the end of what the judge said of its end, which names the error, in brackets."""
    lines = said.decode("utf-8", "replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f" ({last[:200]})" if last else ""


def _graded(folder: Path, path: Path, judged: Judged) -> Graded:
    text = path.relative_to(folder).as_posix()
    place = text.encode("utf-8", "replace").decode()  # a name need not be text on every system
    return Graded(place, _learner(Path(place)), judged)


def _learner(place: Path) -> str:
    """Return whose a notebook is: the name of its first folder, else what its own name adds."""
    if len(place.parts) > 1:
        return place.parts[0]
    stem = place.stem
    for notebook in NOTEBOOKS:
        stem = stem.replace(notebook.name, "")
    return stem.strip(" _-.()") or place.stem


# --- what is written -----------------------------------------------------------------------------


def _write(graded: list[Graded], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    rows = [
        (g.learner, g.place, g.judged.lesson, g.solved, len(g.judged.verdicts), g.note)
        for g in graded
    ]
    _write_csv(out / "grades.csv", GRADES, rows)
    each = [(g, verdict) for g in graded for verdict in g.judged.verdicts]
    rows = [
        (g.learner, g.place, g.judged.lesson, v.exercise, v.state, int(v.right), v.says)
        for g, v in each
    ]
    _write_csv(out / "exercises.csv", EXERCISES, rows)
    for one in graded:
        path = out / "feedback" / _file_name(one.place)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(feedback(one), encoding="utf-8", errors="replace")


def _file_name(place: str) -> Path:
    return Path(*Path(place).parts[:-1], f"{Path(place).stem}.md")


def _write_csv(path: Path, heading: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    with open(path, "w", newline="", encoding="utf-8-sig", errors="replace") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    if not isinstance(value, str):
        return value
    plain = "".join(letter if letter.isprintable() else " " for letter in value)
    return f"'{plain}" if plain[:1] in tuple("=+-@") else plain


def feedback(graded: Graded) -> str:
    """Return what a learner is told, as Markdown; what came from a notebook is only text there."""
    judged, lines = graded.judged, [f"# {_markdown(graded.place)}", ""]
    if judged.problem:
        return "\n".join([*lines, f"This notebook {_markdown(judged.problem)}.", ""])
    lines += [f"{graded.solved} of {len(judged.verdicts)} exercises are right.", ""]
    for verdict in judged.verdicts:
        lines += [f"## {verdict.exercise}: {verdict.state}", "", _markdown(verdict.says), ""]
    return "\n".join(lines)


def _markdown(text: str) -> str:
    """Return text in which only what stands between backticks is marked, and as code."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    pieces = re.sub("`{2,}", "'", plain).split("`")  # a run of them would mark in another way
    if len(pieces) % 2 == 0:
        pieces[-2:] = ["'".join(pieces[-2:])]
    for place in range(0, len(pieces), 2):
        pieces[place] = re.sub(r"([\\<>\[\]*_#|!])", r"\\\1", pieces[place])
    return "`".join(pieces)


def main(arguments: list[str] | None = None) -> int:
    """Judge the folder that the command line names; return 0, or 2 for one that is none."""
    parser = argparse.ArgumentParser(prog="grade", description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="a folder of notebooks")
    parser.add_argument("--out", help="where to write (default: beside it, FOLDER_graded)")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="notebooks side by side")
    chosen = parser.parse_args(arguments)
    try:
        print(grade(chosen.folder, chosen.out, chosen.at_once))
    except (OSError, ValueError) as error:
        print(f"grade: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
