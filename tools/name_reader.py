"""Train the small network of names that the first panel of 02 shows, and store it.

    python tools/name_reader.py

writes rnn_helpers/data/name_reader.json: every digit of the five arrays. The training takes less
than a second, but on a hub all learners ask for it at the same moment, and then each waits for all.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rnn_helpers import data
from rnn_helpers.cells import RNNCell
from rnn_helpers.models import SequenceModel
from rnn_helpers.optimizers import Adam
from rnn_helpers.training import Batch, pad, train

STORED = Path(__file__).resolve().parents[1] / "rnn_helpers" / "data" / "name_reader.json"
UNITS, STEPS, NAMES_AT_ONCE, RATE, SEED = 8, 700, 32, 1e-2, 2


def trained() -> dict[str, list]:
    """Return the parameters after the training, as nested lists."""
    n_x = len(data.ALPHABET)
    model = SequenceModel(RNNCell(n_x, UNITS, rng=SEED), n_x, rng=SEED)
    batches = next_letters(np.random.default_rng(SEED))
    train(model, batches, Adam(model.params, RATE), steps=STEPS)
    return {name: values.tolist() for name, values in model.params.items()}


def next_letters(rng: np.random.Generator) -> Iterator[Batch]:
    """Yield batches that ask for the next letter after each letter of a name, the end last."""
    names = [data.to_tokens(name) for name in data.dinosaurs()]
    while True:
        chosen = [names[i] for i in rng.integers(len(names), size=NAMES_AT_ONCE)]
        x, mask = pad(chosen)
        yield Batch(x, pad([np.r_[name[1:], 0] for name in chosen])[0], mask, x_mask=mask)


if __name__ == "__main__":
    STORED.write_text(json.dumps(trained()) + "\n", encoding="ascii")
