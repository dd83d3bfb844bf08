"""Questions that the learner answers before a cell is run.

guess = predict("Which gradient is smaller?", ["at lag 1", "at lag 20"])
guess                                                          # ends the first cell
guess.reveal("at lag 20", "It is 3·10⁻⁵ of the gradient at lag 0.")  # ends a later cell

Nothing is given away before the learner has chosen: what was measured lies in a box that is shut,
in the stored file too, and after all cells were run at once. Choosing opens it, at any time, and
so does a click on the box itself.

What turned out right need not be spelled out. With the options "smaller", "the same", "larger"
the first line compares a number with the borders between them, the second tries each statement in
turn and takes the option left out where none holds:

guess.reveal(ratio, "It is 0.3 times as large.", at=[0.5, 2])
guess.reveal({"smaller": ratio < 0.5, "larger": ratio > 2}, "It is 0.3 times as large.")
"""

from __future__ import annotations

import contextlib
import html
import math
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import anywidget
import traitlets

from rnn_helpers.course import progress
from rnn_helpers.course.figures import checked_sentence
from rnn_helpers.course.front_end import beside, front_end

LESSONS = "rnn_helpers.lessons."
TO_DO = "Choose one before you read on, even if you have no idea."
BUTTONS = "Run this cell for buttons to choose with."
NOT_YET = "What was measured is shown when you have chosen an answer above."
SKIP = "Show it without choosing: print(_.text)"
FRAME = "max-width: 44em; padding: 4px 12px; border-left: 4px solid #3f90da"
SHUT = "Choose an answer above. Then open this: what was measured."
KEYS = 'data-lm-suppress-shortcuts="true"'  # Enter opens the box, and does not edit the cell
BOX = f'<details class="rnn-reveal" style="{FRAME}"><summary {KEYS}>{SHUT}</summary><p>'
BOX_END = "</p></details>"


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
    return Prediction(question, list(options), sys._getframe(1).f_globals)


class Prediction(anywidget.AnyWidget):
    """A question, its options, and the one that was chosen (`choice`, empty before that).

    `measured` says whether its `Reveal` is there already.
    """

    _esm = front_end("prediction.js")
    _css = beside("prediction.css")
    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    choice = traitlets.Unicode().tag(sync=True)
    measured = traitlets.Bool().tag(sync=True)
    _reveal: Reveal | None = None

    def __init__(self, question: str, options: list[str], scope: Mapping[str, Any]) -> None:
        self._scope = scope
        super().__init__(question=question, options=options)

    @traitlets.observe("choice")
    def _tell(self, change: Mapping[str, Any]) -> None:
        if self._reveal is not None:
            self._reveal.compare(change["new"])
        self._remember()

    @property
    def name(self) -> str:
        """The notebook and its own name for this, "forward_pass.by_hand"; "" if it has none."""
        scope = dict(self._scope)
        modules = (str(getattr(value, "__name__", "")) for value in scope.values())
        lessons = {name.split(".")[2] for name in modules if name.startswith(LESSONS)}
        names = [name for name, value in scope.items() if value is self and name[:1] != "_"]
        return f"{lessons.pop()}.{names[0]}" if len(lessons) == 1 and names else ""

    def _remember(self) -> None:
        """Keep the choice with the progress; whatever goes wrong there is no concern of here."""
        with contextlib.suppress(Exception):
            if self.choice and self.name:
                right = self._reveal and self.choice == self._reveal.answer
                progress.record_choice(self.name, self.choice, right)

    @traitlets.validate("choice")
    def _check_choice(self, proposal: Any) -> str:
        if proposal["value"] not in ("", *self.options):
            raise ValueError(f"choice is {proposal['value']!r}, expected one of {self.options}")
        return proposal["value"]

    def choose(self, option: str) -> None:
        """Predict `option`, as its button does."""
        self.choice = option

    def reveal(
        self,
        answer: str | float | Mapping[str, bool],
        measured: str,
        at: Sequence[float] | None = None,
        says: Mapping[str, str] | None = None,
    ) -> Reveal:
        """Return what was measured, compared with the choice; shows as the last line of a cell.

        Without a choice it is a box that is shut: it opens as soon as one is made.

        `measured` is a sentence with the evidence. `answer` says which option turned out right:

        - the option itself, or
        - a number, with `at`: the borders between the options, in the options' order. Borders that
          fall (``at=[2, 0.5]``) go with options from the largest to the smallest. A number on a
          border belongs to the option after it. Or
        - a mapping that says of every option but one whether it holds. The first that holds is
          right; if none does, the option that the mapping leaves out.

        `says` may have a sentence for an option, shown to whoever has chosen it.

        Raise TypeError or ValueError for anything else, and for an empty sentence.
        """
        if unknown := set(says or ()) - set(self.options):
            raise ValueError(f"says speaks of {sorted(unknown)}, expected some of {self.options}")
        self._reveal = Reveal(self._option(answer, at), measured, says)
        self._reveal.compare(self.choice)
        self._remember()
        self.measured = True
        return self._reveal

    def _option(self, answer: Any, at: Sequence[float] | None) -> str:
        """Return the option that `answer`, as handed to `reveal`, stands for."""
        if at is not None:
            return self.options[_place(answer, at, len(self.options))]
        if isinstance(answer, Mapping):
            holding = (option for option, holds in answer.items() if holds)
            return next(holding, self._left_out(answer))
        if not isinstance(answer, str):
            raise TypeError(
                f"answer is {answer!r}, expected an option, a number with at=, or a mapping that "
                "says of each option but one whether it holds"
            )
        if answer not in self.options:
            raise ValueError(f"answer is {answer!r}, expected one of {self.options}")
        return answer

    def _left_out(self, answer: Mapping[str, bool]) -> str:
        left_out = [option for option in self.options if option not in answer]
        if len(left_out) != 1 or not set(answer) <= set(self.options):
            raise ValueError(
                f"answer speaks of {list(answer)}, expected all but one of {self.options}"
            )
        return left_out[0]

    def __repr__(self) -> str:
        options = (f"  - {text}" for text in self.options)
        return "\n".join([f"Predict: {self.question}", *options, TO_DO])

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """Add the question as text and as HTML, both without the choice, so that files agree."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        items = "".join(f"<li>{html.escape(text)}</li>" for text in self.options)
        asked = f"<p><strong>Predict:</strong> {html.escape(self.question)}</p>"
        static = f"{asked}<ul>{items}</ul><p>{TO_DO} {BUTTONS}</p>"
        framed = f'<div class="rnn-predict" style="{FRAME}">{static}</div>'
        return data | {"text/plain": repr(self), "text/html": framed}, metadata


def _place(value: float, at: Sequence[float], n_options: int) -> int:
    """Return how many of the borders `at` are passed by `value`."""
    if isinstance(value, str | Mapping):
        raise TypeError(f"answer is {value!r}, expected a number, for at= is given")
    if len(at) != n_options - 1:
        raise ValueError(f"at is {list(at)}, expected {n_options - 1}: one between two options")
    rising = all(before < after for before, after in pairwise(at))
    falling = all(before > after for before, after in pairwise(at))
    if not (rising or falling):
        raise ValueError(f"at is {list(at)}, expected borders that rise or fall")
    if math.isnan(value):
        raise ValueError("answer is nan, expected a number to compare with at")
    return sum(value >= border if rising else value <= border for border in at)


class Reveal(anywidget.AnyWidget):
    """What was measured, in a box that is shut until there is a choice to compare it with."""

    _esm = front_end("reveal.js")
    _css = beside("prediction.css")
    finding = traitlets.Unicode().tag(sync=True)
    choice = traitlets.Unicode().tag(sync=True)
    remark = traitlets.Unicode().tag(sync=True)

    def __init__(self, answer: str, measured: str, says: Mapping[str, str] | None = None) -> None:
        self.answer, self._says = answer, dict(says or {})
        super().__init__(
            finding=f"Measured: {answer.rstrip('.')}. {checked_sentence(measured)}",
            remark=_remark("", answer),
        )

    def compare(self, choice: str) -> None:
        """Open the box and say how `choice` compares; an empty one leaves it as it is."""
        with self.hold_sync():
            self.choice = choice
            self.remark = self._says.get(choice) or _remark(choice, self.answer)

    @property
    def text(self) -> str:
        """What is in the box, whether it is open or shut."""
        return f"{self.finding} {self.remark}"

    def __repr__(self) -> str:
        return self.text if self.choice else f"{NOT_YET} {SKIP}"

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """Add the box for where no kernel runs: shut, whatever was chosen, so that files agree."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        static = f"{BOX}{html.escape(self.finding)}{BOX_END}"
        return data | {"text/plain": repr(self), "text/html": static}, metadata


def stored_answer(markup: str) -> str:
    """Return what was measured from the HTML of a stored `Reveal`, or "" if it is of none."""
    inside = markup.removeprefix(BOX).removesuffix(BOX_END)
    return html.unescape(inside) if markup.startswith(BOX) else ""


def _remark(choice: str, answer: str) -> str:
    if not choice:
        return "You made no prediction this time. Choose above all the same, and it will compare."
    if choice == answer:
        return "You predicted just that."
    return (
        f"You predicted “{choice}”. A wrong guess is worth most: "
        "which step of your reasoning does the measurement contradict?"
    )
