"""What the panels of ``10_bidirectional_and_deep`` compute, against independent accounts of it."""

import numpy as np
import panel_tools
import pytest
from helpers import rejects

from rnn_helpers import data
from rnn_helpers.cells import RNNCell
from rnn_helpers.data import names_in_text
from rnn_helpers.lessons.bidirectional_and_deep import panels
from rnn_helpers.models import SequenceModel
from rnn_helpers.stacks import TwoWay
from rnn_helpers.training import History

N_X = len(names_in_text.WORDS)
LENGTHS = np.array([len(name) for name in panels.BATCH])
EXACT = {"rtol": 0, "atol": 1e-12}


def untrained():
    two = TwoWay(RNNCell(N_X, 3, rng=5), RNNCell(N_X, 3, rng=6))
    return {
        "one-way": SequenceModel(RNNCell(N_X, 6, rng=5), 2, rng=5),
        "two-way": SequenceModel(two, 2, rng=5),
    }


def states(tokens, p):
    """The equation, word by word: a⟨1⟩ … a⟨T⟩, (T, n_a)."""
    a = [np.zeros(len(p["ba"]))]
    for k in tokens:
        a.append(np.tanh(p["Waa"] @ a[-1] + p["Wax"][:, k] + p["ba"][:, 0]))
    return np.array(a[1:])


# -- a sentence, read a part at a time -----------------------------------------------------------


def test_probabilities_are_those_of_two_loops():
    model = untrained()["two-way"]
    tokens = names_in_text.to_tokens(panels.TEDDY[0].split())
    ahead = states(tokens, model.cell.ahead.params)
    back = states(tokens[::-1], model.cell.back.params)[::-1]
    z = np.hstack([ahead, back]) @ model.params["Wya"].T + model.params["by"][:, 0]
    want = np.exp(z[:, 1]) / np.exp(z).sum(axis=1)
    np.testing.assert_allclose(panels.name_probabilities(model, tokens), want, **EXACT)


def test_what_one_way_has_said_stays_and_what_two_ways_say_is_revised():
    panel = panels.reading(untrained())
    said = []
    for read in (4, 5, 9):
        panel.set(read=read)
        said.append({name: p[3] for name, p in panel._data["p"].items()})
    assert said[0]["one-way"] == said[1]["one-way"] == said[2]["one-way"]
    assert len({each["two-way"] for each in said}) == 3


def test_reading_beyond_the_end_is_reading_all():
    panel = panels.reading(untrained())
    panel.set(read=9)
    all_read = panel.sentence
    panel.set(read=12)
    assert panel.sentence == all_read and "9 of the 9 words" in all_read


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "4 of the 9 words “he said , teddy"),
        ("   ", "4 of the 9 words “he said , teddy"),
        ("<<<>>>", "no word to read"),
        ("Teddy", "1 of the 1 word “teddy”"),
        ("<b>Teddy</b> & $x^2$", "“b teddy b x 2”"),
        ("<script>alert('x')</script>", "“script alert x script”"),
        ("名前 はテディ", "Not in their vocabulary"),
        ("تيدي naïve Ünï ⟨t⟩", "Not in their vocabulary"),
        ("\N{TEDDY BEAR} \N{PILE OF POO} teddy", "“teddy”"),
        ("m" * 5000, "“mmmmmmmmm…”"),
        ("teddy and other " * 400, "(more than 12 are not read)"),
        ("he\tsaid,\nteddy\x00 roosevelt\u202e", "“he said , teddy roosevelt”"),
    ],
)
def test_whatever_is_typed_can_be_read_and_shown(typed, says):
    """Warnings are errors here: so every character can also be drawn, in picture and caption."""
    panel = panels.reading(untrained())
    panel.set(own=typed)
    assert says in panel.sentence
    assert not set("<>$&") & set(panel.sentence) and len(panel.sentence) < 900
    bundle, _ = panel._repr_mimebundle_()
    assert bundle["text/plain"] == panel.sentence
    panel_tools.check_layout(panel.drawing)


def test_unknown_words_are_named_and_read_as_the_unknown_token():
    panel = panels.reading(untrained())
    panel.set(own="teddy quixote", read=2)
    assert "Not in their vocabulary: quixote." in panel.sentence
    model = untrained()["one-way"]
    want = panels.name_probabilities(model, np.array([names_in_text.WORDS.index("teddy"), 0]))
    np.testing.assert_array_equal(panel._data["p"]["one-way"], want)


# -- a batch, read from the right ----------------------------------------------------------------


@pytest.mark.parametrize("room", [9, 12, 16])
def test_the_order_of_reading(room):
    whole = panels.read_at("the whole column", LENGTHS, room)
    each = panels.read_at("each name", LENGTHS, room)
    for i, n in enumerate(LENGTHS):
        places = range(room)
        assert np.argsort(whole[:, i]).tolist() == [*places[::-1]]
        assert np.argsort(each[:, i]).tolist() == [*places[:n][::-1], *places[n:]]
        assert sorted(whole[:, i]) == sorted(each[:, i]) == [t + 1 for t in places]


@pytest.mark.parametrize("room", [9, 12, 16])
def test_states_from_the_right_are_those_of_a_loop_in_that_order(room):
    p = RNNCell(27, panels.UNITS, rng=2).params
    found = {order: panels.states_from_right(order, room) for order in panels.ORDERS}
    for i, name in enumerate(panels.BATCH):
        tokens = data.to_tokens(name)
        padded = np.r_[tokens, np.zeros(room - len(tokens), int)]
        alone, spoiled = (states(each[::-1], p)[::-1] for each in (tokens, padded))
        np.testing.assert_allclose(panels.alone(name), alone, **EXACT)
        np.testing.assert_allclose(found["each name"][i], alone, **EXACT)
        np.testing.assert_allclose(found["the whole column"][i], spoiled[: len(name)], **EXACT)


def test_the_panel_counts_letters_and_padding():
    panel = panels.padded()
    panel.set(order="the whole column", room=12, step=5)
    assert "maiasaura 2 letters and 3 of padding" in panel.sentence
    assert "yi 0 letters and 5 of padding" in panel.sentence
    panel.set(order="each name", room=12, step=3)
    assert "kol 3 letters and 0 of padding, in the end 0.00 off" in panel.sentence
    assert "yi 2 letters and 1 of padding, in the end 0.00 off" in panel.sentence
    panel.set(order="the whole column", room=9, step=9)
    assert "maiasaura 9 letters and 0 of padding, in the end 0.00 off" in panel.sentence
    assert (panel._data["apart"][1:] > 0.3).all()


# -- who has seen what ---------------------------------------------------------------------------


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("late", [0, 1, 4])
def test_what_is_zero_follows_from_direction_and_look_ahead_not_from_depth(layers, late):
    t, s = np.indices((len(panels.WORDS),) * 2)
    moves = {ways: panels.influence(ways, layers, late) > 0 for ways in panels.WAYS}
    np.testing.assert_array_equal(moves["left to right"], s <= t + late)
    np.testing.assert_array_equal(moves["right to left"], s >= t + late)
    assert moves["both ways"].all()


@pytest.mark.parametrize("late", [0, 2])
def test_influence_is_the_difference_of_two_readings(late):
    p = panels.stack("left to right", 1).layers[0].params
    tokens = np.r_[names_in_text.to_tokens(panels.WORDS), np.zeros(late, int)]
    whole = states(tokens, p)
    for s in range(len(panels.WORDS)):
        hidden = tokens.copy()
        hidden[s] = 0
        want = np.linalg.norm(states(hidden, p) - whole, axis=1)[late:]
        found = panels.influence("left to right", 1, late)[:, s]
        np.testing.assert_allclose(found, want, rtol=0, atol=2e-12)


def test_a_two_way_layer_has_as_many_units_as_a_one_way_layer():
    for layers in (1, 2, 3):
        assert len({panels.stack(ways, layers).n_a for ways in panels.WAYS}) == 1
    assert panels.influence("both ways", 3, 0).max() <= 1.05 * panels.DARKEST


# -- the race ------------------------------------------------------------------------------------


def test_the_race_follows_every_run_and_ends_when_all_are_done():
    race = panels.DepthRace(["low", "high"], starts=2, steps=30, y=(0, 4), y_label="nats")
    assert race.sentence == "No step has been taken yet."
    for start in range(2):
        for k, name in enumerate(race.names):
            history, watch = History(), race.watch(name, start)
            for step in range(1, 31):
                history.loss.append(1.0 + k + start)
                watch(step, history)
    assert race.bar.value == 120
    assert "a mean over the starts: low at 1.50; high at 2.50." in race.sentence
    with rejects(ValueError, "the race has ['low', 'high'] with 2 starts, got ('low', 2)"):
        race.watch("low", 2)


def test_the_curve_against_delay_says_what_it_was_told_and_fits():
    said = "It rises."
    some = panels.against_delay(range(3), [0.6, 0.9, 1.0], [0.6, 0.9, 1.0], 1.0, said)
    other = panels.against_delay(range(3), [0.6, 0.7, 0.8], [0.6, 0.9, 1.0], 1.0, said)
    assert some.sentence == other.sentence == said
    assert some.png != other.png
