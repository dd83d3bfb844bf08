"""The JavaScript of the widgets, put together: what runs in the browser is one file for each."""

from pathlib import Path

SHARED = ("keys.js", "connection.js")


def front_end(*names: str) -> str:
    """Return the code of the widget in the files ``names``, below what all widgets share."""
    folder = Path(__file__).parent
    return "\n".join((folder / file).read_text(encoding="utf-8") for file in (*SHARED, *names))
