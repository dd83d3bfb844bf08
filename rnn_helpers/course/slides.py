"""How a notebook is cut into slides: by its slide marks, its headings, and at most so many cells.

A mark ``slide`` or ``subslide`` in a cell's metadata begins a slide, ``fragment`` or ``-`` goes on,
``skip`` and ``notes`` are left out. A heading begins a slide too, and the code of an exercise ends
its slide. What is still longer than `MOST_CELLS`, or higher than the window by what it holds, is
cut where that parts least: before a text that follows code, and not between a text and the code
that it leads to.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

MOST_CELLS = 4
FEW_CELLS = 3  # what a slide should have, where there is a choice
BEGIN, GO_ON, LEFT_OUT = ("slide", "subslide"), "fragment", ("skip", "notes")
HEADING = re.compile(r"#{1,3} +(.+)")
HIGHER = 6  # what a slide costs for each window that it is higher than one
# How high a cell is, as a share of the window of a walkthrough: fitted to the cells of 02, 04, 05
# and 07 as they stand on the screen, which it misses by 0.06. It is the same on all screens.
OF_TEXT = {"cell": 0.03, "line": 0.038, "heading": 0.1, "formula": 0.06}
OF_CODE = {"cell": 0.11, "line": 0.03, "said": 0.032, "picture": 0.7, "option": 0.09}
CHARACTERS = 80  # in a line
SAME_NOTEBOOK = 0.5  # share of cells that a file has in common with what is on the screen


@dataclass(frozen=True)
class Cell:
    """What the cutting needs to know of a cell: its kind, heading, slide mark and minutes.

    ``height`` is about what share of the window it takes, 0 where that is not known.
    """

    kind: str
    heading: str = ""
    mark: str = GO_ON
    minutes: int | None = None
    height: float = field(default=0.0, compare=False)

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
    minutes = metadata.get("course", {}).get("minutes")
    high = _height_of_code(cell) if cell["cell_type"] == "code" else _height_of_text(text)
    return Cell(cell["cell_type"], heading, mark, minutes, high)


def _lines(text: str) -> int:
    return sum(1 + len(line) // CHARACTERS for line in text.splitlines())


def _height_of_text(text: str) -> float:
    """Return about what share of the window a text takes."""
    paragraphs = "\n".join(line for line in text.splitlines() if line.strip())
    counts = {"cell": 1, "line": _lines(paragraphs), "formula": text.count("$$") // 2}
    counts["heading"] = bool(HEADING.match(text))
    return sum(OF_TEXT[what] * count for what, count in counts.items())


def _height_of_code(cell: Mapping[str, Any]) -> float:
    """Return about what share of the window code takes, with what it shows."""
    counts = {"cell": 1, "line": _lines("".join(cell["source"]))}
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        markup = "".join(data.get("text/html", ""))
        if "rnn-predict" in markup:
            counts["option"] = 1 + markup.count("<li")
        elif "image/png" in data:
            counts["picture"] = counts.get("picture", 0) + 1
        said = "".join(output.get("text", data.get("text/plain", "")))
        if "rnn-predict" not in markup:
            counts["said"] = counts.get("said", 0) + _lines(said)
    return sum(OF_CODE[what] * count for what, count in counts.items())


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
    """Return `group` in parts of at most `MOST_CELLS` cells, cut at the lowest price in all.

    It is left as it is where it is short and fits the window.
    """
    if len(group) <= MOST_CELLS and sum(cells[place].height for place in group) <= 1:
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
    price += HIGHER * max(0.0, sum(cells[place].height for place in group[start:end]) - 1)
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
