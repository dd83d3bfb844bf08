"""The JavaScript of the widgets, put together: what runs in the browser is one file for each."""

from pathlib import Path

SHARED = ("keys.js", "connection.js")
PARTS = {"live_picture.js": ("page.js", "quiet.js", "names.js", "pointing.js")}  # of one widget


def front_end(name: str) -> str:
    """Return the code of the widget in the file ``name``, below what all widgets share."""
    folder, files = Path(__file__).parent, (*SHARED, *PARTS.get(name, ()), name)
    return "\n".join((folder / file).read_text(encoding="utf-8") for file in files)
