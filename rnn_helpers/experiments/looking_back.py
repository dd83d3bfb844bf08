"""What looking back is worth to a decoder: the same two tasks with attention and without."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from rnn_helpers import checks
from rnn_helpers.attention import AttentiveDecoder, AttentiveTranslator
from rnn_helpers.cells import GRUCell
from rnn_helpers.data import dates, tasks, to_tokens
from rnn_helpers.experiments.translation import translate_dates
from rnn_helpers.models import Batch, EncoderDecoder, SequenceModel
from rnn_helpers.sampling import translate
from rnn_helpers.training import pad, random_batches

MODELS = {  # how each is built: whether it pays attention, and its number of units
    "last state, 64": (False, 64),
    "attention, 64": (True, 64),
    "attention, 16": (True, 16),
}
ROWS = 1, 8  # digits of the rows in training, the fewest and the most
HELD_OUT, IN_TRAINING = 300, 8000


def build_translator(
    n_x: int, n_y: int, n_a: int, attentive: bool, rng: checks.Seed
) -> EncoderDecoder:
    """Return a fresh encoder and decoder of GRUs in float32, with attention or without."""
    rng, n_y = checks.generator(rng), checks.size("n_y", n_y)
    encoder, cell = (GRUCell(n, n_a, rng=rng, dtype=np.float32) for n in (n_x, n_y))
    if checks.flag("attentive", attentive):
        return AttentiveTranslator(encoder, AttentiveDecoder(cell, n_y, rng=rng))
    return EncoderDecoder(encoder, SequenceModel(cell, n_y, rng=rng))


def rows_right(model: EncoderDecoder, length: int, m: int = 200) -> float:
    """Return the share of m fresh rows of so many digits that are written again exactly."""
    with checks.known_as("shortest", "length"):
        batch = tasks.repeat_batch(np.random.default_rng(9), length, length, m)
    written = translate(model, batch.x, batch.x_mask, longest=length + 1)
    return float(np.mean([np.array_equal(row, x) for row, x in zip(written, batch.x.T)]))


def date_batch(pairs: Sequence[tuple[str, str]]) -> Batch:
    """Return pairs of ``dates.dates`` as a batch: both padded, and the end, 0, behind each y."""
    pairs = checks.several("pairs", pairs, at_least=1)
    for pair in pairs:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise TypeError(f"pairs must be pairs of texts, got {checks.shown(pair)}")
    with checks.known_as("text", "pairs"):
        x, x_mask = pad([to_tokens(x, dates.WRITTEN_ALPHABET) for x, _ in pairs])
        y, mask = pad([np.r_[to_tokens(y, dates.ISO_ALPHABET), 0] for _, y in pairs])
    return Batch(x, y, mask, x_mask=x_mask)


def dates_right(model: EncoderDecoder, pairs: Sequence[tuple[str, str]]) -> float:
    """Return the share of dates that a model writes exactly."""
    written = translate_dates(model, pairs)
    return float(np.mean([text == y for text, (_, y) in zip(written, pairs, strict=True)]))


class Task(NamedTuple):
    """The sizes of its alphabets, a stream of batches, and what is measured on fresh examples."""

    n_x: int
    n_y: int
    batches: Callable[[np.random.Generator], Iterator[Batch]]
    measured: Callable[[EncoderDecoder], list[float]]


def digits(lengths: Sequence[int] = (1, 2, 3, 4, 5, 6, 7, 8)) -> Task:
    """Rows of digits to be written again: measured is ``rows_right`` for each of ``lengths``."""

    several = checks.several("lengths", lengths, at_least=1)
    lengths = [checks.size("lengths", length) for length in several]

    def batches(rng: np.random.Generator) -> Iterator[Batch]:
        while True:
            yield tasks.repeat_batch(rng, *ROWS, m=64)

    return Task(11, 11, batches, lambda model: [rows_right(model, length) for length in lengths])


def standard_dates() -> Task:
    """Dates to be written in the standard spelling: measured is the share of 300 held out."""
    pairs = dates.dates(HELD_OUT + IN_TRAINING, np.random.default_rng(0))
    held_out, known = pairs[:HELD_OUT], pairs[HELD_OUT:]
    return Task(
        len(dates.WRITTEN_ALPHABET),
        len(dates.ISO_ALPHABET),
        lambda rng: random_batches(known, date_batch, m=64, rng=rng),
        lambda model: [dates_right(model, held_out)],
    )


class Look(NamedTuple):
    """What an attentive model wrote, tokens (T_y,) with the end, and its weights α (T_y, T_x)."""

    tokens: np.ndarray
    weights: np.ndarray

    @classmethod
    def nothing(cls) -> "Look":
        """Return the look of a model that has read nothing."""
        return cls(np.zeros(0, int), np.zeros((0, 0)))


def look(model: AttentiveTranslator, x: np.ndarray, longest: int = 13) -> Look:
    """Let a model write for one row of tokens x (T_x,), greedily; return where it looked."""
    checks.instance("model", model, AttentiveTranslator, "an AttentiveTranslator")
    x = checks.tokens("x", x, model.encoder.n_x, "T_x")[:, None]
    (written,) = translate(model, x, longest=longest)
    y = np.append(written, [0] * (len(written) < longest))[:, None].astype(int)
    _, tape = model.forward(x, y)
    return Look(y[:, 0], tape.written.weights[:, :, 0])


def looked_right(model: AttentiveTranslator, length: int, m: int = 200) -> float:
    """Return how often the largest weight lies on the digit's own place, when shown fresh rows."""
    checks.instance("model", model, AttentiveTranslator, "an AttentiveTranslator")
    with checks.known_as("shortest", "length"):
        batch = tasks.repeat_batch(np.random.default_rng(8), length, length, m)
    _, tape = model.forward(batch.x, batch.y)
    return float((tape.written.weights[:-1].argmax(axis=1) == np.arange(length)[:, None]).mean())
