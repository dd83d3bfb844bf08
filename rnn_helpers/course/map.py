"""The course as a whole: its notebooks in order, how far you are, and whether your set-up works."""

import html
import re
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from rnn_helpers.course import machine, progress
from rnn_helpers.course.progress import Entry

GIGABYTE = 2**30
MEMORY_NEEDED = 1 * GIGABYTE
DISK_NEEDED = GIGABYTE // 10
NOT_INSTALLED = (
    "not installed, so what it needs cannot be looked up: run `pip install -e .` in the folder of "
    "the course, then restart the kernel."
)


@dataclass(frozen=True)
class Notebook:
    """One notebook: the name of its file without ``.ipynb``, its question, a learner's minutes.

    ``minutes`` is the sum of its sections, ``core`` that of its core sections, both rounded to 5.
    ``exercises`` are the names of its exercises, in order.
    """

    name: str
    question: str
    minutes: int
    core: int
    exercises: tuple[str, ...]

    @property
    def lesson(self) -> str:
        """The name of its folder in ``rnn_helpers.lessons``."""
        return self.name[3:]

    def solved(self, entries: dict[str, Entry]) -> int:
        """Return how many of its exercises are solved, of ``progress.read()``."""
        return sum(entries.get(f"{self.lesson}.{name}", Entry()).right for name in self.exercises)


NOTEBOOKS = (
    Notebook(
        "00_start_here",
        "Does my set-up work, and how do I use this?",
        25,
        15,
        ("column",),
    ),
    Notebook(
        "01_why_sequences",
        "Why not a standard network?",
        60,
        50,
        ("fit", "share_of_padding", "count_parameters", "scan"),
    ),
    Notebook(
        "02_forward_pass",
        "What does one RNN cell do, and why reuse it?",
        50,
        45,
        ("one_step", "forward", "softmax", "count_weights", "stacked_step"),
    ),
    Notebook(
        "03_backpropagation_through_time",
        "How does an error travel back through time?",
        65,
        55,
        ("score_gradient", "step_backward", "through_time", "central_difference"),
    ),
    Notebook(
        "04_training",
        "How do I make it learn?",
        80,
        65,
        ("inputs_and_targets", "masked_mean", "perplexity", "clip_by_norm"),
    ),
    Notebook(
        "05_vanishing_gradients",
        "How far back can it learn?",
        100,
        80,
        (
            "step_jacobian",
            "jacobian_product",
            "bound",
            "identity_cell",
            "clipped_shares",
            "skip_step",
        ),
    ),
    Notebook(
        "06_gru",
        "What if the cell could choose to keep?",
        95,
        65,
        ("update_step", "bias_for", "gru_step", "gate_gradients", "to_the_past", "from_pytorch"),
    ),
    Notebook(
        "07_lstm",
        "What if memory had its own wire?",
        80,
        65,
        (
            "lstm_step",
            "into_memory",
            "into_gates",
            "along_the_wire",
            "reachable_lag",
            "from_pytorch",
        ),
    ),
    Notebook(
        "08_sampling",
        "How does it write?",
        90,
        65,
        ("pick", "with_temperature", "nucleus", "one_text", "correlations"),
    ),
    Notebook(
        "09_sequence_types",
        "What else fits the same cell?",
        115,
        85,
        ("last_states", "share_right", "frequency", "copied_share", "decoder_inputs", "greedy"),
    ),
    Notebook(
        "10_attention",
        "What if the decoder could look back?",
        60,
        35,
        ("look_back", "without_padding", "into_scores", "into_states", "additive_scores"),
    ),
    Notebook(
        "11_bidirectional_and_deep",
        "What does reading one way miss?",
        95,
        75,
        ("both_ways", "mirror", "delayed", "two_layers", "count_deep"),
    ),
    Notebook(
        "12_one_token_at_a_time",
        "Why did the field move on?",
        100,
        80,
        ("earliest", "compose", "doubling", "hand_over", "way_back"),
    ),
    Notebook(
        "13_your_own_text",
        "What does it learn from a text of your own?",
        90,
        70,
        ("training_starts", "smoothed", "bits_per_character", "covered_share"),
    ),
)


def links(name: str) -> str:
    """Return the line that ends a notebook: Markdown links to the one before, the map, the next.

    Raise ValueError if no notebook has that name.
    """
    names = [notebook.name for notebook in NOTEBOOKS]
    if name not in names:
        raise ValueError(f"name must be one of {', '.join(names)}, got {name!r}")
    place = names.index(name)
    parts = [f"[← {before}]({before}.ipynb)" for before in names[max(0, place - 1) : place]]
    parts += [f"[map]({names[0]}.ipynb)"] if place > 1 else []
    parts += [f"[{after} →]({after}.ipynb)" for after in names[place + 1 : place + 2]]
    return " · ".join(parts)


class Table:
    """Rows of words under a heading, shown as plain text and as an HTML table.

    A cell may be a pair (text, address): a link in HTML, the text alone elsewhere.
    """

    def __init__(self, heading: tuple[str, ...], rows: list[tuple]):
        self.heading, self.rows = heading, rows

    def __repr__(self) -> str:
        table = [self.heading, *([_text(cell) for cell in row] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = (
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            for row in table
        )
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th style="text-align:left">{html.escape(title)}</th>' for title in self.heading
        )
        body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def course_map(folder: str | Path = ".") -> Table:
    """Return the map of the course, with your own progress.

    A notebook that is not in ``folder`` (by default where the kernel runs) is listed as to come,
    unless some of its exercises are solved, or none of the notebooks is there: then the kernel runs
    elsewhere, and the folder tells nothing.
    """
    entries, rows = progress.read(), []
    here = {
        notebook for notebook in NOTEBOOKS if (Path(folder) / f"{notebook.name}.ipynb").exists()
    }
    for notebook in NOTEBOOKS:
        file, there = f"{notebook.name}.ipynb", notebook in here
        count = notebook.solved(entries)
        solved = f"{count} of {len(notebook.exercises)} solved"
        rows.append(
            (
                (notebook.name, file) if there else notebook.name,
                notebook.question,
                f"{notebook.minutes} min, {notebook.core} core",
                solved if there or count or not here else "to come",
            )
        )
    return Table(("notebook", "question", "time", "exercises"), rows)


def check_setup() -> Table:
    """Return what the course needs and whether it is there; where it is not, what to do."""
    rows = [("Python", _python(sys.version_info[:2]))]
    try:
        rows += [(name, _package(name, bound)) for name, bound in _requirements().items()]
    except metadata.PackageNotFoundError:  # it lies on the path alone
        rows.append(("rnn_helpers", NOT_INSTALLED))
    rows.append(
        ("memory", _enough(machine.free_memory(), MEMORY_NEEDED, "memory", "close other programs"))
    )
    rows.append(
        ("disk", _enough(_free_disk(), DISK_NEEDED, "disk space", "remove what you no longer need"))
    )
    rows.append(("progress", _progress_can_be_kept()))
    return Table(("what", "verdict"), rows)


def _python(version: tuple[int, int]) -> str:
    if version >= (3, 11):
        return "fine, 3.11 or newer"
    this = ".".join(map(str, version))
    return (
        f"too old: this is Python {this}, the course needs 3.11. Install it, then run `make lab`."
    )


def _requirements() -> dict[str, str]:
    """Return the packages that the course needs and the oldest version of each."""
    lines = [line for line in metadata.requires("rnn_helpers") or () if ";" not in line]
    return dict(line.split(">=") for line in lines)


def _package(name: str, bound: str) -> str:
    try:
        installed = metadata.version(name)
    except metadata.PackageNotFoundError:
        return f"missing: run `pip install '{name}>={bound}'`, then restart the kernel."
    if _numbers(installed) >= _numbers(bound):
        return f"fine, {bound} or newer"
    return (
        f"too old: found {installed}, the course needs {bound}. "
        f"Run `pip install -U {name}`, then restart the kernel."
    )


def _numbers(version: str) -> tuple[int, ...]:
    """Return the first three numbers of a version; "4.4rc1" is (4, 4)."""
    leading = (re.match("[0-9]*", part)[0] for part in version.split(".")[:3])
    return tuple(int(digits or 0) for digits in leading)


def _free_disk() -> int | None:
    try:
        return shutil.disk_usage(Path.home()).free
    except (OSError, RuntimeError):  # RuntimeError: there is no home directory
        return None


def _enough(free: int | None, needed: int, what: str, remedy: str) -> str:
    if free is None:
        return "not measured on this machine"
    if free >= needed:
        return f"fine, {needed / GIGABYTE:.1g} GB or more is free"
    return (
        f"little {what}: {free / GIGABYTE:.2f} GB free, {needed / GIGABYTE:.1g} GB wanted: "
        f"{remedy}."
    )


def _progress_can_be_kept() -> str:
    trouble = progress.trouble()
    if not trouble:
        return "fine, can be kept"
    return (
        f"{trouble}: set the environment variable RNN_HELPERS_PROGRESS to a file you may write. "
        "The course works without it."
    )


def _text(cell: str | tuple[str, str]) -> str:
    return cell if isinstance(cell, str) else cell[0]


def _cell(cell: str | tuple[str, str]) -> str:
    words = html.escape(_text(cell))
    if not isinstance(cell, str):
        words = f'<a href="{html.escape(cell[1])}">{words}</a>'
    return f'<td style="text-align:left">{words}</td>'
