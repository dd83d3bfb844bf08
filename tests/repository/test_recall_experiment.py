"""The stored experiment on where the second number stands: what it draws, and what it found."""

import numpy as np
import pytest
import recall_experiment
from recall_experiment import PLACES, adding_at

from rnn_helpers.data import stored

STORED = stored.recall_results()["places"]


@pytest.mark.parametrize("place", PLACES)
def test_the_answer_is_the_sum_of_what_is_marked_and_the_mark_stands_where_it_should(place):
    x, y, mask = adding_at(place, np.random.default_rng(0), lag=9, m=200)
    numbers, marks = x[:, 0], x[:, 1]
    np.testing.assert_allclose(y[-1, 0], (numbers * marks).sum(axis=0))
    assert np.all(marks[0] == 1) and np.all(mask[-1]) and not mask[:-1].any()
    marked = {int(t) for t in np.argwhere(marks[1:])[:, 0] + 1}
    expected = {"in the second half": {5, 6, 7, 8, 9}, "in the middle": {5}}
    assert marked == expected.get(place, {1} if place == "beside the first" else set())
    assert marks.sum() == 200 * (1 if place == "nowhere" else 2)


def test_every_place_has_a_result_for_each_lag_and_start():
    recipe = stored.recall_results()["recipe"]["places"]
    shape = (len(recipe["lags"]), len(recipe["seeds"]))
    assert list(STORED) == ["scores", "before", "after"]
    for scores in STORED.values():
        assert tuple(scores) == PLACES
        assert all(np.shape(scores[place]) == shape for place in PLACES)


def test_the_notebook_says_what_was_found():
    learned = {place: (np.array(STORED["scores"][place]) > 0.9).sum(axis=1) for place in PLACES}
    assert list(learned["in the middle"]) == list(learned["in the second half"]) == [5, 5]
    assert list(learned["beside the first"]) == [5, 4]
    assert learned["nowhere"][1] == 0
    before, after = (np.array(STORED[when]["in the second half"]) for when in ("before", "after"))
    assert before.max() < 1e-4 and after.min() > 0.5


def test_a_run_made_again_gives_what_is_stored():
    again = recall_experiment.one_place("beside the first", 40, 0)
    assert again["scores"] == pytest.approx(STORED["scores"]["beside the first"][0][0], abs=0.02)
    assert again["before"] == pytest.approx(STORED["before"]["beside the first"][0][0], rel=0.1)
