"""The parts that pictures are made of: each is drawn once and returns the function that moves it.

    curves = lines(axes, ["plain", "gated"], xlim=(0, 50), xlabel="step", legend="lower left")
    here = upright(axes)
    curves({"plain": plain, "gated": gated})
    here(7)

Panels move parts at every step of a control, the static pictures of `figures` once. Labels,
limits and ticks are set by their names in matplotlib's `Axes.set`; `grid` and `legend` are those
of `set_axes`; `look` holds keywords of the artist itself and goes before the look of the course.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D

from rnn_helpers.course.palette import COLOURS, GREY, INK, PAPER, WAITING, on_map, readable_on
from rnn_helpers.course.pointing import NO_VALUES
from rnn_helpers.course.style import HATCHES, line_style, scale

Update = Callable[..., object]
Legend = str | Mapping[str, Any]
THIN = {"linewidth": 1, "linestyle": ":"}
CENTRED = {"ha": "center", "va": "center", "parse_math": False}
NOW, DONE = COLOURS[1], COLOURS[0]


def together(*updates: Update) -> Update:
    """Return a function that hands the same data to each of ``updates``."""
    return lambda *data: [update(*data) for update in updates]


# -- the axes ---------------------------------------------------------------------------------


def set_axes(
    axes: Axes, *, grid: bool | str = False, legend: Legend = "", **settings: object
) -> None:
    """Set labels, limits and ticks by name; ``grid`` may be "x" or "y" for lines one way only.

    ``legend`` is its place, as matplotlib calls it, or the keywords of a legend, as of ``beside``.
    """
    axes.set(**settings)
    if grid:
        axes.grid(True, axis="both" if grid is True else grid)
    if legend:
        look = {"facecolor": on_map(PAPER), "labelcolor": on_map(INK)} if axes.images else {}
        axes.legend(**look | ({"loc": legend} if isinstance(legend, str) else legend))


def _on(axes: Axes, colour: str) -> str:
    """Return what ``colour`` is to be in these axes: that of a light page if they hold a map."""
    return on_map(colour) if axes.images else colour


def beside(x: float = 1.01, **more: object) -> dict[str, object]:
    """Return a ``legend`` to the right of the axes, at half height."""
    return {"loc": "center left", "bbox_to_anchor": (x, 0.5), **more}


def blank(axes: Axes, *, spines: bool = False, **settings: object) -> None:
    """Take ticks (and, unless ``spines``, the lines at the sides) from axes that hold a drawing."""
    axes.set(xticks=[], yticks=[], **settings)
    axes.spines[:].set_visible(spines)


def silent(axes: Axes) -> None:
    """Let a pointer find no values in axes whose coordinates are not what they show."""
    axes.set_gid(NO_VALUES)


# -- lines and points -------------------------------------------------------------------------


def grown(**look: Any) -> dict[str, Any]:
    """Return the look of a line with its widths and the size of its markers as large as all is."""
    sizes = ("linewidth", "markersize", "markeredgewidth")
    return {name: v * scale() if name in sizes and v else v for name, v in look.items()}


def lines(
    axes: Axes,
    names: Iterable[Hashable],
    *,
    x: Sequence[float] | None = None,
    labels: Mapping[Hashable, str | None] = {},
    styles: Iterable[int] | None = None,
    marker: bool | Collection[Hashable] = False,
    points: Collection[Hashable] = (),
    look: Mapping[str, Any] = {},
    **settings: Any,
) -> Update:
    """Draw a curve for each name; return update({name: y or (x, y)}).

    ``x`` are the places of y, of which a shorter y takes the first; without it they are 1, 2, ….
    ``labels`` are for a legend that says something else than the name. ``styles`` are numbers of
    ``line_style``, 0, 1, … unless given. ``marker`` is True or names those with a marker at each
    value, ``points`` those that are not joined. A name without values is not drawn; a single curve
    may be given without its name.
    """
    curves: dict[Hashable, Line2D] = {}
    for name, i in zip(names, styles or count()):
        marked = name in points or (marker if isinstance(marker, bool) else name in marker)
        style = line_style(i, marker=marked)
        if name in points:
            style |= {"linestyle": "none", "markersize": 9 * scale()}
        style["color"] = _on(axes, style["color"])
        look_of_it = style | grown(**look)
        (curves[name],) = axes.plot([], [], label=labels.get(name, name), **look_of_it)
    set_axes(axes, **settings)

    def update(values: Any) -> None:
        values = _named(values, curves)
        for name, curve in curves.items():
            y = values.get(name, [])
            if isinstance(y, tuple):
                curve.set_data(*y)
            else:
                curve.set_data(np.arange(1, len(y) + 1) if x is None else x[: len(y)], y)

    return update


def point(axes: Axes, **look: Any) -> Update:
    """Draw a point, or several alike; return update(x, y)."""
    usual = {"color": _on(axes, INK), "marker": "o", "markersize": 9, "linestyle": "none"}
    (dot,) = axes.plot([], [], **grown(**usual | look))
    return lambda x, y: dot.set_data(np.atleast_1d(x), np.atleast_1d(y))


def upright(axes: Axes, **look: Any) -> Update:
    """Draw a vertical line across the axes, thin and dotted; return update(x)."""
    usual = THIN | {"color": _on(axes, GREY)}
    inside = np.mean(axes.get_xlim())  # so no limit moves
    line = axes.axvline(inside, **grown(**usual | look))
    return lambda x: line.set_xdata([x, x])


def level(axes: Axes, y: float = 0.0, **look: Any) -> Update:
    """Draw a horizontal line across the axes, thin and dotted; return update(y)."""
    line = axes.axhline(y, **grown(**THIN | {"color": _on(axes, GREY)} | look))
    return lambda y: line.set_ydata([y, y])


# -- bars -------------------------------------------------------------------------------------


def bars(
    axes: Axes,
    names: Iterable[str],
    places: Iterable[float],
    *,
    room: float = 0.8,
    width: float | None = None,
    labels: Mapping[str, str] = {},
    styles: Iterable[int] | None = None,
    horizontal: bool = False,
    look: Mapping[str, Any] = {},
    **settings: Any,
) -> Update:
    """Draw a bar at each place for each name, side by side; return update({name: heights}).

    All bars of a place share ``room``; ``width`` is that of one, if gaps shall part them. Each name
    has its colour and hatching, number 0, 1, … unless ``styles`` are given. ``update`` takes
    ``picked`` too: the index of a place whose bar looks like one of the second name. For a single
    name it may be given heights alone, and it takes fewer heights than places: the rest are 0.
    ``said``, by name, are the values that a pointer finds where they are not the heights.
    """
    names, places = list(names), np.asarray(list(places))
    gap = room / len(names)
    draw = axes.barh if horizontal else axes.bar
    groups = {}
    for k, (name, i) in enumerate(zip(names, styles or count())):
        middle = places + (k - (len(names) - 1) / 2) * gap
        shape = (middle, np.zeros(len(places)), gap if width is None else width)
        style = _bar_style(i) | {"edgecolor": PAPER}
        groups[name] = draw(*shape, label=labels.get(name, name), **style | look)
    set_axes(axes, **settings)

    def update(heights: Any, picked: int | None = None, said: Any = None) -> None:
        for name, values in _named(heights, groups).items():
            groups[name].said = None if said is None else said[name]
            for k, bar in enumerate(groups[name]):
                height = values[k] if k < len(values) else 0
                bar.set_width(height) if horizontal else bar.set_height(height)
                if picked is not None:
                    style = _bar_style(int(k == picked))
                    bar.set(facecolor=style["color"], hatch=style["hatch"])

    return update


def _bar_style(i: int) -> dict[str, str]:
    return {"color": COLOURS[i % len(COLOURS)], "hatch": HATCHES[i % len(HATCHES)]}


# -- arrays -----------------------------------------------------------------------------------


def heat(
    axes: Axes,
    rows: Iterable[object] | int,
    columns: Iterable[object] | int,
    *,
    low: float = 0.0,
    high: float = 1.0,
    signed: bool = False,
    numbers: str = "",
    look: Mapping[str, Any] = {},
    **settings: Any,
) -> Update:
    """Draw an array as a map of colours; return update(values), for values (rows, columns).

    ``update`` takes ``said`` too: the values that a pointer finds, where others give the colours.

    ``rows`` and ``columns`` are labels, or how many there are without any. Colours go from ``low``
    to ``high``, or if ``signed`` from -high to high. ``numbers`` is a format, such as ".2f", in
    which each value stands in its square.
    """
    labels = [None if isinstance(side, int) else list(side) for side in (rows, columns)]
    shape = tuple(
        side if label is None else len(label) for side, label in zip((rows, columns), labels)
    )
    cmap = {"cmap": "RdBu_r" if signed else "Greys", "vmin": -high if signed else low}
    image = axes.imshow(np.zeros(shape), **cmap | {"vmax": high, "aspect": "auto"} | look)
    _keep_limits(axes, image)
    for axis, label in zip((axes.yaxis, axes.xaxis), labels):
        if label is not None:
            axis.set_ticks(range(len(label)), label)
    set_axes(axes, **settings)
    places = np.indices(shape if numbers else (0, 0)).reshape(2, -1)
    texts = words(axes, places[1], places[0])

    def update(values: np.ndarray, said: np.ndarray | None = None) -> None:
        image.set_data(values)
        image.said = said
        if numbers:
            flat = np.ravel(values)
            colours = [readable_on(square[:3]) for square in image.to_rgba(flat)]
            texts([format(value, numbers) for value in flat], color=colours)

    return update


def stages(
    axes: Axes, rows: int, columns: int, *, look: Mapping[str, Any] = {}, **settings: Any
) -> Update:
    """Draw squares that are done (blue), at work now (bold) or waiting (grey), a word in each.

    Return update(words, late), both (rows, columns): ``late`` says how many steps from now a
    square's turn is, NaN if there is no such square.
    """
    image = axes.imshow(np.ones((rows, columns, 3)), **{"aspect": "auto"} | look)
    _keep_limits(axes, image)
    set_axes(axes, **settings)
    left, right, bottom, top = image.get_extent()
    x = left + (right - left) * (np.arange(columns) + 0.5) / columns
    y = np.linspace(*sorted((bottom, top)), rows + 1)[:-1] + abs(top - bottom) / rows / 2
    texts = words(axes, *(places.ravel() for places in np.meshgrid(x, y)))

    def update(letters: np.ndarray, late: np.ndarray) -> None:
        late = np.asarray(late, float)
        colours = np.full((rows, columns, 3), to_rgb(PAPER))
        for places, colour in ((late > 0, WAITING), (late == 0, NOW), (late < 0, DONE)):
            colours[places] = to_rgb(colour)
        image.set_data(colours)
        texts(
            np.where(np.isnan(late), "", letters).ravel(),
            color=[readable_on(square) for square in colours.reshape(-1, 3)],
            fontweight=np.where(late == 0, "bold", "normal").ravel(),
        )

    return update


def _keep_limits(axes: Axes, image: AxesImage) -> None:
    """Let the image fill the axes, whatever is drawn on it later."""
    left, right, bottom, top = image.get_extent()
    axes.set(xlim=(left, right), ylim=(bottom, top))


# -- words ------------------------------------------------------------------------------------


def words(axes: Axes, x: Sequence[float], y: float | Sequence[float], **look: Any) -> Update:
    """Write words around the places (x, y); return update(words).

    If there are fewer words than places, the rest stays empty. ``update`` takes properties too, a
    value for each word: ``color``, ``alpha``, or ``x`` and ``y`` to move them.
    """
    places = zip(*np.broadcast_arrays(np.asarray(x, float), y))
    inside = CENTRED if "transform" in look else CENTRED | {"color": _on(axes, INK)}
    texts = [axes.text(*place, "", **inside | look) for place in places]

    def update(words: Sequence[str], **properties: Sequence[object]) -> None:
        for k, text in enumerate(texts):
            text.set_text(words[k] if k < len(words) else "")
            text.set(**{name: v[k] for name, v in properties.items() if k < len(v)})

    return update


def words_below(
    axes: Axes, x: Sequence[float], y: float = -0.04, rotation: float = 0.0, **look: Any
) -> Update:
    """Write words below the axes at x, as of tick labels that move; return update(words).

    ``y`` is a share of the height of the axes; a turned word ends at its x.
    """
    place = {"transform": axes.get_xaxis_transform(), "va": "top"}
    if rotation:
        place |= {"rotation": rotation, "ha": "right", "rotation_mode": "anchor"}
    write = words(axes, x, y, **place | look)

    def update(written: Sequence[str], **properties: Sequence[object]) -> None:
        write(written, **properties)
        axes.xaxis.called = list(zip(properties.get("x", x), written))  # a pointer says them, too

    return update


def named(axes: Axes) -> Update:
    """Let a pointer find things of a drawing; return update(x, y, what each is called)."""

    def update(x: Iterable[float], y: Iterable[float], called: Iterable[str]) -> None:
        axes.named = list(zip(x, y, called))

    return update


def note(axes: Axes, x: float, y: float, **look: Any) -> Update:
    """Write one text at (x, y); return update(text), which takes properties as ``words`` does."""
    write = words(axes, [x], y, **look)
    return lambda text, **properties: write([text], **{k: [v] for k, v in properties.items()})


def heading(axes: Axes) -> Update:
    """Write a title that may change at every move without the axes drawn anew; return update."""
    return note(axes, 0, 1.02, transform=axes.transAxes, ha="left", va="bottom")


def _named(values: Any, parts: Mapping[Hashable, object]) -> Mapping[Hashable, Any]:
    """Return values by name; a single part's may be given without it."""
    if isinstance(values, Mapping):
        return values
    (name,) = parts
    return {name: values}
