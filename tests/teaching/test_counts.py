"""What is counted, and that nothing can be told of fewer than five."""

import itertools

import classroom
import numpy as np
import pytest

from rnn_helpers.course import facts
from rnn_helpers.course.progress import Choice, Entry, Progress
from rnn_helpers.data.stored import predictions
from rnn_helpers.lessons import catalogue
from rnn_helpers.teaching import counts
from rnn_helpers.teaching.counts import LEAST, Row, shown

EXERCISE = catalogue()["02_forward_pass"][0]
KEYS = [mistake.key for mistake in EXERCISE.known]
QUESTION = "forward_pass.by_hand"
OPTIONS = predictions()[QUESTION]["options"]


def people(*groups: tuple[int, Entry | None], choices: tuple[int, ...] = ()) -> list[dict]:
    """Return shares: so many people with each entry, who chose the options in order."""
    entries = [entry for n, entry in groups for _ in range(n)]
    chosen = [option for option, n in enumerate(choices) for _ in range(n)]
    made = []
    for i in range(max(len(entries), len(chosen))):
        entry = entries[i] if i < len(entries) else None
        option = {QUESTION: Choice(OPTIONS[chosen[i]], chosen[i] == 1)} if i < len(chosen) else {}
        kept = Progress({EXERCISE.id: entry} if entry else {}, option)
        made.append(facts.to_share(kept, f"{i:032x}", 1, classroom.WEEK))
    return made


def unaided(tries: int) -> Entry:
    return Entry(attempts=tries + 3, right=True, tries=tries, unaided=True)


AIDED = Entry(attempts=4, right=True, tries=4, hints=1, mistakes={KEYS[0]: 2})
STUCK = Entry(attempts=9, mistakes={KEYS[1]: 4}, failures={"wrong shape": 3, "shape": 1})


def row(shares: list[dict]) -> Row:
    (made,) = counts.rows(shares)
    return made


def test_a_row_counts_people() -> None:
    made = row(people((6, unaided(1)), (7, AIDED), (8, STUCK), (9, None)))
    assert (made.notebook, made.exercise) == ("02_forward_pass", "one_step")
    assert (made.tried, made.solved, made.unaided, made.stuck) == (21, 13, 6, 8)
    assert made.attempts == np.median([1] * 6 + [4] * 7 + [9] * 8)
    assert made.mistakes == ((EXERCISE.known[1].says, 8), (EXERCISE.known[0].says, 7))
    assert made.clusters == (("returns another shape", 8),)  # two words for it, counted once


def test_where_few_did_not_try_the_rest_is_counted_of_all() -> None:
    made = row(people((6, unaided(1)), (12, AIDED), (8, STUCK), (2, None)))
    assert (made.tried, made.stuck) == (None, None)  # 28 - 26 would be two people
    assert (made.solved, made.unaided) == (18, 6)


def test_a_small_group_and_what_would_give_it_away_are_hidden() -> None:
    made = row(people((6, unaided(1)), (7, AIDED), (3, STUCK), (9, None)))
    assert (made.tried, made.solved, made.unaided, made.stuck) == (16, None, None, None)
    made = row(people((2, unaided(1)), (7, AIDED), (6, STUCK), (9, None)))
    assert (made.tried, made.solved, made.unaided, made.stuck) == (15, 9, None, 6)


def test_of_fewer_than_five_nothing_is_shown() -> None:
    assert counts.rows(people((4, STUCK))) == []
    assert counts.rows(people((4, STUCK), (20, None))) == []
    assert counts.questions(people(choices=(4,))) == []


PARTS = [0, 1, 4, 5, 7]


def test_no_small_group_can_be_computed_from_a_row() -> None:
    """Of every class of small parts: what follows from the numbers shown is no small group."""
    for a, b, c, d in itertools.product(PARTS, repeat=4):
        shares = people((a, unaided(1)), (b, AIDED), (c, STUCK), (d, None))
        for made in counts.rows(shares):
            known = _known(made, a + b + c + d)
            wanted = (made.tried, made.solved, made.unaided, made.stuck)
            truth = (a + b + c, a + b, a, c)
            assert all(w in (None, t) for w, t in zip(wanted, truth, strict=True))
            assert not [n for n in known if 0 < n < LEAST], (a, b, c, d)


def _known(made: Row, people: int) -> set[int]:
    """Return every number that adding and subtracting gives of whole numbers in a row.

    The class is parted into unaided, aided, stuck and not tried: what is shown are sums of parts,
    and every other sum that they fix is known too.
    """
    parts = {"tried": (1, 1, 1, 0), "solved": (1, 1, 0, 0), "unaided": (1, 0, 0, 0)}
    parts |= {"stuck": (0, 0, 1, 0)}
    seen = [(v, getattr(made, k)) for k, v in parts.items() if getattr(made, k) is not None]
    seen.append(((1, 1, 1, 1), people))
    matrix = np.array([vector for vector, _ in seen], float)
    numbers = np.array([number for _, number in seen], float)
    fixed = set()
    for target in itertools.product((0, 1), repeat=4):
        weights, *_ = np.linalg.lstsq(matrix.T, np.array(target, float), rcond=None)
        if any(target) and np.allclose(matrix.T @ weights, target):
            fixed.add(round(float(weights @ numbers)))
    return fixed


@pytest.mark.parametrize(("group", "of"), [(1, 9), (4, 9), (5, 9), (8, 9), (3, None)])
def test_a_group_or_its_rest_that_is_small_is_hidden(group: int, of: int | None) -> None:
    assert shown(group, of) is None


@pytest.mark.parametrize(("group", "of"), [(0, 7), (5, 10), (9, 9), (0, 9), (5, 5)])
def test_a_group_that_is_large_or_nobody_is_shown(group: int, of: int) -> None:
    assert shown(group, of) == group


# ---- predictions


def bars(*choices: int, silent: int = 0) -> tuple:
    shares = people((0, None), choices=choices) + people((silent, AIDED))
    found = counts.questions(shares)
    return found[0].bars if found else ()


def test_a_prediction_shows_each_option_where_none_is_small() -> None:
    assert bars(5, 8, 0) == (("0.76", 5, False), ("0.88", 8, True), ("1.38", 0, None))
    assert bars(5, 8, 0, silent=6)[-1] == ("no answer", 6, None)


@pytest.mark.parametrize("choices", [(9, 8, 2), (9, 3, 0, 6), (7, 1, 1, 4)])
def test_where_an_option_is_small_only_the_largest_is_shown(choices: tuple[int, ...]) -> None:
    *options, silent = choices if len(choices) == 4 else (*choices, 0)
    made = bars(*options, silent=silent)
    rest = "all other answers, and none"
    assert [(text, n) for text, n, _ in made] == [("0.76", choices[0]), (rest, sum(choices[1:]))]


@pytest.mark.parametrize("choices", [(9, 4, 0), (4, 4, 4), (5, 4, 4), (9, 0, 0, 3), (2, 1, 1)])
def test_where_that_would_tell_of_few_nothing_is_shown(choices: tuple[int, ...]) -> None:
    *options, silent = choices if len(choices) == 4 else (*choices, 0)
    assert bars(*options, silent=silent) == ()


def test_no_small_group_can_be_computed_from_bars() -> None:
    """Whoever knows the rule and sees the bars is left with several sizes for each small group."""
    seen: dict[tuple, list[tuple[int, ...]]] = {}
    for parts in itertools.product(range(15), repeat=4):
        if LEAST <= sum(parts) < 15:  # so that every class of these sizes is tried
            shown_bars = tuple((text, n) for text, n, _ in bars(*parts[:3], silent=parts[3]))
            seen.setdefault((sum(parts), shown_bars), []).append(parts)
    for (_, shown_bars), classes in seen.items():
        for option in range(4):
            sizes = {parts[option] for parts in classes}
            assert len(sizes) > 1 or not 0 < min(sizes) < LEAST, (shown_bars, classes)
