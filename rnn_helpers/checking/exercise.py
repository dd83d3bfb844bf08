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

import inspect
import itertools
import re
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from rnn_helpers.checking import guard
from rnn_helpers.checking.blanks import blanks_left
from rnn_helpers.checking.compare import same
from rnn_helpers.checking.diagnosis import Problem, Task, error_sentence, find_problem
from rnn_helpers.checking.feedback import Feedback, State
from rnn_helpers.checking.guard import Outcome
from rnn_helpers.checking.inputs import SEEDS, axes, draw
from rnn_helpers.course import progress

_NO_ANSWER = object()
_NO_ATTEMPT = (State.NOT_ATTEMPTED, State.NOT_A_FUNCTION, State.INTERRUPTED)


@dataclass(eq=False, repr=False)
class Exercise:
    """A task with its reference answer, its hints and its known mistakes.

    Its name is that of ``reference`` without the leading underscore.

    ``takes`` and ``returns`` give symbolic shapes, ``{"x_t": "(n_x, m)"}``; ``"()"`` is a number.
    Inputs are drawn by ``cases(rng)``, a dict or a tuple of the arguments; without ``cases`` they
    are what :func:`inputs.draw` makes of the shapes in ``takes``. The sizes of one call differ
    from each other, and none is the same in all calls of a check. The number of parts in
    ``returns`` is the number of values returned.

    ``mistakes`` maps a change to the sentence that helps. A change is ``"old → new"``, a
    replacement in the source of the reference (``old`` occurs there exactly once; ``"old → "``
    leaves it out), or a whole wrong function. The first that does what the answer does speaks.
    """

    title: str
    reference: Callable
    returns: Mapping[str, str]
    hints: Sequence[str]
    mistakes: Mapping[str | Callable, str]
    takes: Mapping[str, str] = field(default_factory=dict)
    cases: Callable[[np.random.Generator], Mapping[str, Any] | tuple] | None = None
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

    def __repr__(self) -> str:
        return f"Exercise {self.id}, {self.title}: check({self.name}), hint(), solution()"

    # --- what the learner calls ------------------------------------------------------------------

    def check(self, answer: Any = _NO_ANSWER) -> Feedback:
        """Run ``answer``, the learner's function, on several inputs and say how it did."""
        problem = self._before_running(answer) or self._run(answer)
        if problem is None:
            says = f"`{self.name}` agrees with the reference on {len(SEEDS)} sets of inputs."
            problem = Problem(State.RIGHT, says)
        if problem.state in _NO_ATTEMPT:
            return Feedback(problem.state, problem.says)
        note = progress.record(self.id, right=problem.state == State.RIGHT)
        return Feedback(problem.state, problem.says, note=_once(note))

    def hint(self) -> Feedback:
        """Show the next hint."""
        total = len(self.hints)
        if self._hints_shown == total:
            says = f"you have seen all {total}. `exercises.{self.name}.solution()` shows an answer."
            return Feedback(State.HINT, says, label="No more hints")
        self._hints_shown += 1
        label = f"Hint {self._hints_shown} of {total}"
        return Feedback(State.HINT, self.hints[self._hints_shown - 1], label=label)

    def solution(self) -> Feedback:
        """Show one right answer; the progress remembers that it was seen."""
        note = progress.record(self.id, solution_seen=True)
        says = f"one way to write `{self.name}`. Try it in your own words, then check it."
        return Feedback(State.SOLUTION, says, code=self.solution_source(), note=_once(note))

    # --- what it is checked with -----------------------------------------------------------------

    def solution_source(self) -> str:
        """Return the source of the reference under the name of the exercise."""
        return re.sub(rf"\b{self.reference.__name__}\b", self.name, _source(self.reference))

    def wrong_answers(self) -> Iterator[tuple[Callable, str]]:
        """Walk the known mistakes: a wrong function and the sentence that helps."""
        for change, says in self.mistakes.items():
            function = _changed(self.reference, change) if isinstance(change, str) else change
            yield function, says

    def inputs(self) -> list[dict[str, Any]]:
        """Return the arguments of each call of a check."""
        return [self._draw(np.random.default_rng(seed)) for seed in SEEDS]

    def _draw(self, rng: np.random.Generator) -> dict[str, Any]:
        case = draw(rng, self.takes) if self.cases is None else self.cases(rng)
        if isinstance(case, tuple):
            return dict(zip(self.signature.parameters, case, strict=True))
        return dict(case)

    def outcomes(self, function: Callable, inputs: Sequence[Mapping[str, Any]]) -> list[Outcome]:
        """Call ``function`` on each of ``inputs``, up to one that had to be stopped."""
        end = time.monotonic() + self.seconds
        outcomes = []
        for case in inputs:
            left = max(end - time.monotonic(), 0.1)
            outcome = guard.call(function, self.signature, case, left)
            outcomes.append(outcome)
            if outcome.failure and outcome.failure.kind != "raised":
                break
        return outcomes

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

    def _run(self, answer: Callable) -> Problem | None:
        inputs = self.inputs()
        expected = self.outcomes(self.reference, inputs)
        got = self.outcomes(answer, inputs)
        with np.errstate(all="ignore"):  # answers may be huge or nan
            calls = zip(inputs, expected, got, strict=False)
            problems = (find_problem(self._task(*call[:2]), *call[1:]) for call in calls)
            problem = next(filter(None, problems), None)
        if problem is None or problem.state in (State.STOPPED, State.INTERRUPTED):
            return problem
        return self._known_mistake(inputs, got) or problem

    def _task(self, case: Mapping[str, Any], expected: Outcome) -> Task:
        returns = {name: axes(shape) for name, shape in self.returns.items()}
        sizes = self.sizes(case, expected)
        return Task(self.name, returns, self.tolerance, self.seconds, case, sizes)

    def _known_mistake(self, inputs: list[dict[str, Any]], got: list[Outcome]) -> Problem | None:
        for function, says in self.wrong_answers():
            if self.alike(self.outcomes(function, inputs), got):
                return Problem(State.KNOWN_MISTAKE, says + self._evidence(got))
        return None

    def _evidence(self, got: list[Outcome]) -> str:
        failures = [outcome.failure for outcome in got if outcome.failure]
        return f" ({error_sentence(self.name, failures[0])})" if failures else ""


def exercises_in(module: ModuleType) -> list[Exercise]:
    """Return the exercises a module defines, in order."""
    return [value for value in vars(module).values() if isinstance(value, Exercise)]


def _source(function: Callable) -> str:
    return textwrap.dedent(inspect.getsource(function))


def _changed(reference: Callable, change: str) -> Callable:
    """Return the function whose source is that of ``reference`` with ``"old → new"`` done to it."""
    source = _source(reference)
    old, arrow, new = change.partition(" → ")
    if not arrow or source.count(old) != 1:
        raise ValueError(
            f"a change must be 'old → new' with an old that occurs exactly once in "
            f"{reference.__name__}, got {change!r}, where it occurs {source.count(old)} times"
        )
    scope = dict(reference.__globals__)
    exec(compile(source.replace(old, new), "<known mistake>", "exec"), scope)
    return scope[reference.__name__]


def _leaves(value: Any) -> Iterator[Any]:
    """Walk the parts of a returned value: through tuples and dicts, in order."""
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, tuple):
        yield from itertools.chain.from_iterable(map(_leaves, value))
    elif value is not None:
        yield value


_notes_shown: set[str] = set()


def _once(note: str) -> str:
    """Return ``note`` the first time only: one unwritable file is worth one sentence."""
    if note in _notes_shown:
        return ""
    _notes_shown.add(note)
    return note
