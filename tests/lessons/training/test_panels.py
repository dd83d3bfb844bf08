"""The pictures of ``04_training``: the cliff, the gallery of failures, live runs."""

import numpy as np
import panel_tools
import pytest

from rnn_helpers import data
from rnn_helpers.course import figures
from rnn_helpers.lessons.training import panels
from rnn_helpers.training import History


@pytest.fixture(scope="module")
def runs() -> dict[str, panels.Run]:
    names = [data.to_tokens(name) for name in data.dinosaurs()]
    train_on, held_out = data.split(names, 100, np.random.default_rng(0))
    return {name: panels.run_recipe(name, train_on, held_out, steps=120) for name in panels.RECIPES}


# --- the cliff -------------------------------------------------------------------------------


@pytest.mark.parametrize("T", [1, 2, 7])
@pytest.mark.parametrize("w, b", [(1.2, 0.1), (2.5, 0.3), (0.9, -0.4)])
def test_unit_gradient_is_the_slope_of_unit_loss(w: float, b: float, T: int) -> None:
    h = 1e-6
    slopes = {
        "Waa": (panels.unit_loss(w + h, b, T) - panels.unit_loss(w - h, b, T)) / (2 * h),
        "ba": (panels.unit_loss(w, b + h, T) - panels.unit_loss(w, b - h, T)) / (2 * h),
    }
    grads = panels.unit_gradient(w, b, T)
    for name, slope in slopes.items():
        assert grads[name].shape == (1, 1)
        assert grads[name][0, 0] == pytest.approx(slope, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("w", [1.0, 1.5, 3.0])
def test_on_the_edge_the_unit_stays_where_it_starts(w: float) -> None:
    stays = (panels.START - panels.TARGET) ** 2 / 2
    assert panels.unit_loss(w, panels.edge(w), 10) == pytest.approx(stays, rel=1e-6)
    assert (
        panels.unit_loss(w, panels.edge(w) + 0.2, 30) > 0.3
    )  # runs off upwards, far from the target


def test_gradient_at_the_edge_grows_with_every_step() -> None:
    sizes = [abs(panels.unit_gradient(1.5, panels.edge(1.5), T)["ba"][0, 0]) for T in range(1, 25)]
    assert np.all(np.diff(sizes) > 0)
    assert sizes[-1] > 1000 * sizes[0]


def test_clipping_by_norm_keeps_the_direction_and_by_value_turns_it() -> None:
    panel = panels.cliff()
    ways = panel._data["ways"]
    assert panel._data["norm"] > panels.LIMIT
    assert ways["clipped by norm"]["angle"] == pytest.approx(0, abs=1e-9)
    assert ways["clipped by value"]["angle"] > 10
    assert ways["clipped by norm"]["length"] == pytest.approx(panels.RATE * panels.LIMIT)
    assert ways["unclipped"]["after"] < 1e-4 < ways["clipped by norm"]["after"]


def test_angle_between_known_gradients() -> None:
    along, across = {"a": np.array([1.0, 0.0])}, {"a": np.array([0.0, 2.0])}
    diagonal = {"a": np.array([3.0, 3.0])}
    assert panels.angle(along, across) == pytest.approx(90)
    assert panels.angle(along, diagonal) == pytest.approx(45)
    assert panels.angle(along, {"a": -along["a"]}) == pytest.approx(180)
    assert panels.angle(along, {"a": np.zeros(2)}) == 0
    single = {"a": np.array([0.3, 0.1], np.float32)}
    scaled = {"a": single["a"] * np.float32(0.1)}
    assert panels.angle(single, scaled) < 1e-4


# --- the gallery -----------------------------------------------------------------------------


def test_each_failure_is_revealed_by_its_measurement(runs: dict[str, panels.Run]) -> None:
    healthy = runs["healthy"].measured

    def ratio(name: str) -> float:
        what = panels.RECIPES[name].reveals
        return runs[name].measured[what] / healthy[what]

    assert ratio("learning rate too large") > 3
    assert ratio("learning rate too small") < 0.1
    assert runs["started at zero"].measured[panels.DIFFERENT] == 1
    assert healthy[panels.DIFFERENT] == 32
    assert ratio("targets not shifted") < 0.3
    assert healthy[panels.HONEST] == 1
    assert ratio("padding not masked") > 1.3
    assert ratio("too little data") > 3


def test_the_run_with_the_lowest_loss_learned_nothing(runs: dict[str, panels.Run]) -> None:
    last = {name: np.mean(run.history.loss[-25:]) for name, run in runs.items()}
    assert min(last, key=last.get) == "targets not shifted"
    assert last["targets not shifted"] < 0.1
    lower = {name for name, loss in last.items() if loss < last["healthy"]}
    assert lower == {"targets not shifted", "padding not masked", "too little data"}


def test_gallery_shows_every_failure(runs: dict[str, panels.Run]) -> None:
    panel = panels.failures(runs)
    panel_tools.drive(panel, count=20)
    panel_tools.check_projector(panel)


# --- live runs -------------------------------------------------------------------------------


def _history(losses: list[float]) -> History:
    return History(loss=list(losses), gradient_norm=list(losses))


@pytest.mark.parametrize("norms", [False, True])
@pytest.mark.parametrize("large", [False, True])
def test_race_lays_out(norms: bool, large: bool) -> None:
    figures.projector(large)
    try:
        live = panels.race(list(panels.RECIPES)[: 2 if norms else 7], 5, norms)
        for name in live.names:
            live.watch(name)(5, _history([3.0, np.inf, 2.0, np.nan, 1.0]))
        panel_tools.check_layout(live._drawing)
    finally:
        figures.projector(False)


def test_race_counts_all_runs_and_names_each() -> None:
    live = panels.race(["slow", "quick"], steps=4)
    assert live.sentence == "No step has been taken yet."
    live.watch("slow")(4, _history([3, 3, 3, 3]))
    first = live.png
    live.watch("quick")(4, _history([3, 2, 1, 0.5]))
    assert live.bar.value == live.bar.max == 8
    assert live.png != first
    assert "slow at 3 after 4 steps" in live.sentence
    assert "quick at 1.62 after 4 steps" in live.sentence


def test_loss_curve_says_what_was_measured() -> None:
    live = panels.loss_curve(10, {"blind guess": np.log(27), "bigram": 2.2})
    assert live.sentence == "Step 0 of 10."
    history = _history([3.0, 2.0])
    history.held_out.append((2, 2.25))
    live.finish(2, history)
    assert live.sentence == "Step 2 of 10, training loss 2.50, held-out loss 2.25."
    panel_tools.check_layout(live._drawing)


def test_loss_curve_names_a_held_out_curve_only_if_there_is_one() -> None:
    def named(live) -> list[str]:
        return [text.get_text() for text in live._drawing.figure.axes[0].get_legend().get_texts()]

    live, history = panels.loss_curve(10), _history([3.0, 2.0])
    live.finish(2, history)
    assert named(live) == ["training"]
    history.held_out.append((2, 2.25))
    live.finish(2, history)
    assert named(live) == ["training", "held out"]


def test_smoothed_loss_is_a_mean_of_what_is_there() -> None:
    steps, means = panels._smooth([4.0, 2.0, 3.0])
    assert steps.tolist() == [1, 2, 3]
    assert means == pytest.approx([4, 3, 3])
    ramp = np.arange(100.0)
    assert panels._smooth(list(ramp))[1][-1] == pytest.approx(ramp[-panels.WINDOW :].mean())
    assert [len(part) for part in panels._smooth([])] == [0, 0]


def test_side_by_side_keeps_columns_apart() -> None:
    table = panels.side_by_side({"before": ["a", "b" * 40], "after": ["kol", "yi"]}, width=10)
    assert table.splitlines() == ["before    after", "a         kol", "bbbbbbbb  yi"]


def test_measured_lines_keep_the_given_sentence() -> None:
    def picture(times: list[float]) -> figures.Picture:
        x = np.array([10, 20])
        return figures.measured_lines(x, {"time": np.array(times)}, "T", "ms", "Time against T.")

    assert repr(picture([1.0, 2.0])) == "Time against T."
    assert picture([1.0, 2.0]).png != picture([1.0, 1.5]).png
