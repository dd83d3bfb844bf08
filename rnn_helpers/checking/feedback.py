"""What a learner reads after a check: a state in words, a sentence, and only then a colour."""

from __future__ import annotations

import enum
import html
import re
from dataclasses import dataclass


class State(enum.StrEnum):
    """What became of an answer; each member is also a plain string."""

    NOT_ATTEMPTED = "not attempted"
    NOT_A_FUNCTION = "not a function"
    WRONG_ARGUMENTS = "wrong arguments"
    INTERRUPTED = "interrupted"
    NOT_COMPLETED = "not completed"
    STOPPED = "stopped"
    RAISED = "raised"
    WRONG_TYPE = "wrong type"
    KNOWN_MISTAKE = "known mistake"
    WRONG_SHAPE = "wrong shape"
    NOT_FINITE = "not finite"
    CHANGED_INPUT = "changed its input"
    DIFFERENT = "different"
    NOT_BY_HAND = "right numbers"
    RIGHT = "right"
    HINT = "hint"
    SOLUTION = "solution"


_HEADINGS = {
    State.NOT_ATTEMPTED: "Not attempted",
    State.NOT_A_FUNCTION: "Nothing to check",
    State.INTERRUPTED: "Interrupted",
    State.NOT_COMPLETED: "Not checked",
    State.NOT_BY_HAND: "Right numbers",
    State.KNOWN_MISTAKE: "Wrong, in a known way",
    State.RIGHT: "Right",
    State.HINT: "Hint",
    State.SOLUTION: "Solution",
}

# JupyterLab's variables follow its light and dark theme; the fallbacks serve elsewhere. The text
# has no colour of its own: some hosts (VS Code) have a dark page, and variables of a light one.
_NEUTRAL = "var(--jp-border-color0, #8a8a8a)"
_COLOURS = {
    State.NOT_ATTEMPTED: _NEUTRAL,
    State.NOT_A_FUNCTION: _NEUTRAL,
    State.INTERRUPTED: _NEUTRAL,
    State.NOT_COMPLETED: _NEUTRAL,
    State.NOT_BY_HAND: "var(--jp-warn-color1, #c56a00)",
    State.KNOWN_MISTAKE: "var(--jp-warn-color1, #c56a00)",
    State.RIGHT: "var(--jp-success-color1, #2e8b3d)",
    State.HINT: "var(--jp-info-color1, #0b7bc1)",
    State.SOLUTION: "var(--jp-info-color1, #0b7bc1)",
}
_NOT_RIGHT = "var(--jp-error-color1, #d13438)"
_BOX = (
    "border-left: 5px solid {colour}; padding: 0.4em 0.9em; margin: 0.4em 0; max-width: 50em; "
    "color: inherit; overflow-wrap: anywhere"
)


def _to_html(text: str) -> str:
    """Escape ``text`` and show what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


@dataclass(frozen=True, repr=False)
class Feedback:
    """What an exercise says to the learner; shows itself as text and as HTML."""

    state: State
    says: str
    code: str = ""
    label: str = ""  # stands in place of the state's own heading
    note: str = ""  # about something else, such as progress that could not be saved
    kind: str = ""  # a word for the kind of mistake, if it is one that has a name

    @property
    def heading(self) -> str:
        """The state in the words the learner sees."""
        return self.label or _HEADINGS.get(self.state, "Not right yet")

    def __repr__(self) -> str:
        lines = [f"{self.heading}: {self.says}", self.code.rstrip(), self.note]
        return "\n".join(line for line in lines if line)

    def _repr_html_(self) -> str:
        style = _BOX.format(colour=_COLOURS.get(self.state, _NOT_RIGHT))
        parts = [f"<strong>{html.escape(self.heading)}</strong>: {_to_html(self.says)}"]
        if self.code:
            parts.append(f"<pre><code>{html.escape(self.code.rstrip())}</code></pre>")
        if self.note:
            parts.append(f"<p><em>{_to_html(self.note)}</em></p>")
        return f'<div role="status" style="{style}">{"".join(parts)}</div>'
