"""Find the cause of what is wrong: ask all that look for one, the surest first."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np

from rnn_helpers.checking import detectors, diagnosis, not_finite, traps
from rnn_helpers.checking.failures import line_of
from rnn_helpers.checking.feedback import State
from rnn_helpers.checking.known import Matcher
from rnn_helpers.checking.mutants import mutants_of
from rnn_helpers.checking.repairs.edit import FAR, LIKELY, Repair
from rnn_helpers.checking.repairs.search import Search, Target, first_line
from rnn_helpers.checking.trial import Problem, Trial

_TELLING = ("left out", "transpose", "is not taken", "wrong axis", "is taken where", "overwritten")
_NO_REPAIR = ("changed", "lost_name", "unknown_name", "replaced", "recursion", "kind", "float16")


def best(trial: Trial, problem: Problem, matcher: Matcher) -> Problem:
    """Return the problem with the most that can be said of its cause."""
    if problem.state in (State.STOPPED, State.INTERRUPTED) or problem.kind in ("kind", "float16"):
        return problem
    with np.errstate(all="ignore"):
        return next(filter(None, _causes(trial, problem, matcher)), problem)


def from_outside(trial: Trial, problem: Problem, matcher: Matcher) -> Problem:
    """As ``best``, of an answer that must not run here: none of its lines is changed and tried."""
    if problem.state in (State.STOPPED, State.INTERRUPTED) or problem.kind in ("kind", "float16"):
        return problem
    with np.errstate(all="ignore"):
        causes = (
            diagnosis.certain(trial, problem)
            or matcher.match(trial, problem)
            or matcher.nearly(trial, problem)
            or diagnosis.explained(trial, problem, detectors.after_known)
            or diagnosis.explained(trial, problem, detectors.at_last)
        )
    return causes or problem


def _causes(trial: Trial, problem: Problem, matcher: Matcher) -> Iterator[Problem | None]:
    yield diagnosis.certain(trial, problem)
    known = matcher.match(trial, problem)
    if known is not None and known.kind == "known":
        yield known
    search = _searched(trial, problem, matcher)
    yield _repaired(trial, problem, search, LIKELY)
    yield known
    yield matcher.nearly(trial, problem)
    yield _partly(trial, problem, search)
    yield diagnosis.explained(trial, problem, detectors.after_known)
    yield _repaired(trial, problem, search, FAR)
    yield _not_finite(trial, problem)
    yield diagnosis.explained(trial, problem, detectors.at_last)
    yield _two(trial, problem, search)
    yield _elsewhere(trial, problem, search)
    yield _trapped(trial, problem)


def _searched(trial: Trial, problem: Problem, matcher: Matcher) -> Search | None:
    if problem.kind in _NO_REPAIR:
        return None
    targets = [Target(mistake.function, mistake.says) for mistake in matcher.mistakes]
    mutants = mutants_of(trial.reference)
    targets += [Target(function, says) for function, says in mutants if _telling(says)]
    with contextlib.suppress(detectors.SKIPPED):
        return Search(trial, targets)
    return None


def _telling(says: str) -> bool:
    return any(words in says for words in _TELLING)


def _where(trial: Trial, repair: Repair) -> str:
    return line_of(trial.answer, repair.line + first_line(trial) - 1)


def _repaired(trial: Trial, problem: Problem, search: Search | None, rank: int) -> Problem | None:
    repair = search.single.get(rank) if search else None
    if repair is None:
        return None
    says = f"{_where(trial, repair)}: {repair.says} All else is right."
    return diagnosis.named(problem, "repaired", says, repair.more)


def _partly(trial: Trial, problem: Problem, search: Search | None) -> Problem | None:
    if search is None or search.partial is None:
        return None
    repair, left = search.partial
    names = " and ".join(f"`{name}`" for name in left)
    says = f"{_where(trial, repair)}: {repair.says} Something else is wrong in {names} as well."
    return diagnosis.named(problem, "partly repaired", says, repair.more)


def _two(trial: Trial, problem: Problem, search: Search | None) -> Problem | None:
    if search is None or search.pair is None:
        return None
    repair, other = search.pair
    says = f"two things are wrong. One is in {_where(trial, repair)}: {repair.says}"
    return diagnosis.named(problem, "two repaired", f"{says} The other: {other}", repair.more)


def _elsewhere(trial: Trial, problem: Problem, search: Search | None) -> Problem | None:
    if search is None or search.cut is None or problem.state is State.RAISED:
        return None
    says = f"{_where(trial, search.cut)}: the mistake has to do with {search.cut.cuts}."
    says += " Apart from it the answer is right."
    return diagnosis.named(problem, "cut", says)


def _trapped(trial: Trial, problem: Problem) -> Problem | None:
    if problem.state not in (State.RAISED, State.WRONG_SHAPE) or problem.kind in _NO_REPAIR:
        return None
    says = traps.trap(trial)
    return Problem(problem.state, f"{problem.says} {says}", "trap") if says else None


def _not_finite(trial: Trial, problem: Problem) -> Problem | None:
    if problem.state is not State.NOT_FINITE:
        return None
    says = not_finite.reason(trial)
    return diagnosis.named(problem, "not finite", says) if says else None
