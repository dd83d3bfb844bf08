"""Exam items that are computed: find the bug, shapes, predictions with other settings; with a key.

Another seed gives other numbers, other mistakes, another order. No answer is written down here: the
bugs are known mistakes of the course's exercises, put into their solutions and run.
"""

from __future__ import annotations

import ast
import builtins
import copy
import difflib
import functools
import inspect
import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
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
ERROR, SHAPE, NUMBERS = "an error", "another shape", "other numbers, in the right shape"
KINDS = (ERROR, SHAPE, NUMBERS)
FIND = "And which line is wrong? Copy it."
MEND = "And how should the line be?"  # where there is but one
HOW = (
    "Time: {minutes} minutes. Tools: paper, pencil, a calculator. Where there are options (a), "
    "(b), … one of them is right: mark it. Where there are none, write the answer. Numbers are "
    "rounded. An item gives one point if its answer is right in full; where a line is asked for "
    "too, that line gives one point more: {points} in all."
)
SYMBOLS = (
    "n_x is the number of inputs, n_a of units, n_y of outputs; m examples and T steps. An array "
    "over time has the axes (T, n, m), one without time (n, m), a bias (n, 1), tokens (T, m), "
    "where an item says nothing else. Numbers that are not printed are nothing special: no array "
    "of them is all 0, or all the same. Defined are the names of an item, Python's own, np, "
    "sigmoid and softmax, no others."
)
# Quizzes and exercises that ask for the same, or of which one gives the other away.
ALIKE = (
    {"weights_rnn", "weights_gru", "weights_lstm", "parameters"}
    | {"count_parameters", "count_weights", "count_deep"},
    {"gate", "wire", "masks", "bound", "along_the_wire"},
    {"padding", "share_of_padding"},
    {"masked", "masked_mean"},
    {"clipped", "clip_by_norm"},
    {"drawn", "pick"},
    {"hot", "with_temperature"},
    {"tail", "nucleus"},
    {"pitch", "frequency"},
    {"bits", "bits_per_character"},
    {"look", "look_back"},
    {"waves", "earliest"},
    {"rounds", "doubling"},
    {"base_rate", "sure", "score_gradient"},
    {"gru_step", "from_pytorch", "lstm_step"},
    {"step_jacobian", "jacobian_product", "clipped_shares"},
    {"forward", "identity_cell"},
)
MINUTES = 2.5  # for a point: a rule of thumb
KEY = (
    "A line beside the wrong one that mends the function is right as well, and so is the same "
    "written otherwise. Several shapes, or several outputs, give their point together."
)
MISTAKES = 6  # of an exercise that are tried for an item
IN_FULL = 12  # numbers of an array that are printed
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
    """Ask what a known mistake does to a solution; None if that depends on what is not told."""
    cases = exercise.inputs(seed)
    if not any(map(_can_be_told, cases)):
        return None
    (done, *others) = {_done(exercise, mistake, seed + again) for again in range(DEALT)}
    shown = [case for case in cases if _shows(exercise, mistake, case)]
    told = next((case for case in shown if is_ordinary(case) and _can_be_told(case)), None)
    if others or not done or not told or (len(shown) < len(cases) and not _is_told(told)):
        return None
    wrong_code, given = _shown(exercise, mistake.function), _given(told)
    code = f"```python\n{wrong_code}\n```{_explained(exercise)}"
    because = f"{_capital(exercise, mistake.says)} Changed: {changed_lines(exercise, mistake)}."
    single = len(_without_comments(source_of(mistake.function)).splitlines()) == 2
    which = MEND if single else FIND
    if done not in KINDS:
        names = ", ".join(f"`{name}`" for name in exercise.returns)
        asks = f"One mistake is in this function, which returns {names}. It gets {given}. "
        which = f"Which of these is wrong, one or several? {which}"
        return Item(about, f"{asks}{which}\n\n{code}", done, because)
    asks = f"One mistake is in this function, and shows when it gets {given}. What comes of it? "
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


def _given(case: Mapping[str, Any]) -> str:
    """Name the arguments of a call: arrays by their shapes, small ones in full."""
    return ", ".join(f"`{k}` {_told_of(v)}" for k, v in case.items())


def _told_of(value: object) -> str:
    if not isinstance(value, np.ndarray) or not value.ndim:
        return _short(value)
    numbers = f" = {value.tolist()}" if _in_full(value) else ""
    return f"{value.shape}{numbers}"


def _in_full(value: np.ndarray) -> bool:
    return value.size <= IN_FULL and value.dtype.kind in "biu"


def is_ordinary(case: Mapping[str, Any]) -> bool:
    """Return whether no array that is not printed holds one number alone: the paper says so."""
    hidden = [v for v in case.values() if isinstance(v, np.ndarray) and v.ndim and not _in_full(v)]
    return all(v.size < 2 or len(np.unique(v)) > 1 for v in hidden)


def _is_told(case: Mapping[str, Any]) -> bool:
    """Return whether all that a call gets is printed: then it is seen if a mistake shows."""
    return not any(isinstance(v, np.ndarray) and v.ndim and not _in_full(v) for v in case.values())


def _can_be_told(case: Mapping[str, Any]) -> bool:
    """Return whether each thing that a call gets is an array or stands on the paper in full."""
    values = [value for value in case.values() if not isinstance(value, np.ndarray)]
    return not any(callable(value) or _short(value).startswith("(") for value in values)


def _short(value: object) -> str:
    if isinstance(value, np.ndarray):
        value = value.item()
    if isinstance(value, float | np.floating):
        return f"= {value:.3g}"
    told = f"= {value!r}"
    return told if len(told) < 100 else f"({type(value).__name__})"


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
    does = re.sub(r",? \((?=[^)]*\b(T|m|n_\w))[^)]*\)", "", _docstrings()[exercise.id])
    asks = f"`{exercise.name}` gets {gets}. What it does: “{does}” "
    if all(map(_is_matrix, values.values())) and _new(values, given):
        answer = ", ".join(f"`{name}` {np.shape(value)}" for name, value in values.items())
        symbols = ", ".join(f"`{name}` {shape}" for name, shape in exercise.returns.items())
        names = ", ".join(f"`{name}`" for name in values)
        one = len(values) == 1
        which = "What is the shape of its result," if one else "What are the shapes of its results,"
        return Item(about, f"{asks}{which} {names}?", answer, f"In symbols: {symbols}.")
    inner = {k: v for k, v in locals_of(exercise.reference, case).items() if _is_matrix(v)}
    for name in _new({k: v for k, v in inner.items() if k not in case}, given):
        code = f"```python\n{_shown(exercise, exercise.reference)}\n```{_explained(exercise)}"
        line = next(ln for ln in code.splitlines() if re.match(rf"\s*{name}\b.* = ", ln)).strip()
        because = f"From the line ``{line}``."
        asks += f"What is the shape of `{name}`?\n\n{code}"
        return Item(about, asks, str(inner[name].shape), because)
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


@dataclass
class _Asked:
    """What a paper asks about: nothing twice, and no notebook again before all others."""

    topics: set[object] = field(default_factory=set)
    notebooks: Counter[str] = field(default_factory=Counter)

    def spread(self, pool: Iterable[Any], rng: np.random.Generator) -> Iterator[Any]:
        """Give what is not asked about yet, of the notebook that was asked about least."""
        rest = _mixed(pool, rng)
        while rest:
            rest.sort(key=lambda one: self.notebooks[_about(one)[0]])
            one = rest.pop(0)
            if _topic(_about(one)[1]) not in self.topics:
                yield one

    def add(self, one: Any) -> None:
        """Take note that something is asked about."""
        about, name = _about(one)
        self.notebooks[about] += 1
        self.topics.add(_topic(name))


def _about(one: Quiz | tuple[str, Exercise]) -> tuple[str, str]:
    """Return the notebook of a quiz or an exercise, and its name."""
    return (one.about, one.name) if isinstance(one, Quiz) else (one[0], one[1].name)


def _topic(name: str) -> object:
    return next((place for place, group in enumerate(ALIKE) if name in group), name)


def items(seed: int, path: Path | None = None) -> list[Item]:
    """Return the items of an exam, in the order of the course within each kind.

    With a path it is about the sections that the path takes; a short path gives fewer items.
    """
    rng, pool, asked, kinds = np.random.default_rng(seed), exercises(path), _Asked(), Counter()

    def some(count: int, of: Iterable[Any], make: Callable[[Any], Item | None]) -> list[Item]:
        found: list[Item] = []
        for one in asked.spread(of, rng):
            if len(found) == count:
                break
            if item := make(one):
                asked.add(one)
                found.append(item)
        return sorted(found, key=lambda item: item.about)

    return [
        *some(PREDICTIONS, questions(path), lambda quiz: draw(quiz, rng)),
        *some(SHAPES, pool, lambda one: shapes(*one, _seed(rng))),
        *some(BUGS, pool, lambda one: _bug(*one, kinds, rng)),
    ]


def _bug(
    about: str, exercise: Exercise, kinds: Counter[str], rng: np.random.Generator
) -> Item | None:
    """Return a bug of an exercise: of a kind that is rare in ``kinds``, and not seen at once.

    Seen at once is a last line, or a name that nothing uses any longer.

    Most bugs give other numbers: after `PLAIN` of them there are no more.
    """
    found: list[tuple[int, bool, bool, Item]] = []
    known = _mixed((mistake for mistake in exercise.known if mistake.change), rng)
    for mistake in known[:MISTAKES]:
        item = bug(about, exercise, mistake, _seed(rng))
        if item and (item.answer != NUMBERS or kinds[NUMBERS] < PLAIN):
            seen = unused(mistake.function), _is_on_last_line(exercise, mistake)
            found.append((kinds[_kind(item)], *seen, item))
            if found[-1][:3] == (0, False, False):
                break
    if not found:
        return None
    *_, item = min(found, key=lambda one: one[:3])
    kinds[_kind(item)] += 1
    return item


def _kind(item: Item) -> str:
    return item.answer if item.answer in KINDS else "outputs"


def unused(function: Callable) -> bool:
    """Return whether a function has a name that it never uses, or uses one that it lacks."""
    (made,) = ast.parse(source_of(function)).body
    names = [node for node in ast.walk(made) if isinstance(node, ast.Name)]
    own = {argument.arg for argument in ast.walk(made) if isinstance(argument, ast.arg)}
    own |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
    used = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    known = {*vars(builtins), *function.__globals__}
    return bool(own - used - {"_"}) or bool(used - own - known)


def _is_on_last_line(exercise: Exercise, mistake: Mistake) -> bool:
    wrong, right = (
        _without_comments(source_of(f)).splitlines() for f in (mistake.function, exercise.reference)
    )
    return wrong[:-1] == right[:-1]


def _mixed(things: Iterable, rng: np.random.Generator) -> list:
    things = list(things)
    return [things[place] for place in rng.permutation(len(things))]


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


def paper(seed: int, path: Path | None = None) -> tuple[str, str]:
    """Return the exam and its key as Markdown, of the whole course or of a path."""
    rng, asked, told, places = np.random.default_rng([seed, 1]), [], [], []
    for number, item in enumerate(items(seed, path), start=1):
        options = _mixed(item.wrong, rng)
        if options:  # each place in turn, in another order each time: none is a better guess
            places = places or _mixed(range(3), rng)
            options.insert(places.pop(), item.answer)
        letters = dict(zip("abcdef", options, strict=False))
        asked.append(_asked(number, item, letters))
        told.append(_told(number, item, letters))
    what = f" on the path “{path.name}”" if path else ""
    few = len(asked) < PREDICTIONS + SHAPES + BUGS
    note = f"{len(asked)} items: the path has no more to ask about.\n\n" if few else ""
    points = len(asked) + sum(FIND in one or MEND in one for one in asked)
    minutes = 5 * round(MINUTES * points / 5)
    return (
        f"# Exam{what}, version {seed}\n\nName:\n\n"
        f"{HOW.format(points=points, minutes=minutes)}\n\n{SYMBOLS}\n\n"
        + "\n\n".join(asked)
        + "\n",
        f"# Key to the exam{what}, version {seed}\n\n{note}{KEY}\n\n" + "\n\n".join(told) + "\n",
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
