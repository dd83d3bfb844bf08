"""Ask of everything the notebooks say whether it holds on other starts.

    python tools/claims.py                             all notebooks, 12 starts: docs/claims.md
    python tools/claims.py 05_vanishing_gradients      only this one, printed
    python tools/claims.py --starts 3 06_gru 07_lstm   fewer starts

What a run said is kept in build/claims until the notebook's code, the package or a version changes,
so that an interrupted hour goes on where it was.

Every cell runs again with every seed moved: where it asks for ``default_rng(3)``, start 5 gets the
generator seeded with both numbers, ``default_rng([3, 5])``. Then each line that a cell printed,
each revealed answer and each sentence of a picture is compared with the stored one, to the letter
and with its numbers left out: a verdict that came out otherwise is seen in both, a number in the
first alone. A general sentence in the text may stand where its verdict held in 11 of 12 starts.
Cells that only show examples, such as words drawn by chance, stand in claims_allowed.txt; cells
whose output nbval does not compare either (a tag says so, with the reason) are listed apart.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import re
import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from normalise_notebooks import AT_ONCE, NOTEBOOKS, execute, normalise
from predictions import ASKED
from resumable import code_of

from rnn_helpers.course.prediction import stored_answer

TABLE = NOTEBOOKS.parent / "docs" / "claims.md"
KEPT = NOTEBOOKS.parent / "build" / "claims"
PACKAGE = NOTEBOOKS.parent / "rnn_helpers"
JUDGES_ANSWERS = ("checking", "exercises.py")  # no claim depends on these: all starters are blank
ALLOWANCES = Path(__file__).with_name("claims_allowed.txt")
STARTS, NEEDED = 12, 11 / 12
NUMBER = r"[-+−]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+|·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"
PLAIN = "text/plain"
CLAIMS_NOTHING = (ASKED, "Not attempted: ")  # a question, and an exercise not yet done

MOVE_SEEDS = """
import numpy as np

def moved(seed=None, *, start={start}, default_rng=np.random.default_rng):
    if seed is None or isinstance(seed, (np.random.Generator, np.random.BitGenerator)):
        return default_rng(seed)
    return default_rng([*np.ravel(seed).tolist(), start])

np.random.default_rng = moved
del moved
"""


@dataclass
class Claim:
    """A line that a notebook stores, and how often other starts gave it again."""

    notebook: str
    cell: int  # counted from 0, as the file has them
    source: str  # of the cell
    line: str
    ignored_because: str = ""  # why nbval does not compare the cell's output
    starts: int = 0
    to_the_letter: int = 0
    in_words: int = 0
    instead: Counter = field(default_factory=Counter)

    @property
    def holds(self) -> bool:
        """True if the words came out as stored in at least 11 of 12 starts."""
        return self.in_words >= NEEDED * self.starts


def words(line: str) -> str:
    """Return a line with each number as #, and as single blanks: what it claims, not how much."""
    return " ".join(re.sub(NUMBER, "#", line).split())


def text_of(output: NotebookNode) -> str:
    """Return what an output says. An answer that is not shown yet is read from its shut box."""
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    data = output.get("data", {})
    return output.get("text") or stored_answer(data.get("text/html", "")) or data.get(PLAIN, "")


def lines_of(cell: NotebookNode) -> list[str]:
    """Return what a code cell says, a line each: prints, revealed answers, picture sentences."""
    texts = map(text_of, cell.get("outputs", []))
    said = "\n".join(text for text in texts if not text.startswith(CLAIMS_NOTHING))
    return list(dict.fromkeys(line.rstrip() for line in said.splitlines() if line.strip()))


def run_moved(path: Path, start: int) -> list[list[str]]:
    """Return what each cell says when every seed is moved by ``start``; 0 moves none."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", []).append("raises-exception")  # and go on
    if start:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(MOVE_SEEDS.format(start=start)))
    cells = normalise(execute(notebook, path)).cells
    return [lines_of(cell) for cell in cells[bool(start) :]]


def kept_as(path: Path, start: int) -> str:
    """Return the name under which a run is kept; it changes with all that the run depends on.

    That is the notebook's code, every file of the package, which holds data and stored weights too,
    and the versions of Python and of the packages.
    """
    digest = hashlib.sha256(_versions().encode())
    for cell in nbformat.read(path, as_version=4).cells:
        digest.update(f"{cell.source if cell.cell_type == 'code' else ''}\n".encode())
    for file in sorted(PACKAGE.rglob("*")):
        parts = file.relative_to(PACKAGE).parts
        if file.is_file() and not {*JUDGES_ANSWERS, "__pycache__"} & set(parts):
            is_code = file.suffix == ".py"
            digest.update("/".join(parts).encode())
            digest.update(code_of(file).encode() if is_code else file.read_bytes())
    return f"{path.stem}-{digest.hexdigest()[:16]}-{start}.json"


def _versions() -> str:
    """Return the versions of Python and of all that the package needs."""
    needed = metadata.requires("rnn_helpers") or ()
    names = sorted(re.match(r"[\w.-]+", line)[0] for line in needed if ";" not in line)
    packages = ", ".join(f"{name} {metadata.version(name)}" for name in names)
    return f"Python {platform.python_version()}, {packages}"


def run_or_recall(path: Path, start: int, folder: Path) -> list[list[str]]:
    """Return ``run_moved``'s answer, from the folder if it is kept there, and keep it."""
    kept = folder / kept_as(path, start)
    if kept.exists():
        return json.loads(kept.read_text(encoding="utf-8"))
    said = run_moved(path, start)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = kept.with_suffix(".new")
    unfinished.write_text(json.dumps(said), encoding="utf-8")
    unfinished.replace(kept)
    return said


def claims_of(path: Path) -> list[Claim]:
    """Return the stored lines of a notebook, in order."""
    cells = nbformat.read(path, as_version=4).cells
    return [
        Claim(path.stem, i, cell.source, line, cell.metadata.get("ignored_because", ""))
        for i, cell in enumerate(cells)
        for line in lines_of(cell)
    ]


def count(claims: Iterable[Claim], said: list[list[str]]) -> None:
    """Count one run: line k of a cell is compared with line k of the same cell as stored."""
    place: Counter = Counter()
    for claim in claims:
        lines, k = said[claim.cell], place[claim.cell]
        place[claim.cell] += 1
        line = lines[k] if k < len(lines) else "(nothing)"
        claim.starts += 1
        claim.to_the_letter += line == claim.line
        if words(line) == words(claim.line):
            claim.in_words += 1
        else:
            claim.instead[words(line)] += 1


def measure(
    paths: list[Path], starts: int, first: int = 1, at_once: int = AT_ONCE, folder: Path = KEPT
) -> list[Claim]:
    """Run each notebook with ``starts`` starts, counted from ``first``; print how far it is."""
    claims = {path: claims_of(path) for path in paths}
    with ProcessPoolExecutor(at_once) as pool:
        runs = {
            pool.submit(run_or_recall, path, start, folder): (path, start)
            for path in paths
            for start in range(first, first + starts)
        }
        for done, run in enumerate(as_completed(runs), start=1):
            path, start = runs[run]
            count(claims[path], run.result())
            print(f"{done} of {len(runs)}: {path.stem}, start {start}", file=sys.stderr, flush=True)
    return [claim for of_one in claims.values() for claim in of_one]


def allowed() -> list[tuple[str, str, str]]:
    """Return the known false alarms: a notebook, words in the source of its cell, the reason."""
    lines = ALLOWANCES.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split(" | ")) for line in lines if line and not line.startswith("#")]


def report(claims: list[Claim]) -> str:
    """Return the table as Markdown: what did not hold, the false alarms, then all the rest."""
    why = {id(claim): claim.ignored_because for claim in claims if claim.ignored_because}
    why |= {
        id(claim): reason
        for claim in claims
        for notebook, words_of_cell, reason in allowed()
        if claim.notebook == notebook and words_of_cell in claim.source
    }
    falling = [claim for claim in claims if not claim.holds]
    alarms = [claim for claim in falling if id(claim) not in why]
    excused = {(c.notebook, c.cell): why[id(c)] for c in falling if id(c) in why}
    starts = max((claim.starts for claim in claims), default=0)
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "matplotlib"))
    parts = [
        "# What the notebooks say, on other starts",
        "",
        f"`make claims` ran every cell again with every seed moved, {starts} times. Python "
        f"{platform.python_version()}, {versions}, {platform.machine()}. {len(claims)} lines are "
        f"stored; {len(claims) - len(falling)} came out in the same words in at least 11 of 12 "
        "starts. # stands for a number. Cells are counted from 0.",
        "",
        f"## Held in fewer than 11 of 12 ({len(alarms)})",
        "",
        *_table(alarms),
        "",
        f"## Examples and trained numbers ({len(falling) - len(alarms)} lines)",
        "",
        *(f"- {notebook} [{cell}]: {reason}" for (notebook, cell), reason in excused.items()),
        "",
        "## All others",
    ]
    for notebook in dict.fromkeys(claim.notebook for claim in claims):
        rest = [claim for claim in claims if claim.notebook == notebook and claim.holds]
        parts += ["", f"<details><summary>{notebook}, {len(rest)} lines</summary>", ""]
        parts += [*_table(rest), "", "</details>"]
    return "\n".join(parts) + "\n"


def _table(claims: list[Claim]) -> list[str]:
    if not claims:
        return ["None."]
    rows = ["| notebook | cell | as stored | same words | to the letter | most often instead |"]
    rows.append("|---|---|---|---|---|---|")
    for claim in claims:
        instead = claim.instead.most_common(1)
        cells = [
            claim.notebook,
            str(claim.cell),
            _short(claim.line),
            f"{claim.in_words} of {claim.starts}",
            f"{claim.to_the_letter} of {claim.starts}",
            _short(instead[0][0]) if instead else "",
        ]
        rows.append("| " + " | ".join(cells) + " |")
    return rows


def _short(line: str, width: int = 160) -> str:
    text = " ".join(line.split()).replace("|", "\\|").replace("<", "&lt;")
    return text if len(text) <= width else text[: width - 1] + "…"


def main(arguments: list[str] | None = None) -> int:
    """Measure what the command line names; write the table if that is all notebooks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NOTEBOOK", help="which ones (default: all)")
    parser.add_argument("--starts", type=int, default=STARTS, help="how many starts (default: 12)")
    parser.add_argument("--first", type=int, default=1, help="the first start (0 moves no seed)")
    chosen = parser.parse_args(arguments)
    paths = [NOTEBOOKS / f"{Path(name).stem}.ipynb" for name in chosen.names]
    paths = paths or sorted(NOTEBOOKS.glob("*.ipynb"))
    text = report(measure(paths, chosen.starts, chosen.first))
    if chosen.names:
        print(text)
    else:
        TABLE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
