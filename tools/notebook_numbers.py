"""Copy the few of PyTorch's numbers that the notebooks show into the package.

    python tools/notebook_numbers.py

reads tests/reference/torch_numbers.npz (see torch_reference.py) and writes
rnn_helpers/data/pytorch_numbers.json: for a GRU and an LSTM the weights, the input and the start
that PyTorch was given, and the states "a" that it computed.
"""

import json
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "tests" / "reference" / "torch_numbers.npz"
TARGET = ROOT / "rnn_helpers" / "data" / "pytorch_numbers.json"
KINDS = {"GRU": "gru_after", "LSTM": "lstm"}
GIVEN = ("Waa", "Wax", "ba", "x", "a0", "c0")


def numbers() -> dict[str, dict[str, list]]:
    """Return what is copied, as nested lists: every digit is kept."""
    with np.load(SOURCE) as stored:
        return {
            name: {key: stored[f"{kind}/given/{key}"].tolist() for key in GIVEN}
            | {"a": stored[f"{kind}/floats/cross_entropy/a"].tolist()}
            for name, kind in KINDS.items()
        }


if __name__ == "__main__":
    TARGET.write_text(json.dumps(numbers()) + "\n", encoding="ascii")
