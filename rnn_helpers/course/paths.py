"""Paths through the course: what to take in 90 minutes, in a day, in four sessions, in a term.

A path names notebooks, and of some of them the sections it takes. It takes no section that is
marked as extra, and what it takes runs without the rest: tests read and run it so.
"""

from __future__ import annotations

from dataclasses import dataclass

from rnn_helpers.course.map import NOTEBOOKS, Table


@dataclass(frozen=True)
class Stop:
    """A notebook on a path, and the headings of the sections that are taken.

    Without headings it is all core sections of the notebook.
    """

    notebook: str
    sections: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.notebook}{' (in part)' if self.sections else ''}"


@dataclass(frozen=True)
class Session:
    """What is taken at one go, in at most so many minutes."""

    minutes: int
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class Path:
    """A way through the course: its name, whom it is for, and its sessions.

    With ``one_day`` all sessions lie in a day, so nothing is done at home between them.
    """

    name: str
    whom: str
    sessions: tuple[Session, ...]
    one_day: bool = False


FIRST_LOOK = Stop(
    "05_vanishing_gradients",
    ("Does the first letter still matter?", "One step, as a matrix", "Many steps, as a product"),
)
FIRST_DRAWS = (  # sections of 08_sampling
    "A network that can speak",
    "From scores to an index",
    "Why draw at all?",
    "Temperature",
)
GATES = Stop(
    "06_gru",
    (
        "A note that is rewritten at every step",
        "First remedy: rewrite only a share",
        "The update gate",
        "What is still missing",
        "The reset gate",
        "The same as a loop, and tested",
    ),
)

PATHS = (
    Path(
        "90 minutes",
        "one lecture: what a recurrent cell does, what it forgets, what a gate is",
        (
            Session(
                90,
                (
                    Stop("02_forward_pass"),
                    Stop("05_vanishing_gradients", FIRST_LOOK.sections[:1]),
                    Stop("06_gru", GATES.sections[:3]),
                    Stop("08_sampling", ("A network that can speak", "Why draw at all?")),
                ),
            ),
        ),
    ),
    Path(
        "a day",
        "a workshop: from the first step to a network that writes names",
        (
            Session(75, (Stop("00_start_here"), Stop("02_forward_pass"))),
            Session(75, (Stop("03_backpropagation_through_time"),)),
            Session(75, (Stop("04_training"),)),
            Session(75, (FIRST_LOOK, GATES)),
            Session(
                60,
                (
                    Stop(
                        "08_sampling",
                        (
                            *FIRST_DRAWS,
                            "Cut off the tail: top-k and top-p",
                            "One in, many out",
                            "How hot?",
                            "Recap",
                        ),
                    ),
                ),
            ),
        ),
        one_day=True,
    ),
    Path(
        "four sessions",
        "four lessons of 90 minutes in a course on machine learning",
        (
            Session(
                90,
                (
                    Stop("00_start_here"),
                    Stop("01_why_sequences", ("A pattern that moves", "Why it cannot know")),
                    Stop("02_forward_pass"),
                ),
            ),
            Session(90, (Stop("03_backpropagation_through_time"),)),
            Session(90, (Stop("04_training"),)),
            Session(
                90,
                (
                    FIRST_LOOK,
                    GATES,
                    Stop("08_sampling", FIRST_DRAWS),
                ),
            ),
        ),
    ),
    Path(
        "a term",
        "a notebook a week: the core in class, the extras at home",
        (
            Session(90, tuple(Stop(notebook.name) for notebook in NOTEBOOKS[:2])),
            *(Session(90, (Stop(notebook.name),)) for notebook in NOTEBOOKS[2:]),
        ),
    ),
)


def course_paths(name: str | None = None) -> Table:
    """Return the paths through the course as a table, or one of them with all its sections.

    Raise ValueError if no path has that name.
    """
    if name is None:
        rows = [(path.name, path.whom, str(len(path.sessions)), _notebooks(path)) for path in PATHS]
        return Table(("path", "for", "sessions", "notebooks"), rows)
    rows = [
        (str(number), stop.notebook, "; ".join(stop.sections) or "all core sections")
        for number, session in enumerate(path_named(name).sessions, start=1)
        for stop in session.stops
    ]
    return Table(("session", "notebook", "sections"), rows)


def path_named(name: str) -> Path:
    """Return the path of this name. Raise ValueError if there is none, which names all."""
    for path in PATHS:
        if path.name == name:
            return path
    known = ", ".join(repr(path.name) for path in PATHS)
    raise ValueError(f"name must be one of {known}, got {name!r}")


def _notebooks(path: Path) -> str:
    numbers = [stop.notebook[:2] for session in path.sessions for stop in session.stops]
    if numbers == [notebook.name[:2] for notebook in NOTEBOOKS]:
        return f"{numbers[0]} to {numbers[-1]}"
    return ", ".join(sorted(set(numbers)))
