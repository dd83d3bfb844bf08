"""Say where a nan or an infinity comes from: the first operation of an answer that makes one."""

from __future__ import annotations

import functools
import re

import numpy as np

from rnn_helpers.checking import source
from rnn_helpers.checking.trial import Call, Trial

_REASONS = (
    ("overflow encountered in exp", "`exp` overflows there: it is taken of numbers too large."),
    ("overflow encountered", "the numbers become too large there."),
    ("divide by zero encountered in log", "the logarithm of 0 is taken there."),
    ("invalid value encountered in log", "the logarithm of a negative number is taken there."),
    ("invalid value encountered in sqrt", "the root of a negative number is taken there."),
    ("invalid value encountered in arctanh", "`arctanh` is taken of a number outside -1 … 1."),
    ("invalid value encountered in .*divide", "0 is divided by 0 there."),
    ("divide by zero encountered", "something is divided by 0 there."),
    ("invalid value encountered in subtract", "infinity is subtracted from infinity there."),
    ("invalid value encountered in multiply", "0 is multiplied by infinity there."),
)


def reason(trial: Trial) -> str:
    """Name the line in which an answer first makes a number that is not finite, and why."""
    if (tree := source.tree_of(trial.answer)) and source.makes_nan(tree):
        return "a nan is put in, and a sum or a mean with one nan in it is nan as well."
    for call in trial.calls:
        if not call.got.failure and _holds_any(call.got.value) and not _expects(call):
            return _first(trial, call)
    return ""


def _expects(call: Call) -> bool:
    return _holds_any(call.expected.value)


def _holds_any(value: object) -> bool:
    if isinstance(value, tuple):
        return any(map(_holds_any, value))
    return getattr(value, "dtype", np.dtype(float)).kind == "f" and not np.isfinite(value).all()


def _first(trial: Trial, call: Call) -> str:
    @functools.wraps(trial.answer)
    def strict(*arguments: object) -> object:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            return trial.answer(*arguments)

    failure = trial.run(strict, call.inputs).failure
    if failure is None or failure.type != "FloatingPointError":
        return ""
    says = (words for text, words in _REASONS if re.search(text, failure.message))
    return f"{failure.where}: {words}" if (words := next(says, "")) else ""
