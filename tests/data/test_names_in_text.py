"""The tagged sentences: tags by a rule of their own, and a left side that tells exactly nothing."""

from collections import Counter
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from helpers import rejects

from rnn_helpers.data import names_in_text as names
from rnn_helpers.data.names_in_text import BASE_RATE, BLOCK, WORDS, sentences, tagged

AMBIGUOUS = str.split("""teddy rose jack bill mark robin jasmine lily penny frank grace will iris
daisy ruby jade pearl amber olive holly ivy hazel poppy violet ginger basil
summer dawn rusty sandy rocky clay""")
FIRST = str.split("anna peter maria david emma james sofia omar")
SURNAMES = str.split("roosevelt smith jones garcia khan tanaka novak okafor")
COMPANY = str.split("friends players singers children")
VERBS_OF_ONE = str.split("was lives has is plays wrote loves sings")


def is_name(words: tuple[str, ...], i: int) -> bool:
    """Read the neighbours: a title, a surname, a verb in the singular, or the company it keeps."""
    before, word, after = words[i - 1], words[i], (*words[i + 1 :], "", "", "")
    if word not in AMBIGUOUS:
        return word in FIRST + SURNAMES
    return (
        before in ("mister", "doctor", "friend", "neighbour")
        or after[0] in SURNAMES + VERBS_OF_ONE
        or (after[:2] == ("and", "other") and after[2] in COMPANY)
    )


@cache
def every(kind: str) -> list[tuple]:
    return sentences(kind, True) + sentences(kind, False)


@pytest.mark.parametrize("kind", ["ambiguous", "plain"])
def test_every_tag_is_what_the_neighbours_say(kind):
    for words, tags, _ in every(kind):
        assert tags == tuple(int(is_name(words, i)) for i in range(len(words))), words


@pytest.mark.parametrize("kind", ["ambiguous", "plain"])
def test_the_place_is_that_of_the_only_ambiguous_word(kind):
    for words, _, place in every(kind):
        ambiguous = [i for i, word in enumerate(words) if word in AMBIGUOUS]
        assert ambiguous == ([] if place is None else [place]), words


@pytest.mark.parametrize("kind", ["ambiguous", "plain"])
def test_a_sentence_that_names_a_person_has_a_tag_and_no_other_has(kind):
    assert all(1 in tags for _, tags, _ in sentences(kind, True))
    assert not any(1 in tags for _, tags, _ in sentences(kind, False))
    assert len({words for words, _, _ in every(kind)}) == len(every(kind))


def test_the_two_sentences_of_the_question_are_there():
    person = str.split("he said , teddy roosevelt was a great president")
    assert (tuple(person), (0, 0, 0, 1, 1, 0, 0, 0, 0), 3) in sentences("ambiguous", True)
    toy = str.split("he said , teddy bears are on sale")
    assert (tuple(toy), (0,) * 8, 3) in sentences("ambiguous", False)


# -- what each side tells ----------------------------------------------------------------------


def left(words: tuple[str, ...], place: int) -> tuple[str, ...]:
    """What a one-way reader has seen when it must tag the ambiguous word: that word included."""
    return words[: place + 1]


def test_over_all_sentences_the_left_side_has_the_same_distribution_in_both_readings():
    counts = [
        Counter(left(words, place) for words, _, place in sentences("ambiguous", person))
        for person in (True, False)
    ]
    assert counts[0].keys() == counts[1].keys()
    assert len(counts[0]) == len(names.BEGINNINGS) * len(AMBIGUOUS)
    for readings in counts:  # uniform, both: so the two distributions are equal to the last digit
        assert len(set(readings.values())) == 1


@pytest.mark.parametrize("count", [5, 100, 1920, 2000, 9600])
def test_in_every_set_each_left_side_is_a_person_in_exactly_two_cases_of_five(count):
    seen = tagged(count, np.random.default_rng(count))
    for some in (seen, seen[: BLOCK * (count // 2 // BLOCK)]):
        totals, persons = Counter(), Counter()
        for words, tags, place in some:
            totals[left(words, place)] += 1
            persons[left(words, place)] += tags[place]
        assert all(BLOCK * persons[key] == 2 * total for key, total in totals.items())
        assert sum(totals.values()) == len(some)


def test_the_base_rate_is_the_best_score_of_whoever_sees_the_left_side_only():
    seen = tagged(2000, np.random.default_rng(0))
    answers = {}
    for words, tags, place in seen:
        answers.setdefault(left(words, place), []).append(tags[place])
    best = sum(max(sum(tags), len(tags) - sum(tags)) for tags in answers.values())
    assert best / 2000 == BASE_RATE == 0.6


def test_the_right_side_decides():
    persons, things = (
        {words[place + 1 :] for words, _, place in sentences("ambiguous", person)}
        for person in (True, False)
    )
    assert not persons & things


def test_the_next_word_alone_does_not_always_decide():
    following = [
        Counter(words[place + 1 : place + 3] for words, _, place in sentences("ambiguous", person))
        for person in (True, False)
    ]
    for counts in following:
        assert counts[("and", "other")] > 0.1 * counts.total()


def test_in_the_plain_kind_the_left_side_decides():
    persons, things = (
        {left(words, place) for words, _, place in sentences("plain", person) if place is not None}
        for person in (True, False)
    )
    assert persons and things and not persons & things
    ambiguous = {left(words, place) for words, _, place in sentences("ambiguous", True)}
    assert not ambiguous & (persons | things)


# -- drawing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", names.KINDS)
@pytest.mark.parametrize("count", [5, 15, 1000])
def test_two_sentences_of_each_five_name_a_person_and_none_comes_twice(kind, count):
    drawn = tagged(count, np.random.default_rng(count), kind)
    assert len(drawn) == len({words for words, _, _ in drawn}) == count
    named = np.array([1 in tags for _, tags, _ in drawn]).reshape(-1, BLOCK)
    np.testing.assert_array_equal(named.sum(axis=1), 2)
    known = {kind: {words for words, _, _ in every(kind)} for kind in names.KINDS[:2]}
    kinds = Counter(next(k for k in known if words in known[k]) for words, _, _ in drawn)
    half = count // BLOCK // 2 * BLOCK
    expected = {"ambiguous": half, "plain": count - half} if kind == "mixed" else {kind: count}
    assert dict(kinds) == {k: n for k, n in expected.items() if n}


def test_sentences_are_in_no_order():
    for kind in names.KINDS:
        drawn = tagged(1000, np.random.default_rng(0), kind)
        named = [1 in tags for _, tags, _ in drawn]
        per_place = np.reshape(named, (-1, BLOCK)).mean(axis=0)
        assert per_place.min() > 0.25 and per_place.max() < 0.55
        starts = [words[:2] for words, _, _ in drawn[::BLOCK]]
        assert sum(start == after for start, after in pairwise(starts)) < 40


def test_both_kinds_of_plain_sentence_are_equally_often_a_person():
    for person in (True, False):
        with_place = [place is not None for _, _, place in sentences("plain", person)]
        assert np.mean(with_place) == pytest.approx(2 / 3)


def test_words_are_in_lower_case_and_every_one_is_used():
    used = {word for kind in names.KINDS[:2] for words, _, _ in every(kind) for word in words}
    assert used == set(WORDS[1:])
    assert WORDS[0] == "·" and len(set(WORDS)) == len(WORDS) < 200
    assert all(word == word.lower() for word in WORDS)
    assert set(names.COMPANIONS) == set(AMBIGUOUS) and len(AMBIGUOUS) == len(names.COMPANIONS)


def test_tokens_are_places_in_the_vocabulary():
    tokens = names.to_tokens(names.words_of("He said, Teddy Quixote plays!"))
    assert [WORDS[k] for k in tokens] == str.split("he said , teddy · plays")
    for words, tags, _ in tagged(100, np.random.default_rng(0), "mixed"):
        assert [WORDS[k] for k in names.to_tokens(words)] == list(words)
        assert len(tags) == len(words) and set(tags) <= set(range(len(names.TAGS)))


def test_the_seed_decides():
    drawn, again, other = (tagged(100, np.random.default_rng(seed), "mixed") for seed in (1, 1, 2))
    assert drawn == again
    assert drawn != other


def test_bad_input_is_explained():
    rng = np.random.default_rng(0)
    with rejects(ValueError, "kind must be one of ambiguous, plain, mixed", "'both'"):
        tagged(5, rng, "both")
    with rejects(ValueError, "kind must be one of ambiguous, plain, got", "'mixed'"):
        sentences("mixed", True)
    with rejects(ValueError, "count must be a multiple of 5", "got 12"):
        tagged(12, rng)
    with rejects(ValueError, "count must be 1 or more", "got 0"):
        tagged(0, rng)
    with rejects(ValueError, "count must ask for at most 9600 ambiguous sentences", "got 9605"):
        tagged(9605, rng)
    with rejects(TypeError, "rng must be a numpy.random.Generator or a seed"):
        tagged(5, "a")
