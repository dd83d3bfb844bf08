"""A notebook as it is shown without a kernel: what it stores, and what works in a page by itself.

A panel gets its controls back and moves through the settings drawn ahead, a prediction its buttons,
an exercise its hints and its solution behind a click. Everything else is what the notebook stores.
"""

from __future__ import annotations

import ast
import copy
import html
import importlib
import json
import re
from collections.abc import Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode
from predictions import asked, turned_out

from book.media import Media
from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.course import prediction

CHECK = re.compile(r"\bexercises\.(\w+)\.check\(")
NEEDS_LAB = {
    "exercise": "Checking your answer needs JupyterLab: open this notebook there with "
    "<code>make lab</code>. What you read here is its text.",
    "run": "This is how the training ended when the notebook was stored. To watch it, or to change "
    "it, open the notebook in JupyterLab.",
}


def lesson_of(stem: str) -> str:
    """Return the folder of a notebook's exercises: forward_pass for 02_forward_pass."""
    return stem.partition("_")[2]


def prepared(
    notebook: NotebookNode, stem: str, panels: Mapping[str, Any], media: Media
) -> NotebookNode:
    """Return a copy of ``notebook`` whose outputs work without a kernel.

    panels  what ``run.panels_of`` returned: for the id of a cell, its panel drawn ahead
    media   takes the pictures and sounds that are written into the notebook
    """
    shown = copy.deepcopy(notebook)
    shown.metadata.pop("widgets", None)
    questions: dict[str, list[str]] = {}
    for cell in shown.cells:
        if cell.cell_type != "code":
            continue
        if cell.id in panels:
            cell.outputs = [as_html(panel(cell.id, panels[cell.id]))]
        elif found := CHECK.search(cell.source):
            cell.outputs = [as_html(exercise(exercise_of(stem, found[1])))]
        else:
            cell.outputs = [without_kernel(cell, output, questions) for output in cell.outputs]
        for output in cell.outputs:
            if "text/html" in output.get("data", {}):
                output.data = {"text/html": media.taken_out(output.data["text/html"])}
    return shown


def as_html(markup: str) -> NotebookNode:
    """Return an output that is ``markup``."""
    return nbformat.v4.new_output("display_data", data={"text/html": markup})


def without_kernel(
    cell: NotebookNode, output: NotebookNode, questions: dict[str, list[str]]
) -> NotebookNode:
    """Return an output of ``cell`` as a page shows it; ``questions`` are the predictions so far."""
    markup = output.get("data", {}).get("text/html", "")
    if markup.startswith('<div class="rnn-predict"'):
        question, options = asked(output.data["text/plain"])
        name = name_of_prediction(cell.source) or f"question {len(questions) + 1}"
        questions[name] = options
        return as_html(prediction_box(name, question, options))
    if measured := prediction.stored_answer(markup):
        name = name_of_prediction(cell.source) or list(questions)[-1]
        return as_html(reveal_box(name, measured, questions[name]))
    if 'class="rnn-live-run-still"' in markup:
        return as_html(f'{markup}<p class="book-note">{NEEDS_LAB["run"]}</p>')
    return output


# ---- predictions


def name_of_prediction(source: str) -> str:
    """Return the variable that a cell keeps its prediction in, or that it reveals, or ""."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("predict("):
            return ast.unparse(node.targets[0])
        if isinstance(node, ast.Attribute) and node.attr == "reveal":
            return ast.unparse(node.value)
    return ""  # a loop that shows each question above its answer


def prediction_box(name: str, question: str, options: list[str]) -> str:
    """Return the question with a place for its buttons, which ``prediction.js`` fills."""
    state = {"question": question, "options": options, "choice": "", "measured": True}
    items = "".join(f"<li>{html.escape(option)}</li>" for option in options)
    inside = f"<p><strong>Predict:</strong> {html.escape(question)}</p><ul>{items}</ul>"
    return widget("predict", name, state, inside)


def reveal_box(name: str, measured: str, options: list[str]) -> str:
    """Return what was measured, in a box that is shut until a choice is made."""
    answer, _ = turned_out(measured, options)
    remarks = {option: prediction._remark(option, answer) for option in ["", *options]}
    state = {"finding": measured, "choice": "", "remark": remarks[""], "remarks": remarks}
    summary = "Choose an answer above. Then open this: what was measured."
    inside = f"<details><summary>{summary}</summary><p>{html.escape(measured)}</p></details>"
    return widget("reveal", name, state, inside)


# ---- panels and exercises


def panel(identity: str, drawn: Mapping[str, Any]) -> str:
    """Return the picture of a panel, its sentence, and a place for its controls."""
    picture, said, sound = drawn["first"]
    size = f'width="{drawn["width"]}" height="{drawn["height"]}"'
    image = f'<img src="{picture}" alt="{html.escape(drawn["alt"])}" {size}>'
    sentence = f'<p class="rnn-sentence" aria-live="polite">{html.escape(said)}</p>'
    player = f'<audio controls src="{sound}"></audio>' if sound else ""
    note = f'<p class="book-note">{drawn_ahead(drawn)}</p>'
    inside = f'<div class="book-controls"></div>{image}{sentence}{player}{note}'
    return widget("panel", identity, dict(drawn), inside)


def drawn_ahead(drawn: Mapping[str, Any]) -> str:
    """Say which settings of a panel can be moved to, and what needs JupyterLab."""
    fixed = [control["label"] for control in drawn["controls"] if control["kind"] == "fixed"]
    said = [f"Drawn ahead: {len(drawn['frames']):,} settings, {which(drawn)}."]
    if len(fixed) == len(drawn["controls"]):
        said = ["This picture stands still here."]
    if drawn["thinned"]:
        said.append("In JupyterLab the sliders stop more often.")
    said += [f"Another <em>{html.escape(label)}</em> needs JupyterLab." for label in fixed]
    return " ".join(said)


def which(drawn: Mapping[str, Any]) -> str:
    """Say how the settings that are drawn ahead go together."""
    if drawn["together"]:
        return "all that there are"
    return "one control at a time: moving one puts the others back where they began"


def exercise_of(stem: str, name: str) -> Exercise:
    """Return the exercise called ``name`` of the notebook ``stem``."""
    module = importlib.import_module(f"rnn_helpers.lessons.{lesson_of(stem)}.exercises")
    return getattr(module, name)


def exercise(task: Exercise) -> str:
    """Return the hints and the solution of an exercise, each behind a click."""
    hints = [
        details(f"Hint {number} of {len(task.hints)}", f"<p>{with_code(hint)}</p>")
        for number, hint in enumerate(task.hints, 1)
    ]
    source = f"<pre><code>{html.escape(task.solution_source().rstrip())}</code></pre>"
    note = f'<p class="book-note">{NEEDS_LAB["exercise"]}</p>'
    boxes = "".join([*hints, details("One way to write it", source)])
    return f'<div class="book-exercise">{note}{boxes}</div>'


def details(summary: str, inside: str) -> str:
    """Return ``inside`` behind a click on ``summary``."""
    return f"<details><summary>{html.escape(summary)}</summary>{inside}</details>"


def with_code(text: str) -> str:
    """Return ``text`` as HTML; what stands between backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def widget(kind: str, name: str, state: Mapping[str, Any], inside: str) -> str:
    """Return a box that ``book.js`` brings to life from ``state``; ``inside`` serves without it."""
    data = json.dumps(state, ensure_ascii=False).replace("</", "<\\/")
    script = f'<script type="application/json">{data}</script>'
    return f'<div class="book-{kind}" data-name="{html.escape(name)}">{inside}{script}</div>'
