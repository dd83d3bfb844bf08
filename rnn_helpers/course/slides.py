"""How a notebook is cut into slides: by its slide marks, its headings, and at most so many cells.

A mark ``slide`` or ``subslide`` in a cell's metadata begins a slide, ``fragment`` or ``-`` goes on,
``skip`` and ``notes`` are left out. A heading begins a slide too, and the code of an exercise ends
its slide. What is still longer than `MOST_CELLS` is cut where that parts least: before a text that
follows code, and not between a text and the code that it leads to.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

MOST_CELLS = 4
FEW_CELLS = 3  # what a slide should have, where there is a choice
BEGIN, GO_ON, LEFT_OUT = ("slide", "subslide"), "fragment", ("skip", "notes")
HEADING = re.compile(r"#{1,3} +(.+)")
SAME_NOTEBOOK = 0.5  # share of cells that a file has in common with what is on the screen


@dataclass(frozen=True)
class Cell:
    """What the cutting needs to know of a cell: its kind, heading, slide mark and minutes."""

    kind: str
    heading: str = ""
    mark: str = GO_ON
    minutes: int | None = None

    @property
    def begins(self) -> bool:
        """Whether a slide begins here."""
        return self.mark in BEGIN or (self.heading != "" and self.mark not in LEFT_OUT)

    @property
    def key(self) -> tuple[str, str]:
        """What it has in common with itself on the screen, where a formula is set and drawn."""
        return self.kind, "".join(re.findall("[A-Za-z]{2,}", re.sub(r"\$.*?\$", "", self.heading)))


@dataclass(frozen=True)
class Slide:
    """The positions of its cells in the notebook, the heading above them, and its minutes."""

    cells: tuple[int, ...]
    section: str
    minutes: int | None = None


def read_cells(path: Path) -> list[Cell]:
    """Return the cells of the notebook in the file `path`, or [] if it cannot be read."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [_stored_cell(cell) for cell in stored]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _stored_cell(cell: Mapping[str, Any]) -> Cell:
    text, metadata = "".join(cell["source"]), cell.get("metadata", {})
    found = HEADING.match(text) if cell["cell_type"] == "markdown" else None
    heading = re.sub(r"[*`]", "", found[1]).strip() if found else ""
    mark = metadata.get("slideshow", {}).get("slide_type") or GO_ON
    return Cell(cell["cell_type"], heading, mark, metadata.get("course", {}).get("minutes"))


def on_screen(screen: Iterable[Mapping[str, str]], stored: Sequence[Cell]) -> list[Cell]:
    """Return the cells on the screen with the marks of those `stored` in the file.

    JupyterLab takes its time to put all cells on the screen: what is not there yet is taken from
    the file. A cell that the file lacks goes on with the slide before it. If the file is of another
    notebook, or there is none, headings alone begin slides.
    """
    seen = [Cell(str(cell["kind"]), str(cell["heading"])) for cell in screen]
    if [cell.kind for cell in seen] == [cell.kind for cell in stored[: len(seen)]]:
        return list(stored)
    keys = [cell.key for cell in stored], [cell.key for cell in seen]
    *blocks, _ = SequenceMatcher(None, *keys, autojunk=False).get_matching_blocks()
    in_both = sum(block.size for block in blocks)
    if not blocks or in_both < SAME_NOTEBOOK * min(len(stored), len(seen)):
        return seen
    for start, place, size in blocks:
        seen[place : place + size] = stored[start : start + size]
    return seen + list(stored[blocks[-1].a + blocks[-1].size :])


def cut(cells: Sequence[Cell]) -> list[Slide]:
    """Return the slides of a notebook with these `cells`."""
    groups: list[list[int]] = []
    is_over = True
    for place, cell in enumerate(cells):
        if cell.mark in LEFT_OUT:
            continue
        if cell.begins or is_over:
            groups.append([])
        groups[-1].append(place)
        is_over = cell.kind == "code" and _is_exercise(cells[groups[-1][0]])
    parts = [part for group in groups for part in _shortened(group, cells)]
    return _named(parts, cells)


def _is_exercise(cell: Cell) -> bool:
    return cell.heading.startswith("Exercise")


def _shortened(group: list[int], cells: Sequence[Cell]) -> list[list[int]]:
    """Return `group` in parts of at most `MOST_CELLS` cells, cut at the lowest price in all."""
    if len(group) <= MOST_CELLS:
        return [group]
    best: list[tuple[float, list[list[int]]]] = [(0, [])]
    for end in range(1, len(group) + 1):
        choices = []
        for start in range(max(0, end - MOST_CELLS), end):
            price, parts = best[start]
            price += _price(group, start, end, cells)
            choices.append((price, [*parts, group[start:end]]))
        best.append(min(choices))
    return best[-1][1]


def _price(group: list[int], start: int, end: int, cells: Sequence[Cell]) -> float:
    """Return what it costs to show the cells from `start` to `end` of `group` alone."""
    price = (end - start - FEW_CELLS) ** 2 / 2
    if start and cells[group[start]].kind == "code":
        follows_text = cells[group[start - 1]].kind == "markdown"
        price += 4 if follows_text else 2
    return price


def _named(parts: list[list[int]], cells: Sequence[Cell]) -> list[Slide]:
    """Return a slide for each of `parts`, with the heading that it stands under."""
    slides, section = [], Cell("markdown")
    for part in parts:
        first = cells[part[0]]
        if first.heading and not _is_exercise(first):
            section = first
        slides.append(Slide(tuple(part), first.heading or section.heading, section.minutes))
    return slides


def notebook_file(name: str = "") -> Path:
    """Return the file `name` beside the notebook of this kernel; without it, that notebook's own.

    Jupyter tells a kernel which notebook it was started for. Only the last part of `name` counts.
    """
    own = Path(os.environ.get("JPY_SESSION_NAME", "notebook.ipynb"))
    return own.with_name(Path(name).name) if Path(name).name else own
