"""What the teacher's edition takes from a notebook: its predictions, panels and exercises.

A question, its options and what was measured are read from the stored outputs, so they are those
that the class sees.
"""

from __future__ import annotations

import ast
import html
import importlib
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode
from predictions import ASKED, asked, turned_out

from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.course import gates
from rnn_helpers.course.panel import Panel
from rnn_helpers.course.prediction import stored_answer


@dataclass(frozen=True)
class Prediction:
    """A question as a notebook asks it, and what was measured.

    ``name`` is that of the variable it is kept in.
    """

    name: str
    question: str
    options: tuple[str, ...]
    right: str
    evidence: str

    @property
    def wrong(self) -> tuple[str, ...]:
        return tuple(option for option in self.options if option != self.right)


@dataclass(frozen=True)
class PanelCard:
    """A live panel: the function that makes it, what it is called, and what it says at first."""

    name: str
    title: str
    says: str
    cell: str  # the id of the cell that shows it
    source: str


@dataclass(frozen=True)
class Task:
    """An exercise: its heading and text, and the starter."""

    exercise: Exercise
    title: str
    prompt: str
    starter: str
    cell: str


def predictions(cells: Iterable[NotebookNode]) -> list[Prediction]:
    """Return the predictions of some cells of one notebook, in the order of their questions."""
    code = [cell for cell in cells if cell.cell_type == "code"]
    found = []
    for cell in code:
        for name in re.findall(r"^(\w+) = predict\(", cell.source, flags=re.MULTILINE):
            question, options = _asked(cell)
            answer = next(_answers(code, name))
            right, evidence = turned_out(answer, options)
            found.append(Prediction(name, question, options, right, evidence))
    return found


def asks(cell: NotebookNode, card: Prediction) -> bool:
    """Say whether a cell asks a prediction."""
    return bool(re.search(rf"^{card.name} = predict\(", cell.source, flags=re.MULTILINE))


def _asked(cell: NotebookNode) -> tuple[str, tuple[str, ...]]:
    """Return the question and the options that a cell shows."""
    texts = (output.data["text/plain"] for output in cell.outputs if "data" in output)
    question, options = asked(next(text for text in texts if text.startswith(ASKED)))
    return question, tuple(options)


def _answers(code: list[NotebookNode], name: str) -> Iterator[str]:
    """Give what was measured of the prediction of this name."""
    for cell in code:
        if re.search(rf"\b{name}\.reveal\(", cell.source):
            shown = (
                output.data.get("text/html", "") for output in cell.outputs if "data" in output
            )
            yield from filter(None, map(stored_answer, shown))


def panels(cells: Iterable[NotebookNode], lesson: str) -> list[PanelCard]:
    """Return the live panels that some cells of a lesson show."""
    found = []
    for cell in cells:
        called = _last_call(cell) if cell.cell_type == "code" else ""
        made_by = _maker(called, lesson)
        if made_by and _makes_a_panel(made_by):
            data = next(o.data for o in cell.outputs if "data" in o)
            title = re.search(r' alt="Picture: ([^"]+)"', data["text/html"])[1]
            source = cell.source.splitlines()[-1]
            card = (called.rpartition(".")[2], html.unescape(title), data["text/plain"])
            found.append(PanelCard(*card, cell.id, source))
    return found


def _last_call(cell: NotebookNode) -> str:
    """Return the name of the function that the last line of a cell calls, or ""."""
    try:
        last = ast.parse(cell.source.splitlines()[-1]).body[-1]
    except (SyntaxError, IndexError):
        return ""
    is_call = isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)
    return ast.unparse(last.value.func) if is_call else ""


def _maker(called: str, lesson: str) -> object:
    if called.startswith("panels."):
        module = importlib.import_module(f"rnn_helpers.lessons.{lesson}.panels")
        return getattr(module, called.removeprefix("panels."), None)
    return vars(gates).get(called) if called in ("gates_over_name", "force_gate") else None


def _makes_a_panel(maker: object) -> bool:
    return inspect.signature(maker).return_annotation in (Panel, "Panel")


def maker(card: PanelCard, lesson: str) -> Callable[..., Panel]:
    """Return the function that makes a panel."""
    return _maker(card.source.partition("(")[0], lesson)


def controls_in(card: PanelCard, lesson: str) -> str:
    """Return the source in which the names of a panel's controls stand."""
    return inspect.getsource(inspect.getmodule(maker(card, lesson)))


def tasks(cells: list[NotebookNode], exercises: Iterable[Exercise]) -> list[Task]:
    """Return the exercises that some cells of a notebook set, in order."""
    by_check = {f"exercises.{e.name}.check({e.name})": e for e in exercises}
    found = []
    for before, cell in zip(cells, cells[1:], strict=False):
        check = cell.source.splitlines()[-1] if cell.source else ""
        if cell.cell_type == "code" and check in by_check:
            title, _, prompt = before.source.partition("\n")
            starter = cell.source.rpartition("\n")[0].rstrip()
            found.append(
                Task(by_check[check], title.lstrip("# "), prompt.strip(), starter, cell.id)
            )
    return found
