"""The JavaScript of the widgets, put together: what runs in the browser is one file for each."""

from importlib import resources

SHARED = ("keys.js", "connection.js", "hearing.js")
OF_PICTURES = ("page.js", "stills.js", "quiet.js", "names.js", "pointing.js")
PARTS = {"live_picture.js": OF_PICTURES}  # of one widget


def front_end(*names: str) -> str:
    """Return the code of the widget in the files ``names``, below what all widgets share."""
    files = [part for name in names for part in (*PARTS.get(name, ()), name)]
    return "\n".join(map(beside, (*SHARED, *files)))


def beside(name: str) -> str:
    """Return what stands in the file ``name`` beside this one."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
