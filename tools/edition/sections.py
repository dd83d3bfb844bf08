"""The sections of a notebook: what stands under a heading, its minutes, core or extra.

A heading cell carries both in its metadata, ``"course": {"minutes": 8, "part": "core"}``, and in
its text, as an italic line below the heading. Each ``##`` heading has them; a ``###`` heading may,
and is then a section of its own. What stands before the first heading belongs to the first section.
"""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from rnn_helpers.course.paths import Path

NOTEBOOKS = pathlib.Path(__file__).resolve().parents[2] / "notebooks"
KEY = "course"
PARTS = ("core", "extra")
HEADING = re.compile(r"(##|###) (.+)")
LINE = re.compile(r"\*(\d+) minutes?, (core|extra)\.\*")


@dataclass(frozen=True)
class Section:
    """A stretch of a notebook: its heading, a learner's minutes, core or extra, and its cells."""

    title: str
    minutes: int
    part: str
    cells: tuple[NotebookNode, ...]

    @property
    def core(self) -> bool:
        return self.part == "core"


def read(name: str) -> NotebookNode:
    """Return the notebook of this name, such as ``02_forward_pass``."""
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def heading(cell: NotebookNode) -> str:
    """Return the heading that a Markdown cell begins with, without its marks, or ""."""
    found = HEADING.match(cell.source) if cell.cell_type == "markdown" else None
    return found[2].strip() if found else ""


def begins(cell: NotebookNode) -> bool:
    """Say whether a section begins with this cell."""
    return bool(heading(cell)) and KEY in cell.metadata


def cut(cells: Iterable[NotebookNode]) -> list[Section]:
    """Cut cells into sections, in order."""
    stretches: list[list[NotebookNode]] = []
    opening: list[NotebookNode] = []
    for cell in cells:
        if begins(cell):
            stretches.append([cell])
        elif stretches:
            stretches[-1].append(cell)
        else:
            opening.append(cell)
    if stretches:
        stretches[0] = opening + stretches[0]
    return [_section(stretch) for stretch in stretches]


def of(name: str) -> list[Section]:
    """Return the sections of a notebook, in order."""
    return cut(read(name).cells)


def _section(stretch: list[NotebookNode]) -> Section:
    first = next(cell for cell in stretch if begins(cell))
    said = first.metadata[KEY]
    return Section(heading(first), said["minutes"], said["part"], tuple(stretch))


def total(sections: Iterable[Section], step: int = 5) -> int:
    """Return the minutes of some sections together, rounded to ``step``."""
    return step * round(sum(section.minutes for section in sections) / step)


def problems(cells: Iterable[NotebookNode]) -> list[str]:
    """Return what is amiss with the marks of the sections, one sentence each."""
    amiss = []
    for cell in cells:
        title = heading(cell)
        if title:
            amiss += [f"{title}: {what}" for what in _heading_problems(cell)]
        elif KEY in cell.metadata:
            amiss.append(f"{cell.source[:30]!r}: has minutes, and no heading")
        if cell.cell_type == "markdown" and "\n## " in cell.source:
            amiss.append(f"{title}: has a second ## heading: give it a cell of its own")
    return amiss


def _heading_problems(cell: NotebookNode) -> list[str]:
    lines = cell.source.splitlines()
    line = LINE.fullmatch(lines[2]) if len(lines) > 2 and not lines[1] else None
    said = cell.metadata.get(KEY)
    if said is None:
        needed = cell.source.startswith("## ") or line
        return [f'has no minutes in its metadata, under "{KEY}"'] if needed else []
    minutes, part = said.get("minutes"), said.get("part")
    if (
        type(minutes) is not int
        or minutes < 1
        or part not in PARTS
        or set(said) != {"minutes", "part"}
    ):
        return [f'has {dict(said)}, expected {{"minutes": 8, "part": "core"}} or "extra"']
    if not line:
        return [f"needs the line {line_of(minutes, part)} below its heading"]
    if (int(line[1]), line[2]) != (minutes, part):
        return [f"says {line[0]}, and its metadata say {minutes}, {part}"]
    return []


def line_of(minutes: int, part: str) -> str:
    """Return the line below a heading."""
    return f"*{minutes} minute{'s' * (minutes != 1)}, {part}.*"


def mark(cell: NotebookNode, minutes: int, part: str) -> None:
    """Write the minutes and the part of a section into its heading cell."""
    cell.metadata[KEY] = {"minutes": minutes, "part": part}
    head, *rest = cell.source.splitlines()
    if len(rest) > 1 and LINE.fullmatch(rest[1]):
        rest = rest[2:]
    cell.source = "\n".join([head, "", line_of(minutes, part), *rest]).rstrip()


def taken(sections: list[Section], titles: Iterable[str] = ()) -> list[Section]:
    """Return the sections of these titles, or all core sections if there are none.

    Raise ValueError for a title that no section has.
    """
    titles = list(titles)
    known = [section.title for section in sections]
    for title in titles:
        if title not in known:
            raise ValueError(f"there is no section called {title}, only {known}")
    return [s for s in sections if (s.title in titles if titles else s.core)]


def on_path(path: Path) -> dict[str, list[Section]]:
    """Return the sections that a path takes of each notebook, in order."""
    stops = [stop for session in path.sessions for stop in session.stops]
    found: dict[str, list[Section]] = {}
    for stop in stops:
        found.setdefault(stop.notebook, []).extend(taken(of(stop.notebook), stop.sections))
    return found


def taken_cells(cells: Iterable[NotebookNode], titles: Iterable[str] = ()) -> list[NotebookNode]:
    """Return the cells of these sections, in order, and those before the first heading."""
    cells = list(cells)
    opening = next((place for place, cell in enumerate(cells) if begins(cell)), len(cells))
    kept = {id(cell) for section in taken(cut(cells), titles) for cell in section.cells}
    kept |= {id(cell) for cell in cells[:opening]}
    return [cell for cell in cells if id(cell) in kept]
