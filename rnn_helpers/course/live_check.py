"""Whether panels are live where the notebook is shown: asked of the browser itself.

Widgets have two halves. The kernel's comes with the course; the browser's lies in the environment
that JupyterLab was started from, which may be another one. No look at the installed packages shows
that, so this lets the browser's half answer.
"""

from __future__ import annotations

import html
from typing import Any

import anywidget
import ipywidgets
import traitlets

ELSEWHERE = (
    "started from an environment that lacks what panels need. Start it from the one in which the "
    "course is installed (`rnn-course`, or `make lab`), or run "
    "`pip install ipywidgets anywidget` where it was started from, and start it again."
)
STILL = (
    f"Panels: not live. If you have just run this cell in JupyterLab, JupyterLab was {ELSEWHERE}"
)
WAITING = f"Panels: no answer yet. If this stays, JupyterLab was {ELSEWHERE}"
FINE = "Panels: fine, they are live here."


class _BrowserHalf(anywidget.AnyWidget):
    """Answers as soon as the browser has made it. It is never shown."""

    _esm = (
        "export default { initialize({ model }) { "
        "model.set('here', true); model.save_changes(); } };"
    )
    here = traitlets.Bool(False).tag(sync=True)


class LiveCheck(ipywidgets.HTML):
    """One line: whether panels are live. Where widgets are not shown at all, what to do instead."""

    def __init__(self) -> None:
        super().__init__(value=_paragraph(WAITING))
        self._browser = _BrowserHalf()
        self._browser.observe(self._answered, "here")

    def _answered(self, _: Any) -> None:
        self.value = _paragraph(FINE)

    def __repr__(self) -> str:
        return STILL

    def _repr_mimebundle_(self, **kwargs: object) -> dict[str, Any]:
        """Add the line for where no kernel runs: the same each time, so that files agree."""
        live = super()._repr_mimebundle_(**kwargs)
        return live | {"text/plain": STILL, "text/html": _paragraph(STILL)}


def live_check() -> LiveCheck:
    """Return a line that says whether panels and predictions are live in this JupyterLab."""
    return LiveCheck()


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"
