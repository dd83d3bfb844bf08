"""What all panels share: controls beside a picture that is drawn anew at every move.

A `Panel` is made from its controls and three functions. `compute` turns the controls' values into
arrays, `draw` makes the parts of the picture once and returns the function that moves them, and
`say` puts what the picture shows into one sentence. Most parts are in `course.parts`. A complete
panel:

    def line_panel() -> Panel:
        def compute(slope):
            x = np.linspace(0, 1, 50)
            return {"slope": slope, "x": x, "y": slope * x}

        def draw(axes):
            limits = {"xlim": (0, 1), "ylim": (-2, 2), "xlabel": "x", "ylabel": "y"}
            line = parts.lines(axes, ["y"], **limits, title="A line")
            return lambda data: line((data["x"], data["y"]))

        def say(data):
            return f"With slope {data['slope']:.2f} the line ends at y = {data['y'][-1]:.2f}."

        return Panel({"slope": slider("slope", -2, 2, 1.0)}, compute, draw, say)
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from math import log10
from threading import current_thread, main_thread
from typing import Any, ClassVar, NamedTuple

import anywidget
import ipywidgets
import numpy as np
import traitlets
from IPython.display import display
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from rnn_helpers.course.figures import (
    Still,
    checked_sentence,
    encode_png,
    name_of,
    picture_bundle,
    stored_png,
)
from rnn_helpers.course.front_end import beside, front_end
from rnn_helpers.course.page import after_cell, listen
from rnn_helpers.course.palette import THEMES
from rnn_helpers.course.pointing import Spot, Values
from rnn_helpers.course.style import DRAWING, STORED_RATIO, make_figure, scale, style

Update = Callable[[Any], object]
Click = Callable[[float, float, Any], Mapping[str, Any]]
Place = tuple[int, float, float]  # the number of an axes, and x and y in it
Links = Callable[[int, float, float, Any], Iterable[Place]]
Bounds = Mapping[str, tuple[float, float]]
LABEL = {"description_width": "initial"}
FIGURES_KEPT = 12
ROOM = 190  # characters of a sentence: two lines


def alone(method: Callable[..., Any]) -> Callable[..., Any]:
    """Let a method that draws, or uses what was drawn, have no other thread draw meanwhile."""

    @wraps(method)
    def waited(*given: Any, **named: Any) -> Any:
        with DRAWING:
            return method(*given, **named)

    return waited


def slider(
    description: str,
    low: float,
    high: float,
    value: float,
    *,
    step: float | None = None,
    log: bool = False,
) -> ipywidgets.Widget:
    """Return a slider from `low` to `high` that starts at `value`.

    It steps through whole numbers if all numbers given are ints, by a hundredth of the range
    otherwise, and by equal factors if `log`.
    """
    common = {"description": description, "tooltip": description, "value": value, "style": LABEL}
    common["layout"] = {"width": "max-content"}
    if not low <= value <= high:
        raise ValueError(f"value of slider {description!r} is {value}, outside {low} to {high}")
    if log:
        low, high = log10(low), log10(high)
        step = step or (high - low) / 100
        return ipywidgets.FloatLogSlider(
            **common, min=low, max=high, step=step, readout_format=".3g"
        )
    if all(isinstance(number, int) for number in (low, high, value, step or 1)):
        return ipywidgets.IntSlider(**common, min=low, max=high, step=step or 1)
    step = step or (high - low) / 100
    return ipywidgets.FloatSlider(**common, min=low, max=high, step=step, readout_format=".3g")


def choice(description: str, options: Iterable[Any], value: Any = None) -> ipywidgets.Widget:
    """Return a row of buttons (at most four options) or a list to choose one of `options` from."""
    options = list(options)
    common = {"description": description, "tooltip": description, "options": options}
    if value is not None:
        common["value"] = value
    if len(options) > 4:
        return ipywidgets.Dropdown(**common, style=LABEL, layout={"width": "max-content"})
    style = LABEL | {"button_width": "auto"}
    return ipywidgets.ToggleButtons(**common, style=style, layout={"width": "max-content"})


def toggle(description: str, value: bool = False) -> ipywidgets.Checkbox:
    """Return a box to tick."""
    return ipywidgets.Checkbox(description=description, value=value, indent=False, style=LABEL)


def player(walk: ipywidgets.Widget, pace: int = 600) -> ipywidgets.Play:
    """Return buttons that walk along the slider `walk` by themselves, a step each `pace` ms.

    Nothing plays before it is asked to, and it rests when the focus goes elsewhere.
    """
    bounds = {name: getattr(walk, name) for name in ("min", "max", "step", "value")}
    play = ipywidgets.Play(**bounds, interval=pace, show_repeat=False)
    for name in ("min", "max", "value"):
        ipywidgets.jslink((play, name), (walk, name))
    return play


def _within(control: ipywidgets.Widget, value: Any) -> Any:
    """Return the value of a slider that is nearest to a number, and any other value as it is."""
    low, high = getattr(control, "min", None), getattr(control, "max", None)
    return value if low is None or high is None else min(max(value, low), high)


def _meant(control: ipywidgets.Widget, shown: Any) -> Any:
    """Return the value of a control that the screen shows as `shown`."""
    pairs = (option for option in getattr(control, "options", ()) if isinstance(option, tuple))
    shown = tuple(shown) if isinstance(shown, list) else shown
    return next((value for label, value in pairs if label == shown), shown)


class Look(NamedTuple):
    """What a drawing is made for: theme and pixels for each CSS pixel of a page, and the scale."""

    theme: str = "light"
    ratio: float = 1.0
    scale: float = 1.0


MOST_SAID = 3  # other places of the same of which words are said, too
MOST_PIXELS = 2.0  # for each CSS pixel: more take longer to draw than they show


def field(description: str, value: str, width: int, placeholder: str = "") -> ipywidgets.Text:
    """Return a field to type in, of `width` CSS pixels (more in projector mode)."""
    text = ipywidgets.Text(value, description=description, placeholder=placeholder, style=LABEL)
    text.layout = {"width": f"calc({width}px * var(--rnn-scale, 1))", "max_width": "100%"}
    return text


class LivePicture(anywidget.AnyWidget):
    """A picture with its sentence below; both change together, without a flicker.

    The browser tells with `page` which theme the page has and how many pixels its screen has for
    each CSS pixel. A picture that comes later starts with what was told last. What is told while
    cells run (`course.page`) holds for the pictures that were made last, too.

    `alt` only names the picture. What it shows says the sentence, which would be read twice if it
    stood there too. `room` is how many characters the sentence has room for: it keeps the lines of
    the longest one, so that nothing below it moves.
    """

    _esm = front_end("live_picture.js")
    _css = beside("live_picture.css")
    png = traitlets.Bytes().tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    sentence = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    scale = traitlets.Float(1.0).tag(sync=True)
    room = traitlets.Int().tag(sync=True)
    asked = traitlets.Int().tag(sync=True)  # goes up when a frame is begun: the browser may say so
    frame = traitlets.Int().tag(sync=True)
    page = traitlets.Dict().tag(sync=True)

    _told: ClassVar[dict[str, Any]] = {"theme": "light", "ratio": 1.0}
    _made: ClassVar[deque[LivePicture]] = deque(maxlen=FIGURES_KEPT)

    def __init__(self, **given: Any) -> None:
        if not LivePicture._made:
            listen(LivePicture.hear_page)
        LivePicture._made.append(self)
        super().__init__(**{"page": LivePicture._told} | given)
        self.drawing: Callable[[], Drawing] | None = None  # what gives the picture's values
        self.clicked: Callable[[int, float, float], object] = lambda *_: None
        self.linked: Callable[[int, float, float], Iterable[Place]] = lambda *_: ()
        self._spot: Spot | None = None
        self.on_msg(self._answer)

    def _answer(self, _: object, question: Mapping[str, Any], __: object) -> None:
        """Answer the browser: what stands here, or there a step further, or: are you there?"""
        if not {"point", "step", "click", "choose"} & question.keys():
            self.send({"answer": "Yes."})
            return
        pointed: dict[str, Any] = {"text": "", "also": []}
        try:
            if self.drawing is not None:
                pointed = self.point(question)
        finally:  # the browser asks nothing more until it has an answer
            self.send({"pointed": pointed})

    @alone
    def point(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Return the value that is asked for, `text` at `x` and `y` in CSS pixels, or no text.

        `also` are the places where the picture shows the same once more, and `there` what is said
        of them, if they are few.

        The question holds one of `point` or `click`, a place (`x` and `y`), `step`, the name of an
        arrow key, or `choose`, which clicks on the value that the keys led to.
        """
        drawing = self.drawing()
        values, ratio, found = Values(drawing.figure), drawing.look.ratio, None
        if place := question.get("click") or question.get("point"):
            here = place["x"] * ratio, place["y"] * ratio
        if "point" in question:
            self._spot, found = values.at(*here), values.place(*here)
        elif "step" in question:
            self._spot = values.step(self._spot, question["step"])
        elif "click" in question and (found := values.place(*here)):
            self.clicked(*found)
        elif question.get("choose") and self._spot:
            self.clicked(self._spot.axes, *self._spot.at)
        spot = self._spot
        found = (spot.axes, *spot.at) if spot else found
        pixels = [values.pixels(*place) for place in self.linked(*found)] if found else []
        pixels = [place for place in pixels if place]
        also = [{"x": x / ratio, "y": y / ratio} for x, y in pixels]
        if spot is None:
            return {"text": "", "also": also}
        spots = [values.at(*place) for place in pixels[: MOST_SAID + 1]]
        there = dict.fromkeys(values.titled(at) for at in spots if at and at != spot)
        said = "; ".join(there) if len(pixels) <= MOST_SAID else ""
        here = {"text": spot.text, "x": spot.x / ratio, "y": spot.y / ratio}
        return here | {"also": also, "there": said}

    @classmethod
    def hear_page(cls, page: Mapping[str, Any]) -> None:
        """Draw for this page: the pictures made last now, and those to come from the start."""
        for picture in cls._made:
            picture.page = dict(page)
            LivePicture._told = picture.page

    @traitlets.validate("page")
    def _check_page(self, proposal: Any) -> dict[str, Any]:
        told = proposal["value"]
        theme = told.get("theme") if told.get("theme") in THEMES else "light"
        ratio = min(max(float(told.get("ratio") or 1), 1.0), MOST_PIXELS)
        return {"theme": theme, "ratio": ratio}

    @traitlets.observe("page")
    def _remember_page(self, change: Mapping[str, Any]) -> None:
        LivePicture._told = change["new"]

    @property
    def look(self) -> Look:
        """How the picture is to be drawn now."""
        return Look(scale=scale(), **self.page)

    def show(self, drawing: Drawing, sentence: str) -> None:
        """Show the last frame of `drawing`, with its name and `sentence`."""
        pixels = drawing.pixels
        with self.hold_sync():
            self.png, self.alt = encode_png(pixels), name_of(drawing.figure)
            self.sentence, self.problem = sentence, ""
            self.room = max(self.room, len(sentence))
            self.height, self.width = (round(n / drawing.look.ratio) for n in pixels.shape[:2])
            self.scale = drawing.look.scale
            self.frame += 1  # the browser looks at the rest when this changes

    def fail(self, problem: str) -> None:
        """Fade the picture and say in the place of its sentence what went wrong."""
        with self.hold_sync():
            self.problem = problem
            self.frame += 1

    def __repr__(self) -> str:
        return f"LivePicture({self.sentence!r})"


class Drawing:
    """A figure made once. For each frame only its moving parts are drawn.

    Ticks, labels, titles and legends cost far more than lines, so they are drawn into a background
    that is kept until something in it changes: limits, ticks, a label, a title, a new artist.
    matplotlib itself keeps track of that (`Figure.stale`); artists marked as animated are left out.
    """

    def __init__(
        self, draw: Callable[[Any], Update], shape: Mapping[str, Any], look: Look | None = None
    ) -> None:
        self.look = look or Look(scale=scale())
        self.backgrounds = 0
        with style(self.look.theme):
            self.figure, axes = make_figure(**shape, ratio=self.look.ratio)
            self.update = draw(axes)
        if not callable(self.update):
            raise TypeError(
                f"draw returned {self.update!r}, expected the function that updates the picture"
            )

    def frame(self, data: object) -> np.ndarray:
        """Return the picture of `data` as uint8 of shape (height, width, 3)."""
        canvas = self.figure.canvas
        with style(self.look.theme):
            self.update(data)
            if self.figure.stale or not self.backgrounds:
                self._draw_background()
            canvas.restore_region(self._background)
            for artist in self._moving:
                artist.draw(canvas.get_renderer())
            for legend in self._legends:
                canvas.restore_region(legend)  # on top of the lines, without drawing it again
        return self.pixels

    @property
    def scale(self) -> float:
        """How much larger than usual this was drawn: 16/11 in projector mode, else 1."""
        return self.look.scale

    @property
    def pixels(self) -> np.ndarray:
        """The frame drawn last, a view that the next one overwrites."""
        return np.asarray(self.figure.canvas.buffer_rgba())[..., :3]

    def _draw_background(self) -> None:
        canvas = self.figure.canvas
        self._moving = [artist for axes in self.figure.axes for artist in moving_parts(axes)]
        for artist in self._moving:
            artist.set_animated(True)
        canvas.draw()
        self.backgrounds += 1
        self._background = canvas.copy_from_bbox(self.figure.bbox)
        legends = (axes.get_legend() for axes in self.figure.axes)
        self._legends = [
            canvas.copy_from_bbox(legend.get_window_extent()) for legend in legends if legend
        ]


def still_pixels(
    draw: Callable[[Any], Update], shape: Mapping[str, Any], data: object
) -> np.ndarray:
    """Return the picture of `data` as it is stored: for a light page, whatever page shows it."""
    look = Look(ratio=STORED_RATIO, scale=scale())
    return Drawing(draw, shape, look).frame(data)


def moving_parts(axes: Axes) -> list[Artist]:
    """Return what `update` may move in `axes`, lowest first: all but ticks, titles and legend."""
    own = {*axes.lines, *axes.patches, *axes.collections, *axes.images, *axes.texts}
    own |= {*axes.artists, *axes.tables, *axes.spines.values()}
    parts = [artist for artist in axes.get_children() if artist in own]
    return sorted(parts, key=Artist.get_zorder)


class Panel(ipywidgets.VBox):
    """A box of controls above a live picture and the sentence that says what it shows.

    controls  name -> a widget with a `value`: `slider`, `choice`, `toggle`, or one of ipywidgets
    compute   called with the controls' values as keywords, returns the data: pure, no drawing
    draw      called once with the axes (a tuple of them if there are several); makes the artists
              and returns `update(data)`, which changes them in place
    say       say(data) -> one sentence. It is the alt text and all that a screen reader or a test
              sees, so two different pictures need two different sentences: name the settings and
              enough of the numbers, in plain words
    click     number of an axes -> click(x, y, data): what a click there sets controls to, by name.
              Whole numbers that lie outside of a slider become its nearest end
    links     links(number of an axes, x, y, data) -> where else the picture shows what is at this
              place of it: numbers of axes with x and y. A pointer or a key there marks them all
    play      the name of a slider that gets a button to walk along it by itself, a step each
              `pace` milliseconds
    room      characters of the longest sentence: what is below the panel then never moves
    bounds    bounds(data) -> {name: (lowest, highest)} for sliders whose ends the other controls
              decide: a step slider then ends where the name does. One value alone disables it
    shape     width, height, rows, columns, margins, ...: see `style.make_figure`

    Moving lines, images, bars and texts inside the axes is fast. Setting limits, ticks or titles
    draws the whole figure anew, so do it only when they change (`style.set_limits`).
    `widest` holds the ends that each slider was made with. Without a kernel the panel is a picture
    and its sentence. An exception in any of the functions stands in the panel, is kept in `error`,
    and is raised.
    """

    _drawn: ClassVar[list[Panel]] = []

    def __init__(
        self,
        controls: Mapping[str, ipywidgets.Widget],
        compute: Callable[..., Any],
        draw: Callable[[Any], Update],
        say: Callable[[Any], str],
        *,
        click: Mapping[int, Click] | None = None,
        links: Links = lambda *_: (),
        play: str = "",
        pace: int = 600,
        room: int = ROOM,
        bounds: Callable[[Any], Bounds] = lambda data: {},
        **shape: Any,
    ) -> None:
        self.controls, self._bounds = dict(controls), bounds
        self.widest = {
            name: (control.min, control.max)
            for name, control in self.controls.items()
            if hasattr(control, "min")
        }
        self._click, self._links = dict(click or {}), links
        self.error: Exception | None = None
        self._compute, self._draw, self._say, self._shape = compute, draw, say, shape
        self._drawing: Drawing | None = None
        self._data: Any = None
        self._held = False
        self.picture = LivePicture(room=room)
        self.picture.drawing, self.picture.clicked = self._drawing_now, self._clicked
        self.picture.linked = lambda *place: self._links(*place, self._data)
        row = ipywidgets.Layout(flex_flow="row wrap", width="100%")
        widgets = [*self.controls.values()]
        if play:
            if play not in self.controls:
                raise ValueError(f"play is {play!r}, expected one of {list(self.controls)}")
            at = 1 + list(self.controls).index(play)
            widgets.insert(at, player(self.controls[play], pace))
        box = ipywidgets.Box(widgets, layout=row).add_class("rnn-controls")
        super().__init__([box, self.picture])
        self.add_class("rnn-panel")
        for control in self.controls.values():
            control.observe(self._moved, names="value")
        self.picture.observe(self._repaint, names="page")
        self.redraw()

    @property
    def values(self) -> dict[str, Any]:
        """The controls' values by name."""
        return {name: control.value for name, control in self.controls.items()}

    def by_label(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return settings that are given as the screen shows them, as `set` takes them.

        A control goes by the label beside it, a choice by the words on its button or in its list,
        the ends of a range by a list. ValueError for a label that no control has.
        """
        labels = {control.description: name for name, control in self.controls.items()}
        if unknown := set(settings) - set(labels):
            raise ValueError(f"no control is labelled {sorted(unknown)}, only {list(labels)}")
        return {
            labels[label]: _meant(self.controls[labels[label]], value)
            for label, value in settings.items()
        }

    @property
    def shown(self) -> Any:
        """What `compute` returned for the picture as it is now."""
        return self._data

    @property
    def sentence(self) -> str:
        """What the picture shows now."""
        return self.picture.sentence

    @property
    def png(self) -> bytes:
        """The picture as it is now, a PNG file."""
        return self.picture.png

    @alone
    def set(self, **values: Any) -> None:
        """Set several controls, then draw once. ValueError for a value outside its bounds."""
        if unknown := set(values) - set(self.controls):
            raise ValueError(f"the panel has no {sorted(unknown)}, only {list(self.controls)}")
        self._held = True
        try:
            for name in self._bounds(self._data) if self._data is not None else {}:
                set_bounds(self.controls[name], *self.widest[name])
            for name, value in values.items():
                self.controls[name].value = value
        except traitlets.TraitError as error:
            raise ValueError(f"{name} cannot be {value!r}: {error}") from error
        finally:
            self._held = False
            self.redraw()  # also for the values that were taken before one was refused
        refused = [name for name, value in values.items() if self.values[name] != value]
        if refused:
            raise ValueError(f"{refused} cannot take these values: {values}")

    @alone
    def redraw(self) -> None:
        """Compute and draw the picture for the controls' values."""
        self.picture.asked += 1
        try:
            data = self._compute(**self.values)
            if self._bound(data):
                data = self._compute(**self.values)
            sentence = checked_sentence(self._say(data))
            self.drawing.frame(data)
        except Exception as error:
            self.error = error
            self.picture.fail(
                "These settings cannot be shown, the picture is an earlier one. "
                f"{type(error).__name__}: {error}"
            )
            raise
        self.error, self._data = None, data
        self.picture.show(self.drawing, sentence)

    def _bound(self, data: Any) -> bool:
        """Set the ends of the sliders that depend on others; return whether that moved one."""
        before, held, self._held = self.values, self._held, True
        try:
            for name, (low, high) in self._bounds(data).items():
                set_bounds(self.controls[name], low, high)
        finally:
            self._held = held
        return self.values != before

    def _moved(self, change: object) -> None:
        if not self._held:
            self.redraw()

    def _drawing_now(self) -> Drawing:
        """Return the drawing with what is shown in it."""
        if self._drawing is None or self._drawing.look != self.picture.look:
            self.drawing.frame(self._data)
        return self.drawing

    @alone
    def _clicked(self, axes: int, x: float, y: float) -> None:
        """Set the controls to what was clicked on."""
        if axes not in self._click or self.error is not None:
            return
        chosen = self._click[axes](x, y, self._data)
        self.set(**{name: _within(self.controls[name], v) for name, v in chosen.items()})

    @alone
    def _repaint(self, change: object) -> None:
        """Draw the same data for a page of another theme, or with finer pixels."""
        if self.error is None:
            self.drawing.frame(self._data)
            self.picture.show(self.drawing, self.sentence)

    @property
    def drawing(self) -> Drawing:
        """Return the one figure of this panel, made anew if its page or projector mode changed.

        Widgets are never forgotten, so a cell that is run a hundred times leaves a hundred panels:
        only those used last keep their figure, and any other makes it again when it is moved.
        """
        if self._drawing is None or self._drawing.look != self.picture.look:
            self._drawing = Drawing(self._draw, self._shape, self.picture.look)
        if self in Panel._drawn:
            Panel._drawn.remove(self)
        Panel._drawn.append(self)
        for panel in Panel._drawn[:-FIGURES_KEPT]:
            panel._drawing = None
        del Panel._drawn[:-FIGURES_KEPT]
        return self._drawing

    def __repr__(self) -> str:
        return f"Panel({', '.join(self.controls)})"

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """Add a picture with its sentence, for where no kernel runs."""
        view = super()._repr_mimebundle_(**kwargs) or {}
        pixels = still_pixels(self._draw, self._shape, self._data)
        data, metadata = picture_bundle(pixels, self.picture.alt, self.sentence)
        return view | data, metadata

    @property
    def still(self) -> Still:
        """The picture as it is stored in a file."""
        pixels = still_pixels(self._draw, self._shape, self._data)
        return Still(stored_png(pixels), pixels.shape[1] // STORED_RATIO)


def set_bounds(slider: ipywidgets.Widget, low: float, high: float) -> None:
    """Let `slider` go from `low` to `high`; without anything between them it is disabled."""
    slider.disabled = bool(low == high)
    if slider.disabled:
        slider.value = low  # its ends stay apart, which the slider in the browser needs
    elif low > slider.max:
        slider.max, slider.min = high, low
    else:
        slider.min, slider.max = low, high


class LiveRun(ipywidgets.VBox):
    """A progress bar above a picture that grows while a network is trained.

    Show it, in the cell that trains or in an earlier one, and hand `update` to the training loop.
    At most `rate` frames a second are drawn, and always the last. `draw` is as for a `Panel`;
    `say(step, data)` gives the sentence, for which there are `room` characters; `start` is the data
    before the first step. Beside the bar stands how many steps are done and about how long the rest
    will take.
    """

    def __init__(
        self,
        steps: int,
        draw: Callable[[Any], Update],
        say: Callable[[int, Any], str],
        start: Any,
        *,
        rate: float = 10.0,
        room: int = ROOM,
        **shape: Any,
    ) -> None:
        if steps < 1:
            raise ValueError(f"steps is {steps}, expected at least 1")
        self.steps, self._say, self._seconds = steps, say, 1 / rate
        self._last, self._begun = -1.0, None
        self._is_running = False  # from the first step to the end of its cell
        self._draw, self._shape, self._data = draw, shape, start
        self.picture = LivePicture(room=room)
        self._drawing = Drawing(draw, shape, self.picture.look)
        self._display_id: str | None = None
        self.bar = ipywidgets.IntProgress(max=steps, description="step", style=LABEL)
        self.left = ipywidgets.Label()
        super().__init__([ipywidgets.HBox([self.bar, self.left]), self.picture])
        self.picture.drawing = lambda: self._drawing
        self.add_class("rnn-live-run")
        self.picture.observe(self._repaint, names="page")
        self._show(0, start)

    @property
    def sentence(self) -> str:
        """What the picture shows now."""
        return self.picture.sentence

    @property
    def png(self) -> bytes:
        """The picture as it is now, a PNG file."""
        return self.picture.png

    def update(self, step: int, data: Any) -> None:
        """Show that `step` steps are done, unless the last frame is too recent."""
        if not self._is_running:
            after_cell(self._rest)
            self._is_running = True
        if step >= self.steps:
            self.finish(step, data)
        elif time.perf_counter() - self._last >= self._seconds:
            self._show(step, data)

    def finish(self, step: int, data: Any) -> None:
        """Show the last frame, also in the output that a saved notebook keeps."""
        self._show(step, data)
        if self._display_id:
            bundle, metadata = self._repr_mimebundle_()
            display(bundle, metadata=metadata, raw=True, display_id=self._display_id, update=True)

    @alone
    def _show(self, step: int, data: Any) -> None:
        sentence = checked_sentence(self._say(step, data))
        self._data = data
        self._paint(sentence)
        self.bar.value = step
        self._last = time.perf_counter()
        self.left.value = self._progress(step)

    def _progress(self, step: int) -> str:
        """Return how far the run is, and how long the rest will take at the speed so far."""
        done = f"{step} of {self.steps}"
        if self._begun is None:
            self._begun = (step, self._last) if step else None
            return done
        first, began = self._begun
        if step >= self.steps or step <= first:
            return done
        seconds = (self._last - began) / (step - first) * (self.steps - step)
        return f"{done}, about {seconds:.0f} s to go"

    @alone
    def _repaint(self, change: object) -> None:
        """Draw the same data for a page of another theme, or with finer pixels."""
        if self._is_running and current_thread() is not main_thread():
            return  # the data change under our hands: the next frame is drawn for the new page
        self._paint(self.sentence)

    @alone
    def _rest(self) -> None:
        """Catch up with a page that changed after the last frame, as when a cell was stopped."""
        self._is_running = False
        if self._shown_look != self.picture.look:
            self._paint(self.sentence)

    def _paint(self, sentence: str) -> None:
        if self._drawing.look != self.picture.look:
            self._drawing = Drawing(self._draw, self._shape, self.picture.look)
        self._drawing.frame(self._data)
        self.picture.show(self._drawing, sentence)
        self._shown_look = self._drawing.look  # not before: an interrupt may come while it draws

    @property
    def still(self) -> Still:
        """The picture as it is stored in a file."""
        pixels = still_pixels(self._draw, self._shape, self._data)
        return Still(stored_png(pixels), pixels.shape[1] // STORED_RATIO)

    def __repr__(self) -> str:
        return f"A picture of training that grows over {self.steps} steps."

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """As for a Panel, but with a text that is the same before and after the training."""
        view = super()._repr_mimebundle_(**kwargs) or {}
        pixels = still_pixels(self._draw, self._shape, self._data)
        named = (self.picture.alt, self.sentence)
        data, metadata = picture_bundle(pixels, *named, kind="rnn-live-run-still")
        return view | data | {"text/plain": repr(self)}, metadata

    def _ipython_display_(self) -> None:
        self._display_id = self._display_id or f"live-run-{self.model_id}"
        bundle, metadata = self._repr_mimebundle_()
        display(bundle, metadata=metadata, raw=True, display_id=self._display_id)
