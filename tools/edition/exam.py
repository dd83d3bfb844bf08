"""Exam items that are computed: find the bug, shapes, predictions with other settings; with a key.

Another seed gives other numbers, other mistakes, another order. No answer is written down here: the
bugs are known mistakes of the course's exercises, put into their solutions and run.
"""

from __future__ import annotations

import ast
import difflib
import functools
import re
from collections.abc import Iterable, Iterator

import numpy as np

from edition import cards, sections
from edition.quizzes import Item, Quiz, draw, quizzes
from rnn_helpers.checking.compare import same
from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.guard import Outcome
from rnn_helpers.checking.known import Mistake, source_of
from rnn_helpers.course.paths import Path
from rnn_helpers.lessons import catalogue

BUGS, SHAPES, PREDICTIONS = 5, 4, 9
PLAIN = 2  # bugs whose answer is NUMBERS: as most are, it would be a good guess otherwise
DEALT = 3  # times that inputs are dealt to see what a bug does: it must be the same each time
ERROR, SHAPE, FINITE, NUMBERS = (
    "an error",
    "another shape",
    "numbers that are not finite",
    "other numbers, in the right shape",
)
KINDS = (ERROR, SHAPE, FINITE, NUMBERS)


def exercises(path: Path | None = None) -> list[tuple[str, Exercise]]:
    """Return every exercise of the course, or of a path, with the name of its notebook."""
    listed = catalogue()
    if path is None:
        return [(name, exercise) for name in listed for exercise in listed[name]]
    return [
        (name, task.exercise)
        for name, its in sections.on_path(path).items()
        for section in its
        for task in cards.tasks(list(section.cells), listed[name])
    ]


def questions(path: Path | None = None) -> list[Quiz]:
    """Return every quiz of the course, or those that a path has prepared for."""
    if path is None:
        return list(quizzes())
    titles = {name: {s.title for s in its} for name, its in sections.on_path(path).items()}
    return [quiz for quiz in quizzes() if quiz.text["section"] in titles.get(quiz.about, ())]


# ---- find the bug


def bug(about: str, exercise: Exercise, mistake: Mistake, seed: int) -> Item | None:
    """Ask what a known mistake does to a solution; None if that depends on the inputs."""
    found = {_done(exercise, mistake, seed + again) for again in range(DEALT)}
    (done, *others) = found
    if others or not done:
        return None
    code = f"```python\n{_asked_of(exercise, mistake)}\n```"
    says = mistake.says[0].upper() + mistake.says[1:]
    because = f"{says} Changed: {changed_lines(exercise, mistake)}."
    if done not in KINDS:
        names = ", ".join(f"`{name}`" for name in exercise.returns)
        asks = f"One mistake is in this function, which returns {names}. Which of these come out "
        return Item(about, f"{asks}wrong, and which line is it?\n\n{code}", done, because)
    asks = "One mistake is in this function. What comes out of it where it goes wrong, "
    wrong = {other: "" for other in KINDS if other != done}
    return Item(about, f"{asks}and which line is it?\n\n{code}", done, because, wrong)


def _done(exercise: Exercise, mistake: Mistake, seed: int) -> str:
    """Return what a mistake does on dealt inputs: a kind or the wrong outputs, "" if it varies."""
    inputs = exercise.inputs(seed)
    right, got = (exercise.outcomes(f, inputs) for f in (exercise.reference, mistake.function))
    pairs = [([a], [b]) for a, b in zip(right, got, strict=True)]
    if len(exercise.returns) > 1 and not any(outcome.failure for outcome in got):
        return " and ".join(f"`{name}`" for name in wrong_parts(exercise, right, got))
    kinds = {what_comes(exercise, *pair) for pair in pairs} - {""}  # a case may not show it
    return kinds.pop() if len(kinds) == 1 else ""


def _asked_of(exercise: Exercise, mistake: Mistake) -> str:
    """Return a wrong function as it is asked about, with what its starter says that it returns."""
    lines = _named(exercise, source_of(mistake.function)).strip().splitlines()
    return "\n".join([lines[0], f'    """{_docstrings()[exercise.id]}"""', *lines[1:]])


@functools.cache
def _docstrings() -> dict[str, str]:
    """Return what the starter of each exercise says, in the notebooks."""
    said = {}
    for name, listed in catalogue().items():
        for task in cards.tasks(sections.read(name).cells, listed):
            parsed = ast.parse(task.starter)
            of = (n for n in parsed.body if getattr(n, "name", "") == task.exercise.name)
            said[task.exercise.id] = ast.get_docstring(next(of))
    return said


def _named(exercise: Exercise, source: str) -> str:
    """Return a source under the name of the exercise, without what the key would say."""
    return re.sub(rf"\b{exercise.reference.__name__}\b", exercise.name, source)


def changed_lines(exercise: Exercise, mistake: Mistake) -> str:
    """Return the lines in which the solution differs from the wrong function."""
    pair = source_of(mistake.function), source_of(exercise.reference)
    lines = list(difflib.ndiff(*(text.splitlines() for text in pair)))
    right, wrong = ([ln[2:].strip() for ln in lines if ln.startswith(sign)] for sign in "+-")
    if not right:
        return " ".join(f"the solution is without ``{line}``" for line in wrong)
    return " and ".join(f"the solution has ``{line}``" for line in right)


def wrong_parts(exercise: Exercise, right: list[Outcome], got: list[Outcome]) -> list[str]:
    """Return the names of the outputs that are wrong on some input."""
    wrong = set()
    for expected, outcome in zip(right, got, strict=False):
        pairs = zip(exercise.returns, parts(expected.value), parts(outcome.value), strict=False)
        wrong |= {name for name, a, b in pairs if not same(a, b, exercise.tolerance)}
    return [name for name in exercise.returns if name in wrong]


def what_comes(exercise: Exercise, right: list[Outcome], got: list[Outcome]) -> str:
    """Return what a wrong function gives instead: the worst of what it does on any input, or ""."""
    if any(outcome.failure for outcome in got):
        return ERROR
    pairs = [
        (a, b)
        for expected, outcome in zip(right, got, strict=False)
        for a, b in zip(parts(expected.value), parts(outcome.value), strict=False)
    ]
    if any(np.shape(a) != np.shape(b) for a, b in pairs):
        return SHAPE
    if any(np.all(np.isfinite(a)) and not np.all(np.isfinite(b)) for a, b in pairs):
        return FINITE
    return NUMBERS if any(not same(a, b, exercise.tolerance) for a, b in pairs) else ""


def parts(value: object) -> list[object]:
    """Return the values that a function returned, one after the other."""
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, tuple) else [value]


# ---- shapes


def shapes(about: str, exercise: Exercise, seed: int) -> Item | None:
    """Ask for the shapes that come out, for new sizes; None if that would be too easy."""
    case = exercise.inputs(seed)[0]
    arrays = {name: value for name, value in case.items() if _is_matrix(value)}
    (outcome,) = exercise.outcomes(exercise.reference, [case])
    values = dict(zip(exercise.returns, parts(outcome.value), strict=False))
    few = len({value.shape for value in arrays.values()}) < 3
    if outcome.failure or few or not all(map(_is_matrix, values.values())):
        return None
    given = ", ".join(f"`{name}` {np.shape(value)}" for name, value in arrays.items())
    names = ", ".join(f"`{name}`" for name in values)
    asks = f"`{exercise.name}` (“{exercise.title}”) gets {given}. What is the shape of {names}?"
    answer = ", ".join(f"`{name}` {np.shape(value)}" for name, value in values.items())
    symbols = ", ".join(f"`{name}` {shape}" for name, shape in exercise.returns.items())
    return Item(about, asks, answer, f"In symbols: {symbols}.")


def _is_matrix(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.ndim >= 2


# ---- the paper


def items(seed: int, path: Path | None = None) -> list[Item]:
    """Return the items of an exam, in the order of the course within each kind.

    With a path it is about the sections that the path takes; a short path gives fewer items.
    """
    rng, pool = np.random.default_rng(seed), exercises(path)
    found = _first(PREDICTIONS, (draw(quiz, rng) for quiz in _mixed(questions(path), rng)))
    found += _first(SHAPES, (shapes(*pair, _seed(rng)) for pair in _mixed(pool, rng)))
    return found + _first(BUGS, _bugs(pool, rng))


def _bugs(pool: list[tuple[str, Exercise]], rng: np.random.Generator) -> Iterator[Item]:
    """Give one bug for each exercise; none with the commonest answer once there are enough."""
    plain = 0
    for about, exercise in _mixed(pool, rng):
        known = _mixed((mistake for mistake in exercise.known if mistake.change), rng)
        made = filter(None, (bug(about, exercise, mistake, _seed(rng)) for mistake in known))
        item = next((item for item in made if item.answer != NUMBERS or plain < PLAIN), None)
        if item:
            plain += item.answer == NUMBERS
            yield item


def _first(count: int, candidates: Iterable[Item | None]) -> list[Item]:
    found = []
    for item in candidates:
        found += [item] if item else []
        if len(found) == count:
            break
    return sorted(found, key=lambda item: item.about)


def _mixed(things: Iterable, rng: np.random.Generator) -> list:
    things = list(things)
    return [things[place] for place in rng.permutation(len(things))]


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


def paper(seed: int, path: Path | None = None) -> tuple[str, str]:
    """Return the exam and its key as Markdown, of the whole course or of a path."""
    rng, asked, told = np.random.default_rng([seed, 1]), [], []
    for number, item in enumerate(items(seed, path), start=1):
        options = _mixed([item.answer, *item.wrong], rng) if item.wrong else []
        letters = dict(zip("abcdef", options, strict=False))
        asked.append(_asked(number, item, letters))
        told.append(_told(number, item, letters))
    head = f"{f'path “{path.name}”, ' if path else ''}seed {seed}"
    few = len(asked) < PREDICTIONS + SHAPES + BUGS
    note = f"{len(asked)} items: the path has no more to ask about.\n\n" if few else ""
    return (
        f"# Exam, {head}\n\nTools: paper, pencil, a calculator.\n\n" + "\n\n".join(asked) + "\n",
        f"# Key to the exam, {head}\n\n{note}" + "\n\n".join(told) + "\n",
    )


def _asked(number: int, item: Item, letters: dict[str, str]) -> str:
    options = "\n".join(f"- ({letter}) {option}" for letter, option in letters.items())
    return f"**{number}.** {item.asks}" + (f"\n\n{options}" if options else "")


def _told(number: int, item: Item, letters: dict[str, str]) -> str:
    place = next((f"({k}) " for k, option in letters.items() if option == item.answer), "")
    wrong = "\n".join(
        f"- ({k}) {option}: {item.wrong[option]}"
        for k, option in letters.items()
        if item.wrong.get(option)
    )
    told = f"**{number}.** {place}{item.answer}. {item.because} *({item.about})*"
    return told + (f"\n\n{wrong}" if wrong else "")
