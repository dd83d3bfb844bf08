"""Live losses, of one run and of several."""

import numpy as np
import panel_tools
import pytest

from rnn_helpers.course import figures, race
from rnn_helpers.experiments.failures import RECIPES
from rnn_helpers.training import History


def _history(losses: list[float]) -> History:
    return History(loss=list(losses), gradient_norm=list(losses))


@pytest.mark.parametrize("norms", [False, True])
@pytest.mark.parametrize("large", [False, True])
def test_race_lays_out(norms: bool, large: bool) -> None:
    figures.projector(large)
    try:
        live = race.Race(list(RECIPES)[: 2 if norms else 7], 5, norms=norms)
        for name in live.names:
            live.watch(name)(5, _history([3.0, np.inf, 2.0, np.nan, 1.0]))
        panel_tools.check_layout(live._drawing)
    finally:
        figures.projector(False)


def test_race_of_several_starts_lays_out_and_says_their_mean() -> None:
    live = race.Race(["plain", "gated"], 5, starts=2, y=(1.6, 2.5), guessing=np.log(4))
    assert "4 runs of training, each of 5 steps" in repr(live)
    for start, loss in enumerate((1.0, 2.0)):
        live.watch("plain", start)(5, [loss] * 5)  # the losses alone, as of memory.learn
    live.watch("gated", 1)(5, _history([7.0, 7.0, 3.0, 3.0, 3.0]))
    live.finish(15, live.histories)
    said = "Training loss, a mean over the starts: plain at 1.5 after 5 steps; gated at 4.6 after 5"
    assert live.sentence == said + " steps."  # one that only began above the picture is not named
    panel_tools.check_layout(live._drawing)


def test_race_names_a_run_that_climbed_out_of_the_picture() -> None:
    live = race.Race(["calm", "wild"], 4, starts=2, y=(0, 4))
    for start in range(2):
        live.watch("calm", start)(4, [3.0, 4.4, 3.0, 2.0])  # above the top, but hardly risen
    live.watch("wild", 0)(4, [3.0, 2.0, 1.0, 1.0])
    live.watch("wild", 1)(4, [3.0, 1500.0, 2.0, 1.0])
    live.finish(16, live.histories)
    assert live.sentence.endswith(" steps. wild climbed from 3.0 to 1,500 on its way.")


@pytest.mark.parametrize(("name", "start"), [("other", 0), ("plain", 1), ("plain", -1)])
def test_race_refuses_a_run_that_it_does_not_have(name: str, start: int) -> None:
    with pytest.raises(ValueError, match=rf"\['plain'\], each from 1 start, got '{name}' and"):
        race.Race(["plain"], 5).watch(name, start)


def test_race_counts_a_run_that_ends_early_or_is_repeated() -> None:
    live = race.Race(["early", "late"], 10)
    live.watch("early")(3, [1.0] * 3)
    live.watch("late")(10, [1.0] * 10)
    assert live.bar.value == live.bar.max == 20
    live.watch("early")(10, [1.0] * 10)
    assert live.bar.value == 20 and len(live.histories) == 2


def test_race_counts_all_runs_and_names_each() -> None:
    live = race.Race(["slow", "quick"], steps=4)
    assert live.sentence == "No step has been taken yet."
    live.watch("slow")(4, _history([3, 3, 3, 3]))
    first = live.png
    live.watch("quick")(4, _history([3, 2, 1, 0.5]))
    assert live.bar.value == live.bar.max == 8
    assert live.png != first
    assert "slow at 3 after 4 steps" in live.sentence
    assert "quick at 1.62 after 4 steps" in live.sentence


def test_loss_curve_says_what_was_measured() -> None:
    live = race.loss_curve(10, {"blind guess": np.log(27), "bigram": 2.2})
    assert live.sentence == "Step 0 of 10."
    history = _history([3.0, 2.0])
    history.held_out.append((2, 2.25))
    live.finish(2, history)
    assert live.sentence == "Step 2 of 10, training loss 2.50, held-out loss 2.25."
    panel_tools.check_layout(live._drawing)


def test_loss_curve_names_a_held_out_curve_only_if_there_is_one() -> None:
    def named(live) -> list[str]:
        return [text.get_text() for text in live._drawing.figure.axes[0].get_legend().get_texts()]

    live, history = race.loss_curve(10), _history([3.0, 2.0])
    live.finish(2, history)
    assert named(live) == ["training"]
    history.held_out.append((2, 2.25))
    live.finish(2, history)
    assert named(live) == ["training", "held out"]


def test_smoothed_loss_is_a_mean_of_what_is_there() -> None:
    steps, means = race.smooth([4.0, 2.0, 3.0])
    assert steps.tolist() == [1, 2, 3]
    assert means == pytest.approx([4, 3, 3])
    ramp = np.arange(100.0)
    assert race.smooth(list(ramp))[1][-1] == pytest.approx(ramp[-race.WINDOW :].mean())
    assert [len(part) for part in race.smooth([])] == [0, 0]
