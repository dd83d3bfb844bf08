"""Training watched live: the losses of one run or of several, drawn while they fall."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from rnn_helpers.course import parts
from rnn_helpers.course.panel import LiveRun
from rnn_helpers.course.style import INK, line_style
from rnn_helpers.course.wording import count, power_of_ten
from rnn_helpers.training import History

WINDOW = 25  # training losses are averaged over this many steps: one batch is a noisy measure
CLIMBED = 1.5  # a loss that rose to this many times the first one is worth a word


def smooth(values: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return steps and a running mean over the ``WINDOW`` values up to each (fewer at first)."""
    steps = np.arange(1, len(values) + 1)
    sums = np.convolve(values, np.ones(WINDOW))[: len(values)] if len(values) else np.zeros(0)
    return steps, sums / np.minimum(steps, WINDOW)


def loss_curve(
    steps: int,
    references: Mapping[str, float] | None = None,
    unit: str = "character",
    top: float = 3.4,
    legend: str = "lower left",
) -> LiveRun:
    """A progress bar and the loss as it falls; ``references`` are losses to compare with.

    ``unit`` is what one token is, ``top`` the highest loss that is expected, ``legend`` its place.
    """
    references = references or {}
    top = 1.1 * max([top, *references.values()])

    def draw(axes):
        for i, (name, loss) in enumerate(references.items(), start=2):
            axes.plot([0, steps], [loss, loss], label=name, **line_style(i))
        training = parts.lines(axes, ["training"])
        held_out = parts.lines(axes, [""], styles=[1], marker=True)
        axes.set(
            xlim=(0, 1.015 * steps), ylim=(0, top), xlabel="step", ylabel=f"loss, nats a {unit}"
        )
        axes.legend(loc=legend, ncols=2)

        def update(history):
            training(smooth(history.loss))
            line = axes.lines[-1]
            if history.held_out and line.get_label() != "held out":
                line.set_label("held out")  # the legend names it once there is such a curve
                axes.legend(loc=legend, ncols=2)
            held_out(tuple(zip(*history.held_out)) or [])

        return update

    def say(step, history):
        words = [f"Step {step} of {steps}"]
        if history.loss:
            words.append(f"training loss {np.mean(history.loss[-WINDOW:]):.2f}")
        if history.held_out:
            words.append(f"held-out loss {history.held_out[-1][1]:.2f}")
        return ", ".join(words) + "."

    return LiveRun(steps, draw, say, History(), width=700, height=350)


class Race(LiveRun):
    """Several runs after each other, drawn on the same axes; ``watch(name)`` follows one of them.

    names     of the runs, for the legend
    steps     of one run
    starts    how often each is run, anew; all starts of a name share its colour and line
    y_label   what the loss is measured in
    y         the lowest and the highest loss of the picture
    guessing  the loss of a blind guess, if it shall be drawn
    norms     whether a second picture shows the length of the gradient, before any clipping
    """

    def __init__(
        self,
        names: Sequence[str],
        steps: int,
        *,
        starts: int = 1,
        y_label: str = "nats a character",
        y: tuple[float, float] = (0, 4.2),
        guessing: float | None = None,
        norms: bool = False,
    ) -> None:
        self.names, self.run_steps, self.starts, self.top = list(names), steps, starts, y[1]
        self.histories: dict[tuple[str, int], History] = {}
        runs = [(name, start) for name in self.names for start in range(starts)]
        styles = [self.names.index(name) for name, _ in runs]
        labels = {(name, start): name if start == 0 else None for name, start in runs}
        look = {"linewidth": 1.5} if starts > 1 else {}
        usual = {"labels": labels, "styles": styles, "look": look}
        usual |= {"xlim": (0, steps), "xlabel": "step"}
        right = parts.beside(1.02)

        def draw_losses(axes, legend=right):
            if guessing is not None:
                parts.level(axes, guessing, color=INK, linestyle="-", label="guessing")
            title = {"title": "training loss", "ylabel": y_label, "ylim": y}
            lines = parts.lines(axes, runs, **usual, **title, legend=legend)
            return lambda histories: lines({k: smooth(h.loss) for k, h in histories.items()})

        def draw_both(axes):
            losses = draw_losses(axes[0], {"loc": "upper left", "bbox_to_anchor": (0, -0.2)})
            title = {"title": "length of the gradient", "ylim": (0.1, 500), "yscale": "log"}
            lines = parts.lines(axes[1], runs, **usual, **title)
            return parts.together(  # norms are not averaged: one long gradient is the point
                losses, lambda histories: lines({k: h.gradient_norm for k, h in histories.items()})
            )

        shape = {"height": 350, "margins": {"right": 260}}
        if norms:
            shape = {"height": 420, "margins": {"bottom": 130}, "columns": 2}
        draw = draw_both if norms else draw_losses
        shape["room"] = 60 + 35 * len(self.names)
        total = steps * len(runs)
        super().__init__(total, draw, self._ends, self.histories, rate=5, width=760, **shape)

    def watch(self, name: str, start: int = 0) -> Callable[[int, History | Sequence[float]], None]:
        """Return what a training loop takes as ``watch``, for the run called ``name``.

        It is to be called with a step and the history so far, or the losses alone. Raise ValueError
        for a run that the race does not have.
        """
        if name not in self.names or not 0 <= start < self.starts:
            raise ValueError(
                f"the race has {self.names}, each from {count(self.starts, 'start')}, "
                f"got {name!r} and start {start}"
            )
        self.histories.pop((name, start), None)  # a run may be repeated

        def update(step: int, history: History | Sequence[float]) -> None:
            if not isinstance(history, History):
                history = History(loss=history)
            self.histories[name, start] = history
            before = len(self.histories) - 1  # these runs are over, if some ahead of their time
            self.update(before * self.run_steps + step, self.histories)

        return update

    def __repr__(self) -> str:
        runs = count(len(self.names) * self.starts, "run")
        return f"A picture of {runs} of training, each of {self.run_steps} steps."

    def _ends(self, step: int, histories: Mapping[tuple[str, int], History]) -> str:
        if not histories:
            return "No step has been taken yet."
        losses: dict[str, list[Sequence[float]]] = {}
        for (name, _), history in histories.items():
            losses.setdefault(name, []).append(history.loss)
        ends = (
            f"{name} at {power_of_ten(np.mean([np.mean(run[-WINDOW:]) for run in runs]))} "
            f"after {len(runs[-1])} steps"
            for name, runs in losses.items()
        )
        mean = ", a mean over the starts" if self.starts > 1 else ""
        above = "".join(self._climb(name, runs) for name, runs in losses.items())
        return f"Training loss{mean}: {'; '.join(ends)}.{above}"

    def _climb(self, name: str, runs: list[Sequence[float]]) -> str:
        """Say from where to where the loss rose that left the picture, and nothing if none did.

        A run may well begin above the picture. What counts is that it went up.
        """
        climbs = [(run[0], np.max(run)) for run in runs]
        first, highest = max(climbs, key=lambda loss: loss[1] - loss[0])
        if highest > self.top and highest > CLIMBED * first:
            return f" {name} climbed from {first:.1f} to {highest:,.0f} on its way."
        return ""
