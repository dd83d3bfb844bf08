"""A place to bring a file to, from the learner's own computer to wherever the kernel runs."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any, ClassVar

import ipywidgets

from rnn_helpers.course.panel import LABEL
from rnn_helpers.data.own_text import FREQUENT, Text, decode

NOTHING = "No file has been brought yet. Choose one, or give a path in the next cell."
ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", *FREQUENT)


class TextUpload(ipywidgets.VBox):
    """A button that uploads a text, the encoding to read it in, and a line that says what came.

    A file that cannot be used is told of in the line, with what to do about it. What was brought is
    there again when the cell is run once more, and so a new upload is made: until the kernel ends.
    """

    _brought: ClassVar[Mapping[str, Any] | None] = None  # name and content of the last file

    def __init__(self) -> None:
        self._text: Text | None = None
        tip = "bring a file of plain text"
        self.button = ipywidgets.FileUpload(
            description="Choose a text", multiple=False, tooltip=tip
        )
        self.button.layout.width = "max-content"
        self.encoding = ipywidgets.Dropdown(
            description="encoding", options=ENCODINGS, value="utf-8", style=LABEL
        )
        self.line = ipywidgets.HTML()
        super().__init__([ipywidgets.HBox([self.button, self.encoding]), self.line])
        self.add_class("rnn-upload")
        self._read()
        self.button.observe(self._bring, names="value")
        self.encoding.observe(self._read, names="value")

    @property
    def text(self) -> Text | None:
        """What was brought, None if nothing was. Raise ValueError for what cannot be used."""
        if self._text is None and TextUpload._brought:
            raise ValueError(self._said)
        return self._text

    @property
    def said(self) -> str:
        """What the line says now."""
        return self._said

    def _bring(self, change: object = None) -> None:
        TextUpload._brought = next(iter(self.button.value), None)
        self._read()

    def _read(self, change: object = None) -> None:
        self._text, file = None, TextUpload._brought
        if file is None:
            return self._say(NOTHING)
        try:
            self._text = decode(file["content"], file["name"], self.encoding.value)
        except ValueError as error:
            return self._say(f"{error}.")
        return self._say(f"{self._text!r}\nNow run the next cell, and those below.")

    def _say(self, said: str) -> None:
        self._said = said
        lines = html.escape(said).replace("\n", "<br>")
        self.line.value = f'<p role="status">{lines}</p>'

    def __repr__(self) -> str:
        return "Choose a text: a button to bring a file, and the encoding to read it in."

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """Add what it is as text and as HTML, for where no kernel runs."""
        view = super()._repr_mimebundle_(**kwargs) or {}
        still = f"<p><strong>{html.escape(repr(self))}</strong> It works while a kernel runs.</p>"
        return view | {"text/plain": repr(self), "text/html": still}, {}
