"""An answer with one small mistake is told which one, in the line in which it stands."""

import functools
import time

import numpy as np
import pytest
from sample_exercise import RIGHT, learner, make_number, make_scan

from rnn_helpers.activations import sigmoid
from rnn_helpers.checking.feedback import State
from rnn_helpers.checking.repairs import calls, operations, places, search
from rnn_helpers.checking.repairs.edit import Source


@pytest.fixture(autouse=True)
def enough_time(monkeypatch):
    """A busy machine must not change what is found."""
    monkeypatch.setattr(search, "SECONDS", 5.0)


def _matrix(u, W):
    return np.tanh(W @ u) * u.sum(axis=1, keepdims=True)


def _sliced(u, W):
    total = np.zeros(u.shape[1])
    for t in range(1, len(u)):
        total += W[t] @ u * u[t - 1]
    return total


def _slopes(u, W):
    gate, state = sigmoid(u), np.tanh(W @ u)
    slope_of_gate = gate * (1 - gate)
    slope_of_state = 1 - state**2
    return slope_of_gate, slope_of_state


SLOPES = {"dg": "(T, m)", "ds": "(T, m)"}
NAMES = {
    _matrix: {"y": "(T, m)"},
    _sliced: {"total": "(m,)"},
    _slopes: SLOPES,
}


def says(reference, body):
    def number(u, W):
        return reference(u, W)

    exercise = make_number(
        number,
        NAMES[reference],
        takes={"u": "(T, m)", "W": "(T, T)"},
        cases=lambda rng: [
            {"u": rng.normal(size=(n, n + k)), "W": rng.normal(size=(n, n))}
            for n, k in ((4, 2), (5, 1), (3, 4))
        ],
    )
    scope = {"np": np, "sigmoid": sigmoid}
    result = exercise.check(learner(body, "number", "u, W", scope))
    assert result.state != State.RIGHT
    return result.says


@pytest.mark.parametrize(
    ("reference", "body", "words"),
    [
        (_matrix, "return np.tanh(W.T @ u) * u.sum(axis=1, keepdims=True)", "`W` is transposed,"),
        (_matrix, "return W @ u * u.sum(axis=1, keepdims=True)", "a tanh is missing"),
        (_matrix, "return np.tanh(W @ u) * u.sum(axis=0, keepdims=True)", "the wrong axis"),
        (_matrix, "return np.tanh(W @ u) * u.sum(axis=1)", "`keepdims` is missing"),
        (_matrix, "return np.tanh(W @ u) * u.mean(axis=1, keepdims=True)", "a mean stands where"),
        (_matrix, "return np.tan(W @ u) * u.sum(axis=1, keepdims=True)", "this is `tan`"),
        (_matrix, "return np.tanh(u @ W) * u.sum(axis=1, keepdims=True)", "exchanged"),
        (_sliced, "total = 0\nfor t in range(len(u)):\n    total += W[t] @ u * u[t - 1]\n"
         "return total", "`range(len(u))` begins one too early"),
        (_sliced, "total = 0\nfor t in range(1, len(u)):\n    total = W[t] @ u * u[t - 1]\n"
         "return total", "is replaced where it should be added to"),
        (_sliced, "total = 0\nfor t in range(1, len(u)):\n    total += W[t] @ u * u[t]\n"
         "return total", "`u[t]` is one place too late"),
        (_sliced, "total = 0\nfor t in range(1, len(u)):\n    total += W[:, t] @ u * u[t - 1]\n"
         "return total", "`W[:, t]` reads along another axis|`W` should be transposed here"),
        (_slopes, "g, s = sigmoid(u), np.tanh(W @ u)\nreturn g * (1 - g), s * (1 - s)",
         "`s * (1 - s)` is the slope of the sigmoid, and this is a tanh"),
        (_slopes, "g, s = sigmoid(u), np.tanh(W @ u)\nreturn 1 - g**2, 1 - s**2",
         "`1 - g**2` is the slope of tanh, and this is a sigmoid"),
        (_slopes, "g, s = sigmoid(u), np.tanh(W @ u)\nreturn g * (1 - g), 1 - s",
         "the square is missing in the slope of tanh"),
        (_slopes, "g, s = np.tanh(W @ u), sigmoid(u)\nreturn g * (1 - g), 1 - s**2",
         "stand in each other's place"),
    ],
)  # fmt: skip
def test_the_mistake_is_named(reference, body, words):
    said = says(reference, body)
    assert any(word in said for word in words.split("|"))


def _share(u):
    mask = u > 0
    return (u * mask).sum() / mask.sum()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("mask = u > 0\nreturn u[~mask].mean()", "the mask is inverted"),
        ("mask = u > 0\nreturn (u * mask).sum() / len(mask)", "counts the entries along the first"),
        ("mask = u > 0\nreturn (u * mask).sum(axis=0) / mask.sum(axis=0)", "in 2 places"),
        ("mask = u < 0\nreturn (u * mask).sum() / mask.sum()", "the condition is reversed"),
        ("mask = u > 0\nn = mask.sum()\nn = n + 1\nreturn (u * mask).sum() / n", "is too much"),
        ("mask = u > 0\nreturn np.exp((u * mask).sum() / mask.sum())", "`exp` is taken of"),
    ],
)
def test_a_mistake_in_a_single_number_is_named(body, words):
    assert words in make_number(_share).check(learner(body, "number", "u")).says


def _scores(u):
    return (u - 1) / (len(u) * u.shape[1])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            "return (u - 1) / len(u) * u.shape[1]",
            "divides by `len(u)` alone, and multiplies by `u.shape[1]`",
        ),
        ("return u - 1 / (len(u) * u.shape[1])", "another operation comes first"),
        ("y = u - 1\ny += u\nreturn y / (len(u) * u.shape[1])", "is too much"),
    ],
)
def test_mistakes_of_brackets_and_lines(body, words):
    said = make_number(_scores, {"y": "(T, m)"}).check(learner(body, "number", "u")).says
    assert any(word in said for word in words.split("|"))


def test_the_line_is_named_and_the_right_text_comes_the_second_time():
    exercise = make_scan(mistakes={})
    answer = learner(RIGHT.replace("Waa @ a", "Waa.T @ a"))
    first, second = exercise.check(answer).says, exercise.check(answer).says
    assert "line 4, `a = np.tanh(Waa.T @ a + x_t)`: `Waa` is transposed" in first
    assert "All else is right." in first
    assert "Write" not in first
    assert "Write `Waa` in place of `Waa.T`." in second


def test_an_answer_that_raises_is_repaired_too():
    said = make_scan(mistakes={}).check(learner(RIGHT.replace("Waa @ a", "a @ Waa"))).says
    assert "the two sides of `@` in `a @ Waa` are exchanged" in said
    assert "stopped at line 4" in said


def test_two_lines_in_the_wrong_order():
    def pair(u):
        total = u.sum(axis=0)
        u = u + total
        total = total * 2
        return u, total

    body = """
    total = u.sum(axis=0)
    total = total * 2
    u = u + total
    return u, total
    """
    exercise = make_number(pair, {"u": "(T, m)", "total": "(m,)"})
    assert "comes too early" in exercise.check(learner(body, "number", "u")).says


def test_one_of_two_wrong_parts_is_named_and_the_other_is_not_forgotten():
    exercise = make_number(lambda u: (u.T @ u, u.sum(axis=0)), {"G": "(m, m)", "s": "(m,)"})
    body = "G = u.T @ u + 7 * u[0] ** 3\ns = u.mean(axis=0)\nreturn G, s"
    said = exercise.check(learner(body, "number", "u")).says
    one = "a mean stands where a sum is asked for. Something else is wrong in `G` as well."
    other = (
        "`7 * u[0] ** 3` in `u.T @ u + 7 * u[0] ** 3` is too much. Something else is wrong in `s`"
    )
    assert one in said or other in said


def test_two_mistakes_of_which_one_is_known():
    exercise = make_scan()
    body = RIGHT.replace("Waa @ a", "Waa.T @ a").replace("states.append(a)", "states.append(-a)")
    said = exercise.check(learner(body)).says
    assert "two things are wrong. One is in line 5" in said
    assert "The other: `Waa` is used transposed here." in said


def test_a_repair_neither_prints_nor_ends_the_kernel(capsys):
    body = "print('once')\nwhile u.size < 0:\n    exit()\nreturn u.sum() + 5 * u.max() ** 2"
    make_number(lambda u: u.sum()).check(learner(body, "number", "u"))
    assert capsys.readouterr().out.count("once") < 20


def test_an_answer_without_text_or_with_a_closure_is_left_alone():
    hidden = 3.0
    exercise = make_number(lambda u: u.sum())
    assert exercise.check(lambda u: u.sum() + hidden * u.max()).state == State.DIFFERENT
    assert exercise.check(eval("lambda u: u.max() ** 3")).state == State.DIFFERENT


def test_where_the_mistake_is_can_be_said_even_if_not_what_it_is():
    def number(u):
        return np.tanh(u) * u.sum() + u**2

    exercise = make_number(number, {"y": "(T, m)"})
    body = "return np.tanh(u) * u.sum() + np.sort(u)"
    said = exercise.check(learner(body, "number", "u")).says
    assert "the mistake has to do with" in said


def test_one_list_under_two_names_is_named():
    def both(u):
        return np.array([*u[0], 9.0]), u[0]

    body = "first = list(u[0])\nsecond = first\nfirst.append(9.0)\n"
    body += "return np.array(first), np.array(second)"
    exercise = make_number(both, {"first": "(k,)", "second": "(m,)"})
    assert (
        "what is done to it later is done to both"
        in exercise.check(learner(body, "number", "u")).says
    )


@pytest.mark.parametrize(
    "edit", ["range(1, len(u))", "u[-1]", "len(u) > 3"], ids=["a range", "a place", "a comparison"]
)
def test_what_makes_much_explains_nothing_together_with_another_mistake(edit):
    source = Source(f"def number(u):\n    return {edit}\n")
    walks = (calls.edits, places.edits, operations.edits)
    made = [r for walk in walks for r in source.repairs(walk(source), range(9))]
    near = [r for r in made if "one place too" in r.says or "must begin" in r.says]
    near += [r for r in made if "both sides are equal" in r.says]
    assert near and all(repair.unpaired for repair in near)


def test_repairs_may_take_little_memory(monkeypatch):
    """`np.resize(u, n)` with its arguments exchanged asks for as much as there is."""
    pytest.importorskip("resource")
    failed = []

    def watched(function, inputs, seconds, value_of=search.guard.value_of):
        result = value_of(function, inputs, seconds)
        failed.append(result[0] is search.guard.FAILED)
        return result

    monkeypatch.setattr(search.guard, "value_of", watched)
    body = f"return np.ones({2 * search.MEMORY // 8}).sum() + u.max()"
    make_number(lambda u: u.sum()).check(learner(body, "number", "u"))
    assert failed.count(True) > failed.count(False)


def test_an_answer_that_waits_is_told_in_a_few_seconds(monkeypatch):
    """Waiting costs no computing, and each of its repairs waits as well."""
    monkeypatch.setattr(search, "BY_THE_CLOCK", 0.3)
    monkeypatch.setattr(search, "_EACH", 0.1)
    tried = []

    def counted(function, inputs, seconds, value_of=search.guard.value_of):
        tried.append(function)
        return value_of(function, inputs, seconds)

    monkeypatch.setattr(search.guard, "value_of", counted)
    body = "time.sleep(0.11)\nreturn np.tanh(u) * (u.sum() + 1) - u[0] * np.cos(3 * u)"
    scope = {"np": np, "time": time}
    exercise = make_number(lambda u: u.sum() * np.tanh(u**3), {"y": "(T, m)"})
    assert exercise.check(learner(body, "number", "u", scope)).state == State.DIFFERENT
    assert sum(function.__code__.co_filename == "<repair>" for function in tried) < 10


@pytest.mark.parametrize("kind", ["np.array", "list", "tuple"])
def test_an_answer_that_is_a_list_is_told_as_much_as_an_array(kind):
    body = RIGHT.replace("np.stack(states)", f"{kind}(states)")
    known = make_scan().check(learner(body.replace("Waa @ a", "Waa.T @ a")))
    assert known.says.startswith("`Waa` is used transposed here.")
    repaired = make_scan(mistakes={}).check(learner(body.replace("Waa @ a", "Waa.T @ a")))
    assert "`Waa` is transposed" in repaired.says and "All else is right." in repaired.says
    both = body.replace("Waa @ a", "Waa.T @ a").replace("states.append(a)", "states.append(-a)")
    assert "two things are wrong. One is in line 5" in make_scan().check(learner(both)).says


def test_several_values_in_a_list_are_looked_at_one_by_one():
    exercise = make_number(lambda u: (u.T @ u, u.sum(axis=0)), {"G": "(m, m)", "s": "(m,)"})
    body = "G = u.T @ u + 7 * u[0] ** 3 * np.cos(5 * u[0])\ns = u.mean(axis=0)\nreturn [G, list(s)]"
    said = exercise.check(learner(body, "number", "u")).says
    assert "Something else is wrong in `G` as well." in said or "wrong in `s` as well" in said


def test_what_is_no_function_with_a_text_of_its_own_is_left_alone():
    answer = functools.cache(learner("return 3 * len(u)", "number", "u"))
    assert make_number(lambda u: 3.0).check(answer).state == State.RAISED  # arrays have no hash
    assert search._read("answer = lambda u: u\n") is None
    assert search._read("class Answer:\n    pass\n") is None
    assert search._read("") is None and search._read("def f(:") is None


def test_an_error_of_a_search_is_not_passed_over(monkeypatch):
    def breaks(*_):
        raise IndexError

    monkeypatch.setattr(search.lines, "repairs", breaks)
    with pytest.raises(IndexError):  # `SKIPPED` is none here, as no detector may trip
        make_scan(mistakes={}).check(learner("return x"))


def test_no_list_is_made_of_an_array_to_be_right():
    exercise = make_number(lambda u: (u[0] + 1, u[0]), {"a": "(m,)", "b": "(m,)"})
    answer = learner("return np.concatenate([u[0] + 1, u[0]])", "number", "u")
    assert "and should not be" not in exercise.check(answer).says
