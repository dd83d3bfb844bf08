"""The picture of what builds on what: a notebook stands to the right of all that it builds on.

An arrow that follows from others is left out, or nobody could follow any.
"""

from __future__ import annotations

import io

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from edition.notes import Lesson

INK, ARROW, BOX = "#222222", "#6a6a6a", "#dcebfa"


def columns(lessons: list[Lesson]) -> dict[str, int]:
    """Return for each notebook how many steps its longest way of prerequisites has."""
    depth: dict[str, int] = {}
    for lesson in lessons:
        before = lesson.notes["builds_on"]
        depth[lesson.notebook.name] = max((depth[name] + 1 for name in before), default=0)
    return depth


def arrows(lessons: list[Lesson]) -> list[tuple[str, str]]:
    """Return from where to where an arrow goes: what does not follow from other arrows."""
    above: dict[str, set[str]] = {}
    found = []
    for lesson in lessons:
        before = set(lesson.notes["builds_on"])
        implied = set().union(*(above[name] for name in before))
        above[lesson.notebook.name] = before | implied
        found += [(name, lesson.notebook.name) for name in sorted(before - implied)]
    return found


def places(lessons: list[Lesson]) -> dict[str, tuple[float, float]]:
    """Return where each notebook stands: its column, and a row so that a column is centred."""
    depth = columns(lessons)
    found = {}
    for column in range(max(depth.values()) + 1):
        names = [name for name, its in depth.items() if its == column]
        for row, name in enumerate(names):
            found[name] = (float(column), (len(names) - 1) / 2 - row)
    return found


def svg(lessons: list[Lesson]) -> bytes:
    """Return the picture as an SVG file."""
    at = places(lessons)
    with matplotlib.rc_context({"svg.hashsalt": "course"}):
        figure = Figure(figsize=(12, 2.6))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.axis("off")
        boxes = {name: _box(axes, name, place) for name, place in at.items()}
        for before, after in arrows(lessons):
            ends = {"patchA": boxes[before], "patchB": boxes[after], "shrinkA": 1, "shrinkB": 1}
            look = {"arrowstyle": "->", "color": ARROW} | ends
            axes.annotate("", xy=at[after], xytext=at[before], arrowprops=look)
        rows = [y for _, y in at.values()]
        axes.set_xlim(-0.6, max(x for x, _ in at.values()) + 0.6)
        axes.set_ylim(min(rows) - 0.6, max(rows) + 0.6)
        drawn = io.BytesIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    return drawn.getvalue()


def _box(axes: Axes, name: str, place: tuple[float, float]) -> Patch:
    """Write a notebook's number and name into a box, and return the box."""
    words = f"{name[:2]}\n{name[3:].replace('_', ' ')}"
    look = {"boxstyle": "round,pad=0.4", "facecolor": BOX, "edgecolor": INK}
    how = {"ha": "center", "va": "center", "fontsize": 9, "color": INK, "bbox": look}
    return axes.text(*place, words if len(words) < 20 else _in_two(words), **how).get_bbox_patch()


def _in_two(words: str) -> str:
    """Break a long name at the space nearest to its middle."""
    number, _, name = words.partition("\n")
    spaces = [place for place, sign in enumerate(name) if sign == " "]
    cut = min(spaces, key=lambda place: abs(place - len(name) / 2))
    return f"{number}\n{name[:cut]}\n{name[cut + 1 :]}"
