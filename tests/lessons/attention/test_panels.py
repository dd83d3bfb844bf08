"""What the panels of ``10_attention`` say of where a decoder looks."""

import numpy as np
import sequence_networks

from rnn_helpers.experiments.looking_back import look
from rnn_helpers.lessons.attention import panels


def test_the_sentence_says_what_is_written_and_where_the_largest_weight_lies():
    repeater = sequence_networks.attentive(11, 11)
    panel = panels.rows_looked_at(repeater)
    panel.set(length=7, seed=4, step=2)
    x = np.random.default_rng([7, 4]).integers(1, 11, size=7)
    tokens, weights = look(repeater, x)
    digits = "".join(str(token - 1) for token in x)
    place = int(weights[1].argmax())
    assert f"Read: {digits}. " in panel.sentence
    assert f"At step 2 of {len(tokens)} it writes “{tokens[1] - 1}”" in panel.sentence
    assert (
        f"with weight {weights[1, place]:.2f}, at place {place + 1}, where “{x[place] - 1}”"
        in panel.sentence
    )


def test_a_step_beyond_the_end_is_said_to_be_none_and_shows_the_last_one():
    panel = panels.rows_looked_at(sequence_networks.attentive(11, 11))
    panel.set(length=1, step=1)
    steps = len(panel.shown["y"])
    panel.set(step=steps)
    assert f"At step {steps} of {steps} it writes" in panel.sentence
    assert "ended before" not in panel.sentence
    panel.set(step=13)
    beyond = "It has ended before that step. " if steps < 13 else ""
    assert f"{beyond}At step {steps} of {steps} it writes" in panel.sentence


def test_a_date_is_read_as_far_as_it_can_be():
    panel = panels.date_looked_at(sequence_networks.attentive())
    panel.set(text="3 MAY  1984 ☃")
    assert "Read: 3 may 1984" in panel.sentence
    assert panels._say(panel.shown | {"x": [" "] * 10}).endswith("where a blank was read.")
    panel.set(text="☃")
    assert panel.sentence == "No sign that the network knows has been typed yet."
    panel.set(text="wednesday " * 9)
    assert panel.shown["look"].weights.shape[1] == panels.LONGEST_DATE
