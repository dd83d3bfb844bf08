"""Where an answer differs, worded alike everywhere: counted as the notebooks count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnn_helpers.checking.compare import differing, is_numeric
from rnn_helpers.checking.trial import Call, Part

_FROM_1 = {  # steps, units, examples: the notebooks count them from 1
    "T": "t =",
    "T_y": "t =",
    "T_1": "t =",
    "L": "layer",
    "m": "example",
    "n": "unit",
    "n_a": "unit",
    "2 * n_a": "unit",
}
_FROM_0 = {  # rows that are places in a list, as tokens, classes and tags are
    "n_x": "row",
    "n_y": "row",
    "K": "row",
    "k": "column",
}
LONGEST = 160  # characters of inputs that fit on a line


def at(part: Part, place: Any) -> str:
    """Word an index along the named axes, leaving out axes of length 1."""
    place = [int(index) for index in place]
    if len(part.axes) != len(place):
        return f" at index {place[0] if len(place) == 1 else tuple(place)}" if place else ""
    words = [_along(axis, index) for axis, index in zip(part.axes, place, strict=True)]
    words = [word for word in words if word]
    return f" at {', '.join(words)}" if words else ""


def _along(axis: str, index: int) -> str:
    if axis == "1":
        return ""
    if axis in _FROM_1:
        return f"{_FROM_1[axis]} {index + 1}"
    if axis in _FROM_0:
        return f"{_FROM_0[axis]} {index} (from 0)"
    return f"index {index}" if axis.startswith("T") else f"row {index} (from 0)"


def difference_sentence(call: Call, part: Part, tolerance: float) -> str:
    """Say where and by how much the numbers of a part differ."""
    if not is_numeric(part.expected) or np.shape(part.expected) != np.shape(part.got):
        return f"`{part.name}` is {_short(part.got)}, expected {_short(part.expected)}."
    expected, got = part.numbers()
    if expected.ndim == 0:
        yours, right = _numbers(got, expected)
        return f"`{part.name}` is {yours}, expected {right}{inputs_in_words(call)}."
    wrong = differing(expected, got, tolerance)
    distance = np.where(wrong, np.abs(np.subtract(got, expected, dtype=complex)), 0.0)
    place = np.unravel_index(np.argmax(distance), distance.shape)
    yours, right = _numbers(got[place], expected[place])
    return (
        f"`{part.name}` has the right shape but other numbers: largest difference "
        f"{distance[place]:.2g}{at(part, place)} "
        f"(yours {yours}, expected {right})."
    )


def not_finite_sentence(part: Part) -> str:
    """Count and place what is nan or infinite; "" if nothing is that should not be."""
    expected, got = part.numbers()
    bad = ~np.isfinite(got) & np.isfinite(expected)
    if not bad.any():
        return ""
    advice = "Is there a division by zero, a log of zero or an overflow?"
    if bad.ndim == 0:
        return f"`{part.name}` is {got}, not a finite number. {advice}"
    first = at(part, np.argwhere(bad)[0])
    count = f"{bad.sum()} of its {bad.size} numbers {'is' if bad.sum() == 1 else 'are'} nan or inf"
    return f"`{part.name}` is not finite: {count}, the first{first}. {advice}"


def inputs_in_words(call: Call) -> str:
    """Write the inputs out, if they fit on a line: so that one can work on the case by hand."""
    words = []
    for name, value in call.inputs.items():
        text = _value_in_words(value)
        if text:
            words.append(f"{name} = {text}")
        elif not callable(value):
            return ""
    text = ", ".join(words)
    return f" for {text}" if 0 < len(text) <= LONGEST else ""


def _value_in_words(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        entries = [_value_in_words(entry) for entry in value]
        return f"[{', '.join(entries)}]" if all(entries) else ""
    if isinstance(value, Mapping) or not is_numeric(value):
        return ""
    if np.ndim(value):
        return _value_in_words(np.asarray(value).tolist()) if np.size(value) <= 40 else ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _short(value: Any) -> str:
    try:
        text = repr(value).replace("`", "'")
    except Exception:  # the learner's own class may fail here
        text = f"a {type(value).__name__}"
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"


def _numbers(got: Any, expected: Any) -> tuple[str, str]:
    """Word two numbers with as many digits as it takes to tell them apart, at least three."""
    if {np.asarray(value).dtype.kind for value in (got, expected)} & set("fc"):
        for digits in range(3, 17):
            words = f"{got:.{digits}g}", f"{expected:.{digits}g}"
            if words[0] != words[1]:
                return words
    return str(got), str(expected)


def right_steps(part: Part, tolerance: float) -> str:
    """Name the steps, or the examples, that agree: they tell where an error enters."""
    expected, got = part.numbers()
    if len(part.axes) != expected.ndim or expected.shape != got.shape or not expected.ndim:
        return ""
    wrong = differing(expected, got, tolerance)
    for axis, one in (("T", "t ="), ("T_y", "t ="), ("m", "example")):
        if axis in part.axes and expected.ndim > (axis == "m"):
            others = tuple(k for k, name in enumerate(part.axes) if name != axis)
            right = [str(k + 1) for k in np.flatnonzero(~wrong.any(axis=others))]
            if right:
                return f" It is right at {one} {', '.join(right)}."
    return ""
