"""An LSTM of one unit whose weights are set by hand, so that it counts the vowels of names."""

import numpy as np

from rnn_helpers import checks, data
from rnn_helpers.cells import LSTMCell

VOWELS = "aeiou"
STAGES = ("wire", "update gate", "forget gate", "output gate")
SURELY = 20.0  # σ(20) is 1 to eight digits
TENTH = float(np.arctanh(0.1))  # the candidate is then 0.1


def vowel_counter(stage: str = "output gate") -> LSTMCell:
    """Return an LSTM that counts vowels in tenths, with its gates up to ``stage`` at work.

    wire         the candidate is always 0.1 and all gates are open
    update gate  it opens at vowels
    forget gate  it shuts at the full stop
    output gate  it opens at the full stop only, and now the forget gate shuts after the state has
                 shown something

    Raise ValueError for another stage.
    """
    built = STAGES.index(checks.choice("stage", stage, STAGES))
    cell, vowels = LSTMCell(len(data.ALPHABET), 1, rng=0), data.to_tokens(VOWELS)
    stop = data.to_tokens(data.END)
    for value in cell.params.values():
        value[...] = 0
    Waa, Wax, ba = (cell.params[name] for name in ("Waa", "Wax", "ba"))
    candidate, update, forget, output = range(4)  # the rows, of one unit each
    ba[candidate], ba[[update, forget, output]] = TENTH, SURELY
    if built >= 1:
        ba[update], Wax[update, vowels] = -SURELY, 2 * SURELY
    if built == 2:
        Wax[forget, stop] = -2 * SURELY
    if built == 3:
        Waa[forget] = -20 * SURELY
        ba[output], Wax[output, stop] = -SURELY, 2 * SURELY
    return cell
