"""Training watched live: the losses of one run or of several, drawn while they fall."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from rnn_helpers.course.figures import line_style
from rnn_helpers.course.panel import LiveRun
from rnn_helpers.training import History

WINDOW = 25  # training losses are averaged over this many steps: one batch is a noisy measure

# -- live curves ------------------------------------------------------------------------------


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
        (learned,) = axes.plot([], [], label="training", **line_style(0))
        (held_out,) = axes.plot([], [], **line_style(1, marker=True))
        axes.set(xlim=(0, steps), ylim=(0, top), xlabel="step", ylabel=f"loss, nats a {unit}")
        axes.legend(loc=legend, ncols=2)

        def update(history):
            learned.set_data(*smooth(history.loss))
            if history.held_out and held_out.get_label() != "held out":
                held_out.set_label("held out")  # the legend names it once there is such a curve
                axes.legend(loc=legend, ncols=2)
            held_out.set_data(*zip(*history.held_out) if history.held_out else ([], []))

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

    With ``norms`` a second picture shows the length of the gradient, before any clipping.
    """

    def __init__(self, names: Sequence[str], steps: int, norms: bool = False) -> None:
        self.names, self.run_steps = list(names), steps
        self.histories: dict[str, History] = {}
        shape = {"columns": 2, "height": 420} if norms else {"height": 350}
        below = {"bottom": 130 if norms else 60, "right": 20 if norms else 260}
        super().__init__(
            steps * len(self.names),
            self._draw_norms if norms else self._draw_losses,
            lambda step, histories: _race_sentence(histories),
            self.histories,
            width=760,
            margins=below,
            **shape,
        )

    def watch(self, name: str) -> Callable[[int, History], None]:
        """Return what ``train`` takes as ``watch`` for the run called ``name``."""
        done = self.names.index(name) * self.run_steps

        def update(step: int, history: History) -> None:
            self.histories[name] = history
            self.update(done + step, self.histories)

        return update

    def _draw_losses(self, axes):
        axes.set(xlim=(0, self.run_steps), ylim=(0, 4.2), xlabel="step", title="training loss")
        axes.set(ylabel="nats a character")
        lines = self._lines(axes)
        axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))
        return lambda histories: _move(lines, histories)

    def _draw_norms(self, both):
        losses, norms = both
        losses.set(xlim=(0, self.run_steps), ylim=(0, 6), xlabel="step", title="training loss")
        norms.set(xlim=(0, self.run_steps), ylim=(0.1, 500), xlabel="step", yscale="log")
        norms.set(title="length of the gradient")
        losses.set(ylabel="nats a character")
        left, right = self._lines(losses), self._lines(norms)
        losses.legend(loc="upper left", bbox_to_anchor=(0, -0.2))

        def update(histories):
            _move(left, histories)
            for name, line in right.items():  # not averaged: one long gradient is the point
                norms = histories[name].gradient_norm if name in histories else []
                line.set_data(np.arange(1, len(norms) + 1), norms)

        return update

    def _lines(self, axes):
        return {
            name: axes.plot([], [], label=name, **line_style(i))[0]
            for i, name in enumerate(self.names)
        }


def race(names: Sequence[str], steps: int, norms: bool = False) -> Race:
    """A progress bar and one picture for several runs of ``steps`` each; see ``Race``."""
    return Race(names, steps, norms)


def smooth(values: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return steps and a running mean over the ``WINDOW`` values up to each (fewer at first)."""
    steps = np.arange(1, len(values) + 1)
    sums = np.convolve(values, np.ones(WINDOW))[: len(values)] if values else np.zeros(0)
    return steps, sums / np.minimum(steps, WINDOW)


def _move(lines, histories):
    for name, line in lines.items():
        line.set_data(*smooth(histories[name].loss) if name in histories else ([], []))


def _race_sentence(histories: Mapping[str, History]) -> str:
    if not histories:
        return "No step has been taken yet."
    ends = (
        f"{name} at {np.mean(history.loss[-WINDOW:]):.3g} after {len(history.loss)} steps"
        for name, history in histories.items()
    )
    return f"Training loss: {'; '.join(ends)}."


# -- learning to recall -----------------------------------------------------------------------

RECALL_WINDOW = 10  # losses are averaged over this many steps


class RecallRace(LiveRun):
    """Several cells that learn the recall task after each other, drawn on the same axes.

    ``watch(name)`` follows the run called ``name``; a loss of log 4 is what guessing gets.
    """

    def __init__(self, names: Sequence[str], steps: int) -> None:
        self.names, self.run_steps = list(names), steps
        self.losses: dict[str, Sequence[float]] = {}
        super().__init__(
            steps * len(self.names), self._draw_losses, self._say_losses, self.losses, height=340
        )

    def watch(self, name: str) -> Callable[[int, Sequence[float]], None]:
        """Return what ``tasks.learn`` takes as ``watch`` for the run called ``name``."""
        done = self.names.index(name) * self.run_steps

        def update(step: int, losses: Sequence[float]) -> None:
            self.losses[name] = losses
            self.update(done + step, self.losses)

        return update

    def _draw_losses(self, axes):
        axes.axhline(np.log(4), color="#888888", linewidth=1, linestyle=":", label="guessing")
        lines = {
            n: axes.plot([], [], label=n, **line_style(i))[0] for i, n in enumerate(self.names)
        }
        axes.set(xlim=(0, self.run_steps), ylim=(0, 2.6), xlabel="step", ylabel="loss")
        axes.legend(loc="upper right", ncols=2)

        def update(runs):
            for name, line in lines.items():
                line.set_data(*_averaged(runs.get(name, ())))

        return update

    def _say_losses(self, step, runs):
        if not runs:
            return "No step has been taken yet."
        ends = (
            f"{name} at {np.mean(run[-RECALL_WINDOW:]):.2f} after {len(run)} steps"
            for name, run in runs.items()
        )
        return f"Loss of the recall task: {'; '.join(ends)}."


def _averaged(losses: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return steps and the mean of the last ``RECALL_WINDOW`` losses up to each."""
    if len(losses) < RECALL_WINDOW:
        return np.zeros(0), np.zeros(0)
    means = np.convolve(losses, np.full(RECALL_WINDOW, 1 / RECALL_WINDOW), "valid")
    return np.arange(RECALL_WINDOW, len(losses) + 1), means
