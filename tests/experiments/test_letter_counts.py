"""Counting the letters before: by hand on small names, and against a table of pairs."""

import numpy as np
import pytest

from rnn_helpers import data
from rnn_helpers.experiments.letter_counts import TextCounts, counting_loss

AB, BA = np.array([1, 2]), np.array([2, 1])


def test_one_letter_before_by_hand() -> None:
    # of ".ab.": after nothing known, 3 characters, each of a, b and the end once
    alone = (1 + 2 / 3) / (3 + 2)
    after_end = (0 + 2 * alone) / (1 + 2)  # ".b" has not been seen, ".a" once
    after_b = (0 + 2 * alone) / (1 + 2)  # "ba" neither
    after_a = (0 + 2 * alone) / (1 + 2)  # "a." neither, but "ab" once
    expected = -np.log([after_end, after_b, after_a]).mean()
    assert counting_loss([AB], [BA], 1, strength=2, n_y=3) == pytest.approx(expected, abs=1e-12)


def test_two_letters_before_fall_back_on_one() -> None:
    alone = (1 + 2 / 3) / (3 + 2)
    one = (1 + 2 * alone) / (1 + 2)
    seen = (1 + 2 * one) / (1 + 2)
    assert counting_loss([AB], [AB], 2, strength=2, n_y=3) == pytest.approx(-np.log(seen))
    assert counting_loss([AB], [AB], 1, strength=2, n_y=3) == pytest.approx(-np.log(one))


def test_the_guesses_after_a_letter_add_up_to_one() -> None:
    names = [np.array([1, 1]), np.array([1, 1, 1])]  # of one letter, 1, and the end, 0

    def chance(name: list[int]) -> float:
        """Return p(1 | start) p(1 | 1) … p(0 | 1)."""
        loss = counting_loss(names, [np.array(name)], 1, strength=2, n_y=2)
        return float(np.exp(-loss * (len(name) + 1)))

    alone = (5 + 2 / 2) / (7 + 2)
    first = (2 + 2 * alone) / (2 + 2)
    end_after_1, again_after_1 = chance([1]) / first, chance([1, 1]) / chance([1])
    assert end_after_1 + again_after_1 == pytest.approx(1, abs=1e-12)


def test_beats_the_pairs_and_strong_smoothing_knows_nothing() -> None:
    names = [data.to_tokens(name) for name in data.dinosaurs()]
    train, held = data.split(names, 200, np.random.default_rng(0))
    losses = [counting_loss(train, held, letters) for letters in (1, 2, 3)]
    assert losses == sorted(losses, reverse=True)
    assert np.exp(losses) == pytest.approx([9.35, 6.64, 5.98], abs=0.03)
    blind = counting_loss(train, held, 3, strength=1e12)
    assert blind == pytest.approx(np.log(27), abs=1e-6)


def test_bad_arguments_are_explained() -> None:
    with pytest.raises(ValueError, match="letters must be 1 or more"):
        counting_loss([AB], [BA], 0)
    with pytest.raises(ValueError, match="strength must be a finite number above 0"):
        counting_loss([AB], [BA], 1, strength=0)
    with pytest.raises(ValueError, match="held_out must be a list of one or more"):
        counting_loss([AB], [], 1)
    with pytest.raises(ValueError, match=r"names\[0\]"):
        counting_loss([np.array([27])], [BA], 1)


def slowly_guessed(reading: list[int], asked: list[int], letters: int, s: float, n_y: int):
    """Return -log p of each character but the first, by looking through the text each time."""
    before = [0] * letters
    seen, asked = before + list(reading), before + list(asked)
    losses = []
    for t in range(letters + 1, len(asked)):
        p = 1 / n_y
        for j in range(letters + 1):
            context, y = asked[t - j : t], asked[t]
            places = [k for k in range(letters, len(seen)) if seen[k - j : k] == context]
            p = (sum(seen[k] == y for k in places) + s * p) / (len(places) + s)
        losses.append(-np.log(p))
    return losses


@pytest.mark.parametrize("n_y", [3, 1000, 3000])  # 3000 to the sixth is beyond 64 bits
def test_a_text_is_guessed_as_by_looking_through_it(n_y: int) -> None:
    rng = np.random.default_rng(n_y)
    reading, asked = rng.integers(3, size=80), rng.integers(3, size=30)
    reading, asked = reading * (n_y // 3), asked * (n_y // 3)
    counts = TextCounts(reading, asked, n_y, most=5)
    for letters, s in ((1, 2), (3, 0.5), (5, 4)):
        expected = slowly_guessed(reading.tolist(), asked.tolist(), letters, s, n_y)
        np.testing.assert_allclose(counts.losses(letters, s), expected, rtol=1e-12)


def test_a_text_and_names_are_guessed_alike() -> None:
    names = [data.to_tokens(name) for name in data.dinosaurs()[:300]]
    reading, asked = (np.concatenate([np.r_[0, n] for n in some]) for some in (names, names[:50]))
    of_text = TextCounts(reading, np.r_[asked, 0], 27, most=1).losses(1, 4)
    assert of_text.mean() == pytest.approx(counting_loss(names, names[:50], 1, 4), abs=0.02)


def test_the_best_strength_is_the_one_of_the_lowest_loss() -> None:
    rng = np.random.default_rng(0)
    counts = TextCounts(rng.integers(9, size=500), rng.integers(9, size=200), 9)
    losses = {s: counts.losses(3, s).mean() for s in (1, 8, 64)}
    loss, strength = counts.best(3, list(losses))
    assert strength == min(losses, key=losses.get) and loss == losses[strength]


def test_what_cannot_be_counted_is_explained() -> None:
    counts = TextCounts(AB, BA, 3, most=2)
    with pytest.raises(ValueError, match="letters must be at most 2, got 3"):
        counts.losses(3)
    with pytest.raises(ValueError, match="strength must be a finite number above 0"):
        counts.losses(1, 0)
    with pytest.raises(ValueError, match="asked must hold tokens from 0 to 1"):
        TextCounts(AB - 1, BA, 2)
