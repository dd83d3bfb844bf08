"""The kind of mistake is named for answers that no exercise foresaw."""

import numpy as np
import pytest
from sample_exercise import RIGHT, check, learner, make_number, make_scan

from rnn_helpers.checking import detectors
from rnn_helpers.checking.feedback import State

pytestmark = pytest.mark.usefixtures("from_the_numbers_alone")

STACK = "np.stack(states)"


def says(body: str, **names) -> str:
    scope = {"np": np, **names}
    return make_scan(mistakes={}).check(learner(body, scope=scope)).says


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (f"{STACK}.transpose(0, 2, 1)", "the axes are in another order"),
        (f"{STACK}[::-1]", "the order along time is reversed"),
        ("np.stack([a0, *states[:-1]])", "it is one step late along time"),
        ("np.stack([*states[1:], a0])", "it is one step early along time"),
        ("np.stack([a0, *states])", "one step too many stands at the beginning"),
        ("np.stack(states[1:])", "one step is missing at the beginning"),
        ("a", "this is the last entry along time alone"),
        (f"len(x) * {STACK}", "it is T times what it should be: is a sum in place of a mean?"),
        (f"{STACK} / x.shape[2] ** 2", "it should be m·m times as large"),
        (f"2 * {STACK}", "it is 2 times what it should be"),
        (f"np.tanh({STACK})", "tanh is taken once more than it should be"),
        (f"np.arctanh({STACK})", "the last step is missing: tanh is not taken"),
        (f"np.abs({STACK})", "the sign of every number is gone"),
        (f"np.maximum({STACK}, 0)", "what is below 0 has been cut off"),
        (f"{STACK} - x", "the term `x` is missing"),
        (f"{STACK} * x", "there is a factor `x` too many"),
        (f"{STACK}.sum(axis=2, keepdims=True)", "it is added up along an axis"),
    ],
)
def test_a_relation_between_the_numbers_is_named(value, words):
    assert words in says(RIGHT.replace(STACK, value))


def test_one_array_overwritten_in_the_loop_is_named():
    body = """
    a, states = a0.copy(), []
    for x_t in x:
        a[...] = np.tanh(Waa @ a + x_t)
        states.append(a)
    return np.stack(states)
    """
    assert "Was one array overwritten in the loop" in says(body)


def test_the_transpose_of_a_square_matrix_is_named():
    exercise = make_number(lambda u: u @ u.T @ np.diag(np.arange(len(u))), {"G": "(T, T)"})
    answer = learner("return (u @ u.T @ np.diag(np.arange(len(u)))).T", "number", "u")
    assert exercise.check(answer).says.startswith("`G`: it is the transpose of what it should be.")


def _three(u):
    return u, 2 * u, 3 * u


THREE = {"a": "(T, m)", "b": "(T, m)", "c": "(T, m)"}


def test_parts_in_another_order_are_named_and_no_right_line_is_blamed():
    result = make_number(_three, THREE).check(learner("return 3 * u, u, 2 * u", "number", "u"))
    assert result.says.startswith(
        "all values are right, but they are returned in another order: yours is `c`, `a`, `b`"
    )


def test_a_part_in_the_place_of_another_is_named():
    result = make_number(_three, THREE).check(learner("return u, 3 * u, 4 * u", "number", "u"))
    assert "`b` holds what belongs into `c`." in result.says


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (RIGHT.replace("+ x_t", "- 3"), "does not depend on `x`, and it should."),
        (RIGHT.replace("Waa @ a ", "0.1 "), "does not depend on `"),
        (RIGHT.replace("a, states = a0", "a, states = 0 * a0"), "not depend on `a0`"),
    ],
)
def test_an_argument_without_effect_is_named(body, words):
    assert words in says(body)


def test_a_mask_whose_order_does_not_count_is_not_said_to_be_without_effect():
    shapes = {"total": "()"}
    exercise = make_number(lambda mask, u: u.sum() + 3.0 * mask.sum(), shapes, mistakes={})
    exercise.cases = lambda rng: (
        {"mask": rng.random(6) < 0.5, "u": rng.normal(size=6)} for _ in range(4)
    )
    said = exercise.check(learner("return (u * mask).sum() + mask.sum()", "number", "mask, u")).says
    assert "it should not" not in said


@pytest.mark.parametrize(
    ("moved", "named"), [([True], True), ([True, True, False], True), ([False, True], False)]
)
def test_a_value_that_moved_once_in_many_proves_nothing(moved, named):
    assert detectors._often(moved) == named


def test_an_answer_that_fails_is_not_blamed_for_what_it_hands_to_a_cell():
    body = "return np.tanh(x, np.random.default_rng(0), 3, 4)"
    assert "draws at random" not in says(body)


def test_an_argument_that_should_have_no_effect_is_named():
    exercise = make_scan(reference=_ignores, mistakes={})
    result = exercise.check(learner("return x * 2 + a0", "scan"))
    assert "depends on `a0`, and it should not." in result.says or "the term `a0`" in result.says


def _ignores(x, a0, Waa):
    return 2.5 * x


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("for x_t in x:\n    a = x_t\n    return a", "the `return` stands inside the loop"),
        ("print(x)", "`scan` prints its result, but returns nothing: that takes a"),
        ("return x + np.random.normal(size=x.shape)", "two runs with the same inputs gave"),
        (
            "rng = np.random.default_rng(0)\nreturn x + rng.normal(size=x.shape)",
            "`np.random.default_rng(0)` draws at random",
        ),
        ("return x + W", "reads `W` of the notebook, which stays the same whatever"),
        ("return x + a_0", "reads `a_0` of the notebook"),
        ("return x + b", "reads `b` of the notebook"),
    ],
)
def test_what_the_text_or_a_second_run_tells_is_named(body, words):
    assert words in says(body, W=1.5, a_0=2.0, b=np.ones(1))


def test_a_loop_that_leaves_early_on_purpose_is_not_blamed():
    body = "for x_t in x:\n    if x_t is None:\n        continue\n    return x_t"
    assert "stands inside the loop" not in says(body)


def test_a_name_that_is_nearly_an_argument_is_recalled():
    assert "Did you mean `Waa`?" in says("return x * Waaa", Waaa=2.0)
    assert "Did you mean `Waa`?" in says("return x * Waaa")


# --- the kind of number --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("tokens", "u.argmax(axis=1) * 1.0", "but as numbers with a fraction. Tokens are places"),
        ("tokens", "u.argmax(axis=1)", ""),
        ("mask", "(u.argmax(axis=1) > 0) * 1", "but as whole numbers. A mask must be True and"),
        ("mask", "u.argmax(axis=1) > 0", ""),
    ],
)
def test_the_kind_of_number_counts_where_it_is_used(kind, value, words):
    def number(u):
        return u.argmax(axis=1) if kind == "tokens" else u.argmax(axis=1) > 0

    exercise = make_number(number, {"index": "(T,)"}, kinds={"index": kind})
    result = exercise.check(learner(f"return {value}", "number", "u"))
    assert result.state == (State.DIFFERENT if words else State.RIGHT)
    assert words in result.says


def test_numbers_of_16_bits_are_called_too_coarse():
    result = check(RIGHT.replace(STACK, f"np.float16({STACK})"))
    assert result.state == State.DIFFERENT
    assert "16 bits hold three digits only" in result.says


# --- right, with a remark ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "remark"),
    [
        ("states", "`a` is a list, which counts as right here: `np.stack` makes an array of it"),
        (f"{STACK}.tolist()", "`np.array` makes an array of it"),
    ],
)
def test_a_list_with_the_right_numbers_is_right(value, remark):
    result = check(RIGHT.replace(STACK, value))
    assert result.state == State.RIGHT
    assert remark in result.says


def test_an_array_of_all_values_is_right():
    result = make_number(_three, THREE).check(
        learner("return np.stack([u, 2 * u, 3 * u])", "number", "u")
    )
    assert result.state == State.RIGHT
    assert "with commas between them: `return a, b, c`" in result.says


def test_an_input_that_was_nudged_and_put_back_is_right():
    body = "Waa += 0.1\nWaa -= 0.1" + RIGHT.replace("\n    ", "\n")
    result = check(body)
    assert result.state == State.RIGHT
    assert "You changed `Waa` and put it back" in result.says
