"""Exam items that are computed: find the bug, shapes, predictions with other settings; with a key.

Another seed gives other numbers, other mistakes, another order. No answer is written down here: the
bugs are known mistakes of the course's exercises, put into their solutions and run.
"""

from __future__ import annotations

import ast
import copy
import difflib
import functools
import inspect
import io
import re
import sys
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FrameType
from typing import Any

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
FIND = "And which line is wrong? Copy it."
MEND = "And how should the line be?"  # where there is but one
HOW = (
    "Tools: paper, pencil, a calculator. Of the options (a), (b), … one is right. Numbers are "
    "rounded. An item has one point, and one more if it asks for a line."
)
KNOWN_TO_ALL = {"sigmoid", "softmax"}


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
    wrong_code = _shown(exercise, mistake.function)
    given = _given(exercise, next(c for c in exercise.inputs(seed) if _shows(exercise, mistake, c)))
    code = f"```python\n{wrong_code}\n```{_explained(exercise)}"
    because = f"{_capital(exercise, mistake.says)} Changed: {changed_lines(exercise, mistake)}."
    single = len(_without_comments(source_of(mistake.function)).splitlines()) == 2
    which = MEND if single else FIND
    if done not in KINDS:
        names = ", ".join(f"`{name}`" for name in exercise.returns)
        asks = f"One mistake is in this function, which returns {names}. Which of these come out "
        return Item(about, f"{asks}wrong? {which}\n\n{code}", done, because)
    asks = f"One mistake is in this function, and shows when it gets {given}. What comes out? "
    wrong = {other: "" for other in KINDS if other != done}
    return Item(about, f"{asks}{which}\n\n{code}", done, because, wrong)


def _done(exercise: Exercise, mistake: Mistake, seed: int) -> str:
    """Return what a mistake does on dealt inputs: a kind or the wrong outputs, "" if it varies."""
    inputs = exercise.inputs(seed)
    right, got = (exercise.outcomes(f, inputs) for f in (exercise.reference, mistake.function))
    pairs = [([a], [b]) for a, b in zip(right, got, strict=True)]
    if len(exercise.returns) > 1 and not any(outcome.failure for outcome in got):
        return " and ".join(f"`{name}`" for name in wrong_parts(exercise, right, got))
    kinds = {what_comes(exercise, *pair) for pair in pairs} - {""}  # a case may not show it
    return kinds.pop() if len(kinds) == 1 else ""


def _shows(exercise: Exercise, mistake: Mistake, case: Mapping[str, Any]) -> bool:
    """Return whether a mistake shows on these inputs."""
    right, got = (exercise.outcomes(f, [case]) for f in (exercise.reference, mistake.function))
    return what_comes(exercise, right, got) != ""


def _given(exercise: Exercise, case: Mapping[str, Any]) -> str:
    """Name the arguments of a call: arrays by their shapes, functions not at all."""
    said = {
        name: str(value.shape) if isinstance(value, np.ndarray) and value.ndim else _short(value)
        for name, value in case.items()
        if not callable(value)
    }
    return ", ".join(f"`{name}` {shown}" for name, shown in said.items())


def _short(value: object) -> str:
    if isinstance(value, float | np.floating):
        return f"= {value:.3g}"
    told = f"= {value!r}"
    return told if len(told) < 40 else f"({type(value).__name__})"


def _capital(exercise: Exercise, sentence: str) -> str:
    """Begin a sentence with a capital, unless it begins with a symbol or a name of the code."""
    first = re.split(r"[\s,.:']", sentence, maxsplit=1)[0]
    names = {*exercise.returns, *inspect.signature(exercise.reference).parameters}
    word = first.isalpha() and first.isascii() and first not in names
    return sentence[0].upper() + sentence[1:] if word else sentence


def _shown(exercise: Exercise, function: Callable) -> str:
    """Return a function as it is shown: under the exercise's name, with what its starter says."""
    lines = _named(exercise, _without_comments(source_of(function))).strip().splitlines()
    return "\n".join([lines[0], f'    """{_docstrings()[exercise.id]}"""', *lines[1:]])


def _without_comments(source: str) -> str:
    """Return a source without comments: one beside a wrong line says what the right line does."""
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return "\n".join(line for line in lines if line.strip())


def _explained(exercise: Exercise) -> str:
    """Say what functions of the course do that a solution calls, those apart that all know."""
    names = {
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(source_of(exercise.reference)))
        if isinstance(node, ast.Call)
    }
    told = [
        f"`{name}({', '.join(inspect.signature(made).parameters)})`: {_first_line(made)}"
        for name, made in _of_the_course(exercise, names)
    ]
    return "".join(f"\n\n{line}" for line in told)


def _of_the_course(exercise: Exercise, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    for name in sorted(names - KNOWN_TO_ALL):
        found = functools.reduce(
            lambda holder, part: getattr(holder, part, None),
            name.split(".")[1:],
            exercise.reference.__globals__.get(name.split(".")[0]),
        )
        if str(getattr(found, "__module__", "")).startswith("rnn_helpers"):
            yield name, found


def _first_line(made: object) -> str:
    return " ".join(inspect.getdoc(made).split("\n\n")[0].split())


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
    pair = (_without_comments(source_of(f)) for f in (mistake.function, exercise.reference))
    lines = list(difflib.ndiff(*(text.splitlines() for text in pair)))
    right, wrong = ([ln[2:].strip() for ln in lines if ln.startswith(sign)] for sign in "+-")
    if not right:
        return " ".join(f"the solution is without ``{line}``" for line in wrong)
    has = " and ".join(f"the solution has ``{line}``" for line in right)
    return f"{has}, not {' and '.join(f'``{line}``' for line in wrong)}" if wrong else has


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
    """Ask for a shape that is not among those given, for new sizes; None if there is none."""
    case = exercise.inputs(seed)[0]
    arrays = {name: value for name, value in case.items() if _is_matrix(value)}
    given = {value.shape for value in arrays.values()}
    (outcome,) = exercise.outcomes(exercise.reference, [case])
    if outcome.failure or len(given) < 2:
        return None
    values = dict(zip(exercise.returns, parts(outcome.value), strict=False))
    gets = ", ".join(f"`{name}` {np.shape(value)}" for name, value in arrays.items())
    asks = f"`{exercise.name}` (“{exercise.title}”) gets {gets}. What is the shape of "
    if all(map(_is_matrix, values.values())) and _new(values, given):
        answer = ", ".join(f"`{name}` {np.shape(value)}" for name, value in values.items())
        symbols = ", ".join(f"`{name}` {shape}" for name, shape in exercise.returns.items())
        names = ", ".join(f"`{name}`" for name in values)
        return Item(about, f"{asks}{names}?", answer, f"In symbols: {symbols}.")
    inner = {k: v for k, v in locals_of(exercise.reference, case).items() if _is_matrix(v)}
    for name in _new({k: v for k, v in inner.items() if k not in case}, given):
        code = f"```python\n{_shown(exercise, exercise.reference)}\n```{_explained(exercise)}"
        line = next(ln for ln in code.splitlines() if re.match(rf"\s*{name}\b.* = ", ln)).strip()
        because = f"From the line ``{line}``."
        return Item(about, f"{asks}`{name}`?\n\n{code}", str(inner[name].shape), because)
    return None


def _new(values: Mapping[str, np.ndarray], given: set[tuple[int, ...]]) -> list[str]:
    """Return the names of arrays with a shape that is not given, so that it cannot be copied."""
    return [name for name, value in values.items() if value.shape not in given]


def locals_of(function: Callable, case: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a function's own names stand for when it returns."""
    found: dict[str, Any] = {}

    def at_the_end(frame: FrameType, event: str, _: object) -> None:
        if event == "return" and frame.f_code is function.__code__:
            found.update(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(at_the_end)
    try:
        function(**copy.deepcopy(dict(case)))
    finally:
        sys.setprofile(before)
    return found


def _is_matrix(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.ndim >= 2


# ---- the paper


def items(seed: int, path: Path | None = None) -> list[Item]:
    """Return the items of an exam, in the order of the course within each kind.

    With a path it is about the sections that the path takes; a short path gives fewer items.
    """
    rng, pool = np.random.default_rng(seed), exercises(path)
    found = _first(PREDICTIONS, (draw(quiz, rng) for quiz in _mixed(questions(path), rng)))
    asked, shape_items = set(), []
    for about, exercise in _mixed(pool, rng):
        item = shapes(about, exercise, _seed(rng)) if len(shape_items) < SHAPES else None
        if item:
            shape_items.append(item)
            asked |= {exercise.id} if "```" in item.asks else set()  # its solution is on the paper
    found += sorted(shape_items, key=lambda item: item.about)
    return found + _first(BUGS, _bugs([p for p in pool if p[1].id not in asked], rng))


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
        f"# Exam, {head}\n\nName:\n\n{HOW}\n\n" + "\n\n".join(asked) + "\n",
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
