"""The rooms of the package: what lies in each, and who may import whom."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import re
import sys
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import ModuleType

import pytest

import rnn_helpers.checking
import rnn_helpers.course
import rnn_helpers.teaching

ROOT = Path(__file__).resolve().parents[2]
PACKAGE, TESTS, BOOK = ROOT / "rnn_helpers", ROOT / "tests", ROOT / "tools" / "book"


@dataclass(frozen=True)
class Room:
    """What the modules of a room may import, besides their neighbours and the standard library.

    ``inside`` names rooms, or single modules of them; ``outside`` names packages.
    """

    inside: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset({"numpy"})


BELOW = frozenset({"mathematics", "data", "experiments"})
PICTURES = frozenset({"numpy", "matplotlib", "PIL", "ipywidgets", "anywidget"})
PICTURES |= {"traitlets", "IPython"}
ROOMS = {
    "mathematics": Room(),  # what lies flat in the package
    "data": Room(frozenset({"mathematics"})),
    "experiments": Room(frozenset({"mathematics", "data"})),
    "course": Room(BELOW, PICTURES),
    "checking": Room(frozenset({"mathematics", "course.machine", "course.progress"})),
    "lessons": Room(BELOW | {"course", "checking"}, PICTURES),
    "teaching": Room(
        frozenset({"data", "course", "checking", "lessons"}), frozenset({"numpy", "IPython"})
    ),
}
# Modules that need less than their room: they run where there are no widgets and no matplotlib.
LIGHT = {
    "__main__": Room(frozenset({"course.command"})),  # the command, for `python -m`
    "threads": Room(outside=frozenset({"numpy", "threadpoolctl"})),  # the package imports it
    "course": Room(  # only when they are asked for
        frozenset({"course.prediction", "course.share", "course.walkthrough"})
    ),
    "course.progress": Room(outside=frozenset()),  # every check of an exercise imports it
    # Jupyter's server imports these three.
    "course.saving": Room(
        frozenset({"course.notebook_file", "course.reopening"}), outside=frozenset()
    ),
    "course.reopening": Room(frozenset({"course.notebook_file"}), outside=frozenset()),
    "course.notebook_file": Room(outside=frozenset()),
    "course.machine": Room(outside=frozenset({"psutil"})),  # the guard imports it
    "course.copies": Room(frozenset({"", "course.map"}), frozenset()),
    "course.command": Room(
        frozenset({"course.copies", "course.map", "course.saving", "threads"}), frozenset()
    ),
    "course.map": Room(frozenset({"course.machine", "course.progress"}), frozenset()),
    "course.paths": Room(frozenset({"course.map"}), frozenset()),
    "lessons": Room(frozenset({"checking", "course.map"})),
}


def module_name(path: Path) -> str:
    """Return ``course.figures`` for rnn_helpers/course/figures.py, and "" for the package."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
SOURCES = {module: path.read_text(encoding="utf-8") for module, path in FILES.items()}


def room_of(module: str) -> str:
    """Return the room that a module of the package lies in: its folder, or the mathematics."""
    first = module.partition(".")[0]
    return first if first in ROOMS else "mathematics"


TYPES_ONLY = ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def import_nodes(tree: ast.AST) -> list[ast.AST]:
    """Return the imports of a file, inside functions too, but not what only type checkers read."""
    nodes, children = [], ast.iter_child_nodes(tree)
    if isinstance(tree, ast.If) and ast.unparse(tree.test) in TYPES_ONLY:
        children = tree.orelse
    for child in children:
        if isinstance(child, ast.Import | ast.ImportFrom):
            nodes.append(child)
        nodes += import_nodes(child)
    return nodes


def imports(module: str, sources: dict[str, str]) -> tuple[set[str], set[str]]:
    """Return what a module imports: modules of the package, and packages from outside."""
    package = f"rnn_helpers.{module}".rstrip(".")
    if module and not any(name.startswith(f"{module}.") for name in sources):
        package = package.rpartition(".")[0]  # dots are counted from the folder of a file
    names = []
    for node in import_nodes(ast.parse(sources[module])):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
            continue
        source = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
        for alias in node.names:
            deeper = f"{source}.{alias.name}"  # a module of that name, or a name in the module
            names.append(deeper if deeper.removeprefix("rnn_helpers.") in sources else source)
    ours = [name for name in names if name.partition(".")[0] == "rnn_helpers"]
    others = {name.partition(".")[0] for name in names} - {"rnn_helpers"}
    inside = {name.removeprefix("rnn_helpers").removeprefix(".") for name in ours}
    return inside, others - sys.stdlib_module_names


def lesson_of(module: str) -> str:
    return module.split(".")[1] if module.startswith("lessons.") else ""


def trespasses(sources: dict[str, str]) -> list[str]:
    """Return every import that the rooms do not allow, one sentence each."""
    sentences = []
    for module in sources:
        rules = LIGHT.get(module, ROOMS[room_of(module)])
        neighbours = set() if module in LIGHT else {room_of(module)}
        inside, outside = imports(module, sources)
        for name in sorted(inside):
            foreign = not {name, room_of(name)} & (rules.inside | neighbours)
            other_lesson = lesson_of(module) and lesson_of(name) not in ("", lesson_of(module))
            both_halves = {module.rpartition(".")[2], name.rpartition(".")[2]}
            if foreign or other_lesson or both_halves == {"panels", "exercises"}:
                sentences.append(f"{module} may not import {name}")
        sentences += [f"{module} may not import {name}" for name in sorted(outside - rules.outside)]
    return sentences


def cycle(sources: dict[str, str]) -> list[str]:
    """Return the modules of a cycle of imports, or an empty list."""
    try:
        TopologicalSorter({module: imports(module, sources)[0] for module in sources}).prepare()
    except CycleError as error:
        return error.args[1]
    return []


# ---- the package


def test_every_module_keeps_to_its_room() -> None:
    assert {"cells", "course.figures", "lessons.gru.panels"} <= set(SOURCES)
    assert trespasses(SOURCES) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert cycle(SOURCES) == []


def test_every_folder_is_a_room() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir()} - {"__pycache__"}
    assert folders == set(ROOMS) - {"mathematics"}


def test_a_lesson_holds_panels_and_exercises() -> None:
    lessons = {lesson_of(module) for module in SOURCES} - {""}
    inside = [module for module in SOURCES if module.startswith("lessons.")]
    parts = {module.split(".")[2] for module in inside if module.count(".") == 2}
    assert parts == {"panels", "exercises"}
    assert {f"lessons.{name}.{part}" for name in lessons for part in parts} <= set(SOURCES)


# ---- the checker


FEW = {
    "": "",
    "cells": "import numpy as np\nfrom rnn_helpers import checks",
    "checks": "import math",
    "course": "",
    "course.saving": "import json",
    "course.figures": "from matplotlib import pyplot",
    "course.progress": "",
    "checking": "",
    "checking.exercise": "from rnn_helpers.course import progress",
    "lessons": "",
    "lessons.gru": "",
    "lessons.gru.panels": "from rnn_helpers.course import figures",
    "lessons.gru.exercises": "from rnn_helpers.checking.exercise import Exercise",
    "lessons.lstm": "",
    "lessons.lstm.panels": "import rnn_helpers.cells",
}


def test_a_good_package_is_left_in_peace() -> None:
    assert trespasses(FEW) == [] and cycle(FEW) == []


@pytest.mark.parametrize(
    ("module", "line", "name"),
    [
        ("cells", "from rnn_helpers.course.saving import keep_pictures", "course.saving"),
        ("cells", "from rnn_helpers.course import saving", "course.saving"),
        ("cells", "from .course import saving", "course.saving"),
        ("cells", "import rnn_helpers.course.saving as saving", "course.saving"),
        ("cells", "def late():\n    from rnn_helpers.course import saving", "course.saving"),
        ("cells", "if True:\n    import matplotlib.pyplot", "matplotlib"),
        ("cells", "if not TYPE_CHECKING:\n    import matplotlib", "matplotlib"),
        ("cells", "if TYPE_CHECKING:\n    pass\nelse:\n    import matplotlib", "matplotlib"),
        ("cells", "from scipy import special", "scipy"),
        ("course.figures", "from rnn_helpers.lessons.gru import panels", "lessons.gru.panels"),
        ("course.figures", "from ..lessons.gru import panels", "lessons.gru.panels"),
        ("course.saving", "from rnn_helpers.course import figures", "course.figures"),
        ("course.saving", "import anywidget", "anywidget"),
        ("course.progress", "import numpy", "numpy"),
        ("checking.exercise", "from rnn_helpers.course import figures", "course.figures"),
        ("lessons.lstm.panels", "from rnn_helpers.lessons.gru import panels", "lessons.gru.panels"),
        ("lessons.gru.panels", "from . import exercises", "lessons.gru.exercises"),
        ("lessons.gru.exercises", "from .panels import gate", "lessons.gru.panels"),
    ],
)
def test_a_trespass_is_told(module: str, line: str, name: str) -> None:
    sources = FEW | {module: f"{FEW[module]}\n{line}"}
    assert f"{module} may not import {name}" in trespasses(sources)


@pytest.mark.parametrize(
    "line", ["from rnn_helpers import cells", "def late():\n    from .cells import Cell"]
)
def test_a_cycle_is_told(line: str) -> None:
    assert set(cycle(FEW | {"checks": line})) == {"cells", "checks"}
    assert trespasses(FEW | {"checks": line}) == []


@pytest.mark.parametrize("guard", TYPES_ONLY)
def test_what_only_a_type_checker_reads_is_no_import(guard: str) -> None:
    line = f"if {guard}:\n    from rnn_helpers import cells\n    from scipy import special"
    assert cycle(FEW | {"checks": line}) == [] and trespasses(FEW | {"checks": line}) == []


# ---- what is said of the rooms

FLAT = {
    module
    for module in FILES
    if module not in ("", "__main__") and room_of(module) == "mathematics"
}


def rooms_in_the_readme() -> dict[str, tuple[str, str]]:
    """Return what goes into each room and what it may import, as the README's table says."""
    _, _, text = (ROOT / "README.md").read_text(encoding="utf-8").partition("## The package")
    rows = re.findall(r"^\| (\w+) \| (.*) \| (.*) \|$", text, flags=re.MULTILINE)
    return {room: said for room, *said in rows if room != "room"}


def test_the_readme_names_every_room_and_what_it_may_import() -> None:
    rooms = rooms_in_the_readme()
    assert list(rooms) == list(ROOMS)
    for room, (_, imported) in rooms.items():
        words = set(re.findall(r"[\w.]+", imported))
        assert {word for word in words if word in ROOMS or word in FILES} == ROOMS[room].inside


def test_the_readme_names_every_module_of_the_mathematics() -> None:
    modules, _ = rooms_in_the_readme()["mathematics"]
    assert set(re.findall(r"`(\w+)`", modules)) == FLAT


def test_the_package_names_its_rooms_and_every_module_of_the_mathematics() -> None:
    named = re.findall(r"``(\w+)``", inspect.getdoc(rnn_helpers))
    assert set(named) == FLAT | set(ROOMS) - {"mathematics"}


@pytest.mark.parametrize("room", [rnn_helpers.course, rnn_helpers.checking, rnn_helpers.teaching])
def test_a_room_names_what_lies_in_it(room: ModuleType) -> None:
    folder = Path(room.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    files |= {path.parent.name for path in folder.glob("*/__init__.py")}
    assert set(re.findall(r"``(\w+)``", inspect.getdoc(room))) == files


# ---- the tests mirror the package

# A module without a test file of its own, and why.
TESTED_ELSEWHERE = {
    "__main__": "it is the command of course.command: tests/course/test_command.py runs it",
    "course.notebook_file": "the tests of saving and reopening read notebooks by it",
    "allocation": "it changes no number: tools/bench.py measures what it gains",
}


def test_every_module_has_its_test_file() -> None:
    modules = [
        module
        for module, path in FILES.items()
        if path.name != "__init__.py" and room_of(module) != "lessons"
    ]
    untested = [
        module
        for module in modules
        if not (
            TESTS.joinpath(*module.split(".")[:-1]) / f"test_{module.split('.')[-1]}.py"
        ).exists()
    ]
    assert sorted(untested) == sorted(TESTED_ELSEWHERE)


# ---- the book, which is built of the package and is no part of it


def test_the_book_names_what_lies_in_it_and_tests_each_part() -> None:
    parts = {path.stem for path in BOOK.glob("*.py")} - {"__init__"}
    said = ast.get_docstring(ast.parse((BOOK / "__init__.py").read_text(encoding="utf-8")))
    assert set(re.findall(r"``(\w+)``", said)) == parts
    assert {path.stem.removeprefix("test_") for path in (TESTS / "book").glob("test_*.py")} == parts


def test_the_package_needs_nothing_of_the_book() -> None:
    assert all("book" not in imports(module, SOURCES)[1] for module in SOURCES)
