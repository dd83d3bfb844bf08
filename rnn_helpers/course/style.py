"""The look of all pictures: colours, line styles, sizes, and figures made in them.

Figures are made without pyplot, which is slow to import and keeps every figure it makes. Sizes
are in CSS pixels: 1 point is 96/72 pixels. Margins are fixed, because tight and constrained
layout double the time a figure takes. `projector(True)` makes all that is drawn afterwards
larger, text and pixels by the same factor, so nothing overlaps that did not before.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

import matplotlib
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler

from rnn_helpers.course import palette
from rnn_helpers.course.palette import COLOURS, FAINT, GREY, INK, MARK, PAPER

DPI = 96
STORED_RATIO = 2  # pixels of a stored picture for each CSS pixel, whatever the screen
NORMAL_POINTS = 11
PROJECTOR_POINTS = 16
LINE_STYLES = ("-", "--", "-.", ":", (0, (6, 1)), (0, (1, 1)), (0, (4, 1, 1, 1, 1, 1))) + (
    (0, (8, 3)),
    (0, (3, 3)),
    (0, (8, 2, 2, 2)),
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*")
MARGINS = {"left": 78, "right": 20, "top": 40, "bottom": 60, "gap": 90, "row_gap": 105}
# What systems have for Chinese, Japanese and Korean, and for many scripts at once.
MORE_FONTS = ("Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans CJK KR", "Hiragino Sans")
MORE_FONTS += (
    "PingFang SC",
    "Apple SD Gothic Neo",
    "Yu Gothic",
    "Microsoft YaHei",
    "Malgun Gothic",
)
MORE_FONTS += ("IPAGothic", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Arial Unicode MS")
MORE_FONTS += ("Noto Sans Devanagari", "Noto Sans Thai", "Nirmala UI", "Leelawadee UI")
HATCHES = ("", "//", "..", "xx", "\\\\", "++")
# All settings of matplotlib as it comes, so that none of the learner's own changes a picture of the
# course. Left out are those that say where and how Python runs, not how a picture looks.
NOT_OF_A_PICTURE = ("backend", "date.epoch", "docstring", "figure.max_open", "figure.raise")
NOT_OF_A_PICTURE += ("interactive", "savefig.directory", "timezone", "tk.", "toolbar", "webagg.")
AS_IT_COMES = {
    name: value
    for name, value in matplotlib.rcParamsDefault.items()
    if not name.startswith(NOT_OF_A_PICTURE)
}
__all__ = [
    "COLOURS",
    "DPI",
    "DRAWING",
    "FAINT",
    "GREY",
    "HATCHES",
    "INK",
    "LINE_STYLES",
    "MARK",
    "MARKERS",
]
__all__ += [
    "NORMAL_POINTS",
    "PAPER",
    "PROJECTOR_POINTS",
    "STORED_RATIO",
    "drawable",
    "fonts",
    "line_style",
    "make_figure",
]
__all__ += ["new_figure", "projector", "scale", "set_limits", "style"]

_scale = 1.0
# One thread draws at a time. JupyterLab from 4.4 on has a control answered in a thread of its own,
# also while a cell draws, and matplotlib's settings and the colours of a theme belong to them all.
DRAWING = RLock()


def projector(on: bool = True) -> None:
    """Draw all later figures for a projector: text of at least 16 points instead of 11.

    Panels that are on the screen already follow the next time they are moved.
    """
    global _scale
    _scale = PROJECTOR_POINTS / NORMAL_POINTS if on else 1.0


def scale() -> float:
    """Return the factor by which figures are enlarged now: 1, or 16/11 in projector mode."""
    return _scale


def line_style(index: int, *, marker: bool = False) -> dict[str, object]:
    """Return colour and line style number `index` (and its marker) as keywords for `plot`.

    The ten colours are those of `palette`. No two of the ten share a line style or a marker, so a
    plot can be read without seeing its colours.
    """
    index %= len(COLOURS)
    style = {"color": COLOURS[index], "linestyle": LINE_STYLES[index]}
    return {**style, "marker": MARKERS[index]} if marker else style


@contextmanager
def style(theme: str = "light") -> Iterator[None]:
    """Let matplotlib draw in the style of the course inside the block, for a page of this theme.

    What the learner has set (``plt.style.use``, ``plt.xkcd``, a matplotlibrc) has no say in it, and
    holds again afterwards. Newer kernels move panels in a thread of their own while a cell runs,
    and matplotlib's settings are one for all threads: one block waits for another's end, and what
    a cell sets meanwhile is kept.
    """
    with DRAWING, palette.theme(theme):
        now = matplotlib.rcParams
        # Most are as they were: comparing costs far less than setting, which checks each value.
        before = {key: now[key] for key, value in _settings(_scale).items() if now[key] != value}
        now.update({key: _settings(_scale)[key] for key in before})
        ours = {key: now[key] for key in before}
        try:
            yield
        finally:
            now.update({key: old for key, old in before.items() if now[key] == ours[key]})


@functools.cache
def _settings(scale: float) -> dict[str, object]:
    """Return all settings of matplotlib that have a say in a picture, as the course wants them."""
    text = NORMAL_POINTS * scale
    sizes = ("font.size", "axes.labelsize", "xtick.labelsize", "ytick.labelsize")
    sizes += ("legend.fontsize", "legend.title_fontsize", "figure.labelsize")
    titles = ("axes.titlesize", "figure.titlesize")
    colours = ("axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "text.color")
    papers = ("figure.facecolor", "axes.facecolor", "legend.facecolor", "savefig.facecolor")
    widths = {"lines.linewidth": 2, "axes.linewidth": 0.8, "grid.linewidth": 0.8}
    widths |= {"lines.markersize": 6, "patch.linewidth": 1, "axes.titlepad": 6, "axes.labelpad": 4}
    widths |= {"xtick.major.size": 3.5, "ytick.major.size": 3.5}
    cycle = cycler(color=COLOURS, linestyle=LINE_STYLES)
    return (
        AS_IT_COMES
        | dict.fromkeys(sizes, text)
        | dict.fromkeys(titles, text * 12 / 11)
        | dict.fromkeys(colours, INK)
        | {name: width * scale for name, width in widths.items()}
        | dict.fromkeys(papers, PAPER)
        | {"font.family": list(fonts()), "axes.prop_cycle": cycle, "legend.framealpha": 1.0}
        | {"axes.spines.top": False, "axes.spines.right": False, "image.cmap": "RdBu_r"}
        | {"axes.grid": False, "grid.color": FAINT, "axes.axisbelow": True}
        | {"legend.edgecolor": FAINT, "image.interpolation": "nearest", "hatch.color": PAPER}
    )


def make_figure(
    width: int = 700,
    height: int = 350,
    *,
    rows: int = 1,
    columns: int = 1,
    margins: dict[str, float] | None = None,
    width_ratios: list[float] | None = None,
    height_ratios: list[float] | None = None,
    name: str = "",
    ratio: float = 1.0,
) -> tuple[Figure, Axes | tuple[Axes, ...]]:
    """Return a figure of `width` by `height` CSS pixels and its axes: a tuple if they are several.

    `ratio` is how many pixels there are for each CSS pixel.
    `margins` overrides some of `MARGINS`, in pixels: left, right, top, bottom, gap between
    columns, row_gap between rows. `name` is what the picture is called, where the titles and labels
    of its axes do not say it. Call it inside `style()`, or use `new_figure`, which does.
    """
    unknown = set(margins or {}) - set(MARGINS)
    if unknown:
        raise ValueError(f"margins has {sorted(unknown)}, expected some of {sorted(MARGINS)}")
    room = MARGINS | (margins or {})
    inches = (width * _scale / DPI, height * _scale / DPI)
    figure = Figure(figsize=inches, dpi=DPI * ratio)
    figure.set_label(name)
    FigureCanvasAgg(figure)
    inner_width = (width - room["left"] - room["right"] - room["gap"] * (columns - 1)) / columns
    inner_height = (height - room["top"] - room["bottom"] - room["row_gap"] * (rows - 1)) / rows
    if min(inner_width, inner_height) <= 0:
        raise ValueError(f"width by height is {width} by {height}, which the margins fill: enlarge")
    grid = figure.add_gridspec(
        rows,
        columns,
        left=room["left"] / width,
        right=1 - room["right"] / width,
        bottom=room["bottom"] / height,
        top=1 - room["top"] / height,
        wspace=room["gap"] / inner_width,
        hspace=room["row_gap"] / inner_height,
        width_ratios=width_ratios,
        height_ratios=height_ratios,
    )
    axes = tuple(np.ravel(grid.subplots(squeeze=False)))
    return figure, axes[0] if len(axes) == 1 else axes


@contextmanager
def new_figure(
    width: int = 700, height: int = 350, **shape: object
) -> Iterator[tuple[Figure, Axes | tuple[Axes, ...]]]:
    """Give a figure and its axes, in the style of the course; see `make_figure` for `shape`.

    >>> with new_figure(700, 350) as (figure, axes):
    ...     lines = axes.plot([1, 2, 3])
    """
    with style():
        yield make_figure(width, height, **shape)


def set_limits(
    axes: Axes, x: tuple[float, float] | None = None, y: tuple[float, float] | None = None
) -> None:
    """Set the limits of `axes` if they differ: a panel then redraws its ticks only when it must."""
    if x is not None and tuple(x) != axes.get_xlim():
        axes.set_xlim(*x)
    if y is not None and tuple(y) != axes.get_ylim():
        axes.set_ylim(*y)


def height_for(values: np.ndarray) -> float:
    """Return one of a few heights that holds all `values`, none above 1, as the end of an axis.

    A panel with small and large values then shows both, and seldom draws its ticks anew.
    """
    return next(top for top in (0.16, 0.32, 0.64, 1.02) if np.max(values) <= top)


@functools.cache
def fonts() -> tuple[str, ...]:
    """Return the families that figures are written in: a later one draws what the others lack.

    The first comes with matplotlib, so a text in Latin, Greek or Cyrillic letters looks the same
    everywhere. The others are those of `MORE_FONTS` that this system has.
    """
    there = {font.name for font in font_manager.fontManager.ttflist}
    return ("DejaVu Sans", *(name for name in MORE_FONTS if name in there))


def drawable(text: str) -> str:
    """Return `text` with a box in the place of each character that all of `fonts` lack."""
    faces = [font_manager.get_font(font_manager.findfont(name)) for name in fonts()]
    return "".join(c if any(face.get_char_index(ord(c)) for face in faces) else "□" for c in text)
