"""Still pictures on a dark page: drawn anew in its colours, while the file keeps the light ones.

A `Picture` in an output is light, for that is what is saved. On a dark page ``stills.js`` asks the
kernel for each picture there, and shows what comes on the page alone, in the place of the light
one. It names a picture by its end, since a PNG file ends with checksums. The kernel knows those
that it has shown itself, not those that the file had when it was opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from IPython import get_ipython
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.text import Annotation, Text

from rnn_helpers.course.palette import THEMES
from rnn_helpers.course.style import DRAWING, style

TARGET, END = "rnn_helpers.stills", 64  # stills.js has both too
KEPT = 60  # more than a notebook has

_drawn: dict[str, Callable[[], bytes]] = {}  # what draws a picture for a dark page
_told: list[object] = []  # the kernel that listens


def keep(encoded: str, draw: Callable[[], bytes]) -> None:
    """Let a dark page ask for a picture that is being shown; nothing without a kernel.

    ``encoded`` is the light one, a PNG file in base 64. ``draw`` returns the dark one.
    """
    targets = getattr(getattr(get_ipython(), "kernel", None), "comm_manager", None)
    if targets is None:
        return
    if targets not in _told:
        targets.register_target(TARGET, _open_line)
        _told[:] = [targets]
    key = f"{len(encoded)}:{encoded[-END:]}"
    _drawn.pop(key, None)
    _drawn[key] = draw
    while len(_drawn) > KEPT:
        del _drawn[next(iter(_drawn))]


def _open_line(comm: Any, opening: Mapping[str, Any]) -> None:
    comm.on_msg(lambda message: _answer(comm, message["content"]["data"]))


def _answer(comm: Any, question: Mapping[str, Any]) -> None:
    """Send the picture that is asked for; nothing if it is unknown."""
    key = str(question.get("key"))
    if key in _drawn:
        comm.send({"key": key}, buffers=[_drawn[key]()])


@contextmanager
def in_the_dark(figure: Figure) -> Iterator[None]:
    """Let a figure have the colours of a dark page inside the block, and its own afterwards.

    Lines and words look up the names of their colours whenever they are drawn. Surfaces do it once,
    when they are made, and remember what they were given: matplotlib has no public way to ask.
    """
    given = [
        (getattr(part, f"set_{side}"), colour)
        for part in _parts(figure)
        for side in ("facecolor", "edgecolor")
        if (colour := getattr(part, f"_original_{side}", None)) is not None
    ]
    given += [
        (part.set_hatchcolor, getattr(part, "_original_hatchcolor", None))
        for part in figure.findobj(Patch)
        if hasattr(part, "set_hatchcolor")  # from matplotlib 3.11 on; before, hatching stays white
    ]
    with DRAWING:  # nobody else draws it meanwhile
        try:
            with style("dark"):
                for give, colour in given:
                    give(_on_dark(colour))
                yield
        finally:
            with style():
                for give, colour in given:
                    give(colour)


def _on_dark(colour: object) -> object:
    """Return a colour by name as it is, and numbers that a name stood for as those for a dark page.

    Bars and points of a scatter plot are given the numbers alone.
    """
    if not isinstance(colour, np.ndarray):
        return colour
    looked_up = np.array(colour, dtype=float)  # (..., 4): red, green, blue, alpha
    for name, light in reversed(THEMES["light"].items()):  # a line's colour, rather than a mark's
        same = np.isclose(colour[..., :3], to_rgb(light), atol=1e-6).all(axis=-1)
        looked_up[same, :3] = to_rgb(THEMES["dark"][name])
    return looked_up


def _parts(figure: Figure) -> Iterator[Artist]:
    for artist in figure.findobj():
        yield artist
        if isinstance(artist, Text) and (box := artist.get_bbox_patch()):
            yield box
        if isinstance(artist, Annotation) and artist.arrow_patch:
            yield artist.arrow_patch
