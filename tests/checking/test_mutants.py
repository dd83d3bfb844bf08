"""The reference with one small thing changed in it: each is made, and put into words."""

import pytest
from sample_exercise import RIGHT, learner, make_number, make_scan, scan

from rnn_helpers.checking.mutants import Mutants

pytestmark = pytest.mark.usefixtures("from_the_numbers_alone")


def test_each_mutant_is_a_function_of_its_own():
    functions = [function for function, _ in Mutants(scan)]
    assert len(functions) > 40
    assert len(set(map(id, functions))) == len(functions)
    assert all(callable(function) for function in functions)


def test_one_that_is_dropped_does_not_come_again():
    mutants = Mutants(scan)
    first, *others = [function for function, _ in mutants]
    mutants.drop(first)
    assert [function for function, _ in mutants] == others


def test_one_that_is_cut_short_on_a_busy_machine_comes_once_more():
    mutants = Mutants(scan)
    first, second, *others = [function for function, _ in mutants]
    mutants.was_cut_short(first, computed=0.001)
    mutants.was_cut_short(second, computed=0.05)
    assert [function for function, _ in mutants] == [first, *others]
    mutants.was_cut_short(first, computed=0.001)
    assert [function for function, _ in mutants] == others


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Waa @ a + x_t", "Waa @ a - x_t", "somewhere `-` stands where another operation should."),
        ("Waa @ a + x_t", "Waa.T @ a + x_t", "a factor of a product is transposed: it has to do"),
        ("Waa @ a + x_t", "Waa @ a0 + x_t", "`a0` stands where another variable should."),
        ("np.tanh(Waa @ a + x_t)", "np.tan(Waa @ a + x_t)", "`tan` is taken where `tanh` should"),
        ("np.tanh(Waa @ a + x_t)", "np.tanh(Waa @ (a + x_t))", "a pair of brackets is missing"),
        (
            "Waa @ a + x_t",
            "x_t",
            "something is left out in front of a `+`: it has to do with",
        ),
    ],
)
def test_an_answer_that_does_what_a_mutant_does_is_told_its_words(old, new, words):
    exercise = make_scan(mistakes={})
    result = exercise.check(learner(RIGHT.replace(old, new)))
    assert words in result.says


def _number(u):
    total = 0.0
    for row in u[1:]:
        total += -row.sum() * (u.mean(axis=0, keepdims=True).max() + 2)
    return total if total < 99 else 99.0


@pytest.mark.parametrize(
    "words",
    [
        "a number, or a place, is one too large.",
        "a number, or a place, is one too small.",
        "a minus sign is missing.",
        "a total is overwritten, and not added to.",
        "a slice has lost a bound.",
        "`axis` is missing in a `mean`.",
        "a `mean` runs along the wrong axis.",
        "`mean` is taken where `sum` should be.",
        "one case is treated like the other one.",
        "a comparison is another than it should be: it comes out as `>`.",
    ],
)
def test_mutants_of_every_kind_are_made(words):
    assert words in {said for _, said in Mutants(_number)}


def _chosen(u, mask):
    return u[~mask].sum() if not mask.all() else 0.0


@pytest.mark.parametrize("sign", ["a `not`", "a `~`"])
def test_only_a_minus_is_called_a_minus_sign(sign):
    said = {words for _, words in Mutants(_chosen)}
    assert f"{sign} is missing." in said and "a minus sign is missing." not in said


def test_a_mutant_that_never_ends_costs_a_moment_and_is_dropped():
    def number(u):
        d, rounds = 1, 0
        while d < 40:
            d, rounds = 2 * d, rounds + 1
        return float(rounds) + u.sum()

    exercise = make_number(number)
    answer = learner("return 7.5 + np.cos(u).sum()", "number", "u")
    assert exercise.check(answer).state == "different"
    assert exercise.check(answer).state == "different"
