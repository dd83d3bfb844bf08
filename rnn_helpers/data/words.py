"""A sentence as words, and words as tokens: what the sets of sentences share."""

import re
from collections.abc import Sequence

import numpy as np

from rnn_helpers import checks

UNKNOWN = "·"  # token 0 of every vocabulary: a word that it does not have, and padding


def words_of(sentence: str) -> list[str]:
    """Return the words of any text, in lower case; a comma is a word of its own.

    A word is a run of letters and digits of any script. "wasn't" becomes "was not". All other signs
    (a bracket, a quotation mark) only separate words and are dropped. Raise TypeError for what is
    not a string.
    """
    text = re.sub(r"n['’]t\b", " not", checks.text("sentence", sentence).lower())
    return re.findall(rf"[^\W_]+|[,{UNKNOWN}]", re.sub("['’]", "", text))


def tokens_of(words: Sequence[str], vocabulary: tuple[str, ...]) -> np.ndarray:
    """Return the place of each word in ``vocabulary``, (T,); 0 for a word that it does not have.

    Raise TypeError for one string: it must be split into words first.
    """
    words, vocabulary = (
        [checks.text(f"{name}[{i}]", word) for i, word in enumerate(checks.several(name, given))]
        for name, given in (("words", words), ("vocabulary", vocabulary))
    )
    places = {word: k for k, word in enumerate(vocabulary)}
    return np.array([places.get(word, 0) for word in words], int)


def vocabulary_of(*texts: str) -> tuple[str, ...]:
    """Return UNKNOWN and then each word of the texts, in order. A {blank} is no word."""
    words = {word for word in " ".join(texts).split() if not word.startswith("{")}
    return (UNKNOWN, *sorted(words - {UNKNOWN}))
