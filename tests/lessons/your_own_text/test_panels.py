"""What only the panels of 13_your_own_text need: the rest is in test_panels.py."""

import warnings

import numpy as np
import panel_tools
import pytest

from rnn_helpers.data.own_text import Vocabulary
from rnn_helpers.experiments.text import Copies
from rnn_helpers.lessons.your_own_text import panels

SAMPLES = ["abcabcabc\nxyz", "x" * 200 + "\n\n" + "名 $x_1$ <b>\t." * 30, "\n" * 20]


def test_rare_characters_are_those_that_the_vocabulary_leaves_out() -> None:
    content = "a" * 60 + "b" * 9 + "c" * 3 + "d\u0007"
    panel = panels.rare_characters(content)
    for at_least in (1, 2, 4, 10):
        panel.set(at_least=at_least)
        known = Vocabulary.of(content, at_least)
        assert panel.shown["known"] == len(known) - 1
        unknown = (known.to_tokens(content) == 0).mean()
        assert panel.shown["unknown"] == pytest.approx(unknown)
        assert f"{unknown:.2%} of the text" in panel.sentence or unknown == 0
    assert "(b c \\x07 d)" in panel.sentence


@pytest.mark.parametrize("content", ["ab" * 5, "a" * 99 + "b", "".join(map(chr, range(200, 900)))])
def test_any_alphabet_can_be_looked_at(content: str) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        panel = panels.rare_characters(content)
        panel.set(at_least=panel.controls["at_least"].max)
        assert panels.most_common(content).sentence


@pytest.mark.parametrize("speeds", [{"GRU": 1e-4}, {"GRU": 30.0, "LSTM": 9000.0}])
def test_any_budget_can_be_looked_at(speeds: dict[str, float]) -> None:
    panel = panels.budget(speeds)
    panel.set(minutes=2)
    assert panel.shown["passes"][0] == pytest.approx(120 / speeds["GRU"])
    panel_tools.check_layout(panel.drawing)


def test_a_budget_too_small_for_the_axis_is_said_all_the_same() -> None:
    panel = panels.budget({"GRU": 30.0, "LSTM": 3000.0})
    panel.set(minutes=1)
    assert panel.sentence.endswith("GRU: 2.0, LSTM: 0.02.")
    said = panel.drawing.figure.axes[0].containers[0].said
    assert said == pytest.approx([2, 0.02])


def test_any_sample_can_be_shown() -> None:
    panel = panels.copied(SAMPLES, Copies("abcabc, xxx"), "abc")
    panel.set(sample=1, n=3)
    assert panel.shown["marks"].tolist() == [True] * 9 + [False] * 4
    assert panel.picture.point({"point": {"x": 90, "y": 20}})["text"] == ""  # no bare 1 or 0
    for sample in (2, 3):
        panel.set(sample=sample, n=2)
        assert panel.error is None
        panel_tools.check_layout(panel.drawing)
    assert np.mean(panel.shown["marks"]) == 0


def test_rows_are_the_text_wrapped() -> None:
    text = "x" * 150 + "\nshort\n\nend"
    rows = panels._rows(text)
    assert [text[a:b] for a, b in rows] == ["x" * 70, "x" * 70, "x" * 10, "short", "", "end"]
    assert len(panels._rows("\n" * 50)) == panels.LINES
