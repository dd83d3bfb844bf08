"""The colours of all pictures: one set for a light page, one for a dark page.

Pictures name a colour, such as `COLOURS[0]` or `INK`, and what it looks like is settled when they
are drawn, by the theme in force (`theme`). Every line colour has a contrast of at least 3 : 1 with
the paper and every colour of text at least 4.5 : 1, as WCAG 2.2 wants it (W3C, 2023, criteria 1.4.3
and 1.4.11), and any two line colours are as far apart for colour-blind eyes as those of the usual
sequences. Maps of colours are the same in both themes: the notebooks call their squares white and
black. What is drawn on a map has the colours of the light theme for that reason: see `on_map`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from matplotlib.colors import LinearSegmentedColormap, get_named_colors_mapping, to_rgb

LINES_ON_LIGHT = ("#2b7bd6", "#d97000", "#530615", "#665d63", "#540295")
LINES_ON_LIGHT += ("#8f5b06", "#661358", "#035114", "#019dbc", "#8e837d")
LINES_ON_DARK = ("#68a1ff", "#faac4f", "#b8453c", "#a3adb8", "#925cc8")
LINES_ON_DARK += ("#b3954c", "#d75a95", "#95f3bf", "#6ad8fd", "#e8ec67")

PAPER, INK, GREY, FAINT = "course:paper", "course:ink", "course:grey", "course:faint"
WAITING, MARK = "course:waiting", "course:mark"
COLOURS = tuple(f"course:{index}" for index in range(len(LINES_ON_LIGHT)))

THEMES: dict[str, dict[str, str]] = {
    "light": dict(zip(COLOURS, LINES_ON_LIGHT))
    | {PAPER: "#ffffff", INK: "#262626", GREY: "#707070", FAINT: "#dddddd", WAITING: "#e4e4e4"}
    | {MARK: LINES_ON_LIGHT[1]},
    "dark": dict(zip(COLOURS, LINES_ON_DARK))
    | {PAPER: "#111111", INK: "#e6e6e6", GREY: "#a0a0a0", FAINT: "#3c3c3c", WAITING: "#4a4a4a"}
    | {MARK: LINES_ON_LIGHT[1]},
}
# Maps on which words are written: pale, so that the words can be read everywhere.
PALE = LinearSegmentedColormap.from_list("pale", ["#7aa6e8", "#ffffff", "#f0a35e"])
SHADE = LinearSegmentedColormap.from_list("shade", ["#ffffff", "#f6cf9f"])

_in_force = ""


def _put_in_force(name: str) -> None:
    global _in_force
    if name != _in_force:
        names = get_named_colors_mapping()
        for colour, value in THEMES[name].items():
            names[colour] = value
        _in_force = name


@contextmanager
def theme(name: str) -> Iterator[None]:
    """Let the names of the palette mean the colours of the theme `name` inside the block.

    Raise ValueError for a theme that does not exist.
    """
    if name not in THEMES:
        raise ValueError(f"theme is {name!r}, expected one of {list(THEMES)}")
    before = _in_force
    _put_in_force(name)
    try:
        yield
    finally:
        _put_in_force(before)


def luminance(colour: object) -> float:
    """Return the relative luminance of a colour, 0 for black to 1 for white, as WCAG defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: object, other: object) -> float:
    """Return the contrast of two colours, from 1 (the same) to 21 (black and white)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(colour: object) -> str:
    """Return black or white, whichever is easier to read on `colour`: at least 4.5 : 1."""
    return max(("black", "white"), key=lambda text: contrast(text, colour))


def on_map(colour: str) -> str:
    """Return what `colour` looks like on a map of colours, whatever the theme."""
    return THEMES["light"].get(colour, colour)


_put_in_force("light")
