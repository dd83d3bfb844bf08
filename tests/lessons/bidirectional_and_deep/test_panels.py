"""What the panels of ``11_bidirectional_and_deep`` compute, against independent accounts of it."""

import numpy as np
import panel_tools
import pytest

from rnn_helpers.cells import RNNCell
from rnn_helpers.data import names_in_text
from rnn_helpers.experiments import directions
from rnn_helpers.lessons.bidirectional_and_deep import panels
from rnn_helpers.models import SequenceModel
from rnn_helpers.stacks import TwoWay

N_X = len(names_in_text.WORDS)


def untrained():
    two = TwoWay(RNNCell(N_X, 3, rng=5), RNNCell(N_X, 3, rng=6))
    return {
        "one-way": SequenceModel(RNNCell(N_X, 6, rng=5), 2, rng=5),
        "two-way": SequenceModel(two, 2, rng=5),
    }


# -- a sentence, read a part at a time -----------------------------------------------------------


def test_what_one_way_has_said_stays_and_what_two_ways_say_is_revised():
    panel = panels.reading(untrained())
    said = []
    for read in (4, 5, 9):
        panel.set(read=read)
        said.append({name: p[3] for name, p in panel._data["p"].items()})
    assert said[0]["one-way"] == said[1]["one-way"] == said[2]["one-way"]
    assert len({p["two-way"] for p in said}) == 3


def test_the_slider_ends_with_the_sentence():
    panel = panels.reading(untrained())
    assert panel.controls["read"].max == 9
    panel.set(own="we met mister frank")
    assert panel.controls["read"].max == 4 and "4 of the 4 words" in panel.sentence
    panel.set(own="hello", read=1)
    assert panel.controls["read"].disabled
    panel.set(own="", read=9)
    assert "9 of the 9 words" in panel.sentence and not panel.controls["read"].disabled


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
    want = directions.name_probabilities(model, np.array([names_in_text.WORDS.index("teddy"), 0]))
    np.testing.assert_array_equal(panel._data["p"]["one-way"], want)


# -- a batch, read from the right ----------------------------------------------------------------


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


def test_the_panel_says_which_words_act_on_the_answer_about_teddy():
    panel = panels.seen()
    panel.set(ways="left to right", layers=3, late=0)
    assert "4 of 9 words act" in panel.sentence and "he, said, the comma, teddy;" in panel.sentence
    panel.set(late=1)
    assert (
        "5 of 9 words act" in panel.sentence and "roosevelt moves it by 0.0" not in panel.sentence
    )
    panel.set(ways="right to left", late=0)
    assert "6 of 9 words act" in panel.sentence
    panel.set(ways="both ways")
    assert "9 of 9 words act" in panel.sentence and "81 pairs 81 act" in panel.sentence
    assert panel._data["moved"].max() <= 1.05 * panels.DARKEST


def test_the_curve_against_delay_says_what_it_was_told_and_fits():
    said = "It rises."
    some = panels.against_delay(range(3), [0.6, 0.9, 1.0], [0.6, 0.9, 1.0], 1.0, said)
    other = panels.against_delay(range(3), [0.6, 0.7, 0.8], [0.6, 0.9, 1.0], 1.0, said)
    assert some.sentence == other.sentence == said
    assert some.png != other.png
