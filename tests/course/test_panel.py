"""The engine of the panels: live pictures, panels, live runs and predictions."""

from __future__ import annotations

import base64
import gc
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from threading import Thread
from typing import Any

import ipywidgets
import numpy as np
import pytest
from matplotlib.figure import Figure
from nbval.plugin import get_sanitize_patterns
from panel_tools import any_value, check_layout, check_projector, drive, ends
from PIL import Image

from rnn_helpers.course import figures, parts
from rnn_helpers.course import panel as engine
from rnn_helpers.course.figures import (
    Picture,
    encode_png,
    name_of,
)
from rnn_helpers.course.panel import LivePicture, LiveRun, Panel, choice, slider, toggle
from rnn_helpers.course.style import DRAWING, line_style, new_figure, set_limits

SANITIZE = Path(__file__).resolve().parents[1] / "sanitize.cfg"
VIEW = "application/vnd.jupyter.widget-view+json"


def line_panel(**replaced: Any) -> Panel:
    """Return a panel of a line, with some of its parts replaced."""

    def compute(slope: float, kind: str) -> dict[str, Any]:
        x = np.linspace(0, 1, 50)
        return {"slope": slope, "kind": kind, "x": x, "y": slope * x ** (1 + (kind == "square"))}

    def draw(axes: Any) -> Any:
        (line,) = axes.plot([], [], label="y", **line_style(0))
        axes.set(xlim=(0, 1), ylim=(-2, 2), xlabel="x", ylabel="y", title="A line")
        axes.legend(loc="upper left")
        return lambda data: line.set_data(data["x"], data["y"])

    def say(data: dict[str, Any]) -> str:
        return f"With slope {data['slope']:.2f} the {data['kind']} ends at {data['y'][-1]:.2f}."

    controls = {
        "slope": slider("slope", -2, 2, 1.0),
        "kind": choice("kind", ["line", "square"]),
    }
    parts = {"controls": controls, "compute": compute, "draw": draw, "say": say}
    return Panel(**(parts | replaced))


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


@pytest.fixture(autouse=True)
def normal_size() -> Iterator[None]:
    yield
    figures.projector(False)


@pytest.fixture(autouse=True)
def usual_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test leaves a dark page or a fine screen to the next."""
    monkeypatch.setattr(LivePicture, "_told", LivePicture._told)


# -- figures ---------------------------------------------------------------------------------


def test_import_of_panels_needs_no_pyplot() -> None:
    code = "import sys, rnn_helpers.course.panel; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_encode_png_keeps_every_pixel() -> None:
    image = np.random.default_rng(0).integers(0, 256, (31, 47, 3), dtype=np.uint8)
    np.testing.assert_array_equal(pixels(encode_png(image)), image)


def test_stored_png_keeps_its_paper_and_nearly_every_pixel_in_half_the_room() -> None:
    with new_figure(700, 350) as (figure, axes):
        for i in range(10):
            axes.plot([0, 1], [i, i + 2], label=f"curve {i}", **line_style(i, marker=True))
        axes.legend()
    drawn = figures.rendered(figure, 2)
    file = figures.stored_png(drawn)
    stored = pixels(file)
    paper = (drawn == 255).all(axis=2)
    np.testing.assert_array_equal(stored[paper], 255)
    apart = np.abs(stored.astype(int) - drawn).max(axis=2)
    assert (apart > 16).mean() < 0.01
    assert len(file) < len(encode_png(drawn)) / 2


@pytest.mark.parametrize("bad", [np.zeros((2, 2, 4), np.uint8), np.zeros((2, 2, 3))])
def test_encode_png_refuses_other_arrays(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        encode_png(bad)


def test_style_does_not_touch_the_settings_of_the_learner() -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    with new_figure() as (figure, axes):
        axes.plot([1, 2])
    Picture(figure, "A line.")
    assert dict(matplotlib.rcParams) == before


def test_settings_of_the_learner_do_not_touch_a_picture() -> None:
    import matplotlib

    ours = line_panel().png
    with matplotlib.rc_context({"font.size": 30, "text.color": "red", "axes.grid": True}):
        assert line_panel().png == ours


class Tags(HTMLParser):
    """The tags of a piece of HTML with their attributes, and the text between them."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def named_picture(sentence: str) -> Picture:
    with new_figure(400, 300, columns=2) as (figure, (left, right)):
        left.plot([1, 2])
        left.set(xlabel="step", ylabel="loss < 1 & \n falling")
        right.set(title='the "right" one', xlabel="step")
    return Picture(figure, sentence)


def test_picture_is_html_with_a_name_and_a_sentence() -> None:
    data, metadata = named_picture(" A line a < b. ")._repr_mimebundle_()
    (kind, _), (tag, image), (below, _) = Tags(data["text/html"]).tags
    assert (kind, tag, below) == ("div", "img", "p")
    assert image["alt"] == 'Picture: loss < 1 & falling against step; the "right" one'
    assert image["width"] == "400"
    assert Tags(data["text/html"]).text == data["text/plain"] == "A line a < b."
    source = image["src"].removeprefix("data:image/png;base64,")
    assert Image.open(io.BytesIO(base64.b64decode(source))).size == (800, 600)  # at half size
    assert metadata["image/png"]["alt"] == image["alt"]


def test_what_shows_no_html_gets_a_picture_with_the_sentence_below_it() -> None:
    data, metadata = named_picture("A line from 1 to 2.")._repr_mimebundle_()
    paper = pixels(base64.b64decode(data["image/png"]))
    size = metadata["image/png"]
    assert paper.shape[:2] == (2 * size["height"], 2 * size["width"]) and size["width"] == 400
    below = paper[600:]
    assert below.shape[0] > 20 and below.min() < 128, "the sentence is not written below"


def test_name_of_a_picture_without_titles_and_labels() -> None:
    with new_figure() as (figure, _):
        pass
    assert name_of(figure) == "Picture"
    with new_figure(name="two wires") as (figure, axes):
        axes.set_title("not this")
    assert name_of(figure) == "Picture: two wires"


def test_nbval_compares_name_and_sentence_but_no_pixels() -> None:
    data, _ = named_picture("A line a < b.")._repr_mimebundle_()
    run, _ = live_run()._repr_mimebundle_()
    kept = [sanitized(bundle["text/html"]) for bundle in (data, run)]
    assert "PIXELS" in kept[0] and len(kept[0]) < 300
    assert "loss &lt; 1" in kept[0] and "A line a &lt; b." in kept[0]
    assert kept[1] == "LIVE-RUN"


def sanitized(text: str) -> str:
    """Return what nbval compares of an output."""
    for regex, replacement in get_sanitize_patterns(SANITIZE.read_text(encoding="utf-8")):
        text = re.sub(regex, replacement, text)
    return text


@pytest.mark.parametrize("sentence, error", [("  ", ValueError), (None, TypeError)])
def test_picture_needs_a_sentence(sentence: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="sentence"), new_figure() as (figure, _):
        Picture(figure, sentence)


# -- controls --------------------------------------------------------------------------------


def test_slider_is_made_for_its_numbers() -> None:
    assert type(slider("n", 1, 9, 2)) is ipywidgets.IntSlider
    assert type(slider("x", 0, 1, 0.5)) is ipywidgets.FloatSlider
    rate = slider("rate", 0.001, 10, 0.1, log=True)
    assert type(rate) is ipywidgets.FloatLogSlider
    assert ends(rate) == pytest.approx([0.001, 10])
    assert all(control.continuous_update for control in (slider("n", 1, 9, 2), rate))


def test_slider_refuses_a_start_outside_its_bounds() -> None:
    with pytest.raises(ValueError, match="slider 'n' is 12, outside 1 to 9"):
        slider("n", 1, 9, 12)


def test_choice_is_buttons_or_a_list() -> None:
    assert type(choice("cell", ["RNN", "GRU"], "GRU")) is ipywidgets.ToggleButtons
    assert choice("cell", ["RNN", "GRU"], "GRU").value == "GRU"
    assert type(choice("letter", "abcde")) is ipywidgets.Dropdown


# -- panels ----------------------------------------------------------------------------------


def test_panel_can_be_driven_everywhere() -> None:
    panel = line_panel()
    drive(panel)
    assert panel.drawing.backgrounds == 1
    check_projector(panel)


def test_sentence_is_what_all_forms_of_the_panel_say() -> None:
    panel = line_panel()
    panel.set(slope=-0.5, kind="square")
    assert panel.sentence == "With slope -0.50 the square ends at -0.50."
    data, metadata = panel._repr_mimebundle_()
    assert panel.picture.sentence == data["text/plain"] == panel.sentence
    assert Tags(data["text/html"]).text == panel.sentence
    assert metadata["image/png"]["alt"] == panel.picture.alt == "Picture: A line"
    assert repr(panel) == "Panel(slope, kind)"


def test_what_is_shown_is_what_was_computed_for_the_settings() -> None:
    panel = line_panel()
    panel.set(slope=-0.5, kind="square")
    assert panel.shown["slope"] == -0.5 and panel.shown["kind"] == "square"
    with pytest.raises(AttributeError):
        panel.shown = {}


def test_panel_is_a_widget_and_a_picture() -> None:
    panel = line_panel(width=600, height=300)
    data, _ = panel._repr_mimebundle_()
    assert set(data) == {VIEW, "image/png", "text/html", "text/plain"}
    assert data[VIEW]["model_id"] == panel.model_id
    static = pixels(base64.b64decode(data["image/png"]))
    assert static.shape[1] == 1200 and panel.picture.width == 600
    below = static[600:]
    assert below.shape[0] > 20 and below.min() < 128, "the sentence is not written below"


def test_moving_one_control_draws_one_frame() -> None:
    panel = line_panel()
    frame, png = panel.picture.frame, panel.png
    panel.controls["slope"].value = 2.0
    assert panel.picture.frame == frame + 1 and panel.png != png
    panel.set(slope=0.0, kind="square")
    assert panel.picture.frame == frame + 2


def test_picture_and_sentence_leave_in_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = line_panel()
    sent: list[set[str]] = []

    def send(key: str | set[str]) -> None:
        sent.append({key} if isinstance(key, str) else set(key))

    monkeypatch.setattr(panel.picture, "send_state", send)
    panel.set(slope=2.0)
    if not any(sent) and ipywidgets.version_info < (8, 1):
        pytest.skip("without a kernel this ipywidgets sends nothing")
    assert sent == [{"asked"}, {"png", "sentence", "frame"}]


def reach_panel() -> Panel:
    """Return a panel in which a step goes as far as the length, which goes from 1 to 9."""
    controls = {"length": slider("length", 1, 9, 9), "step": slider("step", 1, 9, 5)}

    def compute(length: int, step: int) -> dict[str, int]:
        return {"length": length, "step": step}

    def draw(axes: Any) -> Any:
        (line,) = axes.plot([0, 1], [0, 1])
        return lambda data: line.set_ydata([data["step"], data["length"]])

    def say(data: dict[str, int]) -> str:
        return f"Step {data['step']} of {data['length']}."

    return Panel(controls, compute, draw, say, bounds=lambda data: {"step": (1, data["length"])})


def test_bounds_follow_the_other_controls() -> None:
    panel = reach_panel()
    panel.controls["length"].value = 3
    assert panel.controls["step"].max == 3 and panel.sentence == "Step 3 of 3."
    with pytest.raises(ValueError, match="step"):
        panel.set(step=7)
    panel.set(length=9, step=7)
    assert panel.sentence == "Step 7 of 9."


def test_slider_with_one_value_is_disabled_until_it_has_more() -> None:
    panel = reach_panel()
    panel.set(length=1)
    assert panel.controls["step"].disabled and panel.sentence == "Step 1 of 1."
    panel.set(length=2, step=2)
    assert not panel.controls["step"].disabled and panel.sentence == "Step 2 of 2."


def test_sentence_has_the_room_of_the_longest() -> None:
    panel = line_panel(room=20)
    room = panel.picture.room
    assert room == len(panel.sentence) > 20
    panel.set(kind="square")
    assert panel.picture.room == len(panel.sentence) > room
    panel.set(kind="line")
    assert panel.picture.room > len(panel.sentence)


def test_set_refuses_what_a_control_cannot_be() -> None:
    panel = line_panel()
    with pytest.raises(ValueError, match=r"no \['pitch'\], only \['slope', 'kind'\]"):
        panel.set(pitch=3)
    with pytest.raises(ValueError, match="slope"):
        panel.set(slope=7.0)
    assert panel.values["slope"] == 2.0  # the nearest that it can be, which is what is drawn
    assert "2.00" in panel.sentence


def test_settings_can_be_given_as_the_screen_shows_them() -> None:
    panel = Panel(
        {
            "b": slider("gate bias", -2.0, 2.0, 0.0),
            "way": choice("reset gate", [("none", 0), ("as it starts", 1)]),
            "steps": ipywidgets.IntRangeSlider(value=(1, 3), description="in steps", max=9),
        },
        lambda **values: values,
        lambda axes: lambda data: None,
        str,
    )
    shown = {"gate bias": 1.0, "reset gate": "as it starts", "in steps": [2, 5]}
    panel.set(**panel.by_label(shown))
    assert panel.values == {"b": 1.0, "way": 1, "steps": (2, 5)}
    assert panel.by_label({"reset gate": "none"}) == {"way": 0}
    with pytest.raises(ValueError, match=r"labelled \['b'\], only \['gate bias', 'reset gate'"):
        panel.by_label({"b": 1.0})


def test_set_refuses_another_kind_and_draws_what_it_took_before() -> None:
    panel = line_panel()
    frame = panel.picture.frame
    for value in ("steep", None):
        with pytest.raises(ValueError, match=rf"slope cannot be {value!r}"):
            panel.set(slope=value)
    with pytest.raises(ValueError, match="kind cannot be 'no such kind'"):
        panel.set(slope=1.5, kind="no such kind")
    assert panel.values["slope"] == 1.5 and "1.50" in panel.sentence
    assert panel.picture.frame == frame + 3
    panel.controls["slope"].value = 0.5
    assert "0.50" in panel.sentence  # it follows its slider as before


def broken(where: str) -> Panel:
    """Return a panel that fails in `where` as soon as its slope is above 1."""

    def fail(data: dict[str, Any]) -> None:
        if data["slope"] > 1:
            raise RuntimeError(f"<{where}> broke")

    def compute(slope: float) -> dict[str, Any]:
        data = {"slope": slope}
        if where == "compute":
            fail(data)
        return data

    def draw(axes: Any) -> Any:
        (line,) = axes.plot([0, 1], [0, 0])
        axes.set(ylim=(-2, 2))

        def update(data: dict[str, Any]) -> None:
            if where == "update":
                fail(data)
            line.set_ydata([0, data["slope"]])

        return update

    def say(data: dict[str, Any]) -> str:
        if where == "say":
            fail(data)
        return f"The slope is {data['slope']:.2f}."

    return Panel({"slope": slider("slope", -2, 2, 0.0)}, compute, draw, say)


@pytest.mark.parametrize("where", ["compute", "update", "say"])
def test_error_is_raised_shown_and_forgotten(where: str) -> None:
    panel = broken(where)
    frame = panel.picture.frame
    with pytest.raises(RuntimeError, match="broke"):
        panel.controls["slope"].value = 1.5
    assert isinstance(panel.error, RuntimeError)
    assert f"RuntimeError: <{where}> broke" in panel.picture.problem
    assert panel.picture.frame > frame, "the browser is not told"
    panel.controls["slope"].value = 0.5
    assert panel.error is None and panel.picture.problem == ""
    fresh = broken(where)
    fresh.set(slope=0.5)
    assert panel.png == fresh.png


@pytest.mark.parametrize("where", ["compute", "update", "say"])
def test_message_from_the_browser_shows_the_error(where: str) -> None:
    panel = broken(where)
    with pytest.raises(RuntimeError, match="broke"):
        panel.controls["slope"].set_state({"value": 1.5})
    assert "broke" in panel.picture.problem


@pytest.mark.parametrize("sentence, error", [("", ValueError), (" \n", ValueError), (3, TypeError)])
def test_panel_must_say_something(sentence: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="sentence"):
        line_panel(say=lambda data: sentence)


def test_draw_must_return_a_function() -> None:
    with pytest.raises(TypeError, match="expected the function that updates"):
        line_panel(draw=lambda axes: None)


def test_pictures_depend_on_values_alone() -> None:
    settings = [(1.0, "line"), (-2.0, "square"), (1.0, "line"), (0.3, "square")]
    panel = line_panel()
    for slope, kind in settings:
        panel.set(slope=slope, kind=kind)
        fresh = line_panel()
        fresh.set(slope=slope, kind=kind)
        assert panel.png == fresh.png


def test_frames_equal_those_of_a_figure_drawn_at_once() -> None:
    panel = line_panel()
    panel.set(slope=-1.7, kind="square")
    for artist in panel.drawing.figure.findobj():
        artist.set_animated(False)
    whole = figures.rendered(panel.drawing.figure)
    np.testing.assert_array_equal(pixels(panel.png), whole)


def test_new_title_limits_or_artists_draw_the_background_anew() -> None:
    def draw(axes: Any) -> Any:
        (line,) = axes.plot([0, 1], [0, 1])
        axes.set_xlim(0, 1)
        patches: list[Any] = []

        def update(data: int) -> None:
            line.set_ydata([0, data])
            set_limits(axes, y=(0, 10 * (data // 10 + 1)))
            if data == 5 and not patches:
                patches.append(axes.axvspan(0.2, 0.4))

        return update

    panel = Panel({"n": slider("n", 0, 20, 1)}, lambda n: n, draw, lambda n: f"It ends at {n}.")
    counts = []
    for n in (2, 3, 5, 6, 12, 13):
        before = panel.png
        panel.set(n=n)
        assert panel.png != before
        counts.append(panel.drawing.backgrounds)
    assert counts == [1, 1, 2, 2, 3, 3]


def test_legend_stays_on_top_of_moving_lines() -> None:
    panel = line_panel()
    panel.set(slope=0.0)
    legend = panel.drawing.figure.axes[0].get_legend().get_window_extent()
    rows = slice(int(350 - legend.y1) + 3, int(350 - legend.y0) - 2)
    columns = slice(int(legend.x0) + 3, int(legend.x1) - 2)
    flat = pixels(panel.png)[rows, columns]

    def draw(axes: Any) -> Any:
        update = panel._draw(axes)
        axes.plot([0, 1], [1.8, 1.8], **line_style(2))  # at the height of the legend
        return update

    crossed = line_panel(draw=draw)
    assert crossed.png != panel.png
    crossed.set(slope=0.0)
    np.testing.assert_array_equal(pixels(crossed.png)[rows, columns], flat)


def test_several_axes_and_images() -> None:
    def draw(axes: Any) -> Any:
        left, right = axes
        bars = left.bar([0, 1, 2], [0, 0, 0])
        left.set(ylim=(0, 3), title="bars")
        image = right.imshow(np.zeros((3, 3)), vmin=0, vmax=1)
        right.set_title("image")
        note = left.text(0, 1, "")

        def update(data: float) -> None:
            for k, bar in enumerate(bars):
                bar.set_height(data * k)
            image.set_data(np.full((3, 3), data))
            note.set(text=f"{data:.2f}", y=data)

        return update

    panel = Panel(
        {"x": slider("x", 0.0, 1.0, 0.5)},
        lambda x: x,
        draw,
        lambda x: f"All values are {x:.2f}.",
        columns=2,
    )
    drive(panel, count=30)
    assert panel.drawing.backgrounds == 1


def test_projector_mode_reaches_a_panel_that_is_there_already() -> None:
    panel = line_panel()
    normal = panel.png
    figures.projector(True)
    panel.set(slope=0.0)
    assert (panel.picture.width, panel.picture.height) == (1018, 509)
    assert panel.picture.scale == pytest.approx(16 / 11)
    check_layout(panel.drawing)
    figures.projector(False)
    panel.set(slope=1.0)
    assert panel.png == normal


def test_panels_leave_few_figures_behind() -> None:
    panels = [line_panel() for _ in range(engine.FIGURES_KEPT + 5)]
    gc.collect()
    figures_there = sum(isinstance(thing, Figure) for thing in gc.get_objects())
    assert sum(panel._drawing is not None for panel in panels) == engine.FIGURES_KEPT
    for panel in panels:
        panel.set(slope=0.25)
        assert panel.sentence.startswith("With slope 0.25")
    gc.collect()
    assert sum(isinstance(thing, Figure) for thing in gc.get_objects()) <= figures_there


# -- the page that shows a panel --------------------------------------------------------------


def tell(panel: Panel | LiveRun, **page: Any) -> None:
    """Play the browser, which tells what its page is like."""
    panel.picture.set_state({"page": page})


def test_panel_is_drawn_with_the_pixels_of_its_screen() -> None:
    panel = line_panel(width=600, height=300)
    for ratio, shape in ((2, (600, 1200)), (1.25, (375, 750)), (3, (600, 1200)), (0.5, (300, 600))):
        tell(panel, theme="light", ratio=ratio)
        assert pixels(panel.png).shape[:2] == shape
        assert (panel.picture.width, panel.picture.height) == (600, 300)
        check_layout(panel.drawing)
    panel.set(slope=-1.0)
    assert "-1.00" in panel.sentence


def test_panel_is_drawn_for_the_theme_of_its_page_and_stored_for_a_light_one() -> None:
    panel = line_panel()
    light, stored = panel.png, panel.still
    tell(panel, theme="dark", ratio=1)
    dark = pixels(panel.png)
    assert np.median(dark) < 40 and dark.max() > 200
    assert panel.still == stored
    panel.set(slope=0.5)
    assert np.median(pixels(panel.png)) < 40
    panel.set(slope=1.0)
    tell(panel, theme="light", ratio=1)
    assert panel.png == light


def test_panel_computes_nothing_when_its_page_changes() -> None:
    calls = []

    def compute(n: int) -> int:
        calls.append(n)
        return n

    panel = Panel(
        {"n": slider("n", 0, 9, 1)},
        compute,
        lambda axes: lambda n: None,
        lambda n: f"It is {n}.",
        name="n",
    )
    frame = panel.picture.frame
    tell(panel, theme="dark", ratio=2)
    assert calls == [1] and panel.picture.frame == frame + 1


def test_a_later_panel_starts_with_what_the_page_told_last() -> None:
    tell(line_panel(), theme="dark", ratio=2)
    later = line_panel()
    assert np.median(pixels(later.png)) < 40 and pixels(later.png).shape[1] == 1400
    assert later.picture.frame == 1, "it is drawn twice"


def test_what_a_page_tells_while_cells_run_holds_for_what_is_there_and_what_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(LivePicture, "_made", LivePicture._made.__class__(maxlen=12))
    panel, run = line_panel(), live_run()
    LivePicture.hear_page({"theme": "dark", "ratio": 2})
    dark = {"theme": "dark", "ratio": 2.0}
    assert panel.picture.page == run.picture.page == line_panel().picture.page == dark
    assert panel.picture.frame == 2 and pixels(panel.png)[0, 0].tolist() == [17, 17, 17]


def test_a_pointer_and_keys_mark_where_the_same_is_shown_once_more() -> None:
    def draw(axes: Any) -> Any:
        curves = [parts.lines(a, ["p"], xlim=(0, 4), ylim=(0, 9)) for a in axes]
        axes[1].set_title("twice")
        return lambda n: [curve([n * k, 2 * n * k, 3 * n * k]) for k, curve in enumerate(curves, 1)]

    def links(axes: int, x: float, y: float, n: int) -> list[tuple[int, float, float]]:
        return [(1 - axes, round(x), n * round(x) * (2 - axes)), (1, 99, 99)]

    panel = Panel({"n": slider("n", 1, 1, 1)}, lambda n: n, draw, str, links=links, columns=2)
    left, right = (panel.drawing.figure.axes[k].transData.transform((2, 2 + 2 * k)) for k in (0, 1))
    height = panel.picture.height
    for question in ({"step": "Home"}, {"step": "ArrowRight"}):
        found = panel.picture.point(question)
    place = {"x": right[0], "y": height - right[1]}
    assert found["text"] == "2, 2" and found["there"] == "twice, 2, 4"
    assert found["also"] == [pytest.approx(place)], "what lies outside is marked"
    nowhere = panel.picture.point({"point": {"x": left[0], "y": height - left[1] - 60}})
    assert nowhere["text"] == "" and nowhere["also"] == [pytest.approx(place)]


@pytest.mark.parametrize("ask", ["move", "point", "tell"])
def test_a_control_that_is_answered_in_a_thread_of_its_own_waits_its_turn(ask: str) -> None:
    panel, answers = line_panel(), []
    asked = {
        "move": lambda: panel.set(slope=0.5),
        "point": lambda: panel.picture.point({"step": "Home"}),
        "tell": lambda: tell(panel, theme="dark", ratio=1),
    }
    other = Thread(target=lambda: answers.append(asked[ask]()))
    with DRAWING:  # a cell draws
        other.start()
        other.join(0.2)
        assert answers == [] and panel.picture.frame == 1
    other.join(20)
    assert len(answers) == 1


@pytest.mark.parametrize("question", [{"point": {"x": 9, "y": 9}}, {"step": "End"}, {"click": {}}])
def test_each_question_is_answered_also_where_that_fails(monkeypatch, question) -> None:
    """The browser asks nothing more before it has an answer."""

    def fails(_: object) -> None:
        raise RuntimeError("no values")

    panel, sent = line_panel(), []
    monkeypatch.setattr(panel.picture, "send", sent.append)
    monkeypatch.setattr(panel.picture, "point", fails)
    with pytest.raises(RuntimeError, match="no values"):
        panel.picture._answer(None, question, None)
    panel.picture.drawing = None
    panel.picture._answer(None, question, None)
    assert sent == [{"pointed": {"text": "", "also": []}}] * 2


def test_what_a_page_tells_is_not_trusted() -> None:
    panel = line_panel()
    tell(panel, theme="sepia", ratio=0)
    assert panel.picture.page == {"theme": "light", "ratio": 1.0}


def test_live_run_follows_its_page() -> None:
    run = live_run()
    run.finish(2, [0.5, 0.3])
    tell(run, theme="dark", ratio=2)
    shown = pixels(run.png)
    assert np.median(shown) < 40 and shown.shape[1] == 1400
    assert np.median(pixels(run.still.png)) == 255
    run.finish(3, [0.5, 0.3, 0.2])
    assert np.median(pixels(run.png)) < 40


def test_a_run_that_was_interrupted_follows_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """While it runs, a page that speaks in a thread of its own waits for the next frame."""
    ends: list[Any] = []
    monkeypatch.setattr(engine, "after_cell", ends.append)

    def tell_in_a_thread(theme: str) -> None:
        other = Thread(target=lambda: tell(run, theme=theme, ratio=1))
        other.start()
        other.join(20)

    run = live_run(rate=1e9)
    for step in (39, 40):
        run.update(step, [0.5, 0.3])
    tell_in_a_thread("dark")
    assert np.median(pixels(run.png)) == 255, "the loop may be changing the data"
    (end,) = ends
    end()  # the cell was stopped there
    assert np.median(pixels(run.png)) < 40
    tell_in_a_thread("light")
    assert np.median(pixels(run.png)) == 255
    run.update(41, [0.5, 0.3])  # another cell goes on with it
    assert len(ends) == 2


# -- pointing and playing ----------------------------------------------------------------------


def step_panel(**more: Any) -> Panel:
    def draw(axes: Any) -> Any:
        (line,) = axes.plot([], [], "o")
        axes.set(xlim=(0, 10), ylim=(0, 20), xlabel="step", ylabel="twice")
        return lambda step: line.set_data([step], [2 * step])

    controls = {"step": slider("step", 1, 9, 3), "other": toggle("other")}
    return Panel(controls, lambda step, other: step, draw, lambda n: f"Step {n}.", **more)


def place(panel: Panel, x: float, y: float) -> dict[str, float]:
    """Return a place of the only axes in CSS pixels, as the browser tells it."""
    figure = panel.drawing.figure
    across, up = figure.axes[0].transData.transform((x, y)) / panel.drawing.look.ratio
    return {"x": across, "y": panel.picture.height - up}


@pytest.mark.parametrize("ratio", [1, 2])
def test_browser_asks_for_values(ratio: float, monkeypatch: pytest.MonkeyPatch) -> None:
    panel, sent = step_panel(), []
    tell(panel, theme="dark", ratio=ratio)
    monkeypatch.setattr(panel.picture, "send", lambda message: sent.append(message))
    panel.picture._handle_custom_msg({"point": place(panel, 3.1, 6.1)}, [])
    panel.picture._handle_custom_msg({"point": place(panel, 7, 15)}, [])
    panel.picture._handle_custom_msg({"question": "Are you there?"}, [])
    pointed = sent[0]["pointed"]
    text = "step 3, twice 6"
    assert (pointed.pop("text"), pointed.pop("also"), pointed.pop("there")) == (text, [], "")
    assert pointed == pytest.approx(place(panel, 3, 6))
    assert sent[1:] == [{"pointed": {"text": "", "also": []}}, {"answer": "Yes."}]


def test_click_moves_a_slider_to_its_ends_at_most() -> None:
    panel = step_panel(click={0: lambda x, y, shown: {"step": round(x)}})
    for x, step in ((5.2, 5), (0.1, 1), (9.9, 9)):
        panel.picture.point({"click": place(panel, x, 11)})
        assert panel.values["step"] == step and panel.sentence == f"Step {step}."
    panel.picture.point({"click": {"x": 1, "y": 1}})  # outside of the axes
    assert panel.values["step"] == 9


def test_enter_chooses_what_the_keys_led_to() -> None:
    panel = step_panel(click={0: lambda x, y, shown: {"step": int(x) + 1}})
    panel.picture.point({"choose": True})
    assert panel.values["step"] == 3, "there is nothing to choose yet"
    assert panel.picture.point({"step": "ArrowRight"})["text"] == "step 3, twice 6"
    panel.picture.point({"choose": True})
    assert panel.values["step"] == 4


def test_player_walks_along_its_slider() -> None:
    panel = step_panel(play="step", pace=100)
    row = panel.children[0].children
    play = row[1]
    assert [type(part).__name__ for part in row] == ["IntSlider", "Play", "Checkbox"]
    assert (play.min, play.max, play.step, play.value, play.interval) == (1, 9, 1, 3, 100)
    assert not play.playing and list(panel.values) == ["step", "other"]
    with pytest.raises(ValueError, match="play is 'no such', expected one of"):
        step_panel(play="no such")


def test_live_run_has_values_too() -> None:
    run = live_run()
    run.finish(2, [0.5, 0.25])
    assert run.picture.point({"step": "End"})["text"] == "step 1, loss 0.25"


# -- the tools for tests of panels ------------------------------------------------------------


def test_drive_finds_a_sentence_that_says_too_little() -> None:
    with pytest.raises(AssertionError, match="two pictures have one sentence"):
        drive(line_panel(say=lambda data: f"This is a {data['kind']}."))


def test_drive_finds_a_picture_that_remembers() -> None:
    def draw(axes: Any) -> Any:
        (line,) = axes.plot([0, 1], [0, 0])
        axes.set(ylim=(-2, 2), ylabel="y")

        def update(data: dict[str, Any]) -> None:
            if data["kind"] == "line":
                line.set_ydata([0, data["slope"]])

        return update

    with pytest.raises(AssertionError, match="update does not set every part"):
        drive(line_panel(draw=draw))


def test_check_layout_finds_small_text_and_text_that_is_cut_off() -> None:
    def draw_with(**options: Any) -> Any:
        def draw(axes: Any) -> Any:
            axes.set_ylabel("y", **options)
            return lambda data: None

        return draw

    check_layout(line_panel(draw=draw_with()).drawing)
    with pytest.raises(AssertionError, match="too small"):
        check_layout(line_panel(draw=draw_with(fontsize=8)).drawing)
    with pytest.raises(AssertionError, match="leaves the picture"):
        check_layout(line_panel(draw=draw_with(labelpad=60)).drawing)


def test_check_layout_finds_axes_that_overlap() -> None:
    def draw(axes: Any) -> Any:
        axes[0].set_ylabel("left")
        axes[1].set_ylabel("right")
        return lambda data: None

    check_layout(line_panel(draw=draw, columns=2).drawing)
    with pytest.raises(AssertionError, match="overlap"):
        check_layout(line_panel(draw=draw, columns=2, margins={"gap": 20}).drawing)


@pytest.mark.parametrize(
    "control",
    [
        slider("n", 1, 9, 2),
        slider("x", -1.0, 1.0, 0.3),
        slider("rate", 0.001, 10, 0.1, log=True),
        choice("cell", ["RNN", "GRU"]),
        choice("letter", "abcde"),
        toggle("skip"),
        ipywidgets.SelectionSlider(options=[("one", 1), ("two", 2)]),
        ipywidgets.IntRangeSlider(min=0, max=9, value=(2, 5)),
        ipywidgets.Text(),
    ],
    ids=lambda control: type(control).__name__,
)
def test_tools_know_the_values_of_each_control(control: ipywidgets.Widget) -> None:
    rng = np.random.default_rng(0)
    for value in [*ends(control), *(any_value(control, rng) for _ in range(50))]:
        control.value = value
        assert control.value == value


# -- live runs -------------------------------------------------------------------------------


def live_run(steps: int = 100, **options: Any) -> LiveRun:
    def draw(axes: Any) -> Any:
        (line,) = axes.plot([], [])
        axes.set(xlim=(0, steps), ylim=(0, 1), xlabel="step", ylabel="loss")
        return lambda loss: line.set_data(range(len(loss)), loss)

    def say(step: int, loss: list[float]) -> str:
        return f"After {step} steps the loss is {loss[-1]:.2f}." if loss else "No step yet."

    return LiveRun(steps, draw, say, [], **options)


def test_live_run_says_how_far_it_is_and_how_long_it_will_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = iter(range(0, 10_000, 1))  # every look at the clock is a second later
    monkeypatch.setattr("time.perf_counter", lambda: float(next(now)))
    run = live_run(rate=1000.0)
    assert run.left.value == "0 of 100"
    run.update(10, [1.0])
    assert run.left.value == "10 of 100"  # the first step tells nothing of the speed
    run.update(30, [1.0])
    assert run.left.value == "30 of 100, about 7 s to go"  # 20 steps in 2 s, 70 are left
    run.update(100, [1.0])
    assert run.left.value == "100 of 100"


def test_live_run_draws_few_frames_and_always_the_last() -> None:
    run = live_run(rate=0.001)
    start = run.picture.frame
    for step in range(1, 101):
        run.update(step, [1 / (k + 1) for k in range(step)])
    assert run.picture.frame == start + 1
    assert run.bar.value == run.bar.max == 100
    assert run.sentence == "After 100 steps the loss is 0.01."


def test_live_run_moves_while_training() -> None:
    run = live_run(rate=1e9)
    pictures = set()
    for step in range(1, 6):
        run.update(step, [1.0, 0.5, 0.2, 0.4, 0.9][:step])
        pictures.add(run.png)
        assert run.bar.value == step
    assert len(pictures) == 5


def test_live_run_can_end_early() -> None:
    run = live_run(rate=0.001)
    run.update(3, [1.0, 0.5, 0.25])
    assert run.sentence == "No step yet."
    run.finish(3, [1.0, 0.5, 0.25])
    assert run.sentence == "After 3 steps the loss is 0.25." and run.bar.value == 3


def test_live_run_keeps_its_text_and_renews_its_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[dict[str, Any], dict[str, Any]]] = []
    monkeypatch.setattr(engine, "display", lambda data, **options: shown.append((data, options)))
    run = live_run()
    run.finish(1, [0.5])
    assert shown == [], "it has not been displayed, so there is no output to renew"
    run._ipython_display_()
    run.finish(2, [0.5, 0.3])
    (first, made), (last, renewed) = shown
    assert (
        made["display_id"] == renewed["display_id"] and renewed["update"] and "update" not in made
    )
    assert first["text/plain"] == last["text/plain"] == repr(run)
    assert first[VIEW] == last[VIEW] and first["image/png"] != last["image/png"]
    assert run.sentence in last["text/html"] and run.sentence not in first["text/html"]


def test_live_run_raises() -> None:
    def draw(axes: Any) -> Any:
        (line,) = axes.plot([], [])
        return lambda loss: line.set_data([0, 1], [0, 1 / loss])

    run = LiveRun(2, draw, lambda step, loss: f"Step {step}.", 1)
    with pytest.raises(ZeroDivisionError):
        run.update(2, 0)
    with pytest.raises(ValueError, match="steps is 0"):
        live_run(steps=0)
