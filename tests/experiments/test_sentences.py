"""What a network and a bag of words make of a sentence, word by word."""

import numpy as np
import pytest
from random_models import sentence_model

from rnn_helpers.activations import sigmoid, softmax
from rnn_helpers.experiments.sentences import BagOfWords, after_each_word


@pytest.mark.parametrize("read", ["every", "last"])
def test_scores_after_each_word_are_those_of_the_shorter_sentences(read) -> None:
    model = sentence_model(9, read)
    tokens = np.array([3, 0, 8, 8, 1])
    scores = after_each_word(model, tokens)
    for t in range(1, 6):
        z = model.scores(tokens[:t, None], None)[-1]
        assert scores[t - 1] == pytest.approx(softmax(z)[1, 0])


def test_the_bag_of_words_sees_counts_and_no_order() -> None:
    bag = BagOfWords(np.arange(6.0)[None] / 10, -0.4)
    tokens = np.array([5, 1, 1, 4])
    counts = np.bincount(tokens, minlength=6)
    assert bag.after_each_word(tokens)[-1] == pytest.approx(sigmoid(bag.w[0] @ counts - 0.4))
    assert bag.after_each_word(tokens[::-1])[-1] == pytest.approx(bag.after_each_word(tokens)[-1])
    assert len(bag.after_each_word(tokens)) == 4
