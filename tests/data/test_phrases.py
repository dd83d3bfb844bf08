"""The reviews: labels by a rule of their own, and twins that a bag of words cannot tell apart."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from helpers import rejects

from rnn_helpers import data
from rnn_helpers.data import phrases as reviews
from rnn_helpers.data.phrases import TWINS, WORDS, bag_limit, phrases, to_tokens, twin_share

MANY = phrases(6000, np.random.default_rng(0))

# What each word says, written down once more and by hand.
SAYS_GOOD = str.split("""amazing awesome beautiful brilliant charming delightful enjoyable
excellent fantastic fine fun good great interesting lovely nice perfect pleasant superb wonderful
loved love liked like enjoyed enjoy""")
SAYS_BAD = str.split("""annoying awful bad bland boring disappointing dreadful dull grim horrible
mediocre nasty poor sad stupid tedious terrible ugly unpleasant weak
hated hate disliked dislike regretted regret""")


def verdicts(words: list[str]) -> list[bool]:
    """What is said, in order: a word of judgement, turned by a negation at most three words back.

    A judgement or a comma ends what a negation reaches.
    """
    said, negation = [], None
    for i, word in enumerate(words):
        if word in ("not", "never"):
            negation = i
        elif word == ",":
            negation = None
        elif word in SAYS_GOOD or word in SAYS_BAD:
            negated = negation is not None and i - negation <= 3
            said.append((word in SAYS_GOOD) != negated)
            negation = None
    return said


def meaning(words: tuple[str, ...]) -> int:
    """The last verdict counts, unless it is what "although" in mid-sentence concedes.

    But "lovely , not dull" says one thing twice, and so does any sentence without a contrast.
    """
    words = list(words)
    for concession in ("although", "though"):
        if concession in words[1:]:
            words = words[: words.index(concession)]
    return int(verdicts(words)[-1])


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("the start was dull but the end was lovely", 1),
        ("although the end was lovely , the start was dull", 0),
        ("the start was dull although the end was lovely", 0),
        ("the film was not dull , lovely", 1),
        ("the film was dull , not lovely", 0),
        ("the soup was never really dull at all", 1),
        ("we did not enjoy the room", 0),
        ("it was not a very good film", 0),
    ],
)
def test_the_rule_of_this_file_reads_english(sentence, label):
    assert meaning(sentence.split()) == label
    assert set(sentence.split()) <= set(WORDS)


def test_every_label_is_what_the_sentence_means():
    wrong = [(" ".join(words), label) for words, label in MANY if meaning(words) != label]
    assert not wrong


def test_a_clause_without_contrast_says_one_thing():
    contrasts = {"but", "yet", "although", "though"}
    for words, label in MANY:
        if not contrasts & set(words):
            assert set(verdicts(words)) == {bool(label)}, words


@pytest.mark.parametrize("count", [2, 10, 100, 2000])
def test_pairs_hold_a_good_and_a_bad_one_and_no_sentence_comes_twice(count):
    examples = phrases(count, np.random.default_rng(count))
    assert len(examples) == count
    assert len({words for words, _ in examples}) == count
    labels = np.array([label for _, label in examples]).reshape(-1, 2)
    np.testing.assert_array_equal(np.sort(labels, axis=1), [[0, 1]] * (count // 2))


@pytest.mark.parametrize("count", [2, 10, 100, 2000])
def test_four_pairs_of_five_have_the_same_words_and_the_other_label(count):
    examples = phrases(count, np.random.default_rng(count))
    pairs = list(zip(examples[::2], examples[1::2]))
    twins = [Counter(words) == Counter(others) for (words, _), (others, _) in pairs]
    assert sum(twins) == round(TWINS * count / 2)
    assert twin_share(examples) >= 2 * sum(twins) / count
    assert bag_limit(examples) <= 1 - sum(twins) / count


def test_no_rule_that_ignores_the_order_gets_past_the_limit():
    bags = np.zeros((len(MANY), len(WORDS)))
    for row, (words, _) in zip(bags, MANY):
        np.add.at(row, to_tokens(words), 1)
    labels = np.array([label for _, label in MANY])
    fitted, *_ = np.linalg.lstsq(bags, labels - 0.5, rcond=None)
    rules = np.random.default_rng(1).normal(size=(50, len(WORDS)))
    limit = bag_limit(MANY)
    assert limit <= 1 - TWINS / 2 == pytest.approx(0.6)
    for rule in (fitted, *rules):
        assert ((bags @ rule > 0) == labels).mean() <= limit


def test_the_limit_and_the_share_of_twins_by_hand():
    a, b, c = ("x", "y", "x"), ("y", "x", "x"), ("x", "y")
    assert (bag_limit([(a, 1), (b, 0)]), twin_share([(a, 1), (b, 0)])) == (0.5, 1)
    assert (bag_limit([(a, 1), (b, 1)]), twin_share([(a, 1), (b, 1)])) == (1, 0)
    assert (bag_limit([(a, 1), (c, 0)]), twin_share([(a, 1), (c, 0)])) == (1, 0)
    assert bag_limit([(a, 1), (b, 0), (b, 0), (c, 1)]) == 0.75
    assert twin_share([(a, 1), (b, 0), (b, 0), (c, 1)]) == 0.75


def test_no_judging_word_at_one_place_gives_the_label_away():
    for place in (0, -1):
        says = [[w in SAYS_GOOD for w in words if w in SAYS_GOOD + SAYS_BAD] for words, _ in MANY]
        right = np.mean([said[place] == label for said, (_, label) in zip(says, MANY)])
        assert 0.4 < right < 0.6


def test_the_last_verdict_alone_is_not_enough():
    right = np.mean([verdicts(words)[-1] == label for words, label in MANY])
    assert right < 0.95


def test_sentences_are_short_and_use_every_word_of_the_vocabulary():
    lengths = [len(words) for words, _ in MANY]
    assert min(lengths) >= 3 and max(lengths) <= 20
    assert {word for words, _ in MANY for word in words} == set(WORDS)
    assert WORDS[0] == "·" and len(set(WORDS)) == len(WORDS) and 80 <= len(WORDS) <= 150
    assert set(SAYS_GOOD) | set(SAYS_BAD) < set(WORDS)


def test_negations_degrees_and_contrasts_are_all_frequent():
    seen = Counter(word for words, _ in MANY for word in set(words))
    for word in str.split("not never very really but yet although though all did"):
        assert seen[word] > 0.03 * len(MANY), word


def test_articles_fit():
    neighbours = {pair for words, _ in MANY for pair in pairwise(words)}
    assert all(word[0] not in "aeiou" for article, word in neighbours if article == "a")
    assert all(word[0] in "aeiou" for article, word in neighbours if article == "an")


def test_tokens_are_places_in_the_vocabulary():
    words = reviews.words_of("The lasagne wasn't good, it was DULL!")
    tokens = to_tokens(words)
    assert [WORDS[k] for k in tokens] == str.split("the · was not good , it was dull")
    assert to_tokens([]).shape == (0,)
    for words, _ in MANY[:300]:
        assert [WORDS[k] for k in to_tokens(words)] == list(words)
        assert reviews.words_of(" ".join(words)) == list(words)


def test_the_seed_decides():
    drawn, again, other = (phrases(100, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert drawn == again
    assert drawn != other
    assert phrases(10, 3) == phrases(10, np.random.default_rng(3))


def test_sentences_are_in_no_order():
    assert 0.45 < np.mean([label for _, label in MANY[::2]]) < 0.55
    twins = [Counter(a) == Counter(b) for (a, _), (b, _) in zip(MANY[::2], MANY[1::2])]
    for part in np.split(np.array(twins), 5):
        assert 0.7 < part.mean() < 0.9


def test_whole_pairs_stay_together_when_the_list_is_cut_at_an_even_place():
    train, back = MANY[:5000], MANY[5000:]
    assert not {words for words, _ in train} & {words for words, _ in back}
    assert bag_limit(back) < 0.65 and bag_limit(train) < 0.65
    # Cut by chance, twins are parted, and the limit on what is held out is a weaker one.
    assert bag_limit(data.split(MANY, 1000, np.random.default_rng(0))[1]) > bag_limit(back)


def test_bad_input_is_explained():
    with rejects(ValueError, "count must be even", "got 7"):
        phrases(7, np.random.default_rng(0))
    with rejects(ValueError, "count must be 1 or more", "got 0"):
        phrases(0, np.random.default_rng(0))
    with rejects(TypeError, "rng must be a numpy.random.Generator or a seed"):
        phrases(2, "a")
    with rejects(TypeError, "words must be a list", "'the film'"):
        to_tokens("the film")
    with rejects(ValueError, "count must be at most 20,000", "got 1000000"):
        phrases(10**6, np.random.default_rng(0))


@pytest.mark.parametrize("measure", [bag_limit, twin_share])
def test_a_label_is_one_or_zero(measure):
    with rejects(ValueError, "label of examples[1] must be 0 or 1, got 2"):
        measure([(("a",), 1), (("a",), 2)])
    with rejects(TypeError, "examples[0] must be a pair (words, label), got 'ab'"):
        measure(["ab"])
