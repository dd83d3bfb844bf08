"""How the slides of the walkthrough fit a projector, as measured in the browser.

``tools/walkthrough_sizes.py --store`` goes through each notebook by keys, in JupyterLab and with
its panels live, and keeps in ``fits.json`` by how many presses of a key each slide is seen to its
end. ``problems`` says where a notebook has been cut into other slides since.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from edition import sections
from rnn_helpers.course.slides import Slide, cut, read_cells

SCREENS = ((1920, 1080), (1280, 720))
STORED = Path(__file__).with_name("fits.json")
MEASURE = "tools/walkthrough_sizes.py --store"

Stored = Mapping[str, Sequence[Sequence]]  # of a notebook, a row for each slide


@dataclass(frozen=True)
class Fit:
    """A slide: its heading, its cells, and how many windows it takes on each of ``SCREENS``."""

    section: str
    cells: int
    windows: tuple[int, ...]


def read() -> dict[str, list[list]]:
    """Return all that is stored."""
    return json.loads(STORED.read_text(encoding="utf-8"))


def of(name: str, stored: Stored | None = None) -> list[Fit]:
    """Return the slides of a notebook as they were measured; none if it never was."""
    rows = (read() if stored is None else stored).get(name, [])
    return [Fit(section, cells, tuple(windows)) for section, cells, *windows in rows]


def slides_of(name: str) -> list[Slide]:
    """Return the slides that a notebook is cut into now."""
    return cut(read_cells(sections.NOTEBOOKS / f"{name}.ipynb"))


def rows(slides: Sequence[Slide], windows: Sequence[Sequence[int]]) -> list[list]:
    """Return what is stored of ``slides``, seen in so many ``windows`` on each screen."""
    return [
        [slide.section, len(slide.cells), *seen]
        for slide, *seen in zip(slides, *windows, strict=True)
    ]


def store(name: str, windows: Sequence[Sequence[int]]) -> None:
    """Keep in how many windows each slide of a notebook is seen, on each of the screens."""
    stored = read() if STORED.exists() else {}
    stored[name] = rows(slides_of(name), windows)
    lines = ",\n".join(
        f"{json.dumps(key)}: [\n  " + ",\n  ".join(map(_line, stored[key])) + "\n]"
        for key in sorted(stored)
    )
    STORED.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def _line(row: list) -> str:
    return json.dumps(row, ensure_ascii=False)


def problems(name: str, stored: Stored | None = None) -> list[str]:
    """Return what has changed in the slides of a notebook since they were measured."""
    now = [(slide.section, len(slide.cells)) for slide in slides_of(name)]
    then = [(fit.section, fit.cells) for fit in of(name, stored)]
    if now == then:
        return []
    gone = [
        f"{section!r} of {cells} cells" for section, cells in then if (section, cells) not in now
    ]
    new = [
        f"{section!r} of {cells} cells" for section, cells in now if (section, cells) not in then
    ]
    what = f"now it has {', '.join(new) or 'no new slide'}, then {', '.join(gone) or 'no other'}"
    return [f"{name} is cut otherwise than when it was measured: {what}; run {MEASURE} {name}"]
