"""An exercise as data, and the check that knows what went wrong.

An exercise is a function the learner writes. One notebook cell holds its starter, a ``def`` whose
blanks are the bare name ``____``, and as last line the check::

    def one_step(x_t, a_prev, Waa, Wax, ba):
        return ____

    exercises.one_step.check(one_step)

Each file of this package that holds exercises names its notebook in ``NOTEBOOK`` and declares
every exercise as a module-level :class:`Exercise` with the name of the learner's function.
"""

from __future__ import annotations

import ast
import dis
import inspect
import itertools
import re
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from rnn_helpers.checking import guard
from rnn_helpers.checking.compare import same
from rnn_helpers.checking.diagnosis import Problem, Task, error_sentence, find_problem
from rnn_helpers.checking.feedback import Feedback, State
from rnn_helpers.checking.guard import Outcome
from rnn_helpers.course import progress

BLANK = "____"
SEEDS = (0, 1, 2)  # of the generators that make the inputs of one check
_NO_ANSWER = object()
_NO_ATTEMPT = (State.NOT_ATTEMPTED, State.NOT_A_FUNCTION, State.INTERRUPTED)


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer and the sentence that helps.

    Either ``old`` -> ``new``, a replacement in the source of the reference (``old`` occurs there
    exactly once), or a whole wrong ``function``.
    """

    old: str = ""
    new: str = ""
    says: str = ""
    function: Callable | None = None

    def applied_to(self, reference: Callable) -> Callable:
        """Return the wrong function."""
        if self.function is not None:
            return self.function
        source = textwrap.dedent(inspect.getsource(reference))
        if source.count(self.old) != 1:
            raise ValueError(
                f"old must occur exactly once in {reference.__name__}, "
                f"{self.old!r} occurs {source.count(self.old)} times"
            )
        scope = dict(reference.__globals__)
        exec(compile(source.replace(self.old, self.new), "<known mistake>", "exec"), scope)
        return scope[reference.__name__]


@dataclass(eq=False, repr=False)
class Exercise:
    """A task, its starter, its reference answer, and its known wrong answers.

    ``takes`` and ``returns`` give symbolic shapes, ``{"x_t": "(n_x, m)"}``; ``"()"`` is a number.
    Inputs are drawn by ``cases(rng)``, a dict or a tuple of the arguments; without ``cases`` they
    are what :func:`draw` makes of the shapes in ``takes``. The sizes of one call differ from each
    other, and none is the same in all calls of a check. The number of parts in ``returns`` is the
    number of values returned.
    """

    title: str
    prompt: str
    starter: str
    reference: Callable
    returns: Mapping[str, str]
    hints: Sequence[str]
    mistakes: Sequence[Mistake]
    takes: Mapping[str, str] = field(default_factory=dict)
    cases: Callable[[np.random.Generator], Mapping[str, Any] | tuple] | None = None
    tolerance: float = 1e-6  # relative to the largest number of the reference's answer
    seconds: float = 5.0  # a check may take this long

    def __post_init__(self) -> None:
        self.prompt = inspect.cleandoc(self.prompt)
        self.starter = textwrap.dedent(self.starter).strip("\n")
        found = re.search(r"^def (\w+)\(", self.starter, flags=re.MULTILINE)
        if found is None:
            raise ValueError(f"starter must define a function, got {self.starter[:40]!r}")
        if self.cases is None and not self.takes:
            raise ValueError("takes or cases must say what the inputs are, got neither")
        self.name = found.group(1)
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

    # --- how it is checked -----------------------------------------------------------------------

    def solution_source(self) -> str:
        """Return the source of the reference under the name of the exercise."""
        source = textwrap.dedent(inspect.getsource(self.reference))
        return re.sub(rf"\b{self.reference.__name__}\b", self.name, source)

    def inputs(self) -> list[dict[str, Any]]:
        """Return the arguments of each call of a check."""
        return [self._draw(np.random.default_rng(seed)) for seed in SEEDS]

    def outcomes(self, function: Callable, inputs: Sequence[Mapping[str, Any]]) -> list[Outcome]:
        """Call ``function`` on each of ``inputs``, up to one that had to be stopped."""
        end = time.monotonic() + self.seconds
        found = []
        for case in inputs:
            left = max(end - time.monotonic(), 0.1)
            found.append(guard.call(function, self.signature, case, left))
            if found[-1].failure and found[-1].failure.kind != "raised":
                break
        return found

    def _draw(self, rng: np.random.Generator) -> dict[str, Any]:
        case = draw(rng, self.takes) if self.cases is None else self.cases(rng)
        if isinstance(case, tuple):
            return dict(zip(self.signature.parameters, case, strict=True))
        return dict(case)

    def _before_running(self, answer: Any) -> Problem | None:
        if answer is _NO_ANSWER or isinstance(answer, Exercise) or not callable(answer):
            says = f"hand over your function itself, without calling it: `check({self.name})`."
            return Problem(State.NOT_A_FUNCTION, says)
        if says := _blanks_left(self.name, self.starter, answer):
            return Problem(State.NOT_ATTEMPTED, says)
        if not self._fits(answer):
            says = f"`{self.name}` should take {self._arguments()}: keep the starter's first line."
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

    def _arguments(self) -> str:
        return f"`({', '.join(self.signature.parameters)})`"

    def _run(self, answer: Callable) -> Problem | None:
        inputs = self.inputs()
        expected = self.outcomes(self.reference, inputs)
        got = self.outcomes(answer, inputs)
        with np.errstate(all="ignore"):  # answers may be huge or nan
            cases = zip(inputs, expected, got, strict=False)
            problems = (find_problem(self._task(*case[:2]), *case[1:]) for case in cases)
            problem = next(filter(None, problems), None)
        if problem is None or problem.state in (State.STOPPED, State.INTERRUPTED):
            return problem
        return self._known_mistake(inputs, got) or problem

    def _task(self, case: Mapping[str, Any], expected: Outcome) -> Task:
        returns = {name: axes(shape) for name, shape in self.returns.items()}
        sizes = self.sizes(case, expected)
        return Task(self.name, returns, self.tolerance, self.seconds, case, sizes)

    def sizes(self, case: Mapping[str, Any], expected: Outcome) -> dict[str, int]:
        """Return the size of each axis named in ``takes`` and ``returns``."""
        values = dict(zip(self.returns, leaves(expected.value), strict=False))
        found: dict[str, int] = {}
        for name, shape in {**self.takes, **self.returns}.items():
            array = values[name] if name in values else case.get(name)
            named = zip(axes(shape), getattr(array, "shape", ()), strict=False)
            found |= {axis: size for axis, size in named if axis.isidentifier()}
        return found

    def _known_mistake(self, inputs: list[dict[str, Any]], got: list[Outcome]) -> Problem | None:
        for mistake in self.mistakes:
            wrong = self.outcomes(mistake.applied_to(self.reference), inputs)
            if self.alike(wrong, got):
                return Problem(State.KNOWN_MISTAKE, mistake.says + self._evidence(got))
        return None

    def alike(self, some: Sequence[Outcome], others: Sequence[Outcome]) -> bool:
        """Say whether two functions did the same: values, changed inputs and failures."""
        return len(some) == len(others) and all(
            a.failure == b.failure
            and same(a.value, b.value, self.tolerance)
            and same(a.changed, b.changed, self.tolerance)
            for a, b in zip(some, others, strict=True)
        )

    def _evidence(self, got: list[Outcome]) -> str:
        failures = [one.failure for one in got if one.failure]
        if not failures:
            return ""
        return f" ({error_sentence(self.name, failures[0])})"


# --- symbolic shapes -----------------------------------------------------------------------------


def axes(shape: str) -> tuple[str, ...]:
    """Split ``"(T, n_a, m)"`` into its axes."""
    return tuple(axis.strip() for axis in shape.strip().strip("()").split(",") if axis.strip())


def turn(rng: np.random.Generator) -> int:
    """Return which call of a check ``rng`` makes the inputs of: 0, 1 or 2.

    So each call can be dealt another kind of input. Left to chance, a kind may not come at all.
    """
    return rng.bit_generator.seed_seq.entropy % len(SEEDS)


def draw(rng: np.random.Generator, shapes: Mapping[str, str], **sizes: int) -> dict[str, Any]:
    """Draw arrays of symbolic ``shapes``, normal of mean 0 and spread 0.5.

    An axis may be an expression, ``"(n_a, n_a + n_x)"``.

    Named axes get sizes from 2 on, all different, unless ``sizes`` fixes them.
    """
    names = dict.fromkeys(re.findall(r"[A-Za-z_]\w*", " ".join(shapes.values())))
    free = [name for name in names if name not in sizes]
    unused = (size for size in itertools.count(2) if size not in sizes.values())
    pool = list(itertools.islice(unused, max(6, len(free))))
    known = {**sizes, **dict(zip(free, rng.permutation(pool).tolist(), strict=False))}
    drawn = {}
    for name, shape in shapes.items():
        size = tuple(eval(axis, {"__builtins__": {}}, known) for axis in axes(shape))
        numbers = rng.normal(scale=0.5, size=size)
        drawn[name] = numbers if size else float(numbers)
    return drawn


def leaves(value: Any) -> Iterator[Any]:
    """Walk the parts of a returned value: through tuples and dicts, in order."""
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, tuple):
        yield from itertools.chain.from_iterable(map(leaves, value))
    elif value is not None:
        yield value


# --- blanks --------------------------------------------------------------------------------------


def _blanks_left(name: str, starter: str, answer: Callable) -> str:
    """Say which blanks are still to fill; an empty string if there is none."""
    function = inspect.unwrap(answer)
    if not isinstance(function, FunctionType):
        return ""
    if not _has_blank(function.__code__):
        unfinished = (one for one in _own_functions(function) if _has_blank(one.__code__))
        other = next(unfinished, None)
        return f"`{other.__name__}`, which `{name}` uses, has blanks to fill." if other else ""
    total = _count(starter)
    left = _count_in(function)
    if left < total:
        return f"{left} of {total} blanks (`{BLANK}`) still to fill in `{name}`."
    blanks = "the blank" if total == 1 else f"the {total} blanks"
    return f"fill in {blanks} (`{BLANK}`) in `{name}`, then run the cell again."


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Walk a code object and those of the functions inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _has_blank(code: CodeType) -> bool:
    return any(BLANK in (*one.co_names, *one.co_varnames) for one in _codes(code))


def _globals_used(code: CodeType) -> Iterator[str]:
    for step in itertools.chain.from_iterable(map(dis.get_instructions, _codes(code))):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield step.argval


def _own_functions(function: FunctionType) -> Iterator[FunctionType]:
    """Walk the functions that ``function`` uses and that were written in the same notebook."""
    seen, waiting = {function}, [function]
    while waiting:
        for name in _globals_used(waiting.pop().__code__):
            one = function.__globals__.get(name)
            own = isinstance(one, FunctionType) and one.__globals__ is function.__globals__
            if own and one not in seen:
                seen.add(one)
                waiting.append(one)
                yield one


def _count(source: str) -> int:
    """Count the blanks in code, not in its comments and docstrings."""
    nodes = ast.walk(ast.parse(source))
    words = ((getattr(node, word, None) for word in ("id", "attr", "arg")) for node in nodes)
    return sum(BLANK in one for one in words)


def _count_in(function: FunctionType) -> int:
    try:
        return _count(textwrap.dedent(inspect.getsource(function)))
    except Exception:  # no source at hand: count where a blank is looked up
        steps = itertools.chain.from_iterable(map(dis.get_instructions, _codes(function.__code__)))
        return sum(step.argval == BLANK for step in steps)


# --- lists of exercises --------------------------------------------------------------------------


def exercises_in(module: ModuleType) -> list[Exercise]:
    """Return the exercises a module defines, in order."""
    return [value for value in vars(module).values() if isinstance(value, Exercise)]


_notes_shown: set[str] = set()


def _once(note: str) -> str:
    """Return ``note`` the first time only: one unwritable file is worth one sentence."""
    if note in _notes_shown:
        return ""
    _notes_shown.add(note)
    return note
