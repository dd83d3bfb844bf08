"""Dates translated into their standard spelling by an encoder and a decoder, sign by sign."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rnn_helpers import checks
from rnn_helpers.activations import softmax
from rnn_helpers.data import to_text, to_tokens
from rnn_helpers.data.dates import ISO_ALPHABET, WRITTEN_ALPHABET
from rnn_helpers.models import EncoderDecoder
from rnn_helpers.sampling import translate
from rnn_helpers.training import pad

LONGEST_READ, LONGEST_WRITTEN = 40, 12  # signs of a date as written, and of its standard spelling


class Translation(NamedTuple):
    """The signs that were read, the tokens written (T_y,) and the p (n_y, T_y) of every step."""

    read: str
    tokens: np.ndarray
    p: np.ndarray

    @property
    def text(self) -> str:
        """What was written, up to the end."""
        return to_text(self.tokens[self.tokens != 0], ISO_ALPHABET)


def readable(text: str) -> str:
    """Return of a text what a translator can read: lower case, signs it knows, not too long."""
    spaced = " ".join(checks.text("text", text).lower().split())
    return "".join(c for c in spaced if c in WRITTEN_ALPHABET[1:])[:LONGEST_READ]


def translate_text(model: EncoderDecoder, text: str) -> Translation:
    """Let a translator write the likeliest sign at each step, and feed it back in."""
    checks.instance("model", model, EncoderDecoder, "an EncoderDecoder")
    read = readable(text)
    if not read:
        return Translation(read, np.zeros(0, int), np.zeros((len(ISO_ALPHABET), 0)))
    _, tape = model.encoder.forward(to_tokens(read, WRITTEN_ALPHABET)[:, None])
    token, state, tokens, p = model.start, tape.state, [], []
    while len(tokens) < LONGEST_WRITTEN and 0 not in tokens:
        z, state = model.decoder.step(np.array([token]), state)
        token = int(z.argmax())
        tokens.append(token)
        p.append(softmax(z)[:, 0])
    return Translation(read, np.array(tokens), np.array(p).T)


def translate_dates(model: EncoderDecoder, pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Return what a model writes, greedily, for the first of each pair of ``dates.dates``."""
    checks.instance("model", model, EncoderDecoder, "an EncoderDecoder")
    texts = []
    for i, pair in enumerate(checks.several("pairs", pairs, at_least=1)):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            came = checks.shown(pair)
            raise TypeError(f"pairs[{i}] must be a date in two spellings, got {came}")
        texts.append(checks.text(f"pairs[{i}][0]", pair[0]))
    x, x_mask = pad([to_tokens(text, WRITTEN_ALPHABET) for text in texts])
    drawn = translate(model, x, x_mask, longest=LONGEST_WRITTEN)
    return [to_text(tokens, ISO_ALPHABET) for tokens in drawn]
