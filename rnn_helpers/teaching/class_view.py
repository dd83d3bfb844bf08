"""What a class gets wrong, from what its learners shared: for the teacher.

    from rnn_helpers.teaching.class_view import class_view

    class_view("shares")             a folder, a zip file, a file of lines, or the lines themselves
    class_view("shares").save("class.html")

or ``python -m rnn_helpers.teaching.class_view shares class.html``. ``class_view.ipynb`` beside this
file, is the same as a notebook: ``rnn-course class shares`` opens it.
"""

from __future__ import annotations

import argparse
import html
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from rnn_helpers.course.map import NOTEBOOKS
from rnn_helpers.course.report import write_html
from rnn_helpers.teaching import counts
from rnn_helpers.teaching.counts import LEAST, Question, Row
from rnn_helpers.teaching.received import Received, Source, receive

T = TypeVar("T")
NAMED = 200  # skipped things that are named; of more only their number is said
HEADING = (
    "exercise",
    "tried",
    "solved",
    "solved unaided",
    "stuck",
    "median attempts",
    "what was wrong, and for how many",
)
CAPTION = (
    "Of {people} people. Solved unaided: before any hint and without the solution. Stuck: tried "
    "and not solved. Attempts: until it was solved, or so far. What was wrong: the commonest known "
    "mistakes, then (in italics) the largest clusters of answers that have no sentence of their "
    "own. “–”: a group of fewer than "
    f"{LEAST} people stands on one side of this number, so it is not shown."
)
BARS = "Which answer was chosen first. ✓: what was measured on the machines of those who chose it."
SKIPPED = "What was skipped, and why."
TOO_FEW = "Fewer than {least} people have shared: nothing is shown of so few."
NOTHING = "No exercise was tried by {least} people or more."
CELL = 'style="text-align: left; vertical-align: top; padding: .2em .7em .2em 0"'
CAPTIONED = 'style="caption-side: top; text-align: left; max-width: 60em"'


def class_view(source: Source) -> ClassView:
    """Show where a class is stuck.

    ``source`` is a folder or a zip file of shared files, a text or CSV file with shared lines, or
    such lines. Whatever else is there is named and skipped. Raise as ``receive`` does.
    """
    return ClassView(receive(source))


class ClassView:
    """Tables that show themselves as HTML and as text: exercises, predictions, what was skipped."""

    def __init__(self, received: Received) -> None:
        self.people, self.skipped = len(received.shares), received.skipped
        self.rows, self.questions = counts.rows(received.shares), counts.questions(received.shares)
        self._hidden = counts.hidden_rows(received.shares)

    def save(self, path: str | Path) -> Path:
        """Write it as one HTML file that needs nothing else, and return the path."""
        return write_html(path, "What the class gets wrong", self._repr_html_())

    def people_and_skipped(self) -> Part:
        """Return in a sentence how many have shared, and how much was skipped."""
        return Part([self._people()], f"<p>{html.escape(self._people())}</p>")

    def exercises(self, notebook: str | None = None) -> Part:
        """Return the table of the exercises, or of those of one notebook, in course order.

        Raise ValueError if there is no such notebook.
        """
        return self._exercises(self._of(notebook, self.rows, lambda row: row.notebook))

    def stuck(self, most: int = 5) -> Part:
        """Return the table of the exercises at which most people are stuck, the worst first."""
        rows = [row for row in self.rows if row.stuck]
        return self._exercises(sorted(rows, key=lambda row: -row.stuck)[:most])

    def predictions(self, notebook: str | None = None) -> Part:
        """Return the predictions as bars, or those of one notebook.

        Raise ValueError if there is no such notebook.
        """
        questions = self._of(notebook, self.questions, lambda q: _notebook_of(q.name))
        if not questions:
            return _nothing("No prediction was answered by enough people to be shown.")
        body = "".join(_question(question, self.people) for question in questions)
        lines = []
        for question in questions:
            lines.append(f"{question.name}: {question.question}")
            lines += [f"  {n}: {text}{_mark(right)}" for text, n, right in question.bars]
        return Part(lines, _table(BARS, ("prediction", "answer", "people", ""), body))

    def what_was_skipped(self) -> Part:
        """Return the names of what was skipped, each with the reason."""
        if not self.skipped:
            return _nothing("Nothing was skipped.")
        body = "".join(f"<tr>{_cell(name)}{_cell(why)}</tr>" for name, why in self._named())
        lines = [f"Skipped {name}: {why}" for name, why in self._named()]
        return Part(lines, _table(SKIPPED, ("name", "why"), body))

    def _exercises(self, rows: Sequence[Row]) -> Part:
        if not rows:
            return _nothing("There is no exercise of which this can be shown.")
        lines = []
        for row in rows:
            numbers = zip(HEADING[1:6], map(_number, _numbers(row)), strict=True)
            said = ", ".join(f"{name} {number}" for name, number in numbers)
            lines.append(f"{row.notebook}, {row.exercise}: {said}")
            lines += [f"  {n} of them: {words}" for words, n in (*row.mistakes, *row.clusters)]
        body = "".join(map(_row, rows))
        return Part(lines, _table(CAPTION.format(people=self.people), HEADING, body))

    def _of(
        self, notebook: str | None, all_of_it: Sequence[T], name: Callable[[T], str]
    ) -> list[T]:
        names = [one.name for one in NOTEBOOKS]
        if notebook is not None and notebook not in names:
            raise ValueError(f"notebook is {notebook!r}, expected one of {', '.join(names)}")
        return [one for one in all_of_it if notebook in (None, name(one))]

    def _parts(self) -> Iterator[Part]:
        yield self.people_and_skipped()
        if self.rows:
            yield self.exercises()
        if self.questions:
            yield self.predictions()
        if self.skipped:
            yield self.what_was_skipped()

    def __repr__(self) -> str:
        return "\n".join(map(repr, self._parts()))

    def _repr_html_(self) -> str:
        return "".join(part._repr_html_() for part in self._parts())

    def _people(self) -> str:
        shared = f"{self.people} have shared" if self.people >= LEAST else ""
        skipped = f"{len(self.skipped)} skipped" if self.skipped else "nothing skipped"
        if not shared:
            return f"{TOO_FEW.format(least=LEAST)} ({skipped.capitalize()}.)"
        if not self.rows:
            return f"{shared}, {skipped}. {NOTHING.format(least=LEAST)}"
        hidden = f"{self._hidden} exercises were tried by fewer than {LEAST}, and do not show."
        return f"{shared}, {skipped}. {hidden}"

    def _named(self) -> list[tuple[str, str]]:
        named = [(_short(name), why) for name, why in self.skipped[:NAMED]]
        more = len(self.skipped) - NAMED
        return [*named, (f"{more} more", "not named")] if more > 0 else named


class Part:
    """A part of the view: shows itself as HTML, and as lines of text."""

    def __init__(self, lines: Sequence[str], as_html: str) -> None:
        self._lines, self._html = lines, as_html

    def __repr__(self) -> str:
        return "\n".join(self._lines)

    def _repr_html_(self) -> str:
        return self._html


def _nothing(words: str) -> Part:
    return Part([words], f"<p>{html.escape(words)}</p>")


def _notebook_of(prediction: str) -> str:
    lesson = prediction.partition(".")[0]
    return next((one.name for one in NOTEBOOKS if one.lesson == lesson), "")


def _short(name: str) -> str:
    """Return a name as it can be shown: files and members of a zip file are called anything."""
    plain = "".join(letter if letter.isprintable() else "�" for letter in name)
    return plain if len(plain) <= 120 else f"{plain[:80]}…{plain[-35:]}"


def _numbers(row: Row) -> tuple[float | None, ...]:
    return row.tried, row.solved, row.unaided, row.stuck, row.attempts


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _mark(right: bool | None) -> str:
    return " ✓" if right else ""


# --- HTML ----------------------------------------------------------------------------------------


def _table(caption: str, heading: tuple[str, ...], body: str) -> str:
    head = "".join(f'<th scope="col" {CELL}>{html.escape(title)}</th>' for title in heading)
    said = f"<caption {CAPTIONED}>{html.escape(caption)}</caption>"
    return f"<table>{said}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _row(row: Row) -> str:
    name = f"{html.escape(row.exercise)}<br><small>{html.escape(row.notebook)}</small>"
    cells = "".join(_cell(_number(value)) for value in _numbers(row))
    return f'<tr><th scope="row" {CELL}>{name}</th>{cells}{_listed(row)}</tr>'


def _cell(text: str) -> str:
    return f'<td dir="auto" {CELL}>{html.escape(text)}</td>'


def _listed(row: Row) -> str:
    items = [f"<li>{n}: {_code(words)}</li>" for words, n in row.mistakes]
    items += [f"<li>{n}: <em>{_code(words)}</em></li>" for words, n in row.clusters]
    inner = f'<ul style="margin: 0; padding-left: 1.1em">{"".join(items)}</ul>' if items else ""
    return f"<td {CELL}>{inner}</td>"


def _code(words: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(words))


def _question(question: Question, people: int) -> str:
    """Return a row for each answer, with a bar as long as the share of the class that chose it."""
    asked = f"{html.escape(question.question)}<br><small>{html.escape(question.name)}</small>"
    lines = []
    for place, (text, n, right) in enumerate(question.bars):
        first = f'<th scope="rowgroup" rowspan="{len(question.bars)}" {CELL}>{asked}</th>'
        size = f"display: inline-block; height: .8em; width: {12 * n / people:.1f}em"
        bar = f'<span aria-hidden="true" style="{size}; background: #3f90da"></span>'
        cells = f"{_cell(text + _mark(right))}{_cell(str(n))}<td {CELL}>{bar}</td>"
        lines.append(f"<tr>{'' if place else first}{cells}</tr>")
    return "".join(lines)


# --- the command ---------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Write the view of a class into an HTML file; return 0, or 2 for what cannot be read."""
    parser = argparse.ArgumentParser(prog="class_view", description=__doc__.splitlines()[0])
    parser.add_argument("source", help="a folder, a zip file, or a file of lines")
    parser.add_argument("page", nargs="?", default="class.html", help="the HTML file to write")
    chosen = parser.parse_args(arguments)
    try:
        view = class_view(Path(chosen.source))
        print(view, f"Written to {os.path.abspath(view.save(chosen.page))}.", sep="\n")
    except OSError as error:
        print(f"class_view: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
