"""Pictures of arrays: each function takes arrays and returns a `Picture` with one sentence.

Style
-----
Figures are made without pyplot, which is slow to import and keeps every figure it makes. Sizes
are in CSS pixels: 1 point is 96/72 pixels. Margins are fixed, because tight and constrained
layout double the time a figure takes. `projector(True)` makes all that is drawn afterwards
larger, text and pixels by the same factor, so nothing overlaps that did not before.
"""

from __future__ import annotations

import base64
import html
import struct
import textwrap
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

import matplotlib
import numpy as np
from cycler import cycler
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

DPI = 96
NORMAL_POINTS = 11
PROJECTOR_POINTS = 16
COLOURS = tuple(matplotlib.color_sequences["petroff10"])
LINE_STYLES = ("-", "--", "-.", ":", (0, (6, 1)), (0, (1, 1)), (0, (4, 1, 1, 1, 1, 1))) + (
    (0, (8, 3)),
    (0, (3, 3)),
    (0, (8, 2, 2, 2)),
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*")
MARGINS = {"left": 78, "right": 20, "top": 40, "bottom": 60, "gap": 90, "row_gap": 105}
HATCHES = ("", "//", "..", "xx", "\\\\", "++")
INK = "#262626"

_scale = 1.0


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

    The ten colours are petroff10 (Petroff, 2021, "Accessible color sequences for data
    visualization"). No two of the ten share a line style or a marker, so a plot can be read
    without seeing its colours.
    """
    index %= len(COLOURS)
    style = {"color": COLOURS[index], "linestyle": LINE_STYLES[index]}
    return {**style, "marker": MARKERS[index]} if marker else style


def style() -> matplotlib.rc_context:
    """Return a context in which matplotlib draws in the style of the course."""
    text = NORMAL_POINTS * _scale
    sizes = ("font.size", "axes.labelsize", "xtick.labelsize", "ytick.labelsize")
    sizes += ("legend.fontsize", "legend.title_fontsize", "figure.labelsize")
    titles = ("axes.titlesize", "figure.titlesize")
    colours = ("axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "text.color")
    widths = {"lines.linewidth": 2, "axes.linewidth": 0.8, "grid.linewidth": 0.8}
    widths |= {"lines.markersize": 6, "patch.linewidth": 1, "axes.titlepad": 6, "axes.labelpad": 4}
    widths |= {"xtick.major.size": 3.5, "ytick.major.size": 3.5}
    cycle = cycler(color=COLOURS, linestyle=LINE_STYLES)
    return matplotlib.rc_context(
        dict.fromkeys(sizes, text)
        | dict.fromkeys(titles, text * 12 / 11)
        | dict.fromkeys(colours, INK)
        | {name: width * _scale for name, width in widths.items()}
        | {"figure.facecolor": "white", "axes.facecolor": "white", "legend.facecolor": "white"}
        | {"font.family": ["DejaVu Sans"], "axes.prop_cycle": cycle, "legend.framealpha": 1.0}
        | {"axes.spines.top": False, "axes.spines.right": False, "image.cmap": "RdBu_r"}
        | {"axes.grid": False, "grid.color": "#dddddd", "axes.axisbelow": True}
        | {"axes.unicode_minus": True, "figure.autolayout": False, "legend.edgecolor": "#cccccc"}
        | {"figure.constrained_layout.use": False, "image.interpolation": "nearest"}
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
) -> tuple[Figure, Axes | tuple[Axes, ...]]:
    """Return a figure of `width` by `height` CSS pixels and its axes: a tuple if they are several.

    `margins` overrides some of `MARGINS`, in pixels: left, right, top, bottom, gap between
    columns, row_gap between rows. Call it inside `style()`, or use `new_figure`, which does.
    """
    unknown = set(margins or {}) - set(MARGINS)
    if unknown:
        raise ValueError(f"margins has {sorted(unknown)}, expected some of {sorted(MARGINS)}")
    room = MARGINS | (margins or {})
    inches = (width * _scale / DPI, height * _scale / DPI)
    figure = Figure(figsize=inches, dpi=DPI)
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
    >>> picture = Picture(figure, "The line rises from 1 to 3.")
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


def encode_png(pixels: np.ndarray) -> bytes:
    """Return `pixels`, uint8 of shape (height, width, 3), as a PNG file.

    Unfiltered rows and the lowest compression: half the time of a general encoder, and for
    line drawings no larger (W3C, 2003, "Portable Network Graphics Specification").
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(
            f"pixels is {pixels.dtype} of shape {pixels.shape}, expected uint8 (height, width, 3)"
        )
    height, width = pixels.shape[:2]
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each row begins with its filter, 0
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def rendered(figure: Figure) -> np.ndarray:
    """Return the pixels of `figure`, uint8 of shape (height, width, 3)."""
    with style():
        canvas = figure.canvas
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def drawable(text: str) -> str:
    """Return `text` with a box in the place of each character that the figures' font lacks."""
    font = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    return "".join(c if font.get_char_index(ord(c)) else "□" for c in text)


def captioned(pixels: np.ndarray, sentence: str) -> np.ndarray:
    """Return `pixels` with `sentence` written below, wrapped to the width of the picture."""
    text = NORMAL_POINTS * _scale * DPI / 72  # pixels
    lines = textwrap.wrap(drawable(sentence), width=int(pixels.shape[1] / (0.56 * text)))
    height = int((1.4 * len(lines) + 0.8) * text)
    with style():
        figure = Figure(figsize=(pixels.shape[1] / DPI, height / DPI), dpi=DPI)
        FigureCanvasAgg(figure)
        place = {"x": 0.5 * text / pixels.shape[1], "y": 1.0, "va": "top", "linespacing": 1.3}
        figure.text(s="\n".join(lines), parse_math=False, **place)
    return np.vstack([pixels, rendered(figure)])


def checked_sentence(sentence: object) -> str:
    """Return `sentence` without surrounding space, or raise if it says nothing."""
    if not isinstance(sentence, str):
        raise TypeError(f"sentence is a {type(sentence).__name__}, expected a str")
    if not sentence.strip():
        raise ValueError("sentence is empty, expected one that says what the picture shows")
    return sentence.strip()


def image_bundle(png: bytes, sentence: str) -> tuple[dict[str, str], dict[str, dict]]:
    """Return the data and the metadata of a picture with `sentence` as its text and alt text."""
    width, height = struct.unpack(">II", png[16:24])
    data = {"image/png": base64.b64encode(png).decode(), "text/plain": sentence}
    return data, {"image/png": {"alt": sentence, "width": width, "height": height}}


class Picture:
    """A figure as it looked when this was made, and one sentence that says what it shows.

    As the last line of a cell it shows itself once, with the sentence under it: notebooks have
    no alt text that every viewer reads aloud, and a caption is read by all of them.
    """

    def __init__(self, figure: Figure, sentence: str) -> None:
        self.sentence = checked_sentence(sentence)
        self.png = encode_png(rendered(figure))

    def __repr__(self) -> str:
        return self.sentence

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple:
        return image_bundle(self.png, self.sentence)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)
        caption = f"<p><em>{html.escape(self.sentence)}</em></p>"
        display({"text/html": caption, "text/plain": self.sentence}, raw=True)


# -- the pictures ----------------------------------------------------------------------------


def heat(
    values: np.ndarray,
    rows: Iterable[object],
    columns: Iterable[object],
    name: str,
    symmetric: bool = False,
    x_label: str = "step t",
    y_label: str = "row",
    bar: bool = True,
    sentence: str = "",
) -> Picture:
    """Show an array (rows, columns) as a map of colours, with a label for each row and column.

    ``symmetric`` centres the colours on 0, for numbers of both signs. Without ``bar``, as for yes
    and no, lines part the squares and no scale of colours stands beside them. ``sentence`` takes
    the place of the one that says where the largest number is. Raise ValueError if the labels do
    not fit the array.
    """
    values, rows, columns = np.asarray(values), list(rows), list(columns)
    if values.shape != (len(rows), len(columns)):
        expected = (len(rows), len(columns))
        raise ValueError(f"values must be (rows, columns) = {expected}, got {values.shape}")
    height = 130 + 20 * max(len(rows), 6)
    with new_figure(700, height, margins={"right": 110}) as (figure, axes):
        limit = np.abs(values).max() or 1
        colours = {"cmap": "RdBu_r", "vmin": -limit} if symmetric else {"cmap": "Greys", "vmin": 0}
        image = axes.imshow(values, aspect="auto", vmax=limit, **colours)
        axes.set_xticks(range(len(columns)), columns)
        axes.set_yticks(range(len(rows)), rows)
        axes.set(title=name, xlabel=x_label, ylabel=y_label)
        if bar:
            _colour_bar(figure, axes, image)
        else:
            _part_squares(axes, *values.shape)
    if sentence:
        return Picture(figure, sentence)
    r, c = (int(i) for i in np.unravel_index(np.abs(values).argmax(), values.shape))
    return Picture(
        figure,
        f"{name}: {len(rows)} rows by {len(columns)} columns, from {values.min():.2f} to "
        f"{values.max():.2f}; the largest in size is in row {rows[r]}, column {c + 1} "
        f"({columns[c]}).",
    )


def lines(
    x: np.ndarray,
    curves: Mapping[str, np.ndarray],
    x_label: str,
    y_label: str,
    log: bool = False,
    title: str = "",
) -> Picture:
    """Show several curves over the same x, each with its name; ``log`` makes the y axis so."""
    with new_figure(700, 350) as (figure, axes):
        for i, (name, y) in enumerate(curves.items()):
            axes.plot(x, y, label=name, **line_style(i))
        axes.set(xlabel=x_label, ylabel=y_label, title=title, yscale="log" if log else "linear")
        axes.grid(True)
        axes.legend()
    ends = "; ".join(f"{name} goes from {y[0]:.3g} to {y[-1]:.3g}" for name, y in curves.items())
    return Picture(figure, f"{y_label} against {x_label}: {ends}.")


def bars(
    labels: Iterable[object],
    groups: Mapping[str, np.ndarray],
    y_label: str,
    title: str = "",
    x_label: str = "",
) -> Picture:
    """Show a bar for each label; several groups stand side by side, each with its hatching."""
    labels = list(labels)
    places, width = np.arange(len(labels)), 0.8 / len(groups)
    with new_figure(700, 350) as (figure, axes):
        for i, (name, heights) in enumerate(groups.items()):
            left = places + (i - (len(groups) - 1) / 2) * width
            look = {"color": COLOURS[i % len(COLOURS)], "hatch": HATCHES[i % len(HATCHES)]}
            axes.bar(left, heights, width, label=name, ec="white", **look)
        axes.set_xticks(places, labels)
        axes.set(xlabel=x_label, ylabel=y_label, title=title)
        if len(groups) > 1:
            axes.legend()
    tops = [
        f"{name} is largest at {labels[int(np.argmax(h))]} ({np.max(h):.2g})"
        for name, h in groups.items()
    ]
    return Picture(figure, f"{y_label} for {len(labels)} bars: {'; '.join(tops)}.")


def grid(
    values: np.ndarray,
    rows: Iterable[object],
    columns: Iterable[object],
    name: str,
    x_label: str,
    low: float = 0.0,
    high: float = 1.0,
) -> Picture:
    """Show a small table (rows, columns) with its numbers, darker from ``low`` to ``high``.

    Raise ValueError if the labels do not fit the array.
    """
    values, rows, columns = np.asarray(values), list(rows), list(columns)
    if values.shape != (len(rows), len(columns)):
        expected = (len(rows), len(columns))
        raise ValueError(f"values must be (rows, columns) = {expected}, got {values.shape}")
    height = 100 + 32 * len(rows)
    with new_figure(700, height, margins={"left": 160}) as (figure, axes):
        axes.imshow(values, aspect="auto", cmap="Blues", vmin=low, vmax=high)
        for (r, c), value in np.ndenumerate(values):
            dark = value > (low + high) / 2
            axes.text(
                c, r, f"{value:.2f}", ha="center", va="center", color="white" if dark else INK
            )
        axes.set_xticks(range(len(columns)), columns)
        axes.set_yticks(range(len(rows)), rows)
        axes.set(title=name, xlabel=x_label)
    ends = "; ".join(
        f"{row} goes from {v[0]:.2f} to {v[-1]:.2f}" for row, v in zip(rows, values, strict=True)
    )
    return Picture(figure, f"{name}, from {x_label} {columns[0]} to {columns[-1]}: {ends}.")


def _colour_bar(figure: Figure, axes: Axes, image: AxesImage) -> None:
    """Put the scale of colours beside the axes, within the margin that is there."""
    box = axes.get_position()
    beside = figure.add_axes((box.x1 + 0.02, box.y0, 0.02, box.height))
    figure.colorbar(image, cax=beside)


def _part_squares(axes: Axes, rows: int, columns: int) -> None:
    axes.set_xticks(np.arange(columns + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(rows + 1) - 0.5, minor=True)
    axes.tick_params(which="minor", length=0)
    axes.grid(which="minor", color="#888888")


def measured_lines(
    x: np.ndarray,
    curves: Mapping[str, np.ndarray],
    x_label: str,
    y_label: str,
    sentence: str,
    log: bool = False,
    log_x: bool = False,
    points: Collection[str] = (),
    legend: str = "best",
) -> Picture:
    """Show curves as ``lines`` does, from 0 upwards and with a marker at each measured point.

    ``log`` makes both axes logarithmic instead, ``log_x`` the x axis, with a tick at each x.
    ``points`` names the curves whose points are not joined: their x are no amounts. ``legend`` is
    its place, as matplotlib calls it. For numbers that differ from machine to machine, such as
    times: ``sentence`` names what is shown and holds on every machine.
    """
    with new_figure(700, 350) as (figure, axes):
        for i, (name, y) in enumerate(curves.items()):
            alone = {"linestyle": "none", "markersize": 9 * _scale} if name in points else {}
            axes.plot(x, y, label=name, **line_style(i, marker=True) | alone)
        axes.set(xlabel=x_label, ylabel=y_label)
        if log:
            axes.set(xscale="log", yscale="log")
        else:
            axes.set_ylim(bottom=0)
        if log_x:
            axes.set_xscale("log")
            axes.set_xticks(x, [str(value) for value in x])
            axes.set_xticks([], minor=True)
        elif not log:
            axes.set_xlim(left=0)
        axes.grid(True)
        axes.legend(loc=legend)
    return Picture(figure, sentence)
