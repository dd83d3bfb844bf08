"""The known mistakes of an exercise: what they do, and which of them an answer has made."""

from __future__ import annotations

import functools
import hashlib
import inspect
import itertools
import linecache
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnn_helpers.checking import source
from rnn_helpers.checking.compare import same
from rnn_helpers.checking.failures import error_sentence
from rnn_helpers.checking.feedback import State
from rnn_helpers.checking.guard import Outcome
from rnn_helpers.checking.inputs import CALLS
from rnn_helpers.checking.structure import WrongTypeError, parts_of
from rnn_helpers.checking.trial import Call, Problem, Trial

LINE = " || "  # in a sentence: what stands behind it gives the line away
_PAIRS = 160  # of mistakes, tried together


@dataclass(frozen=True)
class Mistake:
    """A wrong function, the sentence that helps, and what gives the right line away."""

    function: Callable
    says: str
    more: str = ""
    change: str = ""  # "old → new", if it is a change of the reference

    @cached_property
    def key(self) -> str:
        """What it is counted by: it stays, whatever becomes of the sentence and of the others."""
        identity = " ".join(self.change.split()) or self.function.__name__.strip("_")
        return hashlib.sha256(identity.encode()).hexdigest()[:8]

    @property
    def written(self) -> str:
        """What somebody wrote who made this mistake."""
        return self.change.partition(" → ")[2].removeprefix("return ")

    def stands_in(self, text: str) -> bool:
        """Say whether what this mistake adds to the reference stands in an answer."""
        old, _, new = self.change.partition(" → ")
        added = Counter(source.tokens(new)) - Counter(source.tokens(old))
        return bool(added) and set(added) <= set(source.tokens(text))


def mistakes_of(reference: Callable, mistakes: Mapping[str | Callable, str]) -> list[Mistake]:
    """Make the known mistakes of what an exercise declares."""
    made = []
    for change, words in mistakes.items():
        says, _, more = words.partition(LINE)
        more = re.sub(r"^(`[^`]+`\.)", r"Write \1", more)
        function, text = change, ""
        if isinstance(change, str):
            function, text = changed(reference, change), change
        made.append(Mistake(function, says, more, text))
    return made


@functools.cache
def source_of(function: Callable) -> str:
    """Return the source of one of the course's own functions."""
    return textwrap.dedent(inspect.getsource(function))


def changed(reference: Callable, *changes: str) -> Callable:
    """Return the function whose source is that of ``reference`` with each ``"old → new"`` done."""
    text = source_of(reference)
    for change in changes:
        old, arrow, new = change.partition(" → ")
        if not arrow or text.count(old) != 1:
            raise ValueError(
                f"a change must be 'old → new' with an old that occurs exactly once in "
                f"{reference.__name__}, got {change!r}, where it occurs {text.count(old)} times"
            )
        text = text.replace(old, new)
    return compiled(reference, text)


def compiled(reference: Callable, text: str) -> Callable:
    """Return the function of this source, with the names of the reference's module at hand."""
    file = f"<known mistake {hash(text)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    scope = dict(reference.__globals__)
    exec(compile(text, file, "exec"), scope)
    return scope[reference.__code__.co_name]


# --- which of them it is -------------------------------------------------------------------------

Run = Callable[[Callable, Mapping], Outcome]


class Matcher:
    """Hold the known mistakes of one exercise against answers."""

    def __init__(self, reference: Callable, mistakes: Sequence[Mistake], run: Run) -> None:
        self._reference, self._run = reference, run
        self.mistakes = mistakes
        self._pairs: list[tuple[Callable, Mistake, Mistake]] | None = None

    def match(self, trial: Trial, problem: Problem) -> Problem | None:
        """Return what the first mistake says that does what the answer does, or None."""
        for mistake in self.mistakes:
            if self._alike(trial, mistake.function):
                return self._speaks(trial, problem, mistake)
        return None

    def nearly(self, trial: Trial, problem: Problem) -> Problem | None:
        """Return what a mistake says that explains most of the answer, or two that explain all."""
        if any(call.got.failure for call in trial.calls[:CALLS]):
            return None
        if mostly := self._match_mostly(trial):
            return mostly
        if any(call.got.failure for call in trial.calls):
            return None
        return self._match_part(trial, problem) or self._match_two(trial, problem)

    def _match_mostly(self, trial: Trial) -> Problem | None:
        """Look for a mistake that explains the usual calls, if not the unusual ones."""
        usual = [call for call in trial.calls[:CALLS] if not trial.returns_right(call)]
        if len(usual) < 2 or len(trial.calls) <= CALLS:
            return None
        for mistake in self.mistakes:
            if all(self._alike_once(trial, call, mistake.function) for call in trial.calls[:CALLS]):
                return _named(mistake, mistake.says, "known mostly")
        return None

    def _alike(self, trial: Trial, function: Callable) -> bool:
        return all(self._alike_once(trial, call, function) for call in trial.calls)

    def _alike_once(self, trial: Trial, call: Call, function: Callable) -> bool:
        outcome = self._run(function, call.inputs)
        if _both_undefined(outcome, call.got):
            return True
        return (
            outcome.failure == call.got.failure
            and (outcome.failure is not None or trial.agrees(call, outcome.value, call.got.value))
            and same(outcome.changed, call.got.changed, trial.tolerance)
        )

    def _speaks(self, trial: Trial, problem: Problem, mistake: Mistake) -> Problem | None:
        failures = [call.got.failure for call in trial.calls if call.got.failure]
        own = mistake.stands_in(source.text_of(trial.answer))
        written = own or trial.answer is mistake.function
        if not failures:  # nothing but nan may have many causes
            kind = "known" if written or problem.state is not State.NOT_FINITE else "known by nan"
            return _named(mistake, mistake.says, kind)
        if written:
            says = f"{mistake.says} ({error_sentence(trial.name, failures[0])})"
            return _named(mistake, says, "known")
        if not mistake.change or problem.kind:
            return None
        says = f"{problem.says} If you wrote `{mistake.written}`: {mistake.says}"
        return Problem(problem.state, says, "perhaps", mistake.more)

    def _match_part(self, trial: Trial, problem: Problem) -> Problem | None:
        """Look for a mistake that explains the first wrong part, whatever is wrong with others.

        A mistake that would have spoiled a part which is right was not made.
        """
        if len(trial.returns) < 2 or problem.state is not State.DIFFERENT:
            return None
        try:
            wrong = _wrong(trial)
        except WrongTypeError:  # of a later call
            return None
        for mistake in self.mistakes:
            alike = (self._first_part_alike(trial, c, mistake.function, wrong) for c in trial.calls)
            if all(alike):
                says = f"{mistake.says} (Something else is wrong as well.)"
                return _named(mistake, says, "known part")
        return None

    def _first_part_alike(
        self, trial: Trial, call: Call, function: Callable, wrong: set[int]
    ) -> bool:
        outcome = self._run(function, call.inputs)
        if outcome.failure:
            return False
        try:
            yours = parts_of(trial, call)
            other = parts_of(trial, Call(call.inputs, call.sizes, call.expected, outcome))
        except WrongTypeError:
            return False
        first = min(wrong, default=0)
        alike = [k for k in range(len(yours)) if k == first or k not in wrong]
        return all(same(other[k].got, yours[k].got, trial.tolerance) for k in alike)

    def _match_two(self, trial: Trial, problem: Problem) -> Problem | None:
        """Look for two mistakes that explain the answer together."""
        if problem.state not in (State.DIFFERENT, State.WRONG_SHAPE):
            return None
        for function, one, two in self._both():
            if self._alike(trial, function):
                says = f"two things at once. First: {one.says} Second: {two.says}"
                more = " ".join(filter(None, (one.more, two.more)))
                keys = (one.key, two.key)
                return Problem(State.KNOWN_MISTAKE, says, "two", more, mistakes=keys)
        return None

    def _both(self) -> list[tuple[Callable, Mistake, Mistake]]:
        if self._pairs is None:
            single = [mistake for mistake in self.mistakes if mistake.change]
            pairs = itertools.islice(itertools.combinations(single, 2), _PAIRS)
            self._pairs = list(self._made(pairs))
        return self._pairs

    def _made(self, pairs: Iterator) -> Iterator[tuple[Callable, Mistake, Mistake]]:
        for one, two in pairs:
            try:
                yield changed(self._reference, one.change, two.change), one, two
            except (ValueError, SyntaxError):  # they change the same place
                continue


def _named(mistake: Mistake, says: str, kind: str) -> Problem:
    return Problem(State.KNOWN_MISTAKE, says, kind, mistake.more, mistakes=(mistake.key,))


def _both_undefined(one: Outcome, other: Outcome) -> bool:
    """Say whether both divide 0 by 0: Python stops there, and NumPy goes on with nan."""

    def undefined(outcome: Outcome) -> bool:
        if outcome.failure:
            return outcome.failure.type == "ZeroDivisionError"
        value = outcome.value
        return isinstance(value, (float, np.floating)) and bool(np.isnan(value))

    return undefined(one) and undefined(other)


def _wrong(trial: Trial) -> set[int]:
    """Return the places of the parts that are wrong in some call."""
    wrong: set[int] = set()
    for call in trial.calls:
        parts = parts_of(trial, call)
        wrong |= {k for k, p in enumerate(parts) if not same(p.expected, p.got, trial.tolerance)}
    return wrong
