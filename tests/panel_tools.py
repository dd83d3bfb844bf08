"""What the tests of all panels share: drive a panel everywhere, and look at it closely."""

from __future__ import annotations

import contextlib
import re
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from rnn_helpers.course import figures, style
from rnn_helpers.course.panel import Drawing, Panel
from rnn_helpers.course.pointing import NO_VALUES, Values

TYPED = ("", "a", "Was it good?", "not\tbad <b>&</b>", "naïve café ⟨t⟩ 名", "x" * 60)


def ends(control: ipywidgets.Widget) -> list[Any]:
    """Return the values of `control` at which a panel is most likely to break."""
    if isinstance(control, ipywidgets.FloatLogSlider):
        return [control.base**control.min, control.base**control.max]
    if isinstance(control, ipywidgets.IntRangeSlider | ipywidgets.FloatRangeSlider):
        low, high = control.min, control.max
        return [(low, low), (low, high), (high, high)]
    if hasattr(control, "min"):
        return [control.min, control.max]
    if hasattr(control, "options"):
        return [value for _, value in control._options_full]
    if isinstance(control.value, bool):
        return [False, True]
    return list(TYPED)


def any_value(control: ipywidgets.Widget, rng: np.random.Generator, *ends_of: float) -> Any:
    """Return a value of `control` drawn at random, between `ends_of` it (its own unless given)."""
    low, high = ends_of or (getattr(control, "min", 0), getattr(control, "max", 0))
    if isinstance(control, ipywidgets.FloatLogSlider):
        return float(control.base ** _any_stop(control, rng, low, high))
    if isinstance(control, ipywidgets.IntRangeSlider | ipywidgets.FloatRangeSlider):
        return tuple(sorted(_any_stop(control, rng, low, high) for _ in range(2)))
    if hasattr(control, "min"):
        return _any_stop(control, rng, low, high)
    choices = ends(control)
    return choices[rng.integers(len(choices))]


def _any_stop(
    control: ipywidgets.Widget, rng: np.random.Generator, low: float, high: float
) -> float:
    """Return one of the values that the slider stops at between two ends."""
    stops = int(np.floor((high - low) / control.step + 1e-9))
    return min(low + control.step * int(rng.integers(stops + 1)), high)


def settings(panel: Panel, count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Give the defaults, the ends of each control, `count` settings at random, the defaults."""
    start = panel.values
    yield start
    for name, control in panel.controls.items():
        for value in ends(control):
            yield start | {name: value}
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield at_random(panel, rng)
    yield start


def at_random(panel: Panel, rng: np.random.Generator) -> dict[str, Any]:
    """Return a setting at random, within the ends that the sliders were made with."""
    return {
        name: any_value(control, rng, *panel.widest.get(name, ()))
        for name, control in panel.controls.items()
    }


def put(panel: Panel, setting: dict[str, Any]) -> dict[str, Any]:
    """Set the controls of `panel`, each as far as the others allow; return what they are then."""
    with contextlib.suppress(ValueError):
        panel.set(**setting)
    assert panel.error is None
    return panel.values


def stops(slider: ipywidgets.Widget) -> list[Any]:
    """Return every value that a learner can reach with `slider`, from left to right."""
    ends = (slider.min, slider.max)
    if isinstance(slider, ipywidgets.IntRangeSlider | ipywidgets.FloatRangeSlider):
        steps = np.arange(ends[0], ends[1] + 1)
        return [(ends[0], stop) for stop in steps] + [(stop, ends[1]) for stop in steps[1:]]
    count = int(np.floor((ends[1] - ends[0]) / slider.step + 1e-9))
    values = [min(ends[0] + slider.step * k, ends[1]) for k in range(count + 1)]
    if isinstance(slider, ipywidgets.FloatLogSlider):
        return [float(slider.base**value) for value in values]
    return values


def check_sliders(panel: Panel, count: int = 2, seed: int = 1) -> None:
    """Check that each slider changes the picture or its sentence at every step, at all times.

    Each goes over its whole range, while the others are as at first and then at `count` settings at
    random. What a slider cannot change, it must not offer: `bounds` of the panel say how far it
    goes. Pictures are drawn only where two sentences are equal, to see whether they differ.
    """
    rng, start = np.random.default_rng(seed), panel.values
    for others in [start, *(at_random(panel, rng) for _ in range(count))]:
        for name in panel.widest:
            values = put(panel, others)
            slider, last = panel.controls[name], None
            for value in [] if slider.disabled else stops(slider):
                said = panel._say(panel._compute(**values | {name: value}))
                if last and said == last[1]:
                    pictures = [_picture(panel, {name: v}) for v in (last[0], value)]
                    assert pictures[0] != pictures[1], f"{name} changes nothing at {value}: {said}"
                last = (value, said)
    put(panel, start)


def _picture(panel: Panel, setting: dict[str, Any]) -> bytes:
    panel.set(**setting)
    return panel.png


def drive(panel: Panel, count: int = 80, seed: int = 0) -> float:
    """Drive `panel` everywhere and return what a frame costs, in the cost of a plain figure.

    Checked at every setting: nothing is raised, the picture has a name and a sentence, equal
    settings give equal pictures whatever came before, different pictures have different
    sentences, and the figure is the one that was made at first. Each control must change the
    picture. Both costs are medians of processor time, taken by turns: other programs slow both.
    """
    drawing, reference = panel.drawing.figure, plain_figure()
    picture_of: dict[str, bytes] = {}
    setting_of: dict[str, dict[str, Any]] = {}
    moving: set[str] = set()
    frames, references = [], []
    start, room = panel.values, panel.picture.room
    for i, setting in enumerate(settings(panel, count, seed)):
        frames.append(seconds(put, panel, setting))
        setting = panel.values
        if i % 10 == 0:
            references.append(seconds(figures.rendered, reference))
        sentence = panel.sentence
        assert panel.error is None
        assert sentence.strip() and sentence == panel.picture.sentence
        assert not slips(sentence), f"{slips(sentence)} in {sentence!r} at {setting}"
        assert panel.picture.alt.startswith("Picture: "), "no axes have a title or a label"
        before = setting_of.setdefault(sentence, setting)
        assert picture_of.setdefault(sentence, panel.png) == panel.png, (
            f"two pictures have one sentence, {sentence!r}: at {before} and at {setting}. "
            "Either it leaves a number out, or update does not set every part of the picture"
        )
        changed = [name for name, value in setting.items() if value != start[name]]
        if len(changed) == 1 and panel.png != picture_of[next(iter(picture_of))]:
            moving |= set(changed)
    assert moving == set(start), f"{sorted(set(start) - moving)} change nothing"
    typed = any(isinstance(control, ipywidgets.Text) for control in panel.controls.values())
    assert typed or panel.picture.room == room, "room is less than the longest sentence takes"
    assert panel.drawing.figure is drawing, "the figure was made more than once"
    check_layout(panel.drawing)
    check_pointing(panel)
    cost = statistics.median(frames) / statistics.median(references)
    print(
        f"{panel!r}: a frame costs {cost:.1f} plain figures, at most "
        f"{max(frames) / statistics.median(references):.1f}; "
        f"{panel.drawing.backgrounds} of {len(frames)} frames drew ticks and titles anew"
    )
    return cost


SLIPS = (
    r"\d[\d.]*[eE][-+]\d+",  # as a program writes it, and broken at the end of a line
    r"(?<!\S)1 of (?:the )?[\d,]+(?: \w+)? (?:are|were|have|act|do)\b",
    r"\b[a-z]{2,}s (\d+) to \1\b(?!\.\d)",  # steps 3 to 3
    r"(?<![\S⟨])1 (?:bit|cell|character|input|layer|letter|name|note|option|output|pair|step|time"
    r"|token|unit|word)s\b",
)


def slips(sentence: str) -> list[str]:
    """Return what of a sentence nobody would say: 3e-05, 1 of 36 are, steps 3 to 3, 1 steps."""
    return [found.group() for slip in SLIPS for found in re.finditer(slip, sentence)]


def check_pointing(panel: Panel) -> None:
    """Check that every place of the picture can be pointed at, and every value be read by keys."""
    picture, said = panel.picture, set()
    for x in range(5, picture.width, 40):
        for y in range(5, picture.height, 30):
            said.add(picture.point({"point": {"x": x, "y": y}})["text"])
    keys = ["Home", *["ArrowRight"] * 3, *["ArrowDown"] * 20]
    by_key = {picture.point({"step": key})["text"] for key in keys}
    silent = any(axes.get_gid() == NO_VALUES for axes in panel.drawing.figure.axes)
    assert silent or len(said | by_key) > 1, "no value can be read from the picture"
    parts = Values(panel.drawing.figure).parts
    for axes in panel.drawing.figure.axes:
        if axes.images and axes.get_legend() is None:
            values = len(axes.images) + len(axes.containers) + bool(getattr(axes, "named", ()))
            found = sum(part.axes is axes for part in parts)
            assert found <= values, f"a line that only marks a map is read out in {axes}"


def seconds(work: Callable[..., object], *given: object, **named: object) -> float:
    """Return the processor time that `work` takes: waiting for other programs does not count."""
    start = time.process_time()
    work(*given, **named)
    return time.process_time() - start


def plain_figure() -> Figure:
    """Return a figure of two lines: what any frame is measured by."""
    with style.new_figure(700, 350) as (figure, axes):
        axes.plot(np.arange(50), np.arange(50) ** 2, label="square")
        axes.plot(np.arange(50), np.arange(50) * 9, label="line")
        axes.legend()
    return figure


def check_projector(panel: Panel) -> None:
    """Check that `panel` is larger in projector mode, in picture, in text and in its lines."""
    before, thin = panel.picture.width, _sizes_of_lines(panel)
    style.projector(True)
    try:
        panel.redraw()
        assert panel.picture.width > before
        grown = style.PROJECTOR_POINTS / style.NORMAL_POINTS
        np.testing.assert_allclose(_sizes_of_lines(panel), grown * thin, rtol=1e-6)
        check_layout(panel.drawing)
    finally:
        style.projector(False)
        panel.redraw()
    assert panel.picture.width == before


def _sizes_of_lines(panel: Panel) -> np.ndarray:
    """Return the width of every line of the picture and the size of its markers, (lines, 2)."""
    lines = [line for axes in panel.drawing.figure.axes for line in axes.lines]
    return np.array([[line.get_linewidth(), line.get_markersize()] for line in lines])


def check_layout(drawing: Drawing) -> None:
    """Check that all text is large enough, that it is on the picture, and that no axes collide."""
    figure = drawing.figure
    renderer = figure.canvas.get_renderer()
    smallest = style.PROJECTOR_POINTS if drawing.scale > 1 else style.NORMAL_POINTS
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip():
            assert text.get_fontsize() >= smallest - 1e-6, f"{text.get_text()!r} is too small"
    boxes = [axes.get_tightbbox(renderer) for axes in figure.axes if axes.get_visible()]
    boxes += [text.get_window_extent(renderer) for text in figure.texts if text.get_text()]
    paper = figure.bbox.padded(1)
    for axes, box in zip(figure.axes, boxes):
        inside = paper.x0 <= box.x0 and box.x1 <= paper.x1
        inside = inside and paper.y0 <= box.y0 and box.y1 <= paper.y1
        assert inside, f"{axes.get_title() or axes} leaves the picture: {box} in {paper}"
    for first, second in _pairs(figure):
        common = Bbox.intersection(first.get_tightbbox(renderer), second.get_tightbbox(renderer))
        assert common is None or min(common.width, common.height) < 1, (
            f"{first.get_title() or first} and {second.get_title() or second} overlap"
        )


def _pairs(figure: Any) -> Iterator[tuple[Any, Any]]:
    """Give each pair of axes that should lie beside each other: not twins, not insets."""
    for i, first in enumerate(figure.axes):
        for second in figure.axes[i + 1 :]:
            if not first.bbox.overlaps(second.bbox):
                yield first, second
