"""What stands at a place of a picture: the point of a curve, the bar or the square there, in words.

values = Values(figure)
spot = values.at(120, 80)                  # pixels of the figure, from its upper left corner
spot = values.step(spot, "ArrowRight")     # the next one, for whoever has no pointer
spot.text                                  # "tanh: lag 12, norm 0.031"
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator

NO_VALUES = "no values"  # the gid of axes or a line whose coordinates mean nothing to a reader
SIGNS = {",": "comma", ".": "full stop", " ": "blank"}  # as they are said, where a word is one
NEAR = 12.0  # points of a curve can be missed by so many CSS pixels


class Spot(NamedTuple):
    """One value of a picture: where it is drawn, in its axes and on the picture, and its words."""

    x: float  # pixels from the left of the figure
    y: float  # pixels from its top
    text: str
    axes: int  # the number of its axes
    at: tuple[float, float]  # its place in the coordinates of these axes
    part: int
    index: int


@dataclass
class Part:
    """A curve, a row of bars or a map: ``places`` (n, 2) in its axes, and what each is called."""

    axes: Axes
    places: np.ndarray
    reach: tuple[float, float]  # how far from a place a pointer may be, in pixels
    say: Callable[[int], str]
    down: int = 0  # of a map: from the index of a place to that of the one below it


class Values:
    """All values that are drawn in a figure, one part after the other."""

    def __init__(self, figure: Figure) -> None:
        self.figure, self.height = figure, figure.bbox.height
        self.near = NEAR * figure.dpi / 96
        self.parts: list[Part] = []
        for axes in figure.axes:
            if axes.get_visible() and axes.get_gid() != NO_VALUES:
                self.parts += [part for part in self._parts_of(axes) if _has_words(part)]

    def at(self, x: float, y: float) -> Spot | None:
        """Return the nearest value at a place, or None: of curves first, then bars, then maps."""
        for near in (True, False):
            hits = [hit for hit in map(self._hit(x, y, near), range(len(self.parts))) if hit]
            if hits:
                _, part, index = min(hits)
                return self._spot(part, index)
        return None

    def step(self, spot: Spot | None, key: str) -> Spot | None:
        """Return the value that an arrow key leads to from ``spot``: within its part, or beyond.

        Up and down lead to another curve or another row of bars, and in a map to another row first.
        """
        if not self.parts:
            return None
        part, index = (spot.part, spot.index) if spot else (0, 0)
        if spot:
            index += {"ArrowLeft": -1, "ArrowRight": 1}.get(key, 0)
            beyond = {"ArrowUp": -1, "ArrowDown": 1}.get(key, 0)
            row = index + beyond * self.parts[part].down
            if self.parts[part].down and 0 <= row < len(self.parts[part].places):
                index = row
            else:
                part += beyond
        part = min(max(part, 0), len(self.parts) - 1)
        last = len(self.parts[part].places) - 1
        index = {"Home": 0, "End": last}.get(key, min(max(index, 0), last))
        return self._spot(part, index)

    def place(self, x: float, y: float) -> tuple[int, float, float] | None:
        """Return which axes lie at a place of the figure and the place in them, or None."""
        here = (x, self.height - y)
        for number, axes in enumerate(self.figure.axes):
            if axes.get_visible() and axes.bbox.contains(*here):
                return number, *map(float, axes.transData.inverted().transform(here))
        return None

    def titled(self, spot: Spot) -> str:
        """Return the words of a spot below the title of its axes, if that has one."""
        title = _line(self.figure.axes[spot.axes].get_title())
        return f"{title}, {spot.text}" if title else spot.text

    def pixels(self, axes: int, x: float, y: float) -> tuple[float, float] | None:
        """Return where a place of an axes is drawn, or None if that is outside of it."""
        inside = self.figure.axes[axes]
        across, up = map(float, inside.transData.transform((x, y)))
        seen = np.isfinite([across, up]).all() and inside.bbox.padded(1).contains(across, up)
        return (across, self.height - up) if inside.get_visible() and seen else None

    def _hit(self, x: float, y: float, curves: bool) -> Callable[[int], tuple | None]:
        def hit(number: int) -> tuple[float, int, int] | None:
            part = self.parts[number]
            is_curve = part.reach == (self.near, self.near)
            if is_curve != curves or not part.axes.bbox.contains(x, self.height - y):
                return None
            apart = np.abs(part.axes.transData.transform(part.places) - [x, self.height - y])
            missed = np.hypot(*apart.T) + np.where((apart <= part.reach).all(axis=1), 0, np.inf)
            index = int(missed.argmin())
            return (float(missed[index]), number, index) if np.isfinite(missed[index]) else None

        return hit

    def _spot(self, number: int, index: int) -> Spot:
        part = self.parts[number]
        x, y = part.axes.transData.transform(part.places[index])
        at = tuple(map(float, part.places[index]))
        axes = self.figure.axes.index(part.axes)
        return Spot(float(x), float(self.height - y), part.say(index), axes, at, number, index)

    def _parts_of(self, axes: Axes) -> Iterator[Part]:
        if named := getattr(axes, "named", ()):
            yield self._places(axes, named)
        for line in axes.lines:
            drawn = line.get_visible() and line.get_gid() != NO_VALUES
            if drawn and line.get_transform() == axes.transData:
                yield self._curve(axes, line)
        for bars in axes.containers:
            if not str(bars.get_label()).startswith("_"):  # matplotlib's name for what has none
                yield _row_of_bars(axes, bars)
        for image in axes.images:
            if np.ndim(image.get_array()) == 2:
                yield _map(axes, image)

    def _places(self, axes: Axes, named: Sequence[tuple[float, float, str]]) -> Part:
        places = np.array([place for *place, _ in named])
        return Part(axes, places, (2 * self.near, 2 * self.near), lambda index: named[index][2])

    def _curve(self, axes: Axes, line: Line2D) -> Part:
        places = np.column_stack([np.asarray(side, float) for side in line.get_data()])
        with np.errstate(all="ignore"):
            pixels = axes.transData.transform(places) if len(places) else places
        inside = np.isfinite(pixels).all(axis=1)
        box = axes.bbox.padded(1)
        inside[inside] = ((pixels[inside] >= box.min) & (pixels[inside] <= box.max)).all(axis=1)
        places, name = places[inside], _name(axes, line.get_label())

        def say(index: int) -> str:
            x, y = (_said(axis, v) for axis, v in zip((axes.xaxis, axes.yaxis), places[index]))
            return f"{name}{', '.join(filter(None, (x, y)))}"

        return Part(axes, places, (self.near, self.near), say)


def _has_words(part: Part) -> bool:
    return len(part.places) > 0 and part.say(0) != ""  # else it is a line of a drawing


def _row_of_bars(axes: Axes, bars: object) -> Part:
    lying = bars.orientation == "horizontal"
    said = getattr(bars, "said", None)
    shown = [bar for bar in bars if bar.get_visible()][: None if said is None else len(said)]
    middles = np.array([bar.get_bbox().get_points().mean(axis=0) for bar in shown]).reshape(-1, 2)
    boxes = [bar.get_bbox() for bar in shown]
    ends = [box.x1 if lying else box.y1 for box in boxes]
    name, side = _name(axes, bars.get_label()), int(lying)
    sizes = [np.ptp(axes.transData.transform(box), axis=0)[side] for box in boxes]
    half = max(sizes, default=0) / 2
    reach = (np.inf, half) if lying else (half, np.inf)

    def say(index: int) -> str:
        place, value = (axes.yaxis, axes.xaxis) if lying else (axes.xaxis, axes.yaxis)
        end = ends[index] if said is None else float(said[index])
        here = _said(place, middles[index][side]) or f"{index + 1}", _said(value, end)
        return f"{name}{', '.join(filter(None, here))}"

    return Part(axes, middles, reach, say)


def _map(axes: Axes, image: AxesImage) -> Part:
    values = getattr(image, "said", None)
    values = image.get_array() if values is None else values
    values = np.ma.filled(np.ma.asarray(values, float), np.nan)
    rows, columns = values.shape
    left, right, bottom, top = image.get_extent()
    first, last = (bottom, top) if image.origin == "lower" else (top, bottom)
    x = left + (right - left) * (np.arange(columns) + 0.5) / columns
    y = first + (last - first) * (np.arange(rows) + 0.5) / rows
    places = np.column_stack([np.tile(x, rows), np.repeat(y, columns)])
    corners = axes.transData.transform([(left, bottom), (right, top)])
    reach = tuple(np.abs(corners[1] - corners[0]) / (columns, rows) / 2 + 0.5)

    def say(index: int) -> str:
        y, x = (_said(axis, v) for axis, v in zip((axes.yaxis, axes.xaxis), places[index][::-1]))
        here = ", ".join(filter(None, (y, x)))
        return f"{here}: {values.flat[index]:.3g}" if here else f"{values.flat[index]:.3g}"

    first_column = axes.transData.transform([(x[0], row) for row in y])
    falls = first_column[-1, 1] <= first_column[0, 1]  # the last row is drawn lowest
    return Part(axes, places, reach, say, columns if falls else -columns)


def _name(axes: Axes, label: object) -> str:
    """Return the name of an artist, if its axes hold others; matplotlib's own begin with _."""
    labels = [str(artist.get_label()) for artist in (*axes.lines, *axes.containers)]
    own = [name for name in labels if name and not name.startswith("_")]
    return f"{_line(label)}: " if str(label) in own and len(own) > 1 else ""


def _said(axis: Axis, value: float) -> str:
    """Return a value with the name of its axis; where ticks are words, the word at its place."""
    name = _line(axis.get_label_text()).split(" (")[0]  # without a remark in brackets
    word, called = _word_at(axis, value), _called(axis, value)
    if not word and len(axis.get_ticklocs()):
        word = f"{value:.4g}"  # without ticks nothing says what a number would mean
    return " ".join(filter(None, (name, word, called))) if word or called else ""


def _called(axis: Axis, value: float) -> str:
    """Return the word that `parts.words_below` wrote at a value, or at the nearest one."""
    words = getattr(axis, "called", ())
    if not words:
        return ""
    places = np.array([place for place, _ in words], float)
    apart = np.abs(places - value)
    beside = np.diff(np.unique(places))
    near = apart.min() <= 0.5 * np.min(beside, initial=np.inf)
    word = words[int(apart.argmin())][1]
    return SIGNS.get(word, _line(word)) if near else ""


def _word_at(axis: Axis, value: float) -> str:
    if isinstance(axis.get_major_locator(), FixedLocator):
        ticks = axis.get_ticklocs()
        for tick, word in zip(ticks, map(str, axis.get_major_formatter().format_ticks(ticks))):
            near = abs(tick - value) < (1e-6 if _is_number(word) else 0.3)
            if near and not word.startswith("$"):
                return SIGNS.get(word, _line(word))
    return ""


def _is_number(word: str) -> bool:
    return word.replace("\N{MINUS SIGN}", "-").lstrip("-").replace(".", "").isdigit()


def _line(text: object) -> str:
    return " ".join(str(text).split())
