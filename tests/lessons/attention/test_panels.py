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


def test_a_pointer_counts_the_places_as_the_sentence_does():
    panel = panels.rows_looked_at(sequence_networks.attentive(11, 11))
    panel.set(length=7, seed=4, step=2)
    alpha, x = panel.shown["look"].weights, panel.shown["x"]
    place = int(alpha[1].argmax()) + 1
    for key in ["Home", *["ArrowRight"] * (panels.LONGEST_ROW + place - 1)]:
        said = panel.picture.point({"step": key})["text"]
    assert said.startswith("step t of the decoder 2, what the encoder read, step by step ")
    assert said.endswith(f" {place} {x[place - 1]}: {alpha[1, place - 1]:.3g}")
    assert f"at place {place}, where “{x[place - 1]}”" in panel.sentence


def test_a_date_is_read_as_far_as_it_can_be():
    panel = panels.date_looked_at(sequence_networks.attentive())
    panel.set(text="3 MAY  1984 ☃")
    assert "Read: 3 may 1984" in panel.sentence
    assert panels._say(panel.shown | {"x": [" "] * 10}).endswith("where a blank was read.")
    panel.set(text="☃")
    assert panel.sentence == "No sign that the network knows has been typed yet."
    panel.set(text="wednesday " * 9)
    assert panel.shown["look"].weights.shape[1] == panels.LONGEST_DATE
