"""A report as one HTML file that needs nothing else: to hand in, to send, to print.

    write_report("report.html", "A text of mine", {
        "The text": ["What it is, in a sentence.", {"characters": "11,093"}],
        "Training": [curve],
        "Samples": [Verbatim("written by the network")],
    })

Everything that comes from a text is escaped: what a learner or a network wrote is never read as
HTML. Pictures are in the file, with their sentence as alt text and below. There is no script.
"""

import base64
import html
import os
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from rnn_helpers.course.figures import Still, checked_sentence

STYLE = """
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #262626; background: #fff;
  font: 1rem/1.5 system-ui, sans-serif; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: start; vertical-align: top; padding: .2rem .8rem .2rem 0;
  border-bottom: 1px solid #ddd; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: .6rem; background: #f4f4f4; }
img { max-width: 100%; height: auto; }
"""


class Verbatim(str):
    """Text that is shown character by character, with its blanks and its line ends."""


class Shown(Protocol):
    """A picture, a panel or a live run: what has a form for a file and a sentence."""

    still: Still
    sentence: str


Part = str | Verbatim | Mapping[str, object] | Shown


def report_html(title: str, sections: Mapping[str, Iterable[Part]]) -> str:
    """Return a report as HTML: a heading for each section and below it its parts.

    A string is a paragraph, ``Verbatim`` a sample, a mapping a table of two columns. Raise
    TypeError for a part of another kind, ValueError for an empty title.
    """
    body = []
    for heading, parts in sections.items():
        if isinstance(parts, str):
            raise TypeError(
                f"section {heading!r} must be a list of parts, got the string {parts!r}"
            )
        body += [f"<h2>{html.escape(heading)}</h2>", *map(_part, parts)]
    return page(title, "\n".join(body))


def page(title: str, body: str) -> str:
    """Return a whole page with this title as its heading. ``body`` is HTML, and safe as it is.

    Raise ValueError for an empty title.
    """
    title = html.escape(checked_sentence(title))
    head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
    head += '<meta name="viewport" content="width=device-width, initial-scale=1">'
    start = f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body>'
    return "\n".join([start, f"<h1>{title}</h1>", body, "</body></html>", ""])


def write_report(path: str | Path, title: str, sections: Mapping[str, Iterable[Part]]) -> Path:
    """Write ``report_html`` to ``path`` and return the path; an old file stays until it is whole.

    The folder is made if it is not there. Raise as ``report_html`` does, OSError if it cannot be
    written.
    """
    return _written(path, report_html(title, sections))


def write_html(path: str | Path, title: str, body: str) -> Path:
    """Write ``page`` to ``path``, as ``write_report`` writes a report, and return the path."""
    return _written(path, page(title, body))


def _written(path: str | Path, content: str) -> Path:
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        scratch.write_text(content, encoding="utf-8", errors="replace", newline="\n")
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)
    return path


def _part(part: Part) -> str:
    if isinstance(part, Verbatim):  # dir: a script that runs from right to left is shown so
        return f'<pre dir="auto">{html.escape(part)}</pre>'
    if isinstance(part, str):
        return f'<p dir="auto">{html.escape(part)}</p>'
    if isinstance(part, Mapping):
        return _table(part)
    if isinstance(still := getattr(part, "still", None), Still):
        sentence = html.escape(checked_sentence(part.sentence))
        data = base64.b64encode(still.png).decode()
        size = f'width="{still.width}"'
        image = f'<img src="data:image/png;base64,{data}" alt="{sentence}" {size}>'
        return f"<figure>{image}<figcaption>{sentence}</figcaption></figure>"
    raise TypeError(
        "a part must be a string, a mapping, or a picture with still and sentence, "
        f"got {type(part).__name__}"
    )


def _table(rows: Mapping[str, object]) -> str:
    cells = (
        f'<tr><th scope="row">{html.escape(str(name))}</th>'
        f'<td dir="auto">{html.escape(str(value))}</td></tr>'
        for name, value in rows.items()
    )
    return f"<table>{''.join(cells)}</table>"
