"""What kind of mistake it is, for answers that no exercise foresaw.

Each detector looks at a whole check and returns a sentence, or "" if it sees nothing. A guess about
the numbers must hold in every call. The sentence says what is wrong, not how the right line reads.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from rnn_helpers.checking import guard, source
from rnn_helpers.checking.compare import is_numeric, same
from rnn_helpers.checking.mutants import Mutants, mutants_of
from rnn_helpers.checking.perturb import changed_inputs
from rnn_helpers.checking.relations import relations
from rnn_helpers.checking.structure import WrongTypeError, parts_of
from rnn_helpers.checking.trial import Call, Part, Trial

SKIPPED: type[Exception] = Exception  # a guess that trips over an odd answer is no guess

_FOR_MUTANTS = 0.08  # seconds of computing at most,
_BY_THE_CLOCK = 1.0  # and by the clock

Detector = Callable[[Trial], str]
Named = tuple[str, str]  # a word for the kind of mistake, and the sentence


def before_known(trial: Trial) -> Named:
    """Look for what is certain from the text or from running again, whatever the numbers are."""
    return _first(trial, _CERTAIN)


def after_known(trial: Trial) -> Named:
    """Look for a relation between the numbers, or between them and the arguments."""
    return _first(trial, _FROM_NUMBERS)


def at_last(trial: Trial) -> Named:
    """Look for what the reference would have to be like, and for what is plain to see."""
    return _first(trial, _AT_LAST)


def _first(trial: Trial, detectors: tuple[Detector, ...]) -> Named:
    for detector in detectors:
        says = ""
        with np.errstate(all="ignore"), contextlib.suppress(SKIPPED):
            says = detector(trial)
        if says:
            return detector.__name__.replace("_", " "), says
    return "", ""


def _all_parts(trial: Trial) -> list[list[Part]]:
    """Return the parts of every call, or [] if some call did not return what can be compared."""
    try:
        return [parts_of(trial, call) for call in trial.calls if call.got.failure is None]
    except WrongTypeError:
        return []


def _by_name(trial: Trial) -> list[list[Part]]:
    """Return each wrong part, through all calls in which it holds numbers."""
    rows = list(zip(*_all_parts(trial), strict=False))
    numeric = [
        row for row in rows if all(is_numeric(p.expected) and is_numeric(p.got) for p in row)
    ]
    return [list(row) for row in numeric if any(not _fine(trial, part) for part in row)]


def _fine(trial: Trial, part: Part) -> bool:
    return same(part.expected, part.got, trial.tolerance)


# --- certain -------------------------------------------------------------------------------------


def printed_not_returned(trial: Trial) -> str:
    """It prints where it should return."""
    tree = source.tree_of(trial.answer)
    nothing = all(call.got.value is None and not call.got.failure for call in trial.calls)
    if tree is None or not nothing or not trial.returns or not source.calls(tree, "print"):
        return ""
    return f"`{trial.name}` prints its result, but returns nothing: that takes a `return`."


def return_inside_the_loop(trial: Trial) -> str:
    """It leaves in the first round of a loop."""
    tree = source.tree_of(trial.answer)
    if tree is None or not source.returns_in_loop(tree):
        return ""
    return (
        "the `return` stands inside the loop, so the function ends in its first round. Move it to "
        "the left, behind the loop."
    )


def differs_when_run_twice(trial: Trial) -> str:
    """The same inputs give another result the second time."""
    call = next((call for call in trial.calls if not trial.returns_right(call)), trial.calls[0])
    again = trial.run(trial.answer, call.inputs)
    if again.failure and again.failure.kind != "raised":
        return ""  # its time was up, on a busy machine: that says nothing of the answer
    alike = same(call.got.value, again.value, trial.tolerance) and call.got.failure == again.failure
    if alike:
        return ""
    if "rng" in trial.arguments:
        return (
            "two runs with the same `rng` gave different results: something is drawn from another "
            "source of chance. Everything random must come from the `rng` that is handed in."
        )
    return (
        "two runs with the same inputs gave different results. Is something drawn at random, or "
        "kept from one call to the next (a list outside the function, or as a default)?"
    )


def draws_at_random(trial: Trial) -> str:
    """It draws where nothing is left to chance."""
    tree = source.tree_of(trial.answer)
    failed = any(call.got.failure for call in trial.calls)
    own = source.draws(tree) if tree and not failed and "rng" not in trial.arguments else ""
    asked = source.tree_of(trial.reference) if own else None
    if not own or (asked and source.draws(asked)):
        return ""
    return f"`{own}` draws at random. Nothing is left to chance here: equal inputs, equal results."


def reads_the_notebook(trial: Trial) -> str:
    """It uses a variable of the notebook, perhaps for want of an argument of its own."""
    known = source.data_of_the_notebook(trial.reference)
    read = [name for name in source.data_of_the_notebook(trial.answer) if name not in known]
    if not read:
        return ""
    names = " and ".join(f"`{name}`" for name in read)
    near = source.nearest(read[0], trial.answer)
    meant = f" Did you mean `{near}`?" if near else ""
    return (
        f"your function reads {names} of the notebook, which stays the same whatever the function "
        f"is handed. Use its arguments and its own variables only.{meant}"
    )


def true_whatever_happens(trial: Trial) -> str:
    """A condition holds always, since a bare number stands in it."""
    tree = source.tree_of(trial.answer)
    found = source.always_true(tree) if tree else ""
    if not found:
        return ""
    return (
        f"the condition `{found}` is always true: behind `or` a number counts by itself, and any "
        "number but 0 counts as true. Both sides of `or` must be comparisons."
    )


_CERTAIN = (
    printed_not_returned,
    true_whatever_happens,
    return_inside_the_loop,
    differs_when_run_twice,
    draws_at_random,
    reads_the_notebook,
)


# --- from the numbers ----------------------------------------------------------------------------


def parts_in_another_order(trial: Trial) -> str:
    """Every returned value is right, but not where it stands."""
    rows = _all_parts(trial)
    if not rows or not 2 <= len(rows[0]) <= 5:
        return ""
    for order in itertools.permutations(range(len(rows[0]))):
        moved = all(
            same(row[place].expected, part.got, trial.tolerance)
            for row in rows
            for place, part in zip(order, row, strict=True)
        )
        if moved:
            names = [part.name for part in rows[0]]
            yours = ", ".join(f"`{names[place]}`" for place in order)
            wanted = ", ".join(f"`{name}`" for name in names)
            return (
                f"all values are right, but they are returned in another order: yours is {yours}, "
                f"and asked for is {wanted}."
            )
    return ""


def related_numbers(trial: Trial) -> str:
    """What came has a simple relation to what should have come."""
    calls = [call for call in trial.calls if call.got.failure is None]
    for parts in _by_name(trial):
        pairs = list(zip(calls, parts, strict=True))
        in_each = [dict(relations(call, part, trial.tolerance)) for call, part in pairs]
        borne_out = {
            sentence
            for part, says in zip(parts, in_each, strict=True)
            for sentence, sure in says.items()
            if sure and not _fine(trial, part)
        }
        for sentence in in_each[0]:
            if sentence in borne_out and all(sentence in says for says in in_each):
                return f"`{parts[0].name}`: {sentence}"
    return ""


def other_part_in_its_place(trial: Trial) -> str:
    """One returned value stands in the place of another."""
    rows = _all_parts(trial)
    for k, row in enumerate(zip(*rows, strict=False)):
        if all(_fine(trial, part) for part in row):
            continue
        for j in range(len(rows[0])):
            there = all(same(r[j].expected, r[k].got, trial.tolerance) for r in rows)
            if there and j != k:
                return f"`{row[0].name}` holds what belongs into `{rows[0][j].name}`."
    return ""


def one_thing_changed(trial: Trial) -> str:
    """It does what the reference does with one small thing changed in it."""
    parts = _by_name(trial)
    wrong = {row[0].name for row in parts}
    numbers = [np.asarray(part.got) for row in parts for part in row]
    if not wrong or not all(np.isfinite(n).all() for n in numbers) or not any(map(np.any, numbers)):
        return ""
    mutants, end = mutants_of(trial.reference), guard.Deadline(_FOR_MUTANTS, _BY_THE_CLOCK)
    for function, words in mutants:
        if end.over():
            return ""
        if _does_the_same(trial, mutants, function, wrong):
            return words
    return ""


def _does_the_same(trial: Trial, mutants: Mutants, function: Callable, wrong: set[str]) -> bool:
    for call in trial.calls:
        started = time.thread_time()
        outcome = trial.run_own(function, call.inputs)
        if outcome.failure is not None and outcome.failure.kind != "raised":
            mutants.was_cut_short(function, time.thread_time() - started)
        if outcome.failure or _differing(trial, call, call.got, outcome) & wrong:
            return False
    return True


def independent_of_an_argument(trial: Trial) -> str:
    """A value does not react to an argument that it should depend on, or the other way round."""
    if not _all_finite(trial):
        return ""  # nan stays nan whatever is handed in
    reactions = _Reactions(trial)
    if reactions.missing:
        part, argument = reactions.missing
        return f"{part} does not depend on `{argument}`, and it should."
    if reactions.unwanted:
        part, argument = reactions.unwanted
        return f"{part} depends on `{argument}`, and it should not."
    return ""


def _all_finite(trial: Trial) -> bool:
    parts = (part for row in _by_name(trial) for part in row)
    return all(
        np.isfinite(part.got).all() or not np.isfinite(part.expected).all() for part in parts
    )


class _Reactions:
    """Which argument changes which part: of the reference, and of the answer."""

    def __init__(self, trial: Trial) -> None:
        self.missing: tuple[str, str] | None = None
        self.unwanted: tuple[str, str] | None = None
        wrong = {parts[0].name for parts in _by_name(trial)}
        calls = [call for call in trial.calls if call.got.failure is None]
        arguments: dict[str, list[tuple[set[str], set[str]]]] = {}
        for call in calls:
            for argument, inputs in changed_inputs(call.inputs):
                moved = _moved(trial, call, inputs)
                if moved is not None:
                    arguments.setdefault(argument, []).append(moved)
        entries = {name: v for call in calls for name, v in call.inputs.items()}
        reordered = {name for name in arguments if not _has_floats(entries.get(name))}
        self._compare(trial, wrong, arguments, reordered)

    def _compare(
        self,
        trial: Trial,
        wrong: set[str],
        arguments: dict[str, list[tuple[set[str], set[str]]]],
        reordered: set[str],
    ) -> None:
        one = len(trial.returns) < 2
        for argument, pairs in arguments.items():
            does = set().union(*(pair[1] for pair in pairs))
            should = {name for name in wrong if _often(name in pair[0] for pair in pairs)}
            if argument in reordered and argument in source.names(trial.answer):
                should = set()  # read it is, and not all that could be changed in it was
            for name in (name for name in trial.returns if name in should - does):
                self.missing = self.missing or ("your result" if one else f"`{name}`", argument)
            if argument in reordered:
                continue  # what does not mind the order may mind the entries
            extra = (does & wrong) - set().union(*(pair[0] for pair in pairs))
            for name in (name for name in trial.returns if name in extra):
                self.unwanted = self.unwanted or ("your result" if one else f"`{name}`", argument)


def _often(moved: Iterable[bool]) -> bool:
    """Say whether a value moved more than once: a single time may be by chance the one exception.

    Whole numbers move now and then only: another state rarely makes another token the likeliest.
    """
    counted = list(moved)
    return sum(counted) >= min(2, len(counted))


def _has_floats(value: object) -> bool:
    """Return whether an argument was changed in its entries, and not only in their order."""
    return isinstance(value, (float, np.ndarray)) and np.asarray(value).dtype.kind == "f"


def _moved(trial: Trial, call: Call, inputs: dict) -> tuple[set[str], set[str]] | None:
    """Return which parts of the reference and of the answer another argument changes."""
    expected = trial.run(trial.reference, inputs)
    got = trial.run(trial.answer, inputs)
    if expected.failure or got.failure:
        return None
    return (
        _differing(trial, call, call.expected, expected),
        _differing(trial, call, call.got, got),
    )


def _differing(trial: Trial, call: Call, before, after) -> set[str]:
    pair = Call(call.inputs, call.sizes, expected=call.expected, got=before)
    other = Call(call.inputs, call.sizes, expected=call.expected, got=after)
    try:
        parts = zip(parts_of(trial, pair), parts_of(trial, other), strict=True)
        return {old.name for old, new in parts if not same(old.got, new.got, trial.tolerance)}
    except (WrongTypeError, ValueError):
        return set(trial.returns)


def _spread(parts: list[Part], words: Callable[[Part, np.ndarray], Iterator[str]]) -> str:
    """Return the first of ``words`` that holds for a part in every call."""
    found: list[str] | None = None
    for part in parts:
        says = list(words(part, np.asarray(part.got)))
        found = says if found is None else [sentence for sentence in found if sentence in says]
    return found[0] if found else ""


def all_alike(trial: Trial) -> str:
    """Every step, or every example, holds the same numbers."""
    for parts in _by_name(trial):
        if says := _spread(parts, _alike_along):
            return f"`{parts[0].name}` {says}"
    return ""


_EACH = {"T": "step", "T_y": "step", "m": "example", "n_a": "unit"}


def _alike_along(part: Part, got: np.ndarray) -> Iterator[str]:
    if not got.ndim or got.shape != np.shape(part.expected) or got.ndim != len(part.axes):
        return
    if not got.size:
        return
    if np.isfinite(got).all() and (got == got.flat[0]).all():
        yield f"holds {got.flat[0]:.4g} everywhere, whatever is handed in."
    for axis, name in enumerate(part.axes):
        if name in _EACH and (got == np.take(got, [0], axis)).all():
            yield f"is the same at every {_EACH[name]}: each needs a value of its own."


_FROM_NUMBERS = (
    parts_in_another_order,
    other_part_in_its_place,
    related_numbers,
    one_thing_changed,
)
_AT_LAST = (
    independent_of_an_argument,
    all_alike,
)
