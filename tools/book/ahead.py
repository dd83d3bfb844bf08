"""A panel's settings, drawn ahead: a picture and a sentence for each, to be moved in a page.

All settings of all controls together are drawn where that makes at most ``MOST`` pictures and at
most a given number of bytes; otherwise one control at a time, with the others where they were at
first. Where even that is too large, sliders stop less often.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any

import ipywidgets

from book.media import Media, small
from rnn_helpers.course.panel import Panel, set_bounds

MOST = 700
BYTES = 2_000_000  # for all panels of a page: with its scripts it is to stay below 6 MB
SAMPLES = 6  # pictures drawn to see how large they are


@dataclass
class Control:
    """One control: its kind in a page, the values it stops at, and the stop it starts at."""

    name: str
    label: str
    kind: str  # "range", "radio", "select", "check"; "fixed" for what cannot be drawn ahead
    values: list[Any]
    texts: list[str]
    start: int

    @property
    def in_the_page(self) -> dict[str, Any]:
        """What a page must know of it."""
        return {key: asdict(self)[key] for key in ("name", "label", "kind", "texts", "start")}


def described(name: str, widget: ipywidgets.Widget) -> Control:
    """Return the control that stands for a panel's ``widget`` in a page."""
    label = widget.description or name
    if hasattr(widget, "options"):
        pairs = widget._options_full
        kind = "radio" if isinstance(widget, ipywidgets.ToggleButtons) else "select"
        texts, values = [str(text) for text, _ in pairs], [value for _, value in pairs]
        return Control(name, label, kind, values, texts, values.index(widget.value))
    if isinstance(widget.value, bool):
        return Control(name, label, "check", [False, True], ["off", "on"], int(widget.value))
    if hasattr(widget, "min") and isinstance(widget.value, int | float):
        values = stops(widget)
        texts = [format(value, widget.readout_format) for value in values]
        start = min(range(len(values)), key=lambda i: abs(values[i] - widget.value))
        values[start] = widget.value  # its very own, for the picture of the notebook
        return Control(name, label, "range", values, texts, start)
    return Control(name, label, "fixed", [widget.value], [in_words(widget.value)], 0)


def in_words(value: Any) -> str:
    """Return the value of a control that cannot be moved, as a page shows it."""
    return " to ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def at_their_widest(panel: Panel) -> list[Control]:
    """Return the controls with every stop that a slider can have, whatever the others say."""
    for name in ends_that_move(panel):
        set_bounds(panel.controls[name], *panel.widest[name])
    controls = [described(name, widget) for name, widget in panel.controls.items()]
    panel.set(**panel.values)  # its ends as they were
    return controls


def stops(slider: ipywidgets.Widget) -> list[Any]:
    """Return the values at which a slider stops, from its lowest to its highest."""
    count = math.floor((slider.max - slider.min) / slider.step + 1e-9) + 1
    values = [min(slider.min + i * slider.step, slider.max) for i in range(count)]
    if isinstance(slider, ipywidgets.FloatLogSlider):
        return [slider.base**value for value in values]
    return values


def together(controls: Sequence[Control], size: float, budget: float) -> bool:
    """Say whether all settings of all controls can be drawn, at ``size`` bytes each."""
    count = math.prod(len(control.values) for control in controls)
    return count <= MOST and count * size <= budget


def thinned(controls: Sequence[Control], size: float, budget: float) -> list[Control]:
    """Return ``controls``, one at a time, with so few stops that they fit into ``budget``."""
    every = 1
    while True:
        thin = [every_nth(control, every) for control in controls]
        if every > MOST or sum(len(control.values) for control in thin) * size <= budget:
            return thin
        every += 1


def every_nth(control: Control, n: int) -> Control:
    """Return a slider that stops at every ``n``-th value, its start among them."""
    if control.kind != "range":
        return control
    kept = range(control.start % n, len(control.values), n)
    values, texts = ([all_[i] for i in kept] for all_ in (control.values, control.texts))
    return replace(control, values=values, texts=texts, start=control.start // n)


def settings(controls: Sequence[Control], all_of_them: bool) -> Iterator[dict[str, Any]]:
    """Give the settings that are drawn, in the order in which a page counts them.

    All of them: the last control moves fastest. One at a time: the stops of the first control,
    those of the second, and so on.
    """
    if all_of_them:
        for values in product(*(control.values for control in controls)):
            yield {control.name: value for control, value in zip(controls, values)}
        return
    start = {control.name: control.values[control.start] for control in controls}
    for control in controls:
        for value in control.values:
            yield start | {control.name: value}


def size_of_one(panel: Panel, controls: Sequence[Control]) -> float:
    """Return how many bytes a picture of ``panel`` takes with its sound, from a few of them."""
    one_at_a_time = list(settings(controls, False))
    sizes = []
    for setting in one_at_a_time[:: max(1, len(one_at_a_time) // SAMPLES)]:
        put(panel, setting)
        sizes.append(len(small(panel.png)) + len(sound(panel)))
    return sum(sizes) / len(sizes)


def sound(panel: Panel) -> bytes:
    """Return what the player below a panel plays, or nothing."""
    players = [child for child in panel.children if isinstance(child, ipywidgets.Audio)]
    return bytes(players[0].value) if players else b""


def frame(panel: Panel, media: Media) -> list[Any]:
    """Return links to the picture and the sound of ``panel`` as it is now, and its sentence."""
    heard = sound(panel)
    return [media.picture(panel.png), panel.sentence, media.add(heard, "wav") if heard else ""]


def ends_that_move(panel: Panel) -> set[str]:
    """Return the names of the sliders of ``panel`` whose ends depend on other controls."""
    return set(panel._bounds(panel.shown))


def put(panel: Panel, setting: dict[str, Any]) -> dict[str, Any]:
    """Set all controls of ``panel``; return those that stopped at an end before their value.

    In JupyterLab too such a slider goes to its end when another control brings that nearer. Raise
    ValueError where any other control does not take its value.
    """
    try:
        panel.set(**setting)
    except ValueError:
        if panel.error is not None:
            raise
        stopped = {name: value for name, value in panel.values.items() if value != setting[name]}
        if not stopped or set(stopped) - ends_that_move(panel):
            raise
        return stopped
    return {}


def in_the_frame(controls: Sequence[Control], stopped: dict[str, Any]) -> list[Any]:
    """Return what a page must know of ``stopped`` controls: for each its number, stop and text."""
    told = []
    for number, control in enumerate(controls):
        if control.name not in stopped:
            continue
        value = stopped[control.name]
        if control.kind == "fixed":
            told.append([number, 0, in_words(value)])
        else:
            stop = min(range(len(control.values)), key=lambda i: abs(control.values[i] - value))
            told.append([number, stop, control.texts[stop]])
    return [told] if told else []


def drawn(panel: Panel, media: Media, budget: float = BYTES) -> dict[str, Any]:
    """Draw ``panel`` ahead and return what a page needs to move it; the panel ends as it began.

    ``budget`` is how many bytes its pictures may take, about: their size is known from a few.
    """
    start = panel.values
    controls = [described(name, widget) for name, widget in panel.controls.items()]
    size = size_of_one(panel, controls)
    widest = at_their_widest(panel)
    all_of_them = together(widest, size, budget)
    stops_before = sum(len(control.values) for control in controls)
    controls = widest if all_of_them else thinned(controls, size, budget)
    frames = []
    for setting in settings(controls, all_of_them):
        stopped = put(panel, setting)
        frames.append(frame(panel, media) + in_the_frame(controls, stopped))
    panel.set(**start)
    return {
        "alt": panel.picture.alt,
        "width": panel.picture.width,
        "height": panel.picture.height,
        "first": frame(panel, media),
        "together": all_of_them,
        "thinned": sum(len(control.values) for control in controls) < stops_before,
        "controls": [control.in_the_page for control in controls],
        "frames": frames,
    }
