"""The panels of ``08_sampling``, and the measures that they and the notebook rest on."""

import numpy as np
import pytest
from helpers import random_cell, rejects
from panel_tools import TYPED

from rnn_helpers import data, sampling
from rnn_helpers.activations import sigmoid, softmax
from rnn_helpers.lessons.sampling import panels
from rnn_helpers.models import SequenceModel

CHARACTERS = "\n" + "".join(map(chr, range(32, 127)))
PASSAGE = 'One "two\nthree" (four\n   five) six "\n\nseven _8 nine)\n' + "ten eleven\n" * 9


def names_model(kind: str = "gru_before") -> SequenceModel:
    """A model of names that is far from uniform, so that probabilities differ clearly."""
    rng = np.random.default_rng(3)
    model = SequenceModel(random_cell(kind, 27, 6, rng), 27, rng=rng)
    model.params["Wya"] *= 4
    return model


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
        assert f"{(p > 0).sum()} of 27 tokens are left" in panel.sentence


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


def test_units_are_ordered_from_the_slowest_and_drawn_evenly() -> None:
    """A unit that switches once comes before one that drifts, and the quickest comes last."""
    steps = np.arange(40)
    a = np.stack([(-1.0) ** steps, steps >= 20, np.sin(steps / 2)], axis=1)
    assert panels.slowest_first(a).tolist() == [1, 2, 0]
    panel = panels.writing(text_model(n_a=70), CHARACTERS)
    panel.set(step=20)
    drawn = panel.drawing.figure.axes[1].images[0].get_array()
    assert drawn.shape == (35, panels.WINDOW)
    rows = [np.flatnonzero((panel._data["a"] == row[:20]).all(axis=1)) for row in drawn]
    assert all(len(found) == 1 for found in rows) and len(set(np.concatenate(rows))) == 35


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


def test_words_and_lines() -> None:
    text = "these words stand\nno_such xyzzy 12345 ab\n" + 80 * "x" + "\n" + 79 * "y"
    words, lines = panels.words_and_lines(text, "words THAT these and such. stand")
    assert words == pytest.approx(4 / 7)  # these, words, stand, such; not xyzzy and the two rows
    assert lines == pytest.approx(1 / 4)
    assert panels.words_and_lines("12 ab", "what") == (0.0, 0.0)


def test_share_curves_names_where_each_share_is_highest() -> None:
    shares = {"new": [0.9, 1.0, 0.95], "plausible": [1.0, 0.5, 0.1]}
    sentence = panels.share_curves([0.2, 0.5, 2.0], shares, real=0.51).sentence
    assert "new goes from 0.90 to 0.95 and is highest at 0.5" in sentence
    assert "plausible goes from 1.00 to 0.10 and is highest at 0.2" in sentence
    assert "real held-out names 0.51 are plausible" in sentence


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("so it begins " + "of the " * 20, 7),
        ("so it begins " + "of the " * 20 + "of t", 7),
        ("x" * 60, 1),
        ("begins" + " " * 59, 0),  # too short a run to call it a loop
        ("a stretch of thirty characters" * 2, 0),  # twice only
        ("a stretch of thirty characters" * 3, 30),
        ("all different: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ", 0),
    ],
)
def test_loop_length(text: str, length: int) -> None:
    assert panels.loop_length(text) == length


# -- what a unit tracks -----------------------------------------------------------------------


def features_by_hand(text: str) -> dict[str, list[int]]:
    """The features, character by character, with counters."""
    place = word = marks = depth = indented = 0
    found = {name: [] for name in ("place", "word", "quotation", "bracket", "indented")}
    for before, c in zip(" " + text, text):
        place = 0 if c == "\n" else place + 1
        word = word + 1 if c.isalnum() or c == "_" else 0
        marks += c == '"'
        depth += {"(": 1, ")": -1}.get(c, 0)
        if before == c == "\n":
            marks = depth = 0
        indented = 0 if c == "\n" else int(c == " ") if place == 1 else indented
        values = (place, word, marks % 2, int(depth > 0), indented)
        for name, value in zip(found, values, strict=True):
            found[name].append(value)
    return found


@pytest.mark.parametrize(
    "text",
    [
        PASSAGE,
        data.language_reference()[5000:9000],
        '"',
        '\n\n"a"\n\n\n"b\n\nc" )) (\nd)',
        ")(\n (a)\n\n(",
        " starts with a space",
    ],
)
def test_features_are_those_of_a_reader_with_counters(text: str) -> None:
    found, expected = panels.text_features(text), features_by_hand(text)
    assert list(found) == list(expected)
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)


def test_a_feature_depends_on_the_past_only() -> None:
    whole = panels.text_features(PASSAGE)
    for t in range(1, len(PASSAGE)):
        for name, values in panels.text_features(PASSAGE[:t]).items():
            np.testing.assert_array_equal(values, whole[name][:t], err_msg=f"{name}, {t}")


def test_correlations_agree_with_numpy_and_are_0_where_nothing_changes() -> None:
    rng = np.random.default_rng(0)
    a, f = rng.normal(3, 2, (50, 4)), rng.random(50)
    a[:, 1] = -2 * f + 5
    found = panels.correlations(a, f)
    expected = [np.corrcoef(a[:, i], f)[0, 1] for i in range(4)]
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert found[1] == pytest.approx(-1)
    a[:, 2] = 7
    assert panels.correlations(a, f)[2] == 0
    assert not panels.correlations(a, np.ones(50)).any()
    with rejects(ValueError, "f must be (T) with T = 50", "(49,)"):
        panels.correlations(a, f[1:])


def test_the_best_of_many_random_units_looks_good_until_it_is_measured_on_other_text() -> None:
    """Why the notebook chooses on one half and measures on the other."""
    rng = np.random.default_rng(1)
    chosen, measured = [], []
    for _ in range(20):
        a, f = rng.normal(size=(400, 128)), (rng.random(400) < 0.3).astype(float)
        first, second = (panels.correlations(a[i : i + 200], f[i : i + 200]) for i in (0, 200))
        unit = np.abs(first).argmax()
        chosen.append(abs(first[unit]))
        measured.append(abs(second[unit]))
    assert np.mean(chosen) > 0.15 > 2 * np.mean(measured)


def test_reading_with_nothing_held_is_reading() -> None:
    for kind in ("rnn_tanh", "gru_before", "lstm"):
        model = names_model(kind)
        x = np.random.default_rng(0).integers(27, size=(7, 3))
        z, _ = model.forward(x)
        np.testing.assert_allclose(panels.read_held(model, x), softmax(z), atol=1e-12)


def test_a_held_unit_stands_still_for_the_output_and_for_the_next_step() -> None:
    model, unit, values = names_model(), 2, np.linspace(-0.5, 0.5, 6)
    x = np.random.default_rng(0).integers(27, size=(7, 3))
    p, n = model.params, 6
    a_t, expected = np.zeros((n, 3)), []
    for tokens in x:  # the equations of the GRU, with one unit overwritten after each step
        xu, xr, xc = np.split(p["Wax"][:, tokens] + p["ba"], 3)
        Wu, Wr, Wc = np.split(p["Waa"], 3)
        update, reset = sigmoid(Wu @ a_t + xu), sigmoid(Wr @ a_t + xr)
        a_t = update * np.tanh(Wc @ (reset * a_t) + xc) + (1 - update) * a_t
        a_t[unit] = values[unit]
        expected.append(softmax(p["Wya"] @ a_t + p["by"]))
    found = panels.read_held(model, x, unit, values)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert np.abs(found - panels.read_held(model, x)).max() > 1e-3


def test_a_unit_that_nobody_reads_can_be_held_without_effect() -> None:
    model, unit = names_model(), 4
    model.params["Waa"][:, unit] = 0
    model.params["Wya"][:, unit] = 0
    x = np.random.default_rng(0).integers(27, size=(6, 2))
    held = panels.read_held(model, x, unit, np.full(6, 0.9))
    np.testing.assert_allclose(held, panels.read_held(model, x), atol=1e-12)


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
    place = panels.text_features(PASSAGE)["place"][begin : begin + count]
    r = np.corrcoef(expected, place)[0, 1]
    assert f"over the {count} characters of lines 2 to 8" in panel.sentence
    assert f"{r:+.2f} in these lines" in panel.sentence


def test_a_stretch_far_into_a_text_hardly_depends_on_where_reading_began() -> None:
    """The panel reads from ``LEAD`` characters before the lines; the whole text gives the same."""
    text = data.language_reference()[:4000]
    rng = np.random.default_rng(0)
    model = SequenceModel(random_cell("gru_before", len(CHARACTERS), 6, rng), len(CHARACTERS), rng)
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
