"""What a teacher needs once, on the page of the course: how things run in a room, what to send."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from edition import formulas

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
IN_A_ROOM = "How a vote, an exercise and a panel run in a room"
TO_SEND = "What to send to the class"
TEN = "Ten questions to see if you are ready"  # a section of 00 that is done before the first day
FOLDER = "the folder of the course"


def link(heading: str, text: str) -> str:
    """Return a link to a section of the course's page, from any page."""
    return f"[{text}](index.md#{formulas.slug(heading)})"


def in_a_room() -> list[str]:
    """Say what happens on the screen in a vote, an exercise and a panel, and what you do."""
    return [
        f"## {IN_A_ROOM}",
        "All of it is about the walkthrough: *Walk through this notebook* in the tool bar. Page "
        "Down, the space bar, an arrow or a remote go on; the number of a slide and Enter go to "
        "it. C folds the code away, F fills the screen. Escape ends it, and the button then "
        "comes back to the same slide.",
        "**A vote.** Vote by show of hands, one option after the other.",
        "- *Run All* shows no answer. What was measured lies in a box that stays shut until an "
        "option is chosen.\n"
        "- What stands below the question on its slide is hidden as well, until an option is "
        "chosen.\n"
        "- Click on the option with the most hands. The box opens, says what was measured and "
        "compares; what was hidden comes up. The row of the timetable says where to look: below "
        "the question, or on a later slide.\n"
        "- The key for the next slide first reminds you of the vote. Pressed again, it goes on "
        "without one, and the box can be opened by a click.\n"
        "- So choose nothing while you prepare. If you did: *Kernel → Restart Kernel and Run All "
        "Cells*, and every question is open again.\n"
        "- Whoever sits at a machine may choose there, too. The course keeps the first choice in "
        "the learner's own home folder, until the learner shares it.",
        "**An exercise.** Read out what it asks, and stay on its slide while the class works.",
        "- It is done in everybody's own notebook, whose cells were run before. Shift and Enter "
        "run the cell, and the check answers below it.\n"
        "- A blank that is left says *Not attempted*, and nothing stops. No later cell needs the "
        "answer.\n"
        "- A hint is a cell of one's own: `exercises.one_step.hint()`, with the name of the "
        "exercise.\n"
        "- To type it yourself click into the cell; Control and Enter run it. While you type, keys "
        "write: click beside the cell to go on.\n"
        "- When most are right, end it on your screen: put one of its listed wrong lines into an "
        "answer that is right. The class says what is wrong. Then run it, read out what the course "
        "says, and mend it.",
        "**A panel.** Take the rows of its table one after the other.",
        "- Each row says what comes first. *Ask, then set* lets the class guess. *Set, then ask* "
        "is about what they see. *Look first, then ask* stands where the panel opens so.\n"
        "- Drag a slider, or click on it and use the arrow keys. Page Down and a remote still go "
        "on. No part of a panel can be hidden.\n"
        "- The sentence below the picture says in words what it shows: let somebody read it out.",
    ]


def to_send() -> list[str]:
    """Return a text for the class: how the course is installed and started."""
    text = (
        f"You need Python {python()}. Open a terminal in {FOLDER} and type, a line at a time:",
        "1. `python -m venv .venv`\n"
        "2. `source .venv/bin/activate` (on Windows `.venv\\Scripts\\activate`)\n"
        "3. `pip install -c requirements.txt -e .`\n"
        "4. `jupyter lab notebooks/00_start_here.ipynb`",
        "The first and the third are typed once, and the third needs a network. Next time only the "
        "second and the fourth are left. (Where there is `make`, `make lab` does all four.)",
        "JupyterLab opens in the browser. Choose *Run → Run All Cells*. Each line of the check of "
        "your set-up says *fine*, or it says what to do. If one still does not say *fine* after "
        "that, write to me before we meet.",
        f"The notebooks lie in `notebooks`, in {FOLDER}. What you write into them stays there, on "
        "your machine. At the end of a session choose *File → Save Notebook*.",
        f"Please do *{TEN}* in `00_start_here`, too, and send me the numbers of those that you "
        "missed. Nobody sees them otherwise.",
    )
    return [
        f"## {TO_SEND}",
        f"Hand out {FOLDER} (the one with `README.md` in it), without `.venv` and without `build`, "
        "where this edition lies. Send this text with it, some days before the first session. "
        "Windows was not tried. Whoever works on a hub needs only its address: neither the folder "
        "nor the text.",
        "\n>\n".join("> " + part.replace("\n", "\n> ") for part in text),
        "If a third of the class misses question 3 or 10, begin `02_forward_pass` with five "
        "minutes on broadcasting and on sums over examples. Take them from the minutes for "
        "questions, or leave one more exercise of that session for home.",
    ]


def python() -> str:
    """Return which Python the course needs, in words: "3.11 or newer"."""
    needed = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["requires-python"]
    return f"{re.fullmatch(r'>=(.+)', needed)[1]} or newer"
