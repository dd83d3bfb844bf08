"""Pictures of arrays: each function takes arrays and returns a `Picture` with one sentence."""

from __future__ import annotations

import base64
import html
import io
import struct
import textwrap
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from PIL import Image

from rnn_helpers.course import parts
from rnn_helpers.course.stills import in_the_dark, keep
from rnn_helpers.course.style import (
    DPI,
    GREY,
    NORMAL_POINTS,
    STORED_RATIO,
    drawable,
    new_figure,
    projector,
    scale,
    style,
)
from rnn_helpers.course.wording import power_of_ten

__all__ = ["Picture", "bars", "captioned", "checked_sentence", "encode_png", "grid", "heat"]
__all__ += ["lines", "measured_lines", "name_of", "picture_bundle", "projector", "rendered"]

FITTED = 'style="max-width: 100%; height: auto"'  # in a narrow window


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
    places = rows[:, 1:].reshape(height, width, 3)  # a view: each row after its filter
    for colour in range(3):  # three times as fast as all at once, where pixels skip every fourth
        places[..., colour] = pixels[..., colour]
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


class Still(NamedTuple):
    """A picture for a file: a PNG with more pixels than its width in CSS pixels, to be sharp."""

    png: bytes
    width: int


def stored_png(pixels: np.ndarray) -> bytes:
    """Return `pixels` as a PNG file for a notebook: 256 colours, and a third of the size.

    The most frequent colours are kept exactly, each other one becomes the nearest of these: that
    changes some of the pixels at the edges of letters and lines.
    """
    red, green, blue = np.moveaxis(pixels.astype(np.uint32), -1, 0)
    packed, places, counts = np.unique(
        red << 16 | green << 8 | blue, return_inverse=True, return_counts=True
    )
    colours = (packed[:, None] >> np.array([16, 8, 0]) & 255).astype(int)  # (n, 3)
    kept = colours[np.argsort(-counts, kind="stable")[:256]]
    apart = ((colours[:, None] - kept) ** 2).sum(axis=2)
    image = Image.fromarray(apart.argmin(axis=1).astype(np.uint8)[places].reshape(red.shape))
    image.putpalette(kept.astype(np.uint8).tobytes())
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def rendered(figure: Figure, ratio: float = 1.0, theme: str = "light") -> np.ndarray:
    """Return the pixels of `figure`, uint8 (height, width, 3), `ratio` for each CSS pixel."""
    with style(theme):
        figure.set_dpi(DPI * ratio)
        canvas = figure.canvas
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def captioned(pixels: np.ndarray, sentence: str, ratio: float = 1.0) -> np.ndarray:
    """Return `pixels` with `sentence` written below, wrapped to the width of the picture.

    `ratio` is the number of pixels for each CSS pixel.
    """
    text = NORMAL_POINTS * scale() * DPI * ratio / 72  # pixels
    with style():
        dpi = DPI * ratio
        lines = _wrapped(drawable(sentence), pixels.shape[1] - text, text, dpi)
        height = int((1.4 * len(lines) + 0.8) * text)
        figure = Figure(figsize=(pixels.shape[1] / dpi, height / dpi), dpi=dpi)
        canvas = FigureCanvasAgg(figure)
        place = {"x": 0.5 * text / pixels.shape[1], "y": 1.0, "va": "top", "linespacing": 1.3}
        figure.text(s="\n".join(lines), parse_math=False, **place)
        canvas.draw()
    return np.vstack([pixels, np.asarray(canvas.buffer_rgba())[..., :3]])


def _wrapped(sentence: str, room: float, text: float, dpi: float) -> list[str]:
    """Return the lines of a sentence, none of them wider than ``room``, with letters of ``text``.

    Most letters are narrower than 0.56 of their height. A row of digits or of m is not.
    """
    renderer, font = FigureCanvasAgg(Figure(dpi=dpi)).get_renderer(), FontProperties()
    letters = int((room + text) / (0.56 * text))
    while True:
        lines = textwrap.wrap(sentence, width=letters)
        widths = [renderer.get_text_width_height_descent(line, font, False)[0] for line in lines]
        if letters <= 10 or max(widths, default=0) <= room:
            return lines
        letters -= 2


def checked_sentence(sentence: object) -> str:
    """Return `sentence` without surrounding space, or raise if it says nothing."""
    if not isinstance(sentence, str):
        raise TypeError(f"sentence is a {type(sentence).__name__}, expected a str")
    if not sentence.strip():
        raise ValueError("sentence is empty, expected one that says what the picture shows")
    return sentence.strip()


def name_of(figure: Figure) -> str:
    """Return what a picture is called: by its maker, or the titles and labels of its axes.

    This is its alternative text. What it *shows* says the sentence below it, once for everybody.
    """
    names = [_name_of_axes(axes) for axes in figure.axes if axes.get_visible()]
    name = figure.get_label() or "; ".join(dict.fromkeys(filter(None, names)))
    return f"Picture: {name}" if name else "Picture"


def _name_of_axes(axes: Axes) -> str:
    title, x, y = axes.get_title(), axes.get_xlabel(), axes.get_ylabel()
    return " ".join((title or " against ".join(filter(None, (y, x)))).split())


def picture_bundle(
    pixels: np.ndarray,
    name: str,
    sentence: str,
    kind: str = "rnn-still",
    dark: Callable[[], bytes] | None = None,
) -> tuple[dict[str, str], dict[str, dict]]:
    """Return the data and the metadata of a picture with the name and the sentence that it has.

    `pixels` are `STORED_RATIO` for each CSS pixel, so that the picture is sharp on a fine screen.

    It is HTML, because Jupyter and its exporters drop the alternative text of a bare image. Beside
    that is an image with the sentence written below it, for paper and for what shows no HTML.
    `dark` draws it for a dark page, if one asks.
    """
    paper = captioned(pixels, sentence, STORED_RATIO)
    height, width, _ = (side // STORED_RATIO for side in paper.shape)
    encoded = base64.b64encode(stored_png(pixels)).decode()
    if dark:
        keep(encoded, dark)
    source = f"data:image/png;base64,{encoded}"
    image = f'<img src="{source}" alt="{html.escape(name)}" width="{width}" {FITTED}>'
    data = {
        "text/html": f'<div class="{kind}">{image}<p>{html.escape(sentence)}</p></div>',
        "image/png": base64.b64encode(stored_png(paper)).decode(),
        "text/plain": sentence,
    }
    return data, {"image/png": {"alt": name, "width": width, "height": height}}


class Picture:
    """A figure as it looked when this was made, its name, and one sentence that says what it shows.

    It shows itself as the last line of a cell.
    """

    def __init__(self, figure: Figure, sentence: str) -> None:
        self.sentence, self.name = checked_sentence(sentence), name_of(figure)
        self.figure, self.pixels = figure, rendered(figure, STORED_RATIO)

    @property
    def png(self) -> bytes:
        """The picture alone, a PNG file."""
        return self.still.png

    @property
    def still(self) -> Still:
        """The picture as it is stored in a file."""
        return Still(stored_png(self.pixels), self.pixels.shape[1] // STORED_RATIO)

    def __repr__(self) -> str:
        return self.sentence

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple:
        return picture_bundle(self.pixels, self.name, self.sentence, dark=self.dark_png)

    def dark_png(self) -> bytes:
        """Return the picture as a dark page shows it, a PNG file."""
        with in_the_dark(self.figure):
            return encode_png(rendered(self.figure, STORED_RATIO, "dark"))


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
    values, rows, columns = _labelled(values, rows, columns)
    height = 130 + 20 * max(len(rows), 6)
    with new_figure(700, height, margins={"right": 110}) as (figure, axes):
        limit = np.abs(values).max() or 1
        labels = {"title": name, "xlabel": x_label, "ylabel": y_label}
        parts.heat(axes, rows, columns, high=limit, signed=symmetric, **labels)(values)
        if bar:
            _colour_bar(axes)
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
        labels = {"xlabel": x_label, "ylabel": y_label, "title": title, "grid": True}
        scaled = {"yscale": "log" if log else "linear"}
        parts.lines(axes, curves, x=x, legend="best", **scaled, **labels)(curves)
        _fit(axes)
    ends = "; ".join(
        f"{name} goes from {power_of_ten(y[0])} to {power_of_ten(y[-1])}"
        for name, y in curves.items()
    )
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
    with new_figure(700, 350) as (figure, axes):
        words = {"xlabel": x_label, "ylabel": y_label, "title": title, "xticklabels": labels}
        places = range(len(labels))
        parts.bars(axes, groups, places, xticks=places, **words)(groups)
        _fit(axes)
        if len(groups) > 1:
            axes.legend()
    tops = [f"{name} {_largest(labels, h)}" for name, h in groups.items()]
    return Picture(figure, f"{y_label} for {len(labels)} bars: {'; '.join(tops)}.")


def _largest(labels: Sequence[object], heights: np.ndarray) -> str:
    """Say which bar is the first of the largest: by its number where a label comes twice."""
    k, top = int(np.argmax(heights)), f"{np.max(heights):.2g}"
    if len(set(labels)) == len(labels):
        return f"is largest at {labels[k]} ({top})"
    return f"reaches its largest value, {top}, at bar {k + 1} ({labels[k]})"


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
    values, rows, columns = _labelled(values, rows, columns)
    with new_figure(700, 100 + 32 * len(rows), margins={"left": 160}) as (figure, axes):
        look = {"low": low, "high": high, "numbers": ".2f", "look": {"cmap": "Blues"}}
        parts.heat(axes, rows, columns, **look, title=name, xlabel=x_label)(values)
    if all(isinstance(column, str) for column in columns):  # kinds, not amounts: nothing goes on
        ends = "; ".join(f"{row} {v[0]:.2f} and {v[-1]:.2f}" for row, v in zip(rows, values))
        where = f"the first column ({columns[0]}) and the last ({columns[-1]})"
        return Picture(figure, f"{name}, in {where}: {ends}.")
    ends = "; ".join(f"{row} goes from {v[0]:.2f} to {v[-1]:.2f}" for row, v in zip(rows, values))
    return Picture(figure, f"{name}, from {x_label} {columns[0]} to {columns[-1]}: {ends}.")


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

    Where there are many points, the curves have their markers in turn: so one that lies under
    another can still be seen.
    ``log`` makes both axes logarithmic instead, ``log_x`` the x axis, with a tick at each x.
    ``points`` names the curves whose points are not joined: their x are no amounts. ``legend`` is
    its place, as matplotlib calls it. For numbers that differ from machine to machine, such as
    times: ``sentence`` names what is shown and holds on every machine.
    """
    with new_figure(700, 350) as (figure, axes):
        labels = {"xlabel": x_label, "ylabel": y_label, "grid": True, "legend": legend}
        parts.lines(axes, curves, x=x, marker=True, points=points, **labels)(curves)
        _take_turns(axes.lines, len(x))
        _fit(axes)
        if log:
            axes.set(xscale="log", yscale="log")
        else:
            axes.set_ylim(bottom=0)
        if log_x:
            axes.set(xscale="log", xticks=x, xticklabels=[str(value) for value in x])
            axes.set_xticks([], minor=True)
        elif not log:
            axes.set_xlim(left=0)
    return Picture(figure, sentence)


def _labelled(
    values: np.ndarray, rows: Iterable[object], columns: Iterable[object]
) -> tuple[np.ndarray, list, list]:
    """Return an array with its labels as lists; raise ValueError if they do not fit it."""
    values, rows, columns = np.asarray(values), list(rows), list(columns)
    if values.shape != (len(rows), len(columns)):
        expected = (len(rows), len(columns))
        raise ValueError(f"values must be (rows, columns) = {expected}, got {values.shape}")
    return values, rows, columns


def _take_turns(curves: Sequence[Line2D], points: int, most: int = 20) -> None:
    """Let curves of more than ``most`` points have about half as many markers, each at its own."""
    if points > most:
        every = max(len(curves), 2 * points // most)
        for i, curve in enumerate(curves):
            curve.set_markevery((i * every // len(curves), every))


def _fit(axes: Axes) -> None:
    """Let the limits hold all that has been drawn."""
    axes.relim()
    axes.autoscale_view()


def _colour_bar(axes: Axes) -> None:
    """Put the scale of colours beside the axes, within the margin that is there."""
    box = axes.get_position()
    beside = axes.figure.add_axes((box.x1 + 0.02, box.y0, 0.02, box.height))
    axes.figure.colorbar(axes.images[0], cax=beside)


def _part_squares(axes: Axes, rows: int, columns: int) -> None:
    axes.set_xticks(np.arange(columns + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(rows + 1) - 0.5, minor=True)
    axes.tick_params(which="minor", length=0)
    axes.grid(which="minor", color=GREY)
