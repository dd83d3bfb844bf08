"""Count what a class shared, so that nothing can be told of fewer than five people.

A count is shown if the group and those left over are both nobody or at least ``LEAST``: otherwise
the one could be had from the other. Where nearly all tried an exercise, so that those who did not
are few, it is not said how many tried nor how many are stuck, and the rest is counted of the whole
class. Where an option of a prediction was chosen by few, or few gave no answer, only the option
that most chose is shown, beside all others together; showing more would let one subtract.

This guards what is shown to a class. Whoever has the files themselves can open them.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rnn_helpers.course.facts import KINDS
from rnn_helpers.data.stored import predictions
from rnn_helpers.lessons import catalogue

LEAST = 5  # people in the smallest group that is shown
NAMED = 3  # mistakes, and clusters without a name, of an exercise

Hidden = None


@dataclass(frozen=True)
class Row:
    """One exercise. A count is None where a group of fewer than ``LEAST`` would show.

    ``mistakes`` pairs the sentence of a known mistake with how many made it, ``clusters`` does so
    for what has no sentence of its own.
    """

    notebook: str
    exercise: str
    tried: int | None
    solved: int | None
    unaided: int | None
    stuck: int | None
    attempts: float
    mistakes: tuple[tuple[str, int], ...]
    clusters: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Question:
    """One prediction: its question, and (answer, how many, is it right?) for each of its bars.

    ``right`` is None where nobody's machine has said so, and for several answers together.
    """

    name: str
    question: str
    bars: tuple[tuple[str, int, bool | None], ...]


def shown(group: int, of: int | None) -> int | None:
    """Return the size of a group within another, or None if it or the rest of it is small."""
    if of is Hidden or not all(part == 0 or part >= LEAST for part in (group, of - group)):
        return Hidden
    return group


def rows(shares: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return the exercises that enough people tried, in course order."""
    if len(shares) < LEAST:
        return []
    made = []
    for notebook, exercises in catalogue().items():
        for exercise in exercises:
            known = {mistake.key: mistake.says for mistake in exercise.known}
            entries = [s["exercises"][exercise.id] for s in shares if exercise.id in s["exercises"]]
            if sum(entry["attempts"] > 0 for entry in entries) >= LEAST:
                made.append(_row(notebook, exercise.name, known, entries, len(shares)))
    return made


def _row(
    notebook: str, name: str, known: Mapping[str, str], entries: list[dict], people: int
) -> Row:
    tried = [entry for entry in entries if entry["attempts"]]
    count = shown(len(tried), people)
    of = people if count is Hidden else count
    solved = shown(sum(entry["right"] for entry in tried), of)
    stuck = Hidden if count is Hidden or solved is Hidden else count - solved
    unaided = shown(sum(entry["unaided"] for entry in tried), solved)
    median = statistics.median(e["tries"] or e["attempts"] for e in tried)
    mistakes = _commonest((e["mistakes"].keys() & known.keys() for e in tried), of, known)
    clusters = _commonest(({KINDS[kind] for kind in e["failures"]} for e in tried), of)
    return Row(notebook, name, count, solved, unaided, stuck, median, mistakes, clusters)


def _commonest(
    of_each: Iterable[Iterable[str]], of: int, words: Mapping[str, str] | None = None
) -> tuple[tuple[str, int], ...]:
    """Return what most people had, with how many had it, the small groups left out."""
    counts = Counter(key for keys in of_each for key in keys)
    large = [(key, n) for key, n in sorted(counts.items()) if shown(n, of)]
    large.sort(key=lambda pair: -pair[1])
    return tuple((words[key] if words else key, n) for key, n in large[:NAMED])


def hidden_rows(shares: Sequence[Mapping[str, Any]]) -> int:
    """Return how many exercises of the course do not show, since too few (or nobody) tried."""
    return sum(map(len, catalogue().values())) - len(rows(shares))


def questions(shares: Sequence[Mapping[str, Any]]) -> list[Question]:
    """Return the predictions of which something can be shown, in course order."""
    if len(shares) < LEAST:
        return []
    made = []
    for name, asked in predictions().items():
        choices = [share["predictions"][name] for share in shares if name in share["predictions"]]
        bars = _bars(asked["options"], choices, len(shares)) if choices else ()
        made += [Question(name, asked["question"], bars)] if bars else []
    return made


def _bars(
    options: Sequence[str], choices: list[dict], people: int
) -> tuple[tuple[str, int, bool | None], ...]:
    counts = Counter(choice["option"] for choice in choices)
    said = Counter((c["option"], c["right"]) for c in choices if c["right"] is not None)
    right = {i: said[i, True] > said[i, False] for i, _ in said}
    silent = people - len(choices)
    if all(n == 0 or n >= LEAST for n in (*counts.values(), silent)):
        bars = [(text, counts[i], right.get(i)) for i, text in enumerate(options)]
        return (*bars, *([("no answer", silent, None)] if silent else []))
    ((most, count),) = counts.most_common(1)
    if count <= LEAST or people - count < LEAST:  # of 5, 4 and 4 the largest would tell the others
        return ()
    rest = "all other answers, and none"
    return (options[most], count, right.get(most)), (rest, people - count, None)
