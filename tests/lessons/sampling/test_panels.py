"""The panels of ``08_sampling``."""

import numpy as np
import pytest
from helpers import random_cell, rejects
from panel_tools import TYPED
from random_models import names_model

from rnn_helpers import data, sampling
from rnn_helpers.activations import softmax
from rnn_helpers.experiments.units import text_features
from rnn_helpers.lessons.sampling import panels
from rnn_helpers.models import SequenceModel

CHARACTERS = "\n" + "".join(map(chr, range(32, 127)))
PASSAGE = 'One "two\nthree" (four\n   five) six "\n\nseven _8 nine)\n' + "ten eleven\n" * 9


def text_model(kind: str = "gru_before", n_a: int = 6) -> SequenceModel:
    rng = np.random.default_rng(4)
    model = SequenceModel(random_cell(kind, len(CHARACTERS), n_a, rng), len(CHARACTERS), rng=rng)
    model.params["Wya"] *= 4
    return model


def after(model: SequenceModel, read: str) -> np.ndarray:
    z, _ = model.forward(data.to_tokens("." + read)[:, None])
    return z[-1]


# -- one uniform number -----------------------------------------------------------------------


@pytest.mark.parametrize("u", [0.0, 0.13, 0.5, 0.77, 0.99])
def test_running_total_picks_the_letter_whose_piece_holds_u(u: float) -> None:
    model = names_model()
    panel = panels.running_total(model)
    for read in ("", "ma", "dinosau"):
        panel.set(read=read, u=u)
        p = softmax(after(model, read))[:, 0]
        k, total = 0, p[0]
        while total <= u:  # the pieces one by one
            k += 1
            total += p[k]
        assert f"index {k}, whose probability is {p[k]:.3f}" in panel.sentence
        assert f"between the totals {total - p[k]:.3f} and {total:.3f}" in panel.sentence


# -- temperature, top-k and top-p -------------------------------------------------------------


def test_reshaping_names_the_entropy_and_how_many_are_left() -> None:
    model = names_model()
    panel = panels.reshaping(model)
    for temperature, top_k, top_p in [(1.0, 27, 1.0), (2.0, 5, 1.0), (0.5, 27, 0.8), (0.0, 9, 0.9)]:
        panel.set(read="q", temperature=temperature, top_k=top_k, top_p=top_p)
        z = after(model, "q")
        p = sampling.distribution(z, temperature, top_k, top_p)
        before, now = (sampling.entropy(each)[0] for each in (softmax(z), p))
        assert f"from {before:.2f} to {now:.2f} nats" in panel.sentence
        left = (p > 0).sum()
        assert f"{left} of 27 tokens {'is' if left == 1 else 'are'} left" in panel.sentence


def test_temperature_alone_removes_no_letter_and_keeps_their_order() -> None:
    panel = panels.reshaping(names_model())
    orders = []
    for temperature in (0.05, 0.5, 1.0, 3.0):
        panel.set(read="ma", temperature=temperature)
        assert "27 of 27" in panel.sentence
        orders.append(np.argsort(panel._data["p"][1]).tolist())
    assert all(order == orders[0] for order in orders)


# -- writing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rnn_tanh", "gru_before", "lstm"])
def test_what_the_panel_writes_is_what_sample_writes(kind: str) -> None:
    model = text_model(kind)
    panel = panels.writing(model, CHARACTERS)
    panel.set(prompt="\nIf ", seed=3, temperature=0.6, step=50)
    first, *rest = data.to_tokens("\nIf ", CHARACTERS)
    how = {"start": first, "prompt": rest, "end": None, "longest": 50, "temperature": 0.6}
    expected = sampling.sample(model, np.random.default_rng(3), **how)[0]
    assert panel._data["text"] == data.to_text(expected, CHARACTERS)
    assert repr(panel._data["text"]) in panel.sentence


def test_the_strip_holds_the_states_that_the_characters_were_drawn_from() -> None:
    model = text_model()
    panel = panels.writing(model, CHARACTERS)
    panel.set(prompt="\nThe ", seed=1, temperature=1.0, step=30)
    shown = panel._data
    tokens = data.to_tokens("\nThe " + shown["text"], CHARACTERS)
    a, _ = model.cell.forward(tokens[:, None])
    states = a[4:-1, :, 0].T  # from the last character of the prompt on, one step behind the text
    np.testing.assert_allclose(shown["a"], states, atol=1e-12)
    z = model.params["Wya"] @ states[:, -1:] + model.params["by"]
    np.testing.assert_allclose(shown["p"], softmax(z)[:, 0], atol=1e-12)
    assert shown["picked"] == tokens[-1]


def test_of_many_units_some_are_drawn_evenly() -> None:
    panel = panels.writing(text_model(n_a=70), CHARACTERS)
    panel.set(step=20)
    drawn = panel.drawing.figure.axes[1].images[0].get_array()
    assert drawn.shape == (35, panels.WINDOW)
    rows = [np.flatnonzero((panel._data["a"] == row[:20]).all(axis=1)) for row in drawn]
    assert all(len(units) == 1 for units in rows) and len(set(np.concatenate(rows))) == 35


def test_writing_opens_where_a_likely_character_was_drawn() -> None:
    model = text_model()
    model.params["Wya"] *= 3
    panel = panels.writing(model, CHARACTERS)
    assert panel.controls["step"].value > 50
    assert panel._data["p"][panel._data["picked"]] > 0.6


def test_a_text_grows_by_one_character_a_step_and_another_seed_writes_another() -> None:
    panel = panels.writing(text_model(), CHARACTERS)
    texts = []
    for step in (10, 11, 40):
        panel.set(step=step)
        texts.append(panel._data["text"])
    assert [len(text) for text in texts] == [10, 11, 40]
    assert texts[1].startswith(texts[0]) and texts[2].startswith(texts[1])
    panel.set(seed=1)
    assert panel._data["text"] != texts[2]
    panel.set(seed=0, temperature=0.0)
    greedy = panel._data["text"]
    panel.set(seed=5)
    assert panel._data["text"] == greedy


def test_the_character_drawn_is_always_among_the_guesses_shown() -> None:
    panel = panels.writing(text_model(), CHARACTERS)
    rare = 0
    for seed in range(8):
        panel.set(seed=seed, temperature=2.0, step=20)
        p, picked = panel._data["p"], panel._data["picked"]
        rare += (p > p[picked]).sum() >= panels.GUESSES
        names = [text.get_text() for text in panel.drawing.figure.axes[2].texts]
        drawn = CHARACTERS[picked]
        assert panels.SHOWN.get(drawn, drawn) in names
    assert rare > 0


def test_play_moves_the_slider_and_is_within_its_bounds() -> None:
    panel = panels.writing(text_model(), CHARACTERS)
    play, step = panel.children[0].children[-1], panel.controls["step"]
    assert (play.min, play.max, play.value) == (step.min, step.max, step.value)


def test_text_is_wrapped_at_newlines_and_by_force() -> None:
    assert panels.wrapped("ab\n\ncdefg\n", 3) == ["ab", "", "cde", "fg", ""]
    for text in TYPED:
        lines = panels.wrapped(text, 7)
        assert "".join(lines) == text.replace("\n", "") and max(map(len, lines)) <= 7


# -- what was written -------------------------------------------------------------------------


def test_share_curves_names_where_each_share_is_highest() -> None:
    shares = {"new": [0.9, 1.0, 0.95], "plausible": [1.0, 0.5, 0.1]}
    sentence = panels.share_curves([0.2, 0.5, 2.0], shares, real=0.51).sentence
    assert "new goes from 0.90 to 0.95 and is highest at 0.5" in sentence
    assert "plausible goes from 1.00 to 0.10 and is highest at 0.2" in sentence
    assert "real held-out names 0.51 are plausible" in sentence


# -- a unit over text -------------------------------------------------------------------------


def test_unit_over_text_shows_the_states_of_the_lines_and_their_correlation() -> None:
    model = text_model()
    panel = panels.unit_over_text(model, PASSAGE, CHARACTERS, "place", 3)
    panel.set(line=2)
    lines = PASSAGE.split("\n")[1 : 1 + panels.LINES]
    begin = len(PASSAGE.split("\n")[0]) + 1
    count = sum(len(line) + 1 for line in lines)
    a, _ = model.cell.forward(data.to_tokens(PASSAGE, CHARACTERS)[:, None])
    expected = a[begin : begin + count, 3, 0]
    np.testing.assert_allclose(panel._data["a"], expected, atol=1e-12)
    assert panel._data["lines"] == lines
    place = text_features(PASSAGE)["place"][begin : begin + count]
    r = np.corrcoef(expected, place)[0, 1]
    assert f"over the {count} characters of lines 2 to 8" in panel.sentence
    assert f"{r:+.2f} in these lines" in panel.sentence


def test_a_stretch_far_into_a_text_hardly_depends_on_where_reading_began() -> None:
    """The panel reads from ``LEAD`` characters before the lines; the whole text gives the same."""
    text = data.language_reference()[:4000]
    rng = np.random.default_rng(0)
    model = SequenceModel(
        random_cell("gru_before", len(CHARACTERS), 6, rng), len(CHARACTERS), rng=rng
    )
    panel = panels.unit_over_text(model, text, CHARACTERS)
    panel.set(unit=2, line=panel.controls["line"].max)
    a, _ = model.cell.forward(data.to_tokens(text, CHARACTERS)[:, None])
    end = text.rindex("\n") + 1
    expected = a[:end, 2, 0][-len(panel._data["a"]) :]
    np.testing.assert_allclose(panel._data["a"], expected, atol=1e-6)


def test_colours_stand_under_their_characters() -> None:
    panel = panels.unit_over_text(text_model(), PASSAGE, CHARACTERS)
    top = panel.drawing.figure.axes[0]
    grid = np.ma.filled(top.images[0].get_array().astype(float), np.nan)
    lines, a = panel._data["lines"], panel._data["a"]
    rows = np.split(a, np.cumsum([len(line) + 1 for line in lines])[:-1])
    for row, (line, values) in enumerate(zip(lines, rows, strict=True)):
        np.testing.assert_allclose(grid[row, : len(line) + 1], values)
        assert np.isnan(grid[row, len(line) + 1 :]).all()
        assert top.texts[row].get_text() == line
    width = top.texts[1].get_window_extent().width / len(lines[1])
    assert width == pytest.approx(top.bbox.width / panels.COLUMNS, rel=0.03)


def test_long_lines_are_cut_and_too_few_are_refused() -> None:
    text = "\n".join(["x" * 200] * (panels.LINES + 3)) + "\n"
    panel = panels.unit_over_text(text_model(), text, CHARACTERS)
    panel.set(line=panel.controls["line"].max)
    assert all(len(t.get_text()) <= panels.COLUMNS for t in panel.drawing.figure.axes[0].texts)
    with rejects(ValueError, "passage must have at least 7 lines", "got 2"):
        panels.unit_over_text(text_model(), "one\ntwo\n", CHARACTERS)


def test_text_with_markup_and_dollars_is_shown_as_it_is() -> None:
    text = "<b>a$b$</b> & \\alpha $x^2$\n" * 9
    panel = panels.unit_over_text(text_model(), text, CHARACTERS)
    assert panel.error is None
    assert panel.drawing.figure.axes[0].texts[0].get_text() == text.split("\n")[0]
