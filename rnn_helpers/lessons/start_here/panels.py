"""The panel of ``00_start_here``."""

import numpy as np

from rnn_helpers import data
from rnn_helpers.course import parts
from rnn_helpers.course.panel import Panel, slider
from rnn_helpers.course.style import INK, height_for, set_limits


def letters_at() -> Panel:
    """Which letters stand at a place of the dinosaur names: counted anew at each move."""
    names, longest = data.dinosaurs(), max(map(len, data.dinosaurs()))

    def compute(place):
        letters = [name[place - 1] for name in names if len(name) >= place]
        counts = np.array([letters.count(letter) for letter in data.ALPHABET[1:]])
        return {"place": place, "there": len(letters), "share": counts / len(letters)}

    def draw(axes):
        ticks = {"xticks": range(26), "xticklabels": data.ALPHABET[1:], "xlim": (-0.7, 25.7)}
        look = {"edgecolor": INK, "linewidth": 0.5}
        label = {"ylabel": "share of those letters"}
        bars = parts.bars(axes, ["share"], range(26), look=look, **ticks, **label)

        def update(shown):
            set_limits(axes, y=(0, height_for(shown["share"])))
            bars(shown["share"])

        return update

    def say(shown):
        best = int(shown["share"].argmax())
        have = "has" if shown["there"] == 1 else "have"
        return (
            f"{shown['there']} of the {len(names)} names {have} a letter at place "
            f"{shown['place']}; the most common one there is {data.ALPHABET[1 + best]}, with "
            f"{shown['share'][best]:.0%}."
        )

    return Panel({"place": slider("place", 1, longest, 1)}, compute, draw, say, height=320)
