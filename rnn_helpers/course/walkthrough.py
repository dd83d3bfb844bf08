"""The open notebook as a walkthrough, on a projector: one slide at a time, and all of it live.

    from rnn_helpers.course import present

    present()

No cell is moved, copied or changed, and nothing of it is stored: the browser hides what is not on
the slide (`walk.js`), and Escape brings all of it back. `slides` says what is on which slide.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import anywidget
import traitlets

from rnn_helpers.course.front_end import beside, front_end
from rnn_helpers.course.slides import cut, notebook_file, on_screen, read_cells

WHAT = "Walk through this notebook, one slide at a time"
HOW = "Run this cell for a button that begins. Escape ends it."


def present(*, begin: bool = True) -> Walkthrough:
    """Return a button that turns the open notebook into a walkthrough, and begin if `begin`.

    It shows as the last line of a cell. PageDown, space and the arrows go on and back, and so does
    a presenter's remote; Escape ends it. Without `begin`, the other notebooks that are open on the
    page get the button too, in their tool bars. Raise TypeError if `begin` is not a bool.
    """
    if not isinstance(begin, bool):
        raise TypeError(f"begin is {begin!r}, expected True or False")
    return Walkthrough(begin=begin, everywhere=not begin)


class Walkthrough(anywidget.AnyWidget):
    """The button that begins a walkthrough, and what cuts the slides for it."""

    _esm = front_end("fit.js", "bar.js", "walk.js", "walkthrough.js")
    _css = beside("walkthrough.css")
    begin = traitlets.Bool(False).tag(sync=True)
    everywhere = traitlets.Bool(False).tag(sync=True)

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.on_msg(self._answer)

    def _answer(self, _widget: object, content: Mapping[str, Any], _buffers: object) -> None:
        """Send the slides of the notebook whose cells and file's name the browser has sent."""
        stored = read_cells(notebook_file(content["file"]))
        slides = cut(on_screen(content["cells"], stored))
        self.send({"slides": [asdict(slide) for slide in slides]})

    def __repr__(self) -> str:
        return f"{WHAT}. {HOW}"

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """Add what it is as text and as HTML, the same each time, for where no kernel runs."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        static = f"<p><strong>{html.escape(WHAT)}.</strong> {html.escape(HOW)}</p>"
        return data | {"text/plain": repr(self), "text/html": static}, metadata
