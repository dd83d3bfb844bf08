"""Questions that the learner answers before a cell is run.

guess = predict("Which gradient is smaller?", ["at lag 1", "at lag 20"])
guess                                                          # ends the first cell
guess.reveal("at lag 20", "It is 3·10⁻⁵ of the gradient at lag 0.")  # ends a later cell
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from rnn_helpers.course.figures import checked_sentence


def predict(question: str, options: Sequence[str]) -> Prediction:
    """Return a question with a button for each of `options`; it shows as the last line of a cell.

    Raise ValueError for an empty question or fewer than two different options.
    """
    if not isinstance(question, str) or not question.strip():
        raise ValueError(f"question is {question!r}, expected a sentence that asks something")
    if isinstance(options, str) or not all(isinstance(option, str) for option in options):
        raise TypeError(f"options is {options!r}, expected a list of strings")
    if len(set(options)) < max(2, len(options)) or not all(map(str.strip, options)):
        raise ValueError(f"options is {list(options)}, expected at least two, all different")
    return Prediction(question=question, options=list(options))


class Prediction(anywidget.AnyWidget):
    """A question, its options, and the one that was chosen (`choice`, empty before that)."""

    _esm = Path(__file__).with_name("prediction.js")
    _css = Path(__file__).with_name("prediction.css")
    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    choice = traitlets.Unicode().tag(sync=True)

    @traitlets.validate("choice")
    def _check_choice(self, proposal: Any) -> str:
        if proposal["value"] not in ("", *self.options):
            raise ValueError(f"choice is {proposal['value']!r}, expected one of {self.options}")
        return proposal["value"]

    def choose(self, option: str) -> None:
        """Predict `option`, as its button does."""
        self.choice = option

    def reveal(self, answer: str, measured: str) -> Reveal:
        """Return what was measured, compared with the choice; shows as the last line of a cell.

        `answer` is the option that turned out right, `measured` a sentence with the evidence.
        """
        if answer not in self.options:
            raise ValueError(f"answer is {answer!r}, expected one of {self.options}")
        return Reveal(self.choice, answer, measured)

    def __repr__(self) -> str:
        return "\n".join([f"Predict: {self.question}", *(f"  - {text}" for text in self.options)])

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """Add the question as text and as HTML, both without the choice, so that files agree."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        items = "".join(f"<li>{html.escape(text)}</li>" for text in self.options)
        static = f"<p><strong>Predict:</strong> {html.escape(self.question)}</p><ul>{items}</ul>"
        return data | {"text/plain": repr(self), "text/html": static}, metadata


class Reveal:
    """What was measured, beside what was predicted."""

    def __init__(self, choice: str, answer: str, measured: str) -> None:
        finding = f"Measured: {answer.rstrip('.')}. {checked_sentence(measured)}"
        self.text = f"{finding} {_remark(choice, answer)}"

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.text)}</p>"


def _remark(choice: str, answer: str) -> str:
    if not choice:
        return (
            "You made no prediction this time: choose above before you run this cell, "
            "and it will compare."
        )
    if choice == answer:
        return "You predicted just that."
    return (
        f"You predicted “{choice}”. A wrong guess is worth most: "
        "which step of your reasoning does the measurement contradict?"
    )
