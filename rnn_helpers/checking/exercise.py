"""An exercise as data, and the check that knows what went wrong.

An exercise is a function the learner writes. Its prompt stands in the notebook, and one cell holds
its starter, a ``def`` whose blanks are the bare name ``____``, and as last line the check::

    def one_step(x_t, a_prev, Waa, Wax, ba):
        return ____

    exercises.one_step.check(one_step)

The file ``exercises.py`` of a lesson declares each exercise as a module-level :class:`Exercise`
with the name of the learner's function.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from types import ModuleType
from typing import Any

import numpy as np

from rnn_helpers.checking import cause, diagnosis, guard, precision, source, surroundings
from rnn_helpers.checking.blanks import blanks_left
from rnn_helpers.checking.compare import same
from rnn_helpers.checking.feedback import Feedback, State
from rnn_helpers.checking.guard import Failure, Outcome
from rnn_helpers.checking.inputs import axes, deal, fresh_seed, generator
from rnn_helpers.checking.known import Matcher, Mistake, mistakes_of, source_of
from rnn_helpers.checking.trial import Call, Problem, Trial
from rnn_helpers.course import progress

_NO_ANSWER = object()
_NO_ATTEMPT = (
    State.NOT_ATTEMPTED,
    State.NOT_A_FUNCTION,
    State.INTERRUPTED,
    State.NOT_COMPLETED,
)
_FOR_THE_CAUSE = 0.5  # seconds in which an answer may be run again, to find what is wrong with it
_FOR_A_MUTANT = 0.05  # seconds in which a changed reference must end
_CASE = (State.DIFFERENT, State.WRONG_SHAPE, State.NOT_FINITE, State.RAISED, State.KNOWN_MISTAKE)


class _NotCompletedError(Exception):
    """The course's own functions were cut short, so that nothing can be said of the answer."""


@dataclass(eq=False, repr=False)
class Exercise:
    """A task with its reference answer, its hints and its known mistakes.

    Its name is that of ``reference`` without the leading underscore.

    ``takes`` and ``returns`` give symbolic shapes, ``{"x_t": "(n_x, m)"}``; ``"()"`` is a number.
    The inputs of one check are dealt by ``cases(rng)``, which yields the arguments of each call, a
    dict or a tuple; without ``cases`` they are what :func:`inputs.deal` makes of the shapes in
    ``takes``. Every check has a new ``rng``, so what a mistake could hide behind must be dealt in
    each of them: ``deals`` says what that is, in words and as a function of the arguments that must
    be true of at least one call. The number of parts in ``returns`` is the number of values
    returned.

    ``mistakes`` maps a change to the sentence that helps. A change is ``"old → new"``, a
    replacement in the source of the reference (``old`` occurs there exactly once; ``"old → "``
    leaves it out), or a whole wrong function. The first that does what the answer does speaks. The
    sentence says what kind of mistake it is; what stands behind `` || `` gives the line away and is
    shown when the same mistake comes a second time.

    ``kinds`` names the parts that are "tokens" or a "mask", for which the kind of number counts.
    ``agree(inputs, expected, got)`` may accept a returned value that differs from the reference's.
    ``by_hand`` names functions of the package that the answer is to replace, and ``asks`` says in a
    sentence what is missing in the text of an answer whose numbers are right.
    """

    title: str
    reference: Callable
    returns: Mapping[str, str]
    hints: Sequence[str]
    mistakes: Mapping[str | Callable, str]
    takes: Mapping[str, str] = field(default_factory=dict)
    cases: Callable[[np.random.Generator], Iterable[Mapping[str, Any] | tuple]] | None = None
    deals: Mapping[str, Callable[..., bool]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    agree: Callable[[Mapping[str, Any], Any, Any], bool] | None = None
    by_hand: Sequence[str] = ()
    asks: Callable[[ast.AST], str] | None = None
    tolerance: float = 1e-6  # relative to the largest number of the reference's answer
    seconds: float = 5.0  # a check may take this long

    def __post_init__(self) -> None:
        if self.cases is None and not self.takes:
            raise ValueError("takes or cases must say what the inputs are, got neither")
        self.name = self.reference.__name__.removeprefix("_")
        lesson = self.reference.__module__.removesuffix(".exercises").rpartition(".")[2]
        self.id = f"{lesson}.{self.name}"
        self.signature = inspect.signature(self.reference)
        self._hints_shown = 0
        self._told: set[str] = set()
        self._until = 0.0

    def __repr__(self) -> str:
        return f"Exercise {self.id}, {self.title}: check({self.name}), hint(), solution()"

    # --- what the learner calls ------------------------------------------------------------------

    def check(self, answer: Any = _NO_ANSWER, seed: int | None = None) -> Feedback:
        """Run ``answer``, the learner's function, on several inputs and say how it did.

        The inputs are new in every check; ``seed`` deals those of an earlier one again.
        """
        try:
            problem = self._before_running(answer) or self._judge(answer, seed)
        except KeyboardInterrupt:
            says = f"you stopped the check of `{self.name}`. Run the cell again to repeat it."
            problem = Problem(State.INTERRUPTED, says)
        except _NotCompletedError:
            says = f"the check of `{self.name}` could not be completed. Run the cell again."
            problem = Problem(State.NOT_COMPLETED, says)
        return self._feedback(problem)

    def _feedback(self, problem: Problem) -> Feedback:
        if problem.state in _NO_ATTEMPT:
            return Feedback(problem.state, problem.says)
        right = problem.state == State.RIGHT
        failure = "" if right or problem.mistakes else problem.kind or str(problem.state)
        note = progress.record(self.id, right=right, mistakes=problem.mistakes, failure=failure)
        says = problem.says
        if problem.more and problem.more in self._told:
            says = f"{says} {problem.more}"
        self._told.add(problem.more)
        notes = " ".join(filter(None, (problem.case, note)))
        return Feedback(problem.state, says, note=notes, kind=problem.kind)

    def hint(self) -> Feedback:
        """Show the next hint."""
        total = len(self.hints)
        if self._hints_shown == total:
            says = f"you have seen all {total}. `exercises.{self.name}.solution()` shows an answer."
            return Feedback(State.HINT, says, label="No more hints")
        self._hints_shown += 1
        label = f"Hint {self._hints_shown} of {total}"
        note = progress.record(self.id, hints=self._hints_shown)
        return Feedback(State.HINT, self.hints[self._hints_shown - 1], label=label, note=note)

    def solution(self) -> Feedback:
        """Show one right answer; the progress remembers that it was seen."""
        note = progress.record(self.id, solution_seen=True)
        says = f"one way to write `{self.name}`. Try it in your own words, then check it."
        return Feedback(State.SOLUTION, says, code=self.solution_source(), note=note)

    # --- what it is checked with -----------------------------------------------------------------

    def solution_source(self) -> str:
        """Return the source of the reference under the name of the exercise."""
        return re.sub(rf"\b{self.reference.__name__}\b", self.name, source_of(self.reference))

    @cached_property
    def known(self) -> list[Mistake]:
        """The known mistakes."""
        return mistakes_of(self.reference, self.mistakes)

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self.reference, self.known, self._run_mistake)

    def inputs(self, seed: int = 0) -> list[dict[str, Any]]:
        """Return the arguments of each call of the check with this seed."""
        rng = generator(seed)
        cases = deal(rng, self.takes) if self.cases is None else self.cases(rng)
        return [self._by_name(case) for case in cases]

    def _by_name(self, case: Mapping[str, Any] | tuple) -> dict[str, Any]:
        if isinstance(case, tuple):
            return dict(zip(self.signature.parameters, case, strict=True))
        return {name: case[name] for name in self.signature.parameters}

    def outcomes(self, function: Callable, inputs: Sequence[Mapping[str, Any]]) -> list[Outcome]:
        """Call ``function`` on each of ``inputs``, up to one that had to be stopped."""
        end = time.monotonic() + self.seconds
        outcomes = []
        for case in inputs:
            left = max(end - time.monotonic(), 0.1)
            outcome = guard.call(function, self.signature, case, left)
            outcomes.append(outcome)
            if outcome.replaced or (outcome.failure and outcome.failure.kind != "raised"):
                break
        return outcomes

    def _run_trusted(self, function: Callable, case: Mapping[str, Any]) -> Outcome:
        """Call one of the exercise's own functions; if it is cut short, so is the check."""
        outcome = guard.call_trusted(function, self.signature, case, self.seconds)
        if outcome.failure and outcome.failure.kind == "interrupted":
            raise KeyboardInterrupt
        if outcome.failure and outcome.failure.kind != "raised":
            raise _NotCompletedError
        return outcome

    def alike(self, some: Sequence[Outcome], others: Sequence[Outcome]) -> bool:
        """Say whether two functions did the same: values, changed inputs and failures."""
        return len(some) == len(others) and all(
            a.failure == b.failure
            and same(a.value, b.value, self.tolerance)
            and same(a.changed, b.changed, self.tolerance)
            for a, b in zip(some, others, strict=True)
        )

    def sizes(self, case: Mapping[str, Any], expected: Outcome) -> dict[str, int]:
        """Return the size of each axis named in ``takes`` and ``returns``."""
        arrays = {**case, **dict(zip(self.returns, _leaves(expected.value), strict=False))}
        sizes: dict[str, int] = {}
        for name, shape in {**self.takes, **self.returns}.items():
            named = zip(axes(shape), getattr(arrays.get(name), "shape", ()), strict=False)
            sizes |= {axis: size for axis, size in named if axis.isidentifier()}
        return sizes

    # --- how it is checked -----------------------------------------------------------------------

    def _before_running(self, answer: Any) -> Problem | None:
        if answer is _NO_ANSWER or isinstance(answer, Exercise) or not callable(answer):
            says = f"hand over your function itself, without calling it: `check({self.name})`."
            return Problem(State.NOT_A_FUNCTION, says)
        if says := blanks_left(self.name, answer):
            return Problem(State.NOT_ATTEMPTED, says)
        if not self._fits(answer):
            arguments = f"`({', '.join(self.signature.parameters)})`"
            says = f"`{self.name}` should take {arguments}: keep the starter's first line."
            return Problem(State.WRONG_ARGUMENTS, says)
        return self._returns_later(answer)

    def _returns_later(self, answer: Callable) -> Problem | None:
        """Name what looks like a function and, when called, has not begun yet."""
        run = answer if inspect.isroutine(answer) else getattr(answer, "__call__", answer)  # noqa: B004
        if inspect.iscoroutinefunction(run) or inspect.isasyncgenfunction(run):
            says = f"`{self.name}` is asynchronous (`async def`): begin it with `def` alone."
            return Problem(State.WRONG_TYPE, says, kind="async")
        if inspect.isgeneratorfunction(run):
            says = (
                f"`{self.name}` has a `yield`, so it returns a generator and computes nothing yet: "
                "gather the values in a list or an array, and `return` that."
            )
            return Problem(State.WRONG_TYPE, says, kind="generator")
        return None

    def _fits(self, answer: Callable) -> bool:
        bound = self.signature.bind(**self.inputs()[0])
        try:
            inspect.signature(answer).bind(*bound.args, **bound.kwargs)
        except TypeError:
            return False
        except ValueError:  # some built-in functions have no signature to look at
            return True
        return True

    def _run_mistake(
        self, function: Callable, case: Mapping[str, Any], seconds: float = 2.0
    ) -> Outcome:
        """Call a wrong function of the course's own, which may be one that does not end."""
        outcome = guard.call_trusted(function, self.signature, case, seconds)
        if outcome.failure and outcome.failure.kind == "interrupted":
            raise KeyboardInterrupt
        return outcome

    def _judge(self, answer: Callable, seed: int | None) -> Problem:
        put_back = surroundings.numpy_put_back()
        seed = fresh_seed() if seed is None else seed
        trial = self._trial(answer, self.inputs(seed))
        with np.errstate(all="ignore"):  # answers may be huge or nan
            problem, call = diagnosis.first_problem(trial)
            if problem is None:
                return self._right(trial)
            problem = cause.best(trial, problem, self._matcher)
        words = _case_in_words(self.name, seed, trial.calls.index(call))
        case = words if problem.state in _CASE else ""
        lost = f"(`{put_back[0]}` had been replaced, and was put back.) " if put_back else ""
        says = f"{lost}{problem.says} {problem.advice}".rstrip()
        return replace(problem, says=says, advice="", case=case)

    def judge_from_outside(
        self, answer: Callable, seed: int, call: Callable[[Mapping[str, Any]], Outcome]
    ) -> Problem:
        """Judge an answer that runs elsewhere, on the inputs of ``seed``; nothing is recorded.

        ``call(inputs)`` has it run there and returns what it did. ``answer`` is a function of the
        same text, which is looked at and never called.
        """
        if problem := self._before_running(answer):
            return problem
        inputs, got = self.inputs(seed), []
        for case in inputs:
            got.append(call(case))
            if got[-1].replaced or (got[-1].failure and got[-1].failure.kind != "raised"):
                break

        def run(function: Callable, case: Mapping[str, Any]) -> Outcome:
            if function is answer:
                return call(case)
            if function is self.reference:
                return self._run_mistake(function, case)
            return Outcome(failure=Failure("time"))  # a change of the answer's text

        trial = self._trial_of(answer, inputs, got, run)
        with np.errstate(all="ignore"):
            problem, _ = diagnosis.first_problem(trial)
            if problem is None:
                return self._right(trial)
            return cause.from_outside(trial, problem, self._matcher)

    def _trial(self, answer: Callable, inputs: list[dict[str, Any]]) -> Trial:
        got = self.outcomes(answer, inputs)
        self._until = time.monotonic() + _FOR_THE_CAUSE
        return self._trial_of(answer, inputs, got, self._run_again)

    def _trial_of(
        self,
        answer: Callable,
        inputs: list[dict[str, Any]],
        got: list[Outcome],
        run: Callable[[Callable, Mapping[str, Any]], Outcome],
    ) -> Trial:
        expected = [self._run_trusted(self.reference, case) for case in inputs]
        if any(outcome.failure for outcome in expected):
            raise _NotCompletedError
        calls = [
            Call(case, self.sizes(case, right), right, outcome)
            for case, right, outcome in zip(inputs, expected, got, strict=False)
        ]
        return Trial(
            name=self.name,
            returns={name: axes(shape) for name, shape in self.returns.items()},
            kinds=self.kinds,
            tolerance=max(self.tolerance, max(map(precision.tolerance, calls))),
            seconds=self.seconds,
            agree=self.agree,
            reference=self.reference,
            answer=answer,
            run=run,
            run_own=partial(self._run_mistake, seconds=_FOR_A_MUTANT),
            calls=tuple(calls),
        )

    def _run_again(self, function: Callable, case: Mapping[str, Any]) -> Outcome:
        """Call an answer, or the reference, to find a cause; all of it takes a second or two."""
        left = self._until - time.monotonic()
        if left <= 0:
            return Outcome(failure=Failure("time"))
        if function is self.reference:
            return self._run_mistake(function, case)
        outcome = guard.call(function, self.signature, case, left)
        if outcome.failure and outcome.failure.kind == "interrupted":
            raise KeyboardInterrupt
        return outcome

    def _right(self, trial: Trial) -> Problem:
        if problem := diagnosis.right_by_chance(trial):
            return problem
        if says := self._not_by_hand(trial.answer):
            return Problem(State.NOT_BY_HAND, says, kind="by hand")
        calls = len(trial.calls)
        says = f"`{self.name}` agrees with the reference on {calls} sets of inputs."
        return Problem(State.RIGHT, says + diagnosis.remark(trial))

    def _not_by_hand(self, answer: Callable) -> str:
        """Say what an answer takes from the package that the exercise asks to be written."""
        taken = source.from_the_package(answer)
        for name in taken:
            if name in (self.name, *self.by_hand) or name[:1].isupper():
                return f"`{name}` of the package has made them. Now write it yourself."
        tree = source.tree_of(answer)
        return self.asks(tree) if self.asks and tree else ""


def exercises_in(module: ModuleType) -> list[Exercise]:
    """Return the exercises a module defines, in order."""
    return [value for value in vars(module).values() if isinstance(value, Exercise)]


def _case_in_words(name: str, seed: int, number: int) -> str:
    return f"The inputs of this case: `exercises.{name}.inputs({seed})[{number}]`."


def _leaves(value: Any) -> Iterator[Any]:
    """Walk the parts of a returned value: through tuples and dicts, in order."""
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, tuple):
        yield from itertools.chain.from_iterable(map(_leaves, value))
    elif value is not None:
        yield value
