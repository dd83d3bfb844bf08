"""The panel of ``00_start_here``."""

import numpy as np

from rnn_helpers import data
from rnn_helpers.course.figures import COLOURS
from rnn_helpers.course.panel import Panel, slider


def letters_at() -> Panel:
    """Which letters stand at a place of the dinosaur names: counted anew at each move."""
    names, longest = data.dinosaurs(), max(map(len, data.dinosaurs()))

    def compute(place):
        found = [name[place - 1] for name in names if len(name) >= place]
        counts = np.array([found.count(letter) for letter in data.ALPHABET[1:]])
        return {"place": place, "there": len(found), "share": counts / len(found)}

    def draw(axes):
        bars = axes.bar(
            range(26), np.zeros(26), color=COLOURS[0], edgecolor="#262626", linewidth=0.5
        )
        axes.set_xticks(range(26), data.ALPHABET[1:])
        axes.set(ylim=(0, 1), xlim=(-0.7, 25.7), ylabel="share of those letters")

        def update(shown):
            for bar, height in zip(bars, shown["share"], strict=True):
                bar.set_height(height)

        return update

    def say(shown):
        best = int(shown["share"].argmax())
        return (
            f"{shown['there']} of the {len(names)} names have a letter at place {shown['place']}; "
            f"the most common one there is {data.ALPHABET[1 + best]}, with "
            f"{shown['share'][best]:.0%}."
        )

    return Panel({"place": slider("place", 1, longest, 1)}, compute, draw, say, height=320)
