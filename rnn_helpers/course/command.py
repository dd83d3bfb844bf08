"""The command ``rnn-course``: the notebooks in a folder of the learner's, open in JupyterLab.

    rnn-course                              copy what is new to ~/rnn-course and open JupyterLab
    rnn-course --folder evenings            the same in another folder
    rnn-course copy                         copy only
    rnn-course reset 02_forward_pass        this notebook as the course gives it
    rnn-course reset 02_forward_pass one_step   only the cell of this exercise
    rnn-course class shares                 for a teacher: the notebook on what a class shared

``python -m rnn_helpers`` is the same command.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rnn_helpers.course import copies, saving
from rnn_helpers.course.map import NOTEBOOKS
from rnn_helpers.threads import wanted

FOLDER = "~/rnn-course"
FIRST = f"{NOTEBOOKS[0].name}.ipynb"
RELOAD = "If it is open in JupyterLab: File > Reload Notebook from Disk."


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks; return 0, or 1 after a sentence about what went wrong."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a folder's name may have letters that it cannot write
            stream.reconfigure(errors="backslashreplace")
    parser = _parser()
    asked, further = parser.parse_known_args(arguments)
    if further and asked.command != "open":
        parser.error(f"unknown: {' '.join(further)}")
    folder = Path(os.path.expanduser(getattr(asked, "folder", FOLDER))).absolute()
    try:
        if asked.command == "reset":
            return _reset(folder, asked.notebook, asked.exercise)
        if asked.command == "class":
            return _class(folder, asked.shares)
        _copy(folder)
        return _open(folder, further) if asked.command == "open" else 0
    except (OSError, ValueError) as error:
        print(f"rnn-course: {_said_of(error)}.", file=sys.stderr)
        return 1


def _said_of(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.filename:
        where = os.fsdecode(error.filename)
        return f"{where}: {error.strerror}. Name another folder with --folder"
    return str(error)


def _parser() -> argparse.ArgumentParser:
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument(
        "--folder", default=argparse.SUPPRESS, help=f"your copies (default: {FOLDER})"
    )
    parser = argparse.ArgumentParser(
        prog="rnn-course",
        parents=[where],
        description="The notebooks of the course in a folder of your own, open in JupyterLab.",
        epilog="What you have changed is never written over.",
    )
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")
    parser.set_defaults(command="open")
    add = {"parents": [where]}
    commands.add_parser(
        "open", **add, help="copy and open (the default); what follows goes to JupyterLab"
    )
    commands.add_parser("copy", **add, help="copy what is new, and open nothing")
    reset = commands.add_parser("reset", **add, help="put a notebook or an exercise back")
    reset.add_argument("notebook", help="such as 02_forward_pass")
    reset.add_argument("exercise", nargs="?", help="such as one_step: only its cell is put back")
    of_class = commands.add_parser("class", **add, help="for a teacher: what a class gets wrong")
    of_class.add_argument("shares", nargs="?", default="", help="a folder, a zip file or a table")
    return parser


def _copy(folder: Path) -> None:
    fates = copies.copy_notebooks(folder)
    for fate in ("new", "refreshed", "yours"):
        count = list(fates.values()).count(fate)
        if count:
            print(f"{count} of {len(fates)} notebooks in {folder}: {SAID[fate]}")
    for name, fate in fates.items():
        if fate.endswith("newer one"):
            print(f"{name}: kept, since you changed it, though the course has a newer one.")
            print(f"  To have that, and yours beside it: rnn-course reset {name}")


SAID = {
    "new": "copied.",
    "refreshed": "replaced by a newer version, since you had not changed them.",
    "yours": "changed by you, and kept.",
}


def _reset(folder: Path, notebook: str, exercise: str | None) -> int:
    kept = copies.reset(folder, notebook, exercise)
    name = copies.find(notebook).name
    what = f"The exercise {exercise} of {name}" if exercise else name
    print(f"{what} is as the course gives it.")
    if kept:
        print(f"Your version is kept as {kept}. {RELOAD}")
    return 0


def _class(folder: Path, shares: str) -> int:
    if shares and not Path(os.path.expanduser(shares)).exists():
        raise ValueError(f"There is nothing called {shares}")
    path = copies.write_class_notebook(folder, shares)
    print(f"The teacher's notebook is {path}.")
    return _open(folder, (), path.name)


def _open(folder: Path, further: Sequence[str], notebook: str = FIRST) -> int:
    if "JUPYTERHUB_SERVICE_PREFIX" in os.environ:
        print(f"You are on a hub, in JupyterLab already: open {folder} in its file browser.")
        return 0
    process = subprocess.Popen(
        lab_command(folder, further, notebook), env=lab_environment(os.environ), cwd=folder
    )
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # JupyterLab was interrupted too, and asks what to do
            continue


def lab_command(folder: Path, further: Sequence[str] = (), notebook: str = FIRST) -> list[str]:
    """Return the command that opens JupyterLab on a notebook there and saves the pictures.

    The extension that does so is named here too: where the package is not installed but only on
    the path, Jupyter finds no settings of it. ``further`` are arguments for JupyterLab.
    """
    return [
        *(sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"),
        f"--ServerApp.jpserver_extensions={saving.__name__}=True",
        f"--LabApp.default_url=/lab/tree/{notebook}",
        *further,
    ]


def lab_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for JupyterLab: its own kernels, and as many threads as are wanted."""
    threads = wanted(environment)
    limit = {} if threads is None else {"OPENBLAS_NUM_THREADS": str(threads)}
    return {"JUPYTER_PREFER_ENV_PATH": "1", **environment, **limit}
