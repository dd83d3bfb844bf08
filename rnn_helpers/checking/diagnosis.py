"""Judge a whole check: what is wrong with the answer, or what could be written more plainly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnn_helpers.checking import detectors, precision, source
from rnn_helpers.checking.compare import is_numeric, same
from rnn_helpers.checking.failures import failure_problem
from rnn_helpers.checking.feedback import State
from rnn_helpers.checking.places import (
    difference_sentence,
    inputs_in_words,
    not_finite_sentence,
    right_steps,
)
from rnn_helpers.checking.structure import (
    WrongTypeError,
    parts_of,
    shape_advice,
    shape_sentence,
)
from rnn_helpers.checking.trial import Call, Part, Problem, Trial

_NUDGED = 1e-9  # an input that differs by less was changed and put back
_STOPS = (State.STOPPED, State.INTERRUPTED)


def first_problem(trial: Trial) -> tuple[Problem | None, Call]:
    """Return the first problem of an answer, and the call that shows it best."""
    found = [(problem_of(trial, call), call) for call in trial.calls]
    wrong = [(problem, call) for problem, call in found if problem]
    if not wrong:
        return None, trial.calls[0]
    first = wrong[0]
    if first[0].state is State.DIFFERENT and not inputs_in_words(first[1]):
        short = (pair for pair in wrong if pair[0].state is State.DIFFERENT)
        return next((pair for pair in short if inputs_in_words(pair[1])), first)
    return first


def problem_of(trial: Trial, call: Call) -> Problem | None:
    """Return what is wrong with one call, in the order in which it is best mended."""
    if call.got.replaced:
        return _replaced(trial, call)
    if call.got.failure:
        return failure_problem(trial, call)
    try:
        parts = parts_of(trial, call)
    except WrongTypeError as error:
        return Problem(State.WRONG_TYPE, str(error), kind="type")
    changed = _changed(trial, call)
    if trial.accepts(call, call.expected.value, call.got.value):
        return changed or _wrong_kind(trial, parts)
    return _wrong_shape(parts) or _not_finite(parts) or changed or _difference(trial, call, parts)


def _wrong_shape(parts: list[Part]) -> Problem | None:
    for part in filter(_is_number, parts):
        if np.shape(part.expected) != np.shape(part.got):
            advice = shape_advice(part)
            kind = "shape" if advice else ""
            return Problem(State.WRONG_SHAPE, shape_sentence(part), kind, advice=advice)
    return None


def _not_finite(parts: list[Part]) -> Problem | None:
    says = next(filter(None, map(not_finite_sentence, filter(_is_number, parts))), "")
    return Problem(State.NOT_FINITE, says) if says else None


def _is_number(part: Part) -> bool:
    return is_numeric(part.expected)


def _replaced(trial: Trial, call: Call) -> Problem:
    names = " and ".join(f"`{name}`" for name in call.got.replaced)
    says = (
        f"`{trial.name}` deleted or replaced {names}, which other cells need. It was put back. "
        "Choose another name for a variable of your own."
    )
    return Problem(State.STOPPED, says, kind="replaced")


def _changed(trial: Trial, call: Call) -> Problem | None:
    says = _changed_sentence(trial, call)
    return Problem(State.CHANGED_INPUT, says, kind="changed") if says else None


def _changed_sentence(trial: Trial, call: Call) -> str:
    expected, got = call.expected.changed, call.got.changed
    unwanted = [f"`{name}`" for name in got if name not in expected and not _nudged(call, name)]
    if unwanted:
        return (
            f"your function changed {' and '.join(unwanted)}, which the caller still needs. Make "
            "a new array: `a = a + b` does, while `a += b` and `a[0] = b` write into the old one."
        )
    missing = " and ".join(f"`{name}`" for name in expected if name not in got)
    if missing:
        return f"`{trial.name}` should change {missing} in place, and left it as it was."
    return ""


def _nudged(call: Call, name: str) -> bool:
    return same(call.inputs[name], call.got.changed[name], _NUDGED)


def _difference(trial: Trial, call: Call, parts: list[Part]) -> Problem | None:
    agree = [_agrees(trial, part) for part in parts]
    if all(agree):
        return _wrong_kind(trial, parts)
    right = [f"`{part.name}`" for part, fine in zip(parts, agree, strict=True) if fine]
    lead = f"{' and '.join(right)} {'is' if len(right) == 1 else 'are'} right. " if right else ""
    part = parts[agree.index(False)]
    says = lead + difference_sentence(call, part, trial.tolerance)
    if _too_coarse(part):
        return Problem(State.DIFFERENT, f"{says} {_COARSE}", kind="float16")
    if is_numeric(part.expected) and is_numeric(part.got):
        says += right_steps(part, trial.tolerance)
    return Problem(State.DIFFERENT, says)


def _agrees(trial: Trial, part: Part) -> bool:
    return same(part.expected, part.got, trial.tolerance)


_COARSE = (
    "The numbers are right as far as they go, but 16 bits hold three digits only: calculate with "
    "`float32` or `float64`."
)


def _too_coarse(part: Part) -> bool:
    half = getattr(part.got, "dtype", None) == np.float16
    return half and same(part.expected, part.got.astype(float), 3e-3)


# --- the kind of number --------------------------------------------------------------------------

_KINDS = {
    "tokens": (
        "iu",
        "it holds the right numbers, but as {kind}. Tokens are places in a list, so they must be "
        "whole numbers (`int`): the next cell looks things up with them.",
    ),
    "mask": (
        "b",
        "it holds the right numbers, but as {kind}. A mask must be True and False: with whole "
        "numbers `loss[mask]` would pick rows 0 and 1 instead. `mask > 0` makes it so.",
    ),
}
_KIND_WORDS = {"f": "numbers with a fraction", "i": "whole numbers", "b": "True and False"}


def _wrong_kind(trial: Trial, parts: list[Part]) -> Problem | None:
    for part in parts:
        kinds, says = _KINDS.get(trial.kinds.get(part.name, ""), ("", ""))
        kind = np.asarray(part.got).dtype.kind
        if kinds and kind not in kinds and np.size(part.got):
            words = _KIND_WORDS.get(kind, "another kind of number")
            return Problem(State.DIFFERENT, f"`{part.name}`: {says.format(kind=words)}", "kind")
    return None


# --- right, with a remark ------------------------------------------------------------------------


def remark(trial: Trial) -> str:
    """Return what a right answer could do more plainly, or ""."""
    for call in trial.calls:
        if says := precision.remark(call):
            return f" {says}"
        for part in parts_of(trial, call):
            if part.remark:
                return f" {part.remark}"
        nudged = [name for name in call.got.changed if name not in call.expected.changed]
        if nudged:
            return (
                f" You changed `{nudged[0]}` and put it back, which leaves it off by a rounding "
                "error: a copy would leave it untouched."
            )
    return ""


def right_by_chance(trial: Trial) -> Problem | None:
    """Look into a right answer that draws: does it draw from ``rng`` and nothing else?"""
    if "rng" not in trial.arguments:
        return None
    kind, says = "rng", detectors.differs_when_run_twice(trial)
    return Problem(State.DIFFERENT, says, kind) if says else None


# --- all that is known ---------------------------------------------------------------------------


def certain(trial: Trial, problem: Problem) -> Problem | None:
    """Return the problem with what the answer's text, or a second run, says of its cause."""
    if problem.state in _STOPS or problem.kind in ("lost_name", "unknown_name", "replaced", "type"):
        printed = detectors.printed_not_returned(trial) if problem.kind == "type" else ""
        return Problem(problem.state, printed, "printed") if printed else None
    return named(problem, *detectors.before_known(trial))


def explained(
    trial: Trial, problem: Problem, look: Callable[[Trial], detectors.Named]
) -> Problem | None:
    """Return the problem with what the numbers say of its cause, if anything."""
    stands = (*_STOPS, State.RAISED)
    if problem.kind in ("kind", "float16", "type", "changed") or problem.state in stands:
        return None
    return named(problem, *look(trial))


def named(problem: Problem, kind: str, says: str, more: str = "") -> Problem | None:
    """Return the problem with its cause in front, or None if it has no name."""
    if not kind:
        return None
    return Problem(problem.state, f"{says} ({_sentence(problem.says)})", kind, more)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] if text[:1].isalpha() else text


def tools_lost(trial: Trial) -> list[str]:
    """Return the names that the answer uses and the notebook has lost."""
    return [name for name, _ in source.lost_tools(trial.answer, trial.reference)]
