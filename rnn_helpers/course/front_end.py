"""The JavaScript of the widgets, put together: what runs in the browser is one file for each."""

from importlib import resources

SHARED = ("keys.js", "connection.js")


def front_end(name: str) -> str:
    """Return the code of the widget in the file ``name``, below what all widgets share."""
    return "\n".join(map(beside, (*SHARED, name)))


def beside(name: str) -> str:
    """Return what stands in the file ``name`` beside this one."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
