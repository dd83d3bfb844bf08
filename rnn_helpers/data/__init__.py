"""Loaders, beside the files they read. Nothing is fetched while you work.

``dinosaurs.txt`` holds names of real dinosaur genera, one a line, letters a to z only, collected
for this course: names are facts, and each is the scientific name of a published genus.
"""

import pydoc_data.topics
from collections.abc import Sequence
from functools import cache
from importlib import resources
from string import ascii_lowercase

import numpy as np

from rnn_helpers import checks

END = "."
ALPHABET = END + ascii_lowercase


@cache
def dinosaurs() -> tuple[str, ...]:
    """Return the names of dinosaur genera, in alphabetical order."""
    return tuple(resources.files(__name__).joinpath("dinosaurs.txt").read_text("ascii").split())


def split(items: Sequence, held_out: int, rng: np.random.Generator) -> tuple[list, list]:
    """Shuffle and split: return the items to train on, and ``held_out`` other items.

    Raise ValueError if that leaves nothing to train on.
    """
    rng, items = checks.generator(rng), checks.several("items", items, at_least=2)
    if checks.size("held_out", held_out) >= len(items):
        raise ValueError(f"held_out must be from 1 to {len(items) - 1}, got {held_out}")
    order = rng.permutation(len(items))
    return [items[i] for i in order[held_out:]], [items[i] for i in order[:held_out]]


@cache
def language_reference() -> str:
    """Return Python's own language reference, the text behind ``help("topics")``.

    Real running text of several hundred kilobytes that comes with every Python: nothing to fetch.
    Only the printable ASCII characters and newlines are kept.
    """
    text = "\n\n".join(pydoc_data.topics.topics[name] for name in sorted(pydoc_data.topics.topics))
    return "".join(c for c in text if c == "\n" or " " <= c <= "~")


def to_tokens(text: str, alphabet: str = ALPHABET) -> np.ndarray:
    """Return the place of each character in ``alphabet``, (T,).

    Raise ValueError for a character that is not in it, TypeError for what is no string.
    """
    checks.text("text", text)
    unknown = sorted(set(text) - set(checks.text("alphabet", alphabet)))
    if unknown:
        raise ValueError(
            f"text must use the characters {alphabet!r} only, got {''.join(unknown)!r} "
            "(name others with alphabet=)"
        )
    return np.array([alphabet.index(c) for c in text], int)


def to_text(tokens: np.ndarray, alphabet: str = ALPHABET) -> str:
    """Return the characters of tokens (T,), the inverse of ``to_tokens``.

    Raise ValueError for a token outside the alphabet, TypeError for what is no row of tokens.
    """
    checks.text("alphabet", alphabet)
    tokens = checks.token_row("tokens", tokens)
    if len(tokens) == 0:
        return ""
    return "".join(alphabet[k] for k in checks.tokens("tokens", tokens, len(alphabet), "T"))


def one_hot(tokens: np.ndarray, n_x: int) -> np.ndarray:
    """Return tokens (T, m) as one-hot columns, (T, n_x, m).

    Raise ValueError for a token outside 0..n_x-1.
    """
    tokens = checks.tokens("tokens", tokens, checks.size("n_x", n_x))
    return np.moveaxis(np.eye(n_x)[tokens], -1, -2)
