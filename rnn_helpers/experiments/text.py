"""Measures of a text that a network wrote: does it use words, go in circles, copy what it read?"""

import re
from typing import NamedTuple

import numpy as np

from rnn_helpers import checks

WORD = r"[A-Za-z]{4,}"  # shorter runs of letters come about by luck
LONGEST_LINE = 79
ODD = 0x9E3779B97F4A7C15  # its bits are well mixed: 2⁶⁴ over the golden ratio


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


class Copies:
    """Looks for stretches of a text that stand, character by character, in ``reading``.

    Each window of n characters is one number, a polynomial in its characters modulo 2⁶⁴, from sums
    that are made once for all n (Karp and Rabin, 1987): millions of windows would not fit into
    memory as strings.
    """

    def __init__(self, reading: str):
        self.length = len(checks.text("reading", reading))
        self._reading = _sums(reading)

    def covered(self, text: str, n: int) -> np.ndarray:
        """Return for each character of ``text`` if it lies in a copied stretch, (len(text),).

        A stretch is copied if its n characters stand somewhere in ``reading``, one after the other.
        Raise ValueError if n is below 1.
        """
        found = self.found(text, n)
        marked = np.zeros(len(text) + 1, int)
        marked[: len(found)] += found
        marked[n : n + len(found)] -= found
        return np.cumsum(marked)[: len(text)] > 0

    def found(self, text: str, n: int) -> np.ndarray:
        """Return for each window of n characters of ``text`` if it stands in ``reading``."""
        n, text = checks.size("n", n), checks.text("text", text)
        asked, inverse = np.unique(_windows(_sums(text), n), return_inverse=True)
        if len(asked) == 0 or self.length < n:
            return np.zeros(max(0, len(text) - n + 1), bool)
        known = _windows(self._reading, n)
        places = np.searchsorted(asked, known).clip(max=len(asked) - 1)
        there = np.zeros(len(asked), bool)
        there[places[asked[places] == known]] = True
        return there[inverse]

    def longest(self, text: str) -> str:
        """Return the longest stretch of ``text`` that is copied, the first if there are several.

        Where n characters in a row are copied, so are the n - 1 first of them: the length is found
        by halving.
        """
        low, high = 0, min(len(checks.text("text", text)), self.length)
        while low < high:
            n = (low + high + 1) // 2
            low, high = (n, high) if self.found(text, n).any() else (low, n - 1)
        start = int(self.found(text, low).argmax()) if low else 0
        return text[start : start + low]


def _sums(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Return Σ c_k r^k over the characters before each place, and r^-k, modulo 2⁶⁴."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    forth, back = (_powers(base, len(codes)) for base in (ODD, pow(ODD, -1, 2**64)))
    return np.r_[np.uint64(0), np.cumsum(codes * forth)], back


def _powers(base: int, count: int) -> np.ndarray:
    powers = np.full(count, base, np.uint64)
    powers[:1] = 1
    return np.cumprod(powers)  # overflows, and so is taken modulo 2⁶⁴


def _windows(sums: tuple[np.ndarray, np.ndarray], n: int) -> np.ndarray:
    total, back = sums
    return (total[n:] - total[:-n]) * back[: max(0, len(total) - n)]
