"""Find the answers in a learner's notebook, by reading alone: nothing of it is run here.

An answer is whatever binds the name of an exercise: the last one without blanks in a cell that
checks it, else the one in the cell of its starter, else the last. Where nothing binds that name, it
is what the notebook hands to the check: ``exercises.one_step.check(my_step)``. With it go the
statements of the notebook that it needs: imports, other functions, and what its names are set to.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import json
import linecache
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from rnn_helpers.checking.blanks import BLANK, instructions
from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.lessons import catalogue

LARGEST = 50_000_000  # bytes of a notebook: pictures are large
CELL, CELLS = 50_000, 2_000  # characters of a cell, cells of a notebook
TIMED = ("%%time", "%%timeit", "%%capture", "%%prun")  # below these stands Python
ORIGINALS = Path(__file__).resolve().parents[2] / "notebooks"
BODIES = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
DEFINES = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
LOOKS_UP = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")
STANDS_ALONE = (*DEFINES.__args__, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)


class NotebookError(Exception):
    """Carries in a few words why there is nothing to find in a notebook."""


@dataclass(frozen=True)
class Cell:
    """A code cell: its id, its text as Python, and its statements; none if it does not parse."""

    id: str
    file: str
    text: str
    statements: tuple[ast.stmt, ...]
    broken: str = ""


@dataclass(frozen=True)
class Answer:
    """What a notebook has for an exercise.

    ``function`` has its text and is never called. ``needs`` names the statements to run, in order,
    as (cell, number in the cell). ``missing`` says why there is no answer, or is "".
    """

    function: FunctionType | None = None
    needs: tuple[tuple[int, int], ...] = ()
    missing: str = ""


@dataclass(frozen=True)
class Homework:
    """A learner's notebook: which lesson it is of, and its code cells."""

    lesson: str
    cells: Sequence[Cell]
    scope: dict[str, Any] = field(default_factory=dict)

    @property
    def exercises(self) -> list[Exercise]:
        """The exercises of its lesson, in order."""
        return catalogue()[self.lesson]


def read(path: str | os.PathLike) -> Homework:
    """Read a notebook; raise NotebookError if it is none, or none of this course's."""
    cells = [_cell(f"cell {n}", cell) for n, cell in enumerate(_code_cells(Path(path)), start=1)]
    lesson = _lesson(cells, Path(path).name)
    homework = Homework(lesson, list(_with_checked(cells, catalogue()[lesson])))
    homework.scope.update(_scope(homework))
    return homework


# --- the file ------------------------------------------------------------------------------------


def _code_cells(path: Path) -> Iterator[dict[str, str]]:
    content = _content(path)
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        old = isinstance(content, dict) and "worksheets" in content
        kind = "of an old format: JupyterLab stores it anew when you open and save it"
        raise NotebookError(f"is {kind if old else 'no notebook'}")
    if len(cells) > CELLS:
        raise NotebookError(f"has more than {CELLS} cells")
    for cell in cells:
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", "")
            lines = source if isinstance(source, list) else [source]
            text = "".join(line for line in lines if isinstance(line, str))
            yield {"id": str(cell.get("id", ""))[:64], "source": text}


def _content(path: Path) -> Any:
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise NotebookError("is a link" if path.is_symlink() else "is no file")
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with open(handle, "rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise NotebookError(f"cannot be read ({error.strerror or error})") from None
    if len(content) > LARGEST:
        raise NotebookError("is too large")
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise NotebookError("cannot be read as a notebook: it is damaged") from None


def _cell(name: str, cell: dict[str, str]) -> Cell:
    file, source = f"<{name}>", cell["source"]
    if len(source) > CELL:
        return Cell(cell["id"], file, "", (), f"is longer than {CELL:,} characters")
    try:
        text = _python(source)
        statements = tuple(ast.parse(text).body)
    except Exception as error:  # of Python's own parser, or of IPython's
        why = getattr(error, "msg", "") or type(error).__name__
        return Cell(cell["id"], file, source, (), f"is no Python: {why}")
    return Cell(cell["id"], file, text, statements)


def _python(source: str) -> str:
    """Return a cell as Python: IPython's magics become calls, which are never among the needs."""
    first, _, rest = source.lstrip().partition("\n")
    if first.startswith("%%"):
        source = rest if first.split()[0] in TIMED else ""
    return TransformerManager().transform_cell(source)


# --- which lesson --------------------------------------------------------------------------------


def _lesson(cells: Sequence[Cell], name: str) -> str:
    """Return the notebook of the course that this is a copy of, whatever its file is called.

    It is the lesson that is imported most often. Between equals, and where none is imported, the
    file's name decides, then which exercises have their names defined, then the first import: a
    fixed order, so that a notebook is judged the same way each time.
    """
    lessons = {notebook[3:]: notebook for notebook in catalogue()}
    imported = Counter(
        found
        for cell in cells
        for found in re.findall(r"rnn_helpers\.lessons\.(\w+)", cell.text)
        if found in lessons
    )
    most = max(imported.values(), default=0)
    equals = [lesson for lesson, count in imported.items() if count == most] or list(lessons)
    if len(equals) == 1:
        return lessons[equals[0]]
    named = sorted((lesson for lesson in equals if lesson in name), key=len, reverse=True)
    of_names = [lesson for lesson in equals if _has_all_names(cells, lessons[lesson])]
    for found in (named, of_names, equals if imported else []):
        if found:
            return lessons[found[0]]
    raise NotebookError("is of no lesson of this course")


def _has_all_names(cells: Sequence[Cell], lesson: str) -> bool:
    bound = {name for cell in cells for node in cell.statements for name in names_bound(node)}
    return {exercise.name for exercise in catalogue()[lesson]} <= bound


def starter_id(lesson: str, exercise: Exercise) -> str:
    """Return the id of an exercise's cell in the course, "" where the notebooks are not here."""
    if lesson not in _ids:
        _ids[lesson] = {}
        path = ORIGINALS / f"{lesson}.ipynb"
        for cell in _code_cells(path) if path.is_file() else ():
            check = re.fullmatch(r"exercises\.(\w+)\.check\(\w+\)", cell["source"].split("\n")[-1])
            if check:
                _ids[lesson][check[1]] = cell["id"]
    return _ids[lesson].get(exercise.name, "")


_ids: dict[str, dict[str, str]] = {}


# --- the answer ----------------------------------------------------------------------------------


def answer(homework: Homework, exercise: Exercise) -> Answer:
    """Return what a notebook has for an exercise."""
    found = list(_binding(homework, exercise.name))
    if not found:
        return Answer(missing=_why_missing(homework, exercise.name))
    filled = [place for place in found if not _has_blank(_at(homework, place))] or found
    own = starter_id(homework.lesson, exercise)
    in_own_cell = [place for place in filled if own and homework.cells[place[0]].id == own]
    checked = [place for place in filled if _is_checked(homework.cells[place[0]], exercise.name)]
    chosen = (checked or in_own_cell or filled)[-1]
    function = _stand_in(homework, chosen, exercise.name)
    return Answer(function, tuple(sorted(_needs(homework, chosen))))


Place = tuple[int, int]


def _binding(homework: Homework, name: str) -> Iterator[Place]:
    for i, cell in enumerate(homework.cells):
        for j, node in enumerate(cell.statements):
            if _defines(node, name):
                yield i, j


def _defines(node: ast.stmt, name: str) -> bool:
    """Say whether a statement makes a function of this name: a variable of a loop is none."""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    if isinstance(node, ast.If | ast.Try | ast.With):
        return any(isinstance(part, DEFINES) and part.name == name for part in ast.walk(node))
    return isinstance(node, DEFINES) and node.name == name


def _at(homework: Homework, place: Place) -> ast.stmt:
    return homework.cells[place[0]].statements[place[1]]


def _has_blank(node: ast.AST) -> bool:
    return any(BLANK in (getattr(n, "id", ""), getattr(n, "arg", "")) for n in ast.walk(node))


def _is_checked(cell: Cell, name: str) -> bool:
    return any(True for node in cell.statements for _ in _handed_over(node, name))


def _handed_over(node: ast.stmt, name: str) -> Iterator[ast.expr]:
    """Yield what a statement hands to the check of an exercise, ``exercises.name.check(this)``."""
    for call in ast.walk(node):
        asked = call.func if isinstance(call, ast.Call) else None
        if isinstance(asked, ast.Attribute) and asked.attr == "check":
            of = getattr(asked.value, "attr", None)
            given = [*call.args, *(keyword.value for keyword in call.keywords)]
            if of == name and given and not isinstance(given[0], ast.Starred):
                yield given[0]


def _with_checked(cells: Sequence[Cell], exercises: Sequence[Exercise]) -> Iterator[Cell]:
    """Yield the cells; after each that checks an answer of another name, one that names it.

    Below ``exercises.one_step.check(my_step)`` comes ``one_step = my_step``, as a cell of its own.
    """
    nodes = [node for cell in cells for node in cell.statements]
    unnamed = [
        exercise.name
        for exercise in exercises
        if all(_has_blank(node) for node in nodes if _defines(node, exercise.name))
    ]
    for cell in cells:
        yield cell
        for name in unnamed:
            for given in (part for node in cell.statements for part in _handed_over(node, name)):
                if not (isinstance(given, ast.Name) and given.id == name):
                    source = f"{name} = {_unparsed(given)}"
                    yield _cell(f"{cell.file[1:-1]}, checked", {"id": "", "source": source})


def _unparsed(node: ast.expr) -> str:
    try:
        return ast.unparse(node)
    except RecursionError:
        return BLANK


def _why_missing(homework: Homework, name: str) -> str:
    for cell in homework.cells:
        if cell.broken and (not cell.text or re.search(rf"\b{name}\b", cell.text)):
            return f"the cell of `{name}` {cell.broken}"
    return f"there is no `{name}` in the notebook"


def names_bound(node: ast.stmt) -> set[str]:
    """Return the names that a statement sets for the cells after it."""
    if isinstance(node, DEFINES):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}  # or "*"
    names, waiting = set(), [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, DEFINES):
            names.add(part.name)
        elif isinstance(part, ast.Import | ast.ImportFrom):
            names |= names_bound(part)
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            names.add(part.id)
        if not isinstance(part, BODIES):
            waiting.extend(ast.iter_child_nodes(part))
    return names


def _needs(homework: Homework, chosen: Place) -> set[Place]:
    """Return the places of the statements that one needs: those that set its names, and so on."""
    binders: dict[str, list[Place]] = {}
    for i, cell in enumerate(homework.cells):
        for j, node in enumerate(cell.statements):
            for name in names_bound(node):
                binders.setdefault(name, []).append((i, j))
    whole = binders.get("*", [])  # nobody can read what `from numpy import *` sets
    needed, waiting = {chosen, *whole}, [chosen]
    while waiting:
        for name in _names_read(_at(homework, waiting.pop())):
            for place in _setting(homework, binders.get(name, []), chosen) - needed:
                needed.add(place)
                waiting.append(place)
    return needed


def _names_read(node: ast.stmt) -> set[str]:
    """Return the names that a statement looks up outside itself: its own variables are not."""
    try:
        code = compile(ast.Module([node], type_ignores=[]), "<cell>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    looked_up = (step for step in instructions(code) if step.opname in LOOKS_UP)
    return {step.argval for step in looked_up} - set(vars(builtins))


def _setting(homework: Homework, places: list[Place], chosen: Place) -> set[Place]:
    """Return which of the statements that set a name count for one below them, or above."""
    before = [place for place in places if place < chosen]
    if not before:
        return set(places[:1])
    alone = isinstance(_at(homework, before[-1]), STANDS_ALONE)
    return {before[-1]} if alone else set(before)


# --- what looks like the answer's function -------------------------------------------------------


def _stand_in(homework: Homework, place: Place, name: str) -> FunctionType:
    """Return a function of the answer's text, made without running any of it."""
    cell, node = homework.cells[place[0]], _at(homework, place)
    text = cell.text
    linecache.cache[cell.file] = (len(text), None, text.splitlines(keepends=True), cell.file)
    value = node.value if isinstance(node, ast.Assign) else node
    if isinstance(value, ast.Name):
        named = [at for at in _binding(homework, value.id) if at < place]
        if named and isinstance(_at(homework, named[-1]), ast.FunctionDef):
            made = _stand_in(homework, named[-1], value.id)
            made.__name__ = name
            return made
    if isinstance(value, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        code = _code_of(node, cell.file, "<lambda>" if isinstance(value, ast.Lambda) else name)
        if code is not None:
            function = FunctionType(code, homework.scope, name)
            function.__defaults__ = (None,) * len(value.args.defaults) or None
            kwonly = zip(value.args.kwonlyargs, value.args.kw_defaults, strict=True)
            function.__kwdefaults__ = {arg.arg: None for arg, given in kwonly if given} or None
            return function
    taken = compile(f"def {name}(*args, **kwargs): ...", "<taken from elsewhere>", "exec")
    code = next(part for part in taken.co_consts if isinstance(part, CodeType))
    return FunctionType(code, homework.scope, name)


def _code_of(node: ast.stmt, file: str, name: str) -> CodeType | None:
    try:
        whole = compile(ast.Module([node], type_ignores=[]), file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    codes = (part for part in whole.co_consts if isinstance(part, CodeType))
    return next((code for code in codes if code.co_name == name and not code.co_freevars), None)


def _scope(homework: Homework) -> dict[str, Any]:
    """Return what the names of a notebook stand for, as far as reading tells: for the checks.

    They ask what an answer takes from the package. NumPy and the package itself are imported,
    functions of the notebook are stand-ins, and the rest is not there.
    """
    scope: dict[str, Any] = {}
    for i, cell in enumerate(homework.cells):
        for j, node in enumerate(cell.statements):
            if isinstance(node, ast.Import | ast.ImportFrom):
                scope.update(_imported(node))
            elif isinstance(node, ast.FunctionDef):
                made = _stand_in(homework, (i, j), node.name)
                scope[node.name] = FunctionType(made.__code__, scope, node.name)
    return scope


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Any]]:
    for alias in node.names:
        module = node.module or "" if isinstance(node, ast.ImportFrom) else alias.name
        if module.partition(".")[0] not in ("numpy", "math", "rnn_helpers"):
            continue
        try:
            value = importlib.import_module(module)
            if alias.name == "*":
                yield from ((n, v) for n, v in vars(value).items() if not n.startswith("_"))
                continue
            if isinstance(node, ast.ImportFrom):
                value = getattr(value, alias.name, None) or importlib.import_module(
                    f"{module}.{alias.name}"
                )
            elif not alias.asname:
                value = importlib.import_module(module.partition(".")[0])
        except Exception:  # there is no such module; nothing of the learner's has been run
            continue
        yield alias.asname or alias.name.partition(".")[0], value
