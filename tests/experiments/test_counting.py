"""The LSTM set by hand counts the vowels of each name, each stage by one defect less."""

import numpy as np
import pytest
from helpers import rejects

from rnn_helpers import data
from rnn_helpers.experiments import counting


@pytest.mark.parametrize("text", ["maiasaura.kol.iguanodon.", "yi.", "aeiou.b.aaaaaaaaaa.", "a.a."])
def test_the_counter_shows_the_vowels_of_each_name(text) -> None:
    a, _ = counting.vowel_counter().forward(data.to_tokens(text)[:, None])
    stop = np.isin(list(text), ["."])
    expected = [sum(c in "aeiou" for c in name) for name in text.split(".")[:-1]]
    np.testing.assert_allclose(np.arctanh(a.ravel()[stop]) * 10, expected, atol=1e-5)
    np.testing.assert_allclose(a.ravel()[~stop], 0, atol=1e-6)


def test_each_stage_of_the_counter_mends_one_defect() -> None:
    text = "maia.kol."
    c = {}
    for stage in counting.STAGES:
        _, tape = counting.vowel_counter(stage).forward(data.to_tokens(text)[:, None])
        c[stage] = (10 * tape.c.ravel()).round(4).tolist()
    assert c["wire"] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert c["update gate"] == [0, 1, 2, 3, 3, 3, 4, 4, 4]
    assert c["forget gate"] == [0, 1, 2, 3, 0, 0, 1, 1, 0]
    assert c["output gate"] == [0, 1, 2, 3, 3, 0, 1, 1, 1]
    with rejects(ValueError, "stage", "wire", "'reset gate'"):
        counting.vowel_counter("reset gate")
