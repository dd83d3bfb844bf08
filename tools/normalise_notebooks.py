"""Run the course's notebooks and bring them into the one form in which they are kept.

    python tools/normalise_notebooks.py                     run all, then normalise
    python tools/normalise_notebooks.py 02_forward_pass     only this one
    python tools/normalise_notebooks.py --no-execute        normalise what was saved by hand
    python tools/normalise_notebooks.py --check             change nothing, report what is amiss

Kept: sources, outputs, cell ids, tags, slide types, what nbgrader keeps with a cell, and the counts
1, 2, … of a run from top to bottom. Dropped: everything that changes from one save to the next or
from one machine to another, and the live view of a widget where a picture stands beside it, as
`make lab` does when it saves.
A cell whose output differs between machines has the tag `nbval-ignore-output`, and says why under
"ignored_because" in its metadata.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import os
import re
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path

import nbformat
import predictions
from jupyter_client.client import KernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from rnn_helpers.course.saving import VIEW, drop_view

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
CELL_SECONDS = 120  # far above what a cell may take: this only ends a cell that never would
OUTPUT_SECONDS = 120  # for what a cell has shown to arrive; on a busy machine 4, as usual, are few
AT_ONCE = 2
SLIDE_TYPES = {"slide", "subslide", "fragment", "skip", "notes", "-"}
IGNORED, REASON = "nbval-ignore-output", "ignored_because"
NBGRADER = "nbgrader"  # what a teacher's tools keep with a cell: which is graded, for how much
KEPT_CELL_METADATA = {"slideshow", "tags", REASON, "course", NBGRADER}
LOCKS = {"deletable", "editable"}  # of a cell that nbgrader has handed out
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}


class NotebookError(Exception):
    """A notebook that did not run from top to bottom; the message names the cell and the error."""


# ---- the environment of a run ----------------------------------------------------------------


THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def run_environment(folder: Path, name: str) -> dict[str, str]:
    """Return the variables that a run of notebook `name` is to have.

    They keep it apart from its user's own files: progress goes to a file in `folder`, and so does
    IPython's profile with its history and start-up files. And they give it one thread for matrix
    products: those of the course are small, and where two notebooks run on two cores, threads
    that wait for each other made training six times slower. Whoever asks for more gets them.
    """
    return {
        "RNN_HELPERS_PROGRESS": str(folder / f"{name}-progress.json"),
        "IPYTHONDIR": str(folder / "ipython"),
    } | {name: os.environ.get(name, "1") for name in THREADS}


# Variables of the user's that would change what a notebook shows.
UNWANTED_VARIABLES = ("MPLBACKEND", "PYTHONWARNINGS")


# What a kernel shows waits in two queues of some 1,000 messages, its own and its reader's, and what
# finds no room there is dropped without a word. So no limit: the kernel's queue is opened from
# within, in the thread that owns it, and the reader's by ``without_limit``. The kernel's is opened
# before each cell: that reaches whoever is connected then, and not one who connects later.
KEEP_EVERY_MESSAGE = (
    "(lambda thread: get_ipython().events.register("
    "'pre_execute', lambda: thread.schedule(lambda: thread.socket.set_hwm(0))))"
    "(__import__('ipykernel.kernelapp', fromlist=['']).IPKernelApp.instance().iopub_thread)"
)
KERNEL_ARGUMENTS = [f"--IPKernelApp.exec_lines={KEEP_EVERY_MESSAGE}"]


def without_limit(client: KernelClient) -> KernelClient:
    """Return a client, not yet connected, that keeps every message until it is read."""
    client.context.rcvhwm = 0
    return client


class _RoomyKernelManager(AsyncKernelManager):
    def client(self, **kwargs: object) -> KernelClient:
        return without_limit(super().client(**kwargs))


class _ThisPython(KernelSpecManager):
    """Finds the kernel of the running Python, whatever kernels are installed elsewhere."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        from ipykernel.kernelspec import RESOURCES, get_kernel_dict

        return KernelSpec(resource_dir=str(RESOURCES), **get_kernel_dict())


def execute(notebook: NotebookNode, path: Path) -> NotebookNode:
    """Return a copy of `notebook` with the outputs of a run from top to bottom.

    Raises `NotebookError` if a cell raises, takes more than `CELL_SECONDS` or ends the kernel, or
    if what a cell has shown does not arrive.
    """
    notebook = copy.deepcopy(notebook)
    at = 0

    def remember(cell: NotebookNode, cell_index: int) -> None:
        nonlocal at
        at = cell_index

    client = NotebookClient(
        notebook,
        km=_RoomyKernelManager(kernel_name="python3", kernel_spec_manager=_ThisPython()),
        resources={"metadata": {"path": str(path.parent)}},
        timeout=CELL_SECONDS,
        iopub_timeout=OUTPUT_SECONDS,
        raise_on_iopub_timeout=True,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=ERROR", *KERNEL_ARGUMENTS],
        on_cell_start=remember,
    )
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | run_environment(Path(folder), path.stem)
        for variable in UNWANTED_VARIABLES:
            environment.pop(variable, None)
        try:
            client.execute(env=environment, cleanup_kc=True)
        except CellExecutionError as error:
            raise NotebookError(f"cell {at + 1} failed:\n{_plain(str(error))}") from None
        except Exception as error:  # out of time, or a kernel that ended or never started
            raise NotebookError(f"cell {at + 1}: {type(error).__name__}: {error}") from None
    return notebook


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text).strip()


# ---- the form in which a notebook is kept ----------------------------------------------------


def read(text: str) -> NotebookNode:
    """Return the notebook in `text`, every cell of it with an id of its own."""
    raw = json.loads(text)
    raw["nbformat_minor"] = max(5, raw.get("nbformat_minor", 0))
    seen: set[str] = set()
    for number, cell in enumerate(raw["cells"]):
        while not re.fullmatch(r"[\w-]{1,64}", cell.get("id", "")) or cell["id"] in seen:
            basis = f"{number} {cell.get('id')} {cell['source']}"
            cell["id"] = hashlib.sha256(basis.encode()).hexdigest()[:8]
        seen.add(cell["id"])
    return nbformat.from_dict(nbformat.reads(json.dumps(raw), as_version=4))


def write(notebook: NotebookNode) -> str:
    """Return the text of `notebook` as it stands in its file."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of `notebook` in the form in which it is kept."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        kept = KEPT_CELL_METADATA | (LOCKS if NBGRADER in cell.metadata else set())
        metadata = {key: cell.metadata[key] for key in kept if key in cell.metadata}
        cell.metadata = nbformat.from_dict(metadata)
    code = _code_cells(notebook)
    for cell in code:
        cell.outputs = _joined_streams(cell.outputs)
        for output in cell.outputs:
            drop_view(output.get("data", {}))
    _renumber(code)
    return notebook


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _joined_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of one stream: where a stream is cut is a matter of timing."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def _renumber(code: list[NotebookNode]) -> None:
    """Count 1, 2, … if the cells were run in order; leave the counts of any other run."""
    counts = [cell.execution_count for cell in code]
    if None in counts or any(second <= first for first, second in pairwise(counts)):
        return
    for number, cell in enumerate(code, start=1):
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number


def problems(notebook: NotebookNode) -> list[str]:
    """Return what only an author can mend, one sentence each."""
    sentences = []
    code_count = 0
    for number, cell in enumerate(notebook.cells, start=1):
        amiss = _metadata_problems(cell)
        if cell.cell_type == "code":
            code_count += 1
            amiss += _run_problems(cell, code_count)
        sentences += [f"cell {number} {what}" for what in amiss]
    return sentences


def _metadata_problems(cell: NotebookNode) -> list[str]:
    amiss = []
    if cell.metadata.get("slideshow", {}).get("slide_type") not in SLIDE_TYPES:
        amiss.append("has no slide type: set it in JupyterLab's sidebar")
    ignored, reason = IGNORED in cell.metadata.get("tags", []), cell.metadata.get(REASON, "")
    if ignored and not (isinstance(reason, str) and reason.strip()):
        amiss.append(f'is ignored: say why under "{REASON}" in its metadata')
    if reason and not ignored:
        amiss.append(f'says why it is ignored, and is not: give it the tag "{IGNORED}"')
    if re.search(r"^\s*#\s*NBVAL_", cell.source, flags=re.MULTILINE):
        amiss.append(f'has a comment for nbval: give it the tag "{IGNORED}" instead')
    return amiss


def _run_problems(cell: NotebookNode, expected_count: int) -> list[str]:
    if not cell.source.strip():
        return ["is empty"]
    amiss = []
    if cell.execution_count != expected_count:
        count = cell.execution_count
        amiss.append(f"has the count {count}, expected {expected_count}: run `make notebooks`")
    for output in cell.outputs:
        if output.output_type == "error":
            amiss.append(f"ends in {output.ename}: {output.evalue}")
        elif output.output_type == "stream" and output.name == "stderr":
            amiss.append(f"writes to stderr: {_plain(output.text)}")
        elif VIEW in output.get("data", {}):
            amiss.append("shows a widget without a picture, which nobody sees without a kernel")
    return amiss


# ---- one notebook, then all of them ----------------------------------------------------------


def check(path: Path) -> list[str]:
    """Return what is amiss with the notebook file as it stands, one sentence each."""
    text = path.read_text(encoding="utf-8")
    notebook = normalise(read(text))
    amiss = problems(notebook)
    if write(notebook) != text:
        amiss.append("is not in its normal form: run `make notebooks`")
    return amiss


def renew(path: Path, run: bool = True) -> list[str]:
    """Run the notebook (unless `run` is false), normalise it and rewrite its file.

    Returns what is amiss, one sentence each. A notebook whose run raises or writes to stderr, or
    that cannot be written (the disk is full), is left as it was.
    """
    notebook = read(path.read_text(encoding="utf-8"))
    if run:
        try:
            notebook = execute(notebook, path)
        except NotebookError as error:
            return [str(error)]
    notebook = normalise(notebook)
    amiss = problems(notebook)
    code = enumerate(_code_cells(notebook), start=1)
    if not (run and any(_run_problems(cell, count) for count, cell in code)):
        try:
            _write_atomically(path, write(notebook))
        except OSError as error:
            return [f"could not be written: {error.strerror or error}"]
    return amiss


def _write_atomically(path: Path, text: str) -> None:
    """Replace the file in one step, so that a run that is interrupted leaves it whole."""
    if path.read_text(encoding="utf-8") == text:
        return
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _renew_timed(path: Path, run: bool) -> tuple[list[str], float]:
    start = time.perf_counter()
    return renew(path, run), time.perf_counter() - start


def _find(names: list[str]) -> list[Path]:
    """Return the notebooks of these names (paths, or file names with or without suffix), or all."""
    if not names:
        return sorted(NOTEBOOKS.glob("*.ipynb"))
    paths = []
    for name in names:
        beside = NOTEBOOKS / Path(name).name
        candidates = [Path(name), beside, beside.with_suffix(".ipynb")]
        notebooks = [path for path in candidates if path.is_file() and path.suffix == ".ipynb"]
        if not notebooks:
            known = ", ".join(path.stem for path in sorted(NOTEBOOKS.glob("*.ipynb")))
            sys.exit(f"There is no notebook called {name}. There are: {known or 'none yet'}.")
        paths.append(notebooks[0].resolve())
    return paths


def _report(path: Path, amiss: list[str], note: str) -> bool:
    print(f"{path.name}: {'to mend' if amiss else 'good'}{note}", flush=True)
    for sentence in amiss:
        print(f"  {path.name}, {sentence}", flush=True)
    return not amiss


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks; return 0 if every notebook is as it should be, else 1."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NOTEBOOK", help="which ones (default: all)")
    parser.add_argument("--check", action="store_true", help="change nothing, report what is amiss")
    parser.add_argument("--no-execute", action="store_true", help="normalise without running")
    chosen = parser.parse_args(arguments)
    paths = _find(chosen.names)
    if chosen.check:
        good = [_report(path, check(path), "") for path in paths]
        return 0 if all(good) else 1
    with ProcessPoolExecutor(AT_ONCE) as pool:
        runs = [pool.submit(_renew_timed, path, not chosen.no_execute) for path in paths]
        good = []
        for path, run in zip(paths, runs, strict=True):
            amiss, seconds = run.result()
            good.append(_report(path, amiss, f" ({seconds:.1f} s)"))
    if any(path.parent == NOTEBOOKS for path in paths):
        predictions.main()
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
