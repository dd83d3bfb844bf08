"""Try the repairs of an answer: which one makes it right, or leaves one mistake that is known?"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn_helpers.checking import guard, source, surroundings
from rnn_helpers.checking.compare import as_expected, is_numeric, same
from rnn_helpers.checking.repairs import calls, exchanges, lines, operations, places
from rnn_helpers.checking.repairs.edit import LIKELY, Repair, Source
from rnn_helpers.checking.structure import WrongTypeError, parts_of
from rnn_helpers.checking.trial import Call, Trial

SECONDS = 0.08  # of computing, for all repairs of an answer
BY_THE_CLOCK = 2.0  # seconds, for answers that wait
MEMORY = 64 * 2**20  # bytes that all repairs together may take
_SHARE = 0.6  # of a line: a longer piece does not say where a mistake is
_EACH = 0.1  # seconds by the clock: a repair that takes longer, on a busy machine, is none


@dataclass(frozen=True)
class Target:
    """What the reference would do with one mistake in it, and the words for that."""

    function: Callable
    says: str


class Search:
    """The repairs of one answer, tried on the smallest call that is wrong, then on all."""

    def __init__(self, trial: Trial, targets: Sequence[Target] = ()) -> None:
        self._trial = trial
        self._wrong = [call for call in trial.calls if not trial.is_right(call)]
        self.single: dict[int, Repair] = {}  # by rank
        self.partial: tuple[Repair, list[str]] | None = None  # and the parts still wrong
        self.pair: tuple[Repair, str] | None = None  # and the other mistake
        self.cut: Repair | None = None  # it leaves out what is wrong
        self._tried: list[tuple[Repair, Callable, Any]] = []
        self._table = _Table(trial.tolerance)
        text = source.text_of(trial.answer)
        if not self._wrong or getattr(trial.answer, "__closure__", None) or not text:
            return
        self._targets = targets
        before = [self._wrong_parts(call, call.got.value) for call in self._wrong]
        most = max(map(len, before))
        pairs = zip(self._wrong, before, strict=True)
        shown = [(call, parts) for call, parts in pairs if len(parts) == most]
        self._key, self._before = min(shown, key=lambda pair: _size(pair[0]))
        self._search(text)

    def _search(self, text: str) -> None:
        end = guard.Deadline(SECONDS, BY_THE_CLOCK)
        own = _read(text)
        if own is None or not hasattr(self._trial.answer, "__globals__"):
            return
        self._rows = text.splitlines()
        kept = surroundings.kept(self._trial.answer)
        with surroundings.without_warnings(), kept, guard.memory_limit(MEMORY):
            seen = {own.text, ""}
            for repair in self._in_order(own):
                if repair.text in seen:
                    continue
                seen.add(repair.text)
                if end.over() or self.single:
                    break
                self._try(repair)
            if not self.single and not self.partial:
                end.extend(SECONDS / 3, BY_THE_CLOCK / 3)
                self._look_for_two(end)

    def _look_for_two(self, end: guard.Deadline) -> None:
        """Look for a repair after which the answer does what one more mistake does."""
        self._given = [_flat(argument)[1] for argument in self._key.inputs.values()]
        for target in self._targets:
            if end.over():
                return
            value = guard.value_of(target.function, self._key.inputs, _EACH)
            self._table.add(value[0], target)
        for repair, function, value in self._tried:
            if end.over():
                return
            self._try_pair(repair, function, value)

    def _in_order(self, own: Source) -> list[Repair]:
        """Return the likely repairs first, and those of the lines that must have to do with it."""
        failing, rows = self._failing_line(), own.text.splitlines()
        names = "|".join(map(re.escape, self._before))
        named = [bool(re.search(rf"\b({names})\b", row)) for row in rows]

        def order(repair: Repair) -> tuple:
            elsewhere = failing not in (0, repair.line)
            return repair.alone, repair.rank, elsewhere, not named[repair.line - 1]

        parts = {k for k, name in enumerate(self._trial.returns) if name in self._before}
        return sorted(_all(own, own.lines_behind(parts)), key=order)

    def _failing_line(self) -> int:
        failure = self._key.got.failure
        return failure.line - first_line(self._trial) + 1 if failure and failure.line else 0

    def _try(self, repair: Repair) -> None:
        function = _compiled(self._trial, repair.text)
        if function is None:
            return
        got, changed = guard.value_of(function, self._key.inputs, _EACH)
        if self._makes_a_list(got):
            return
        value = as_expected(self._key.expected.value, got), changed
        if self._fits(self._key, value):
            if repair.rank not in self.single and self._fits_all(function):
                self.single[repair.rank] = repair
        elif repair.rank == LIKELY:
            self._try_partial(repair, function, value)
            told = not (repair.alone or repair.moves or repair.unpaired)
            if told and value[0] is not guard.FAILED:
                self._tried.append((repair, function, value[0]))

    def _makes_a_list(self, got: Any) -> bool:
        """Say whether a repair makes a list, which counts as right, of what was none."""
        lists = (isinstance(v, list) for v in (self._key.expected.value, self._key.got.value))
        return isinstance(got, list) and not any(lists)

    def _fits(self, call: Call, value: guard.Quick) -> bool:
        got, changed = value
        if got is guard.FAILED or (not self._trial.agree and _far(call.expected.value, got)):
            return False
        fine = self._trial.agrees(call, call.expected.value, got)
        return fine and self._changes(call, call.expected.changed, changed)

    def _changes(self, call: Call, expected: Mapping, fresh: Mapping) -> bool:
        wanted = {name: expected.get(name, call.inputs[name]) for name in fresh}
        return all(
            same(wanted[name], fresh[name], self._trial.tolerance)
            for name in fresh
            if not callable(fresh[name])
        )

    def _fits_all(self, function: Callable) -> bool:
        values = ((c, guard.value_of(function, c.inputs, _EACH)) for c in self._trial.calls)
        return all(self._fits(call, value) for call, value in values)

    def _try_pair(self, repair: Repair, function: Callable, value: Any) -> None:
        if self._says_little(value):
            return
        for target in self._table.like(value):
            if self._do_the_same(function, target):
                if repair.cuts and len(repair.cuts) < self._longest(repair):
                    self.cut = repair
                elif not repair.cuts and self.pair is None:
                    self.pair = repair, target.says

    def _longest(self, repair: Repair) -> int:
        """Return how long a piece may be that is to say where a mistake is."""
        if self.cut:
            return len(self.cut.cuts)
        if repair.cuts.strip("`").isdigit():
            return 0
        line = self._rows[repair.line - 1].strip().removeprefix("return ")
        return int(_SHARE * len(line))

    def _says_little(self, value: Any) -> bool:
        """Say whether many mistakes end in this: in nothing but 0 and 1, or in an argument."""
        _, flat = _flat(value)
        given = any(a.size == flat.size and np.allclose(a, flat) for a in self._given)
        return given or bool(np.isin(flat, (0, 1, -1)).all())

    def _do_the_same(self, function: Callable, target: Target) -> bool:
        return all(self._alike(call, function, target.function) for call in self._trial.calls)

    def _alike(self, call: Call, one: Callable, other: Callable) -> bool:
        first = guard.value_of(one, call.inputs, _EACH)
        second = guard.value_of(other, call.inputs, _EACH)
        got = as_expected(second[0], first[0])
        return got is not guard.FAILED and same(second[0], got, self._trial.tolerance)

    def _try_partial(self, repair: Repair, function: Callable, value: guard.Quick) -> None:
        before, expected = self._before, self._key.expected.value
        if self.partial or len(before) < 2 or self._key.got.failure:
            return
        if not isinstance(value[0], tuple) or not isinstance(expected, tuple):
            return
        if all(map(_far, expected, value[0])):
            return
        if not self._fewer(before, self._wrong_parts(self._key, value[0])):
            return
        left: set[str] = set()
        for call in self._trial.calls:
            got = guard.value_of(function, call.inputs, _EACH)[0]
            now = self._wrong_parts(call, got)
            if call.got.failure or now - self._wrong_parts(call, call.got.value):
                return
            left |= now
        if self._fewer(before, left):
            self.partial = repair, [name for name in self._trial.returns if name in left]

    def _fewer(self, before: set[str], after: set[str]) -> bool:
        return after < before and bool(after)

    def _wrong_parts(self, call: Call, value: Any) -> set[str]:
        outcome = guard.Outcome(value)
        try:
            parts = parts_of(self._trial, Call(call.inputs, call.sizes, call.expected, outcome))
        except WrongTypeError:
            return {*self._trial.returns, ""}
        return {p.name for p in parts if not same(p.expected, p.got, self._trial.tolerance)}


def _read(text: str) -> Source | None:
    """Return the text of a function for editing, or None if it is that of something else."""
    try:
        return Source(text)
    except (SyntaxError, AttributeError, IndexError):  # a lambda in a line, a class, nothing
        return None


def first_line(trial: Trial) -> int:
    """Return in which line of its cell an answer begins."""
    return getattr(getattr(trial.answer, "__code__", None), "co_firstlineno", 1)


def _all(own: Source, rows: Container[int]) -> list[Repair]:
    """Return all repairs of these lines of a text."""
    walks = (operations.edits, calls.edits, places.edits, calls.wraps)
    edits = (own.repairs(walk(own), rows) for walk in walks)
    moved, exchanged = lines.repairs(own), exchanges.repairs(own)
    every = itertools.chain(moved, itertools.chain.from_iterable(edits), exchanged)
    return [repair for repair in every if repair.line in rows]


def _compiled(trial: Trial, text: str) -> Callable | None:
    scope = dict(trial.answer.__globals__)
    scope["print"] = lambda *_args, **_kwargs: None
    try:
        exec(compile(text, "<repair>", "exec"), scope)
    except Exception:  # no text that Python can read
        return None
    return scope.get(trial.answer.__name__)


def _size(call: Call) -> int:
    return sum(_count(value) for value in call.inputs.values())


def _count(value: Any) -> int:
    if isinstance(value, Mapping):
        value = list(value.values())
    return sum(map(_count, value)) if isinstance(value, (list, tuple)) else np.size(value)


def _far(expected: Any, got: Any) -> bool:
    """Say whether two values differ at first sight: in shape, or in the first number."""
    if not isinstance(expected, np.ndarray) or not isinstance(got, np.ndarray):
        return False
    if expected.shape != got.shape or not expected.size:
        return expected.shape != got.shape
    first, other = expected.flat[0], got.flat[0]
    return bool(abs(first - other) > 1e-4 * (abs(first) + np.abs(expected).max()))


class _Table:
    """Values of targets, flat, to be looked up by another value."""

    def __init__(self, tolerance: float) -> None:
        self._tolerance = tolerance
        self._rows: dict[tuple, list[tuple[np.ndarray, Target]]] = {}
        self._stacked: dict[tuple, np.ndarray] = {}

    def add(self, value: Any, target: Target) -> None:
        shapes, flat = _flat(value)
        if flat.size and np.isfinite(flat).all():
            self._rows.setdefault(shapes, []).append((flat, target))

    def like(self, value: Any) -> Iterator[Target]:
        shapes, flat = _flat(value)
        rows = self._rows.get(shapes)
        if not rows or not np.isfinite(flat).all():
            return
        if shapes not in self._stacked:
            self._stacked[shapes] = np.stack([row for row, _ in rows])
        scale = np.abs(flat).max(initial=0) or 1.0
        near = np.abs(self._stacked[shapes] - flat).max(axis=1) <= self._tolerance * scale
        yield from (rows[k][1] for k in np.flatnonzero(near))


def _flat(value: Any) -> tuple[tuple, np.ndarray]:
    """Return the shapes of all parts, and their numbers in one row."""
    if isinstance(value, Mapping):
        value = tuple(value.values())
    parts = [_flat(part) for part in value] if isinstance(value, tuple) else []
    if parts:
        shapes, rows = zip(*parts, strict=True)
        return shapes, np.concatenate(rows)
    if not is_numeric(value) or np.iscomplexobj(value):
        return ("?",), np.zeros(0)
    return np.shape(value), np.asarray(value, float).ravel()
