"""Untrained networks like those of ``09_sequence_types`` and ``10_attention``, for panels."""

import numpy as np

from rnn_helpers.cells import GRUCell
from rnn_helpers.data import dates, melodies, names_in_text, phrases
from rnn_helpers.experiments.looking_back import build_translator
from rnn_helpers.experiments.sentences import BagOfWords
from rnn_helpers.models import EncoderDecoder, SequenceModel

N_NOTES = len(melodies.NOTE_TOKENS)


def reader(n_x: int, read: str = "every") -> SequenceModel:
    """Return a model that reads words and answers yes or no, with scores that spread."""
    model = SequenceModel(GRUCell(n_x, 6, rng=5), 2, rng=5, read=read)
    model.params["Wya"] *= 4
    return model


def bag() -> BagOfWords:
    return BagOfWords(np.random.default_rng(5).normal(size=(1, len(phrases.WORDS))), 0.3)


def composer() -> SequenceModel:
    """Return a model of notes and metres. It may write a metre: nobody has told it not to."""
    n = N_NOTES + len(melodies.METRES)
    model = SequenceModel(GRUCell(n, 6, rng=5), n, rng=5)
    model.params["Wax"] *= 4  # so that the metre matters
    model.params["Wya"] *= 4
    return model


def tunes() -> list[melodies.Melody]:
    return [tune for tune in melodies.in_one_key() if tune.metre in melodies.METRES][:6]


def translator() -> EncoderDecoder:
    n_x, n_y = len(dates.WRITTEN_ALPHABET), len(dates.ISO_ALPHABET)
    return EncoderDecoder(GRUCell(n_x, 6, rng=5), SequenceModel(GRUCell(n_y, 6, rng=6), n_y, rng=5))


def attentive(n_x: int = len(dates.WRITTEN_ALPHABET), n_y: int = len(dates.ISO_ALPHABET)):
    """Return a translator that looks back, with scores that spread."""
    model = build_translator(n_x, n_y, 6, True, 5)
    model.params["decoder.Wya"] *= 4
    return model


ARGUMENTS = {
    "attentive": attentive,
    "bag": bag,
    "composer": composer,
    "repeater": lambda: attentive(11, 11),
    "sentiment": lambda: reader(len(phrases.WORDS), "last"),
    "tagger": lambda: reader(len(names_in_text.WORDS)),
    "translator": translator,
    "tunes": tunes,
}
