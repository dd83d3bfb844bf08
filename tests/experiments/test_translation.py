"""Dates read and written sign by sign."""

import numpy as np
import pytest
import sequence_networks

from rnn_helpers.data import dates, to_text, to_tokens
from rnn_helpers.experiments.translation import (
    LONGEST_WRITTEN,
    readable,
    translate_dates,
    translate_text,
)
from rnn_helpers.sampling import translate


def test_what_is_written_sign_by_sign_is_what_translate_writes() -> None:
    model = sequence_networks.translator()
    for text in ("3 may 1984", "12.08.2001", "monday, 9 june 1999"):
        translation = translate_text(model, text)
        x = to_tokens(text, dates.WRITTEN_ALPHABET)[:, None]
        (expected,) = translate(model, x, longest=LONGEST_WRITTEN)
        assert translation.read == text
        assert translation.text == to_text(expected, dates.ISO_ALPHABET)
        assert np.allclose(translation.p.sum(axis=0), 1)
        assert (translation.p.argmax(axis=0) == translation.tokens).all()


def test_translations_are_those_of_each_date_alone() -> None:
    model = sequence_networks.translator()
    pairs = dates.dates(6, np.random.default_rng(1))
    assert translate_dates(model, pairs) == [translate_text(model, x).text for x, _ in pairs]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("  3   May\t1984\n", "3 may 1984"),
        ("3. März 1984!", "3. mrz 1984"),
        ("<b>3/5/1984</b>", "b3/5/1984/b"),
        ("名|", ""),
        ("", ""),
        ("9" * 100, "9" * 40),
    ],
)
def test_of_what_is_typed_the_known_signs_are_read(text, read) -> None:
    assert readable(text) == read
