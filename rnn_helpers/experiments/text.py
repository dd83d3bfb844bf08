"""Measures of a text that a network wrote: does it use words, break its lines, go in circles?"""

import re
from typing import NamedTuple

import numpy as np

from rnn_helpers import checks

WORD = r"[A-Za-z]{4,}"  # shorter runs of letters come about by luck
LONGEST_LINE = 79


class TextQuality(NamedTuple):
    """Two shares, from 0 to 1: of the words those that are known, of the lines those too long."""

    known_words: float
    long_lines: float


def text_quality(text: str, reading: str) -> TextQuality:
    """Return which share of the words of ``text`` stands in ``reading``, and of its lines is long.

    Words are runs of four letters or more; long are lines of more than 79 characters. A text
    without words has a share of 0.
    """
    checks.text("text", text)
    known = set(re.findall(WORD, checks.text("reading", reading)))
    words = [word in known for word in re.findall(WORD, text)]
    lines = [len(line) > LONGEST_LINE for line in text.split("\n")]
    return TextQuality(float(np.mean(words or [0])), float(np.mean(lines)))


def loop_length(text: str) -> int:
    """Return the length of the stretch that ``text`` repeats at its end, 0 if there is none.

    It must be shorter than 100 characters, come three times or more, and fill 60 characters.
    """
    checks.text("text", text)
    repeats = (n for n in range(1, 100) if text.endswith(text[-n:] * max(3, -(-60 // n))))
    return next(repeats, 0)
