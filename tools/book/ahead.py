"""A panel's settings, drawn ahead: a picture and a sentence for each, to be moved in a page.

All settings of all controls together are drawn where that makes at most ``MOST`` pictures;
otherwise one control at a time, with the others where they were at first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

import ipywidgets

from book.media import Media
from rnn_helpers.course.panel import Panel

MOST = 700


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
    return Control(name, label, "fixed", [widget.value], [str(widget.value)], 0)


def stops(slider: ipywidgets.Widget) -> list[Any]:
    """Return the values at which a slider stops, from its lowest to its highest."""
    count = math.floor((slider.max - slider.min) / slider.step + 1e-9) + 1
    values = [slider.min + i * slider.step for i in range(count)]
    if isinstance(slider, ipywidgets.FloatLogSlider):
        return [slider.base**value for value in values]
    return values


def together(controls: Sequence[Control]) -> bool:
    """Say whether all settings of all controls are few enough to be drawn."""
    return math.prod(len(control.values) for control in controls) <= MOST


def settings(controls: Sequence[Control]) -> Iterator[dict[str, Any]]:
    """Give the settings that are drawn, in the order in which a page counts them.

    Together: the last control moves fastest. One at a time: the stops of the first control, those
    of the second, and so on.
    """
    if together(controls):
        for values in product(*(control.values for control in controls)):
            yield {control.name: value for control, value in zip(controls, values)}
        return
    start = {control.name: control.values[control.start] for control in controls}
    for control in controls:
        for value in control.values:
            yield start | {control.name: value}


def drawn(panel: Panel, media: Media) -> dict[str, Any]:
    """Draw ``panel`` ahead and return what a page needs to move it; the panel ends as it began."""
    controls = [described(name, widget) for name, widget in panel.controls.items()]
    start = panel.values
    frames = []
    for setting in settings(controls):
        panel.set(**setting)
        frames.append([media.picture(panel.png), panel.sentence])
    panel.set(**start)
    return {
        "alt": panel.picture.alt,
        "width": panel.picture.width,
        "height": panel.picture.height,
        "sentence": panel.sentence,
        "together": together(controls),
        "controls": [control.in_the_page for control in controls],
        "frames": frames,
    }
