"""The engine of the exercises: every state an answer can end in, and the words for it."""

import _thread
import linecache
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

from rnn_helpers.checking import exercise as engine
from rnn_helpers.checking import guard
from rnn_helpers.checking.compare import same
from rnn_helpers.checking.exercise import Exercise, Mistake, draw
from rnn_helpers.checking.feedback import Feedback, State
from rnn_helpers.course import progress


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setattr(engine, "_notes_shown", set())


def _scan(x, a0, Waa):
    a, states = a0, []
    for x_t in x:
        a = np.tanh(Waa @ a + x_t)
        states.append(a)
    return np.stack(states)


def _in_place(x, a0, Waa):
    a0 *= 2
    return _scan(x, a0, Waa)


def make_scan(**changes):
    fields = {
        "title": "Scan",
        "prompt": "Run the cell over time.",
        "starter": 'def scan(x, a0, Waa):\n    """Not ____ here."""\n    # nor ____ here\n'
        "    return ____(____ + ____)\n",
        "reference": _scan,
        "takes": {"x": "(T, n_a, m)", "a0": "(n_a, m)", "Waa": "(n_a, n_a)"},
        "returns": {"a": "(T, n_a, m)"},
        "hints": ("Carry the state along.", "Use `np.stack` at the end."),
        "mistakes": (
            Mistake("Waa @ a", "Waa.T @ a", "`Waa` is used transposed here."),
            Mistake("Waa @ a", "Waa @ a0", "`a0` is used at every step: carry the state along."),
            Mistake("np.stack(states)", "a", "only the last state came back."),
            Mistake("Waa @ a", "x_t @ a", "`x_t` stands in the place of `Waa`."),
            Mistake(function=_in_place, says="`a0` was doubled in place."),
        ),
    }
    return Exercise(**(fields | changes))


SIGNATURE = "x, a0, Waa"


def learner(body, name="scan", arguments=SIGNATURE, scope=None):
    """Define a function as a notebook cell does: its source is at hand, its globals are shared."""
    source = f"def {name}({arguments}):\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n"
    file = f"<cell {abs(hash(source))}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    scope = {"np": np, "time": time} if scope is None else scope
    exec(compile(source, file, "exec"), scope)
    return scope[name]


RIGHT = """
    a, states = a0, []
    for x_t in x:
        a = np.tanh(Waa @ a + x_t)
        states.append(a)
    return np.stack(states)
"""


def check(body, **changes):
    return make_scan(**changes).check(learner(body))


# --- right ---------------------------------------------------------------------------------------


def test_a_right_answer_is_right():
    result = check(RIGHT)
    assert result.state == "right"
    assert str(result).startswith("Right: `scan` agrees with the reference on 3 sets of inputs")


@pytest.mark.parametrize(
    "change",
    [
        "np.float32(np.stack(states))",
        "np.stack(states) + 1e-9",
        "np.stack(states).astype(complex)",
        "np.asfortranarray(np.stack(states))",
    ],
)
def test_small_departures_of_number_and_layout_are_right(change):
    assert check(RIGHT.replace("np.stack(states)", change)).state == State.RIGHT


def test_an_answer_may_name_its_arguments_as_it_likes():
    body = RIGHT.replace("x:", "seq:").replace("Waa", "W")
    assert make_scan().check(learner(body, arguments="seq, a0, W")).state == State.RIGHT


@pytest.mark.parametrize("value", ["3", "3.0", "np.array(3)", "np.float32(3)", "np.int64(3)"])
def test_any_kind_of_number_will_do_for_a_number(value):
    exercise = make_number(lambda u: 3.0)
    assert exercise.check(learner(f"return {value}", "number", "u")).state == State.RIGHT


def make_number(reference, returns=None, **changes):
    fields = {
        "starter": "def number(u):\n    return ____",
        "reference": reference,
        "takes": {"u": "(T, m)"},
        "returns": returns or {"total": "()"},
        "mistakes": (),
    }
    return make_scan(**(fields | changes))


# --- not attempted -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("return ____(____ + ____)", "fill in the 3 blanks (`____`) in `scan`"),
        ("return np.tanh(____ + ____)", "2 of 3 blanks (`____`) still to fill in `scan`."),
        ("return np.tanh(Waa @ a0 + ____)", "1 of 3 blanks"),
        ("return np.____(Waa @ a0 + x)", "1 of 3 blanks"),
        ("return np.sum(x, ____=0)\n____", "2 of 3 blanks"),
        ("return [____ for x_t in x]", "1 of 3 blanks"),
        ("step = lambda u: ____\nreturn step(x)", "1 of 3 blanks"),
    ],
)
def test_blanks_are_counted(body, says):
    result = check(body)
    assert result.state == State.NOT_ATTEMPTED
    assert result.says.startswith(says)


def test_blanks_in_words_do_not_count():
    assert check('"""Fill in ____."""\n# and ____ here' + textwrap.dedent(RIGHT)).state == "right"


def test_blanks_are_counted_without_the_source():
    scope = {}
    exec("def scan(x, a0, Waa):\n    return (lambda u: ____(u))(x + ____)", scope)
    result = make_scan().check(scope["scan"])
    assert result.says.startswith("2 of 3 blanks")


def test_a_blank_in_a_function_that_the_answer_uses_counts():
    scope = {"np": np}
    learner("return ____", "step", "u", scope)
    answer = learner("return middle(x)", scope=scope)
    learner("return step(u)", "middle", "u", scope)
    result = make_scan().check(answer)
    assert result.state == State.NOT_ATTEMPTED
    assert result.says == "`step`, which `scan` uses, has blanks to fill."


def test_an_attribute_that_shares_the_name_of_an_unfinished_function_does_not_count():
    scope = {"np": np}
    learner("return ____", "stack", "u", scope)  # the answer uses np.stack
    assert make_scan().check(learner(RIGHT, scope=scope)).state == State.RIGHT


def test_the_starter_never_runs_and_writes_no_progress():
    scope = {}
    exercise = make_scan()
    exec(exercise.starter, scope)
    assert exercise.check(scope["scan"]).state == State.NOT_ATTEMPTED
    assert not progress.path().exists()


# --- nothing to check ----------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [(), (None,), (np.zeros(3),), ("scan",), (make_scan(),)])
def test_something_else_than_a_function_gets_a_sentence(arguments):
    result = make_scan().check(*arguments)
    assert result.state == State.NOT_A_FUNCTION
    assert result.says == "hand over your function itself, without calling it: `check(scan)`."
    assert not progress.path().exists()


@pytest.mark.parametrize("arguments", ["", "x, a0", "x, a0, Waa, Wax"])
def test_wrong_arguments_get_a_sentence(arguments):
    result = make_scan().check(learner("return 1", arguments=arguments))
    assert result.state == State.WRONG_ARGUMENTS
    assert result.says.startswith("`scan` should take `(x, a0, Waa)`")


# --- errors, loops, memory, interrupts -----------------------------------------------------------


def test_an_error_names_type_message_and_the_learners_own_line():
    result = check("a = a0\na = np.linalg.inv(x[0])\nreturn a")
    assert result.state == State.RAISED
    assert "at line 3, `a = np.linalg.inv(x[0])`, with LinAlgError: Last 2 dim" in result.says
    assert "Traceback" not in result.says
    assert "site-packages" not in result.says


def test_an_error_in_the_learners_helper_names_the_line_there():
    scope = {"np": np}
    learner("u = u + 1\nreturn frob(u)", "helper", "u", scope)
    result = make_scan().check(learner("return helper(x)", scope=scope))
    assert "at line 3, `return frob(u)`, with NameError: name 'frob' is not defined." in result.says


def test_a_product_that_does_not_fit_names_both_sizes():
    says = make_number(lambda u: u.sum()).check(learner("return u @ u", "number", "u")).says
    T, m = re.search(r"`u` \((\d+), (\d+)\)", says).groups()
    assert f"left factor has m = {m} columns, but the right one has T = {T} rows" in says
    assert "gufunc" not in says


def test_an_address_in_a_message_is_left_out():
    assert "0x" not in check("raise ValueError(str(object()))").says


def test_a_long_message_is_cut():
    assert len(check("raise KeyError('long ' * 1000)").says) < 450


def test_an_exception_that_cannot_be_shown_still_gets_a_sentence():
    body = """
    class Odd(Exception):
        def __str__(self):
            raise ValueError
    raise Odd
    """
    assert "with Odd." in check(body).says


@pytest.mark.parametrize(
    "body", ["raise SystemExit(3)", "raise GeneratorExit", "import os; os.abort_"]
)
def test_no_exception_gets_out(body):
    assert check(body).state == State.RAISED


def test_endless_recursion_gets_a_sentence():
    result = check("return scan(x, a0, Waa)")
    assert result.state == State.RAISED
    assert result.says.startswith("`scan` calls itself without end at line 2")


LOOPS = {
    "plain": "while True:\n    pass",
    "asleep": "time.sleep(60)",
    "in NumPy": "while True:\n    np.ones((50, 50)) @ np.ones((50, 50))",
    "except Exception": (
        "while True:\n    try:\n        time.sleep(0.01)\n    except Exception:\n        pass"
    ),
    "bare except": "while True:\n    try:\n        Waa @ a0\n    except:\n        pass",
}


@pytest.mark.parametrize("body", LOOPS.values(), ids=LOOPS)
def test_an_endless_loop_is_stopped(body):
    before = time.monotonic()
    result = check(body, seconds=0.2)
    assert result.state == State.STOPPED
    assert result.says.startswith("`scan` was stopped after 0.2 s at line ")
    assert time.monotonic() - before < 5


def test_a_second_thread_stops_loops_where_there_is_no_timer_signal():
    results = []
    worker = threading.Thread(
        target=lambda: results.append(check("while True:\n    pass", seconds=0.2))
    )
    worker.start()
    worker.join(timeout=10)
    assert results[0].state == State.STOPPED
    assert "at line 2, `while True:`" in results[0].says or "line 3" in results[0].says


@pytest.mark.parametrize("limit", [guard._Watcher, guard._Alarm])
def test_nothing_is_raised_after_a_limit_was_lifted(limit, monkeypatch):
    if limit is guard._Alarm and not hasattr(signal, "setitimer"):
        pytest.skip("this system has no timer signal")
    monkeypatch.setattr(guard, "_Alarm", limit)
    exercise = make_scan(seconds=0.05)
    for pause in np.linspace(0.045, 0.055, 30):  # ends just about when the time is up
        exercise.check(learner(f"time.sleep({pause})"))
    deadline = time.monotonic() + 0.3
    while time.monotonic() < deadline:
        pass


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timer signal")
def test_handler_and_timer_of_others_come_back():
    def handler(number, frame):
        raise AssertionError("rang during the test")

    old = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 100)
        check(RIGHT)
        assert signal.getsignal(signal.SIGALRM) is handler
        assert 90 < signal.getitimer(signal.ITIMER_REAL)[0] <= 100
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


def test_an_interrupt_by_the_learner_is_reported_as_such():
    exercise = make_scan()
    threading.Timer(0.2, _thread.interrupt_main).start()
    result = exercise.check(learner("while True:\n    pass"))
    assert result.state == State.INTERRUPTED
    assert str(result).startswith("Interrupted: you stopped the check of `scan` at line")
    assert not progress.path().exists()


def test_a_huge_array_gets_a_sentence():
    result = check("return np.ones((100_000, 100_000))")
    assert result.state == State.STOPPED
    assert "asked for more memory than it may have at line 2" in result.says
    assert "(100000, 100000)" in result.says


@pytest.mark.skipif(guard._address_space() is None, reason="this system does not tell its memory")
def test_memory_is_limited_during_a_call_only():
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    result = check("kept = []\nwhile True:\n    kept.append(np.empty(10**7))", seconds=60)
    assert "more memory" in result.says
    assert resource.getrlimit(resource.RLIMIT_AS) == before


# --- wrong type ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("None", "`scan` returned nothing: is there a `return`?"),
        ("...", "`scan` returned `...`, a placeholder"),
        ("'a'", "`scan` returned a string, expected an array of shape (T, n_a, m) = ("),
        ("list(x)", "a list of"),
        ("list(x)", "`np.stack` turns a list into one array."),
        ("[1, 2]", "`np.array` turns a list into one array."),
        ("x,", "returned a tuple of 1 value, expected an array"),
        ("x,", "Is there a comma too many at the end of a line?"),
        ("np.tanh", "returned a function, expected"),
        ("np.array([None])", "returned an array that does not hold numbers, expected"),
        ("{}", "returned a dict, expected"),
        ("np.random", "returned a value of type module, expected"),
    ],
)
def test_a_wrong_type_is_named(value, says):
    result = check(f"return {value}")
    assert result.state == State.WRONG_TYPE
    assert says in result.says


def _two(u):
    return u.sum(), u.T


TWO = {"total": "()", "turned": "(m, T)"}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("u.sum()", "`number` returned a number, expected 2 values, (`total`, `turned`)."),
        ("u", "`number` returned an array of shape"),
        ("1, u.T, 3", "returned a tuple of 3 values, expected 2 values, (`total`, `turned`)."),
        ("1, None", "`turned` is None, expected an array of shape (m, T) ="),
        ("[1], u.T", "`total` is a list of 1 value, expected a single number."),
    ],
)
def test_several_returned_values_are_told_apart(value, says):
    result = make_number(_two, TWO).check(learner(f"return {value}", "number", "u"))
    assert result.state == State.WRONG_TYPE
    assert says in result.says


def test_a_right_part_is_said_to_be_right():
    exercise = make_number(_two, TWO)
    result = exercise.check(learner("return u.sum(), u.T + 1", "number", "u"))
    assert result.state == State.DIFFERENT
    assert result.says.startswith(
        "`total` is right. `turned` has the right shape but other numbers"
    )


def test_values_may_be_nested():
    exercise = make_number(
        lambda u: (u.T, (u + 1, u + 2)), {"a": "(m, T)", "h": "(T, m)", "c": "(T, m)"}
    )
    assert exercise.check(learner("return u.T, (u + 1, u + 2)", "number", "u")).state == "right"
    swapped = exercise.check(learner("return u.T, (u + 2, u + 1)", "number", "u"))
    assert swapped.says.startswith("`a` is right. `h` has the right shape but other numbers")
    flat = exercise.check(learner("return u.T, u + 1, u + 2", "number", "u"))
    assert "expected 2 values, (`a`, (`h`, `c`))." in flat.says


def test_a_dict_is_compared_by_its_keys():
    exercise = make_number(lambda u: {"dW": u.T, "db": u.sum()}, {"dW": "(m, T)", "db": "()"})

    def says(value):
        return exercise.check(learner(f"return {value}", "number", "u")).says

    assert (
        exercise.check(learner("return dict(db=u.sum(), dW=u.T)", "number", "u")).state == "right"
    )
    assert "expected a dict with the keys `dW`, `db`." in says("u")
    assert "a dict with the keys `dW`, expected `dW`, `db`." in says("dict(dW=u.T)")
    assert says("dict(dW=u, db=1)").startswith("`dW` has the wrong shape: got")


@pytest.mark.parametrize(
    ("value", "state"), [("'abc'", "right"), ("'abd'", "different"), ("3", "wrong type")]
)
def test_text_is_compared_as_it_is(value, state):
    exercise = make_number(lambda u: "abc", {"text": "text"})
    assert exercise.check(learner(f"return {value}", "number", "u")).state == state


@pytest.mark.parametrize(
    ("value", "state"),
    [
        ("['a', 'b']", "right"),
        ("('a', 'b')", "right"),
        ("['b', 'a']", "different"),
        ("'ab'", "wrong type"),
    ],
)
def test_a_list_is_compared_in_order(value, state):
    exercise = make_number(lambda u: ["a", "b"], {"letters": "list"})
    assert exercise.check(learner(f"return {value}", "number", "u")).state == state


# --- wrong shape ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ("np.stack(states).T", "It looks transposed."),
        ("np.stack(states).transpose(1, 0, 2)", "The axes are all there, in another order."),
        ("np.stack(states)[None]", "There is an axis of length 1 too many."),
        ("np.stack(states).sum(axis=2)", "The axis m is missing."),
        ("np.stack(states).sum(axis=2, keepdims=True)", "The axis m has shrunk to length 1."),
        ("np.stack(states[1:])", "That is one step too few."),
        ("np.stack([a0, *states])", "That is one step too many."),
        ("0.0", "got (), expected (T, n_a, m) ="),
    ],
)
def test_a_wrong_shape_is_named_with_advice(value, advice):
    result = check(RIGHT.replace("np.stack(states)", value))
    assert result.state == State.WRONG_SHAPE
    assert re.match(
        r"`a` has the wrong shape: got \(.*\), expected \(T, n_a, m\) = \(", result.says
    )
    assert advice in result.says


def test_a_lost_axis_of_length_one_recalls_keepdims():
    exercise = make_number(lambda u: u.sum(axis=1, keepdims=True), {"db": "(T, 1)"})
    result = exercise.check(learner("return u.sum(axis=1)", "number", "u"))
    assert result.says.endswith("The axis of length 1 is missing: `keepdims=True` keeps it.")


def test_a_single_number_is_expected_by_that_name():
    result = make_number(lambda u: 3.0).check(learner("return u[:1, :1]", "number", "u"))
    assert result.says == "`total` has the wrong shape: got (1, 1), expected a single number."


# --- not finite, changed input, different --------------------------------------------------------


def test_numbers_that_are_not_finite_are_counted_and_placed():
    result = check(
        RIGHT.replace(
            "np.stack(states)", "[s := np.stack(states), s.__setitem__((1, 0, 1), np.nan)][0]"
        )
    )
    assert result.state == State.NOT_FINITE
    assert "1 of its" in result.says
    assert "numbers is nan or inf, the first at t = 2, unit 1, example 2." in result.says


def test_a_warning_of_numpy_does_not_spill(recwarn):
    assert check("return np.log(-np.abs(x))").state == State.NOT_FINITE
    assert check("return x * 1e308 * 10").state == State.NOT_FINITE
    assert check("import warnings; warnings.warn('boo'); return x").state == State.DIFFERENT
    assert not recwarn


def test_infinity_is_right_where_the_reference_has_it():
    exercise = make_number(lambda u: np.where(u > 0, u, -np.inf), {"masked": "(T, m)"})
    right = learner("return np.where(u > 0, u, -np.inf)", "number", "u")
    wrong = learner("return np.where(u > 0, u, 0)", "number", "u")
    assert exercise.check(right).state == State.RIGHT
    assert exercise.check(wrong).state == State.DIFFERENT


@pytest.mark.parametrize("change", ["a0 += 1", "Waa[0, 0] = 0; a0[...] = 1", "x.sort(axis=0)"])
def test_a_changed_input_is_named(change):
    body = "x, a0, Waa = x, a0, Waa\nresult = scan_(x, a0, Waa)\n" + change + "\nreturn result"
    answer = learner(body, scope={"np": np, "scan_": _scan})
    result = make_scan().check(answer)
    assert result.state == State.CHANGED_INPUT
    assert result.says.startswith("your function changed `")
    assert ("`a0` and `Waa`" in result.says) == ("Waa" in change)


def test_inputs_are_fresh_for_every_call():
    exercise = make_scan()
    exercise.check(learner("x *= 0; a0 *= 0; Waa *= 0; return x"))
    assert exercise.check(learner(RIGHT)).state == State.RIGHT


def _descend(params, rate):
    for name in params:
        params[name] -= rate


def descend():
    return make_scan(
        starter="def descend(params, rate):\n    ____",
        reference=_descend,
        takes={},
        cases=lambda rng: ({"W": rng.normal(size=(2, 3)), "b": rng.normal(size=2)}, 0.1),
        returns={},
        mistakes=(Mistake("-=", "+=", "the step goes uphill."),),
    )


@pytest.mark.parametrize(
    ("body", "state", "says"),
    [
        ("for p in params.values(): p -= rate", "right", "agrees"),
        ("for p in params.values(): p += rate", "known mistake", "the step goes uphill."),
        (
            "for p in params.values(): p = p - rate",
            "changed its input",
            "should change `params` in place",
        ),
        ("params['W'] -= rate", "different", "`params['W']` is right. `params['b']` has"),
        ("params.clear()", "different", "`params` is `{}`, expected"),
    ],
)
def test_an_exercise_may_be_about_changing_an_input(body, state, says):
    result = descend().check(learner(body, "descend", "params, rate"))
    assert result.state == state
    assert says in result.says


def test_a_difference_is_placed_along_named_axes_with_both_numbers():
    body = RIGHT.replace(
        "np.stack(states)", "[s := np.stack(states), s[-1].__setitem__((0, 1), 9)][0]"
    )
    result = check(body)
    steps = make_scan().inputs()[0]["x"].shape[0]
    assert result.state == State.DIFFERENT
    assert f"at t = {steps}, unit 1, example 2 (yours 9, expected " in result.says
    right = ", ".join(map(str, range(1, steps)))
    assert result.says.endswith(f"It is right at t = {right}.")


def test_a_constant_factor_is_named():
    def says(value):
        return check(RIGHT.replace("np.stack(states)", value)).says

    assert says("-np.stack(states)").endswith("Only the sign is wrong.")
    assert says("2.5 * np.stack(states)").endswith("It is 2.5 times what it should be, everywhere.")
    assert re.search(
        r"It is T = \d times what it should be: is a sum", says("len(x) * np.stack(states)")
    )
    fewer = says("np.stack(states) / x.shape[0] / x.shape[2]")
    assert re.search(r"It should be T·m = \d+ times as large: is a mean in place of a sum\?", fewer)


def test_a_wrong_number_stands_beside_the_right_one():
    result = make_number(lambda u: 3.0).check(learner("return 4.25", "number", "u"))
    assert result.says == "`total` is 4.25, expected 3."


# --- known mistakes ------------------------------------------------------------------------------


def test_each_known_mistake_gets_its_own_sentence():
    exercise = make_scan()
    for mistake in exercise.mistakes:
        result = exercise.check(mistake.applied_to(exercise.reference))
        assert result.state == State.KNOWN_MISTAKE
        assert result.says.startswith(mistake.says)
        assert result.heading == "Wrong, in a known way"


def test_a_mistake_that_ends_in_an_error_shows_the_error_too():
    says = check(RIGHT.replace("Waa @ a", "x_t @ a")).says
    assert says.startswith(
        "`x_t` stands in the place of `Waa`. (`scan` stopped at line 4, `a = np.tanh("
    )


def test_a_mistake_that_changes_an_input_is_told_from_one_that_does_not():
    body = "a = 2 * a0" + RIGHT.replace("a, states = a0, []", "\n    states = []")
    assert check(textwrap.dedent(body).replace("\n    ", "\n")).state == State.DIFFERENT


@pytest.mark.parametrize("old", ["nowhere", "a"])
def test_a_replacement_must_be_clear(old):
    with pytest.raises(ValueError, match="exactly once in _scan"):
        Mistake(old, "b", "…").applied_to(_scan)


# --- hint, solution, progress --------------------------------------------------------------------


def test_hints_come_one_by_one_and_end():
    exercise = make_scan()
    shown = [str(exercise.hint()) for _ in range(4)]
    assert shown[0] == "Hint 1 of 2: Carry the state along."
    assert shown[1] == "Hint 2 of 2: Use `np.stack` at the end."
    assert shown[2] == shown[3]
    assert shown[2].startswith("No more hints: you have seen all 2.")


def test_the_solution_shows_the_reference_under_the_learners_name():
    exercise = make_scan()
    shown = exercise.solution()
    assert shown.code.startswith("def scan(x, a0, Waa):\n    a, states = a0, []")
    assert shown.code.strip() in str(shown)
    assert progress.read()[exercise.id].solution_seen
    assert progress.read()[exercise.id].attempts == 0
    assert exercise.check(learner(RIGHT)).state == State.RIGHT


def test_attempts_are_recorded():
    exercise = make_scan()
    exercise.check(learner("return x"))
    exercise.check(learner(RIGHT))
    exercise.check(learner("return x"))
    entry = progress.read()[exercise.id]
    assert (entry.attempts, entry.right, entry.solution_seen) == (3, True, False)


def test_progress_that_cannot_be_saved_costs_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", str(tmp_path / "file" / "progress.json"))
    exercise = make_scan()
    first, second = exercise.check(learner(RIGHT)), exercise.check(learner(RIGHT))
    assert first.state == second.state == State.RIGHT
    assert "Your progress could not be saved" in str(first)
    assert "Your progress could not be saved" in first._repr_html_()
    assert "progress" not in str(second)


# --- how feedback looks --------------------------------------------------------------------------


def test_html_says_the_state_in_words_and_escapes_the_rest():
    shown = Feedback(State.DIFFERENT, "`<b>` & <script>", code="if a < b: pass")._repr_html_()
    assert shown.startswith('<div role="status"')
    assert "<strong>Not right yet</strong>: <code>&lt;b&gt;</code> &amp; &lt;script&gt;" in shown
    assert "<pre><code>if a &lt; b: pass</code></pre>" in shown


def test_colours_follow_the_theme_and_have_a_fallback():
    for state in State:
        shown = Feedback(state, "…")._repr_html_()
        assert re.search(r"solid var\(--jp-[\w-]+, #\w{6}\)", shown)
        assert "color: var(--jp-content-font-color1, inherit)" in shown


def test_feedback_is_the_same_every_time():
    def answers():
        exercise = make_scan(seconds=0.2)
        bodies = [RIGHT, "return x", "return x @ x", "return None", "return x.T", *LOOPS.values()]
        return [exercise.check(learner(body)) for body in bodies[:5]]

    assert [(str(a), a._repr_html_()) for a in answers()] == [
        (str(a), a._repr_html_()) for a in answers()
    ]


# --- inputs and shapes ---------------------------------------------------------------------------


def test_drawn_arrays_have_the_shapes_asked_for_and_no_two_sizes_alike(subtests=None):
    shapes = {"x": "(T, n_x, m)", "Wa": "(n_a, n_a + n_x)", "gates": "(3*n_a, 1)", "rate": "()"}
    for seed in range(20):
        case = draw(np.random.default_rng(seed), shapes, m=3)
        T, n_x, m = case["x"].shape
        n_a = case["gates"].shape[0] // 3
        assert case["Wa"].shape == (n_a, n_a + n_x)
        assert case["gates"].shape == (3 * n_a, 1)
        assert isinstance(case["rate"], float)
        assert m == 3
        assert len({T, n_x, n_a, m}) == 4
        assert min(T, n_x, n_a) >= 2


def test_draw_repeats_with_the_seed():
    first, second = (draw(np.random.default_rng(5), {"x": "(T, m)"}) for _ in range(2))
    np.testing.assert_array_equal(first["x"], second["x"])


def test_cases_may_be_a_tuple_in_the_order_of_the_arguments():
    case = descend().inputs()[0]
    assert list(case) == ["params", "rate"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"starter": "scan = ____"}, "starter must define a function"),
        ({"takes": {}}, "takes or cases must say"),
    ],
)
def test_an_incomplete_exercise_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        make_scan(**changes)


def test_an_exercise_introduces_itself():
    exercise = make_scan()
    assert exercise.id == f"{__name__.rpartition('.')[2]}.scan"
    assert repr(exercise).endswith("scan, Scan: check(scan), hint(), solution()")


# --- comparing values ----------------------------------------------------------------------------


class Cell:
    def __init__(self, W):
        self.W = W
        self._calls = 0


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        (1, 1.0, True),
        (1.0, np.array([1.0]), False),
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), True),
        (np.array([1e6, 1.0]), np.array([1e6, 1.5]), True),
        (np.zeros(2), np.full(2, 1e-7), True),
        (np.zeros(2), np.full(2, 1e-5), False),
        ([1, 2], (1, 2), False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ("a", "a", True),
        (Cell(np.ones(2)), Cell(np.ones(2)), True),
        (Cell(np.ones(2)), Cell(np.zeros(2)), False),
        (np.array([True]), np.array([False]), False),
    ],
)
def test_values_of_any_kind_are_compared(a, b, alike):
    assert same(a, b, tolerance=1e-6) is alike


# --- what it costs -------------------------------------------------------------------------------


def test_the_engine_imports_numpy_and_nothing_heavier():
    script = (
        "import sys; from rnn_helpers.lessons import catalogue; catalogue();"
        "print(*sorted({'matplotlib', 'ipywidgets', 'anywidget', 'IPython', 'pandas'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == ""


def test_a_check_is_quick():
    exercise, answer = make_scan(), learner("return x")
    before = time.process_time()
    exercise.check(answer)
    assert time.process_time() - before < 0.5


def test_a_timer_that_was_left_behind_ends_by_itself(monkeypatch):
    if not hasattr(guard.signal, "setitimer"):
        pytest.skip("no timer signals here")
    alarm = guard._Alarm(0.01)
    alarm.start()  # as if an interrupt had come before `stop`
    deadline = time.monotonic() + 5
    while alarm._active and time.monotonic() < deadline:
        sum(range(1000))
    assert not alarm._active
    assert guard.signal.getitimer(guard.signal.ITIMER_REAL) == (0.0, 0.0)
