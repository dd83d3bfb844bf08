"""What to say of an answer that did not return: an error, a time-out, an exit."""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnn_helpers.checking import source
from rnn_helpers.checking.feedback import State
from rnn_helpers.checking.guard import Failure
from rnn_helpers.checking.trial import Call, Problem, Trial

_ENDLESS = "Is there a loop that never ends, or far more work than the task asks for?"


def failure_problem(trial: Trial, call: Call) -> Problem:
    """Word the failure of a call as a problem."""
    failure = call.got.failure
    word = _STOPPED.get(failure.kind)
    if word is not None:
        return word(trial.name, trial.seconds, failure)
    advice, kind = _advice(trial, call, failure)
    says = error_sentence(trial.name, failure)
    return Problem(State.RAISED, says + (f" {advice}" if advice else ""), kind=kind)


def error_sentence(name: str, failure: Failure) -> str:
    """Name the error an answer stopped with, and the learner's own line."""
    at = f" at {failure.where}," if failure.where else ""
    if failure.type == "RecursionError":
        return f"`{name}` calls itself without end{at.rstrip(',')} (RecursionError)."
    message = f": {failure.message}" if failure.message else ""
    return f"`{name}` stopped{at} with {failure.type}{message.rstrip('.')}."


def line_of(function: Callable, number: int) -> str:
    """Word a line of the cell that a function stands in."""
    file = getattr(getattr(function, "__code__", None), "co_filename", "")
    text = linecache.getline(file, number).strip().replace("`", "'")
    return f"line {number}, `{text}`" if text else f"line {number}"


# --- it was stopped ------------------------------------------------------------------------------


def _at(failure: Failure) -> str:
    return f" at {failure.where}" if failure.where else ""


def _interrupted(name: str, _seconds: float, failure: Failure) -> Problem:
    says = f"you stopped the check of `{name}`{_at(failure)}. Run the cell again to repeat it."
    return Problem(State.INTERRUPTED, says)


def _out_of_time(name: str, seconds: float, failure: Failure) -> Problem:
    says = f"`{name}` was stopped after {seconds:g} s{_at(failure)}."
    if failure.message == "busy":
        return Problem(State.STOPPED, f"{says} {_ENDLESS}", kind="endless")
    says += " It was waiting most of that time: for a `sleep`, or for a busy machine."
    return Problem(State.STOPPED, f"{says} If it was the machine, run the cell again.")


def _out_of_memory(name: str, _seconds: float, failure: Failure) -> Problem:
    detail = f": {failure.message}" if failure.message else ""
    says = f"`{name}` asked for more memory than it may have{_at(failure)}{detail}."
    says += " Is an array larger than you mean it to be?"
    return Problem(State.STOPPED, says, kind="memory")


def _exit(name: str, _seconds: float, failure: Failure) -> Problem:
    says = f"`{name}` calls `{failure.message}`{_at(failure)}, which ends Python and not just the "
    says += "function. A function is left with `return`. (The kernel was kept alive.)"
    return Problem(State.STOPPED, says, kind="exit")


def _input(name: str, _seconds: float, failure: Failure) -> Problem:
    says = f"`{name}` calls `{failure.message}`{_at(failure)} and would wait for somebody to type. "
    says += "Whatever it needs comes in as its arguments."
    return Problem(State.STOPPED, says, kind="input")


_STOPPED: dict[str, Callable[[str, float, Failure], Problem]] = {
    "interrupted": _interrupted,
    "time": _out_of_time,
    "memory": _out_of_memory,
    "exit": _exit,
    "input": _input,
}


# --- it raised -----------------------------------------------------------------------------------


def _advice(trial: Trial, call: Call, failure: Failure) -> tuple[str, str]:
    """Return what may help, and a word for the mistake if the advice is sure to name it."""
    if failure.type == "RecursionError":
        return "", "recursion"
    for advise in (_lost_name, _unknown_name, _well_known):
        if says := advise(trial, failure):
            return says, advise.__name__.strip("_")
    products, pair = _product_advice(call, failure), _pair_advice(call, failure)
    kind = "product" if products else "broadcast" if pair else ""
    return products + pair + _shapes_of_inputs(call, failure), kind


def _lost_name(trial: Trial, failure: Failure) -> str:
    """Notice a name such as ``np`` that no longer is what the set-up cell made of it."""
    if failure.type not in ("NameError", "TypeError", "AttributeError", "UnboundLocalError"):
        return ""
    for name, now in source.lost_tools(trial.answer, trial.reference):
        real = "NumPy" if name == "np" else "what it was"
        state = "is gone" if now is None else f"is no longer {real}"
        return f"`{name}` {state}: run the set-up cell at the top of the notebook again."
    return ""


def _unknown_name(trial: Trial, failure: Failure) -> str:
    found = re.match(r"name '(\w+)' is not defined", failure.message)
    if found is None:
        return ""
    name = found[1]
    near = source.nearest(name, trial.answer)
    if near:
        return f"Did you mean `{near}`?"
    arguments = ", ".join(f"`{argument}`" for argument in trial.arguments)
    return f"Your function is handed {arguments}, and nothing called `{name}`."


class _WellKnown(NamedTuple):
    """An error everybody meets once: its message, what stands in the line, and what helps."""

    message: str
    line: str
    says: str


_WELL_KNOWN = (
    _WellKnown(
        r"only .*arrays can be converted to Python scalars|only length-1 arrays",
        r"\bmath\.",
        "The functions of `math` take one number. Those of `np` take whole arrays.",
    ),
    _WellKnown(
        "truth value of an array",
        r"\b(max|min)\(",
        "Python's `max` and `min` compare whole things, not entry by entry. For arrays there are "
        "`np.max` with an `axis`, and `np.maximum` for two arrays.",
    ),
    _WellKnown(
        "truth value of an array",
        r"\b(if|while|and|or|not)\b",
        "`if`, `and` and `or` want one True or False, and an array has many. Compare entries with "
        "`np.where`, `np.maximum` or `&`, or ask for `.all()` or `.any()`.",
    ),
    _WellKnown(
        r"bitwise_xor|unsupported operand type\(s\) for \^",
        r"\^",
        "`^` is no power in Python. A power is written `**`.",
    ),
    _WellKnown(
        r"bitwise_(and|or)|unsupported operand type\(s\) for [&|]",
        r"[&|]",
        "`&` and `|` join True and False only. To leave something out of a sum, multiply by it.",
    ),
    _WellKnown(
        r"unsupported operand type\(s\) for (@|\+|-|\*\*|/|\*).*(list|tuple)",
        "",
        "A list is no array, and does not calculate: join or stack it into an array first.",
    ),
    _WellKnown(
        "dict_values|dict_keys|dict_items|'generator'",
        "",
        "The values of a dict are no array. Go through them one by one: `for g in d.values()`.",
    ),
    _WellKnown(
        "unsupported operand.*'dict'|'dict' object",
        "",
        "A dict does not calculate: take the arrays out of it by their names.",
    ),
    _WellKnown(
        "zero-dimensional arrays cannot be concatenated",
        "",
        "A single number cannot be joined. In square brackets it is a list of one.",
    ),
    _WellKnown(
        "must have (the )?same number of dimensions|must match exactly",
        r"concatenate|stack",
        "Arrays that are joined must have the same number of axes, and equal sizes along all but "
        "the one that they are joined along.",
    ),
    _WellKnown(
        "must have the same shape",
        r"stack",
        "Arrays that are stacked must all have one shape. Does something of an earlier call, or "
        "the start, stand among them?",
    ),
    _WellKnown(
        "object is not callable",
        r"\)\s*\(|\w\(",
        "Round brackets behind something call it. A factor needs `*` or `@` in front of the "
        "bracket, and a place in an array square brackets.",
    ),
    _WellKnown(
        "object is not subscriptable",
        r"\[",
        "Square brackets ask for an entry, which a function or a number has not. A function is "
        "called with round ones.",
    ),
    _WellKnown(
        r"cannot be interpreted as an integer|expected a sequence of integers"
        r"|slice indices must be integers|only integers, slices"
        r"|arrays used as indices must be of integer",
        "",
        "Places and sizes are whole numbers. `/` makes a number with a fraction, `//` does not.",
    ),
    _WellKnown(
        "object is not iterable|cannot unpack non-iterable",
        "",
        "A single number stands where several values are expected.",
    ),
    _WellKnown(
        "too many values to unpack|not enough values to unpack",
        "",
        "The number of names on the left must be the number of values on the right.",
    ),
    _WellKnown(
        "referenced before assignment|cannot access local variable",
        "",
        "A name that a function assigns to is its own, and it is read here before it has a value.",
    ),
    _WellKnown(
        "is out of bounds for axis 0 with size 0|zero-size array|arg(max|min) of an empty sequence",
        "",
        "An array is empty here: nothing was found that it could hold.",
    ),
    _WellKnown(
        "only integer scalar arrays can be converted",
        "",
        "One whole number is wanted here, an axis or the bound of a slice, and an array came.",
    ),
    _WellKnown(
        "boolean index did not match",
        "",
        "A mask picks along the axes that it has itself: those of the array must be the same.",
    ),
    _WellKnown(
        "index can't contain negative values",
        r"\bpad\(",
        "The width to pad by is negative: what is too long has to be cut first.",
    ),
    _WellKnown(
        "requires string as left operand",
        r"\bin\b",
        "A token is a number, and only text can stand in a text.",
    ),
    _WellKnown(
        "is out of bounds for axis|list index out of range|index out of range",
        "",
        "Places are counted from 0, so the last one is the length minus 1.",
    ),
    _WellKnown(
        "axis .* is out of bounds for array of dimension",
        "",
        "Axes are counted from 0, so an array with two has the axes 0 and 1.",
    ),
    _WellKnown(
        "setting an array element with a sequence|inhomogeneous shape",
        "",
        "Several numbers stand where there is room for one.",
    ),
    _WellKnown(
        "object has no attribute 'T'|object has no attribute 'shape'|object has no attribute 'sum'",
        "",
        "That is no array: is it a list, a number, or a function without its brackets?",
    ),
    _WellKnown(
        "SVDResult|EigResult|EighResult",
        "",
        "A function of `np.linalg` returns several things at once. Take the one you need by name.",
    ),
    _WellKnown(
        "non-broadcastable output operand",
        r"[-+*]=",
        "What is added in place has another shape. Is a whole array used where one step's entry "
        "is meant?",
    ),
    _WellKnown(
        "could not broadcast input array",
        r"=",
        "The place on the left has another size than what stands on the right.",
    ),
    _WellKnown(
        "positional argument|unexpected keyword argument|got multiple values",
        "",
        "Something is called with other arguments than it takes.",
    ),
    _WellKnown(
        "'NoneType'",
        "",
        "Something here is None: the first call, or a function that returns nothing.",
    ),
    _WellKnown(
        "unsupported operand type.*'builtin_function_or_method'|'builtin_function_or_method'",
        "",
        "A function stands here without its brackets, `()`.",
    ),
    _WellKnown(
        "division by zero",
        "",
        "What it is divided by is 0 here, at which a number of Python stops. What is to come out "
        "then? See that this case never reaches the division.",
    ),
    _WellKnown(
        "module 'numpy.*' has no attribute",
        "",
        "NumPy has no function of that name.",
    ),
)


def _well_known(_trial: Trial, failure: Failure) -> str:
    for known in _WELL_KNOWN:
        if re.search(known.message, failure.message) and re.search(known.line, failure.where):
            return known.says
    return ""


def _product_advice(call: Call, failure: Failure) -> str:
    """Name the two sizes that do not meet in a matrix product."""
    sizes = re.match(r"matmul:.*size (\d+) is different from (\d+)", failure.message)
    if sizes is None:
        return ""
    names = {size: f"{name} = {size}" for name, size in call.sizes.items()}
    rows, columns = (names.get(int(size), size) for size in sizes.groups())
    return f"In `@` the left factor has {columns} columns, but the right one has {rows} rows."


def _pair_advice(call: Call, failure: Failure) -> str:
    """Name the shapes that do not go together entry by entry."""
    shapes = re.match(r"operands could not be .*shapes? (\(.*?\)) (\(.*?\))", failure.message)
    if shapes is None:
        return ""
    names: dict[str, str] = {}
    for name, value in call.inputs.items():
        if isinstance(value, np.ndarray):
            names.setdefault(str(value.shape).replace(" ", ""), f" as `{name}` is")
    one, two = (f"{shape}{names.get(shape, '')}" for shape in shapes.groups())
    return (
        f"`+`, `-`, `*` and `/` go entry by entry, and an array {one} and one {two} have no "
        "entries that belong together. Is another operation meant, or another axis?"
    )


def _shapes_of_inputs(call: Call, failure: Failure) -> str:
    shapes = {name: v.shape for name, v in call.inputs.items() if isinstance(v, np.ndarray)}
    if failure.type not in ("ValueError", "IndexError") or not shapes:
        return ""
    listed = ", ".join(f"`{name}` {shape}" for name, shape in shapes.items())
    return f" The inputs had these shapes: {listed}."
