"""A learner's own copies of the notebooks: made, brought up to date, and put back.

The originals come with the package and may lie where nobody can write. What a learner has changed
is never written over: a file is replaced only if its cells say what the course once put there, or
on demand, and then the learner's version is kept beside it.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import itertools
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import rnn_helpers
from rnn_helpers.course.map import NOTEBOOKS, Notebook

RECORD = (
    ".rnn-course.json"  # in the folder of the copies: what each original was when it was copied
)
CLASS = "class_view"  # the teacher's notebook, which is none of the course's
Fate = Literal["new", "refreshed", "as it was", "yours", "yours, and the course has a newer one"]


def originals() -> Path:
    """Return the folder of the notebooks that came with the package.

    A wheel holds them inside the package; in a copy of the repository they lie beside it. Raise
    FileNotFoundError where they are in neither place.
    """
    package = Path(rnn_helpers.__file__).parent
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if _file(folder, NOTEBOOKS[0]).is_file():
            return folder
    raise FileNotFoundError(
        f"the notebooks are not beside the package in {package}: install the course from its "
        "wheel or its repository (it cannot copy them out of a zip file)"
    )


def copy_notebooks(folder: Path) -> dict[str, Fate]:
    """Copy to ``folder`` what is missing there or unchanged; return what became of each notebook.

    Raise ValueError if ``folder`` is where the originals lie, and OSError if it cannot be written.
    """
    source = _checked(folder)
    folder.mkdir(parents=True, exist_ok=True)
    record, fates = _read_record(folder), {}
    try:
        for notebook in NOTEBOOKS:
            name, content = notebook.name, _file(source, notebook).read_bytes()
            file, given = _file(folder, notebook), record.get(name)
            fates[name] = _fate(file, content, given)
            if fates[name] in ("new", "refreshed"):
                _replace(file, content, given)
            if not fates[name].startswith("yours"):
                record[name] = _print(content)
    finally:  # also what was copied before a disk was full
        _write_record(folder, record)
    return fates


def write_class_notebook(folder: Path, shares: str = "") -> Path:
    """Write the teacher's notebook into ``folder`` and return its path.

    ``shares`` is the folder or file that it is to read; without it, it reads the class's folder.
    The same notebook that is there already is left alone, another one stays beside it.
    """
    template = Path(rnn_helpers.__file__).parent / "teaching" / f"{CLASS}.ipynb"
    content = json.loads(template.read_text(encoding="utf-8"))
    if shares:
        named = f"shares = {os.path.abspath(os.path.expanduser(shares))!r}\n"
        for cell in content["cells"]:
            source = cell["source"]
            cell["source"] = [named if s.startswith("shares = ") else s for s in source]
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=1, ensure_ascii=False).encode("utf-8")
    path = folder / f"{CLASS}.ipynb"
    for number in itertools.count(2):
        if not path.exists():
            path.write_bytes(text)
        if _print(path.read_bytes()).cells == _print(text).cells:
            break
        path = folder / f"{CLASS}_{number}.ipynb"
    return path


def reset(folder: Path, name: str, exercise: str | None = None) -> Path | None:
    """Put a notebook, or the cell of one exercise, back as the course gives it.

    ``name`` may be ``"02_forward_pass"``, ``"02_forward_pass.ipynb"``, ``"forward_pass"`` or
    ``"02"``. Returns the file in which the version until now is kept, None if there was none.
    Raise ValueError if there is no such notebook or exercise, or no cell to put back.
    """
    source, notebook, record = _checked(folder), find(name), _read_record(folder)
    file, content = _file(folder, notebook), _file(source, notebook).read_bytes()
    if exercise is not None:
        content = _with_exercise_reset(file, content, notebook, exercise)
    folder.mkdir(parents=True, exist_ok=True)
    kept = _replace(file, content, record.get(notebook.name))
    if exercise is None:
        _write_record(folder, record | {notebook.name: _print(content)})
    return kept


def find(name: str) -> Notebook:
    """Return the notebook that ``name`` means; raise ValueError if there is none."""
    wanted = name.removesuffix(".ipynb")
    for notebook in NOTEBOOKS:
        if wanted in (notebook.name, notebook.lesson, notebook.name[:2]):
            return notebook
    every = ", ".join(notebook.name for notebook in NOTEBOOKS)
    raise ValueError(f"there is no notebook {name!r}: choose one of {every}")


# ---- what a file says


@dataclass(frozen=True)
class Print:
    """Fingerprints of a notebook: of what its cells say, and of every byte of its file."""

    cells: str
    file: str


def _fate(file: Path, content: bytes, given: Print | None) -> Fate:
    """Compare a learner's file with its original and with what was copied before."""
    if not _is_there(file):
        return "new"
    mine, now, before = (
        _print(file.read_bytes()).cells,
        _print(content).cells,
        given and given.cells,
    )
    if mine == now:
        return "as it was"
    if mine == before:
        return "refreshed"
    return "yours" if before == now else "yours, and the course has a newer one"


def _print(content: bytes) -> Print:
    """Return the fingerprints: running cells changes the file, and not what they say."""
    every_byte = hashlib.sha256(content).hexdigest()
    try:
        said = [
            (cell["cell_type"], "".join(cell["source"]), cell.get("attachments"))
            for cell in json.loads(content)["cells"]
        ]
    except (ValueError, KeyError, TypeError):
        return Print(every_byte, every_byte)  # no notebook any more
    return Print(hashlib.sha256(json.dumps(said).encode("utf-8")).hexdigest(), every_byte)


def _with_exercise_reset(file: Path, content: bytes, notebook: Notebook, exercise: str) -> bytes:
    """Return the learner's file with the cell of ``exercise`` as it is in the original."""
    if exercise not in notebook.exercises:
        every = ", ".join(notebook.exercises)
        raise ValueError(f"{notebook.name} has no exercise {exercise!r}: choose one of {every}")
    given = next(_cells_of(json.loads(content), exercise))
    whole = f"`rnn-course reset {notebook.name}` puts back the whole notebook"
    try:
        mine = json.loads(file.read_bytes())
        same = [cell for cell in mine["cells"] if cell.get("id") == given["id"]]
        cell = next(iter(same or _cells_of(mine, exercise)), None)
    except (ValueError, KeyError, TypeError, FileNotFoundError):
        raise ValueError(f"{file} is missing or cannot be read as a notebook: {whole}") from None
    if cell is None:
        raise ValueError(f"{file} has no cell that checks {exercise!r} any more: {whole}")
    before = cell.copy()
    cell.update({key: given[key] for key in given if key != "id"})
    if cell == before:
        return file.read_bytes()
    return (json.dumps(mine, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def _cells_of(content: dict, exercise: str) -> Iterator[dict]:
    for cell in content["cells"]:
        code = cell["cell_type"] == "code"
        if code and f"exercises.{exercise}.check(" in "".join(cell["source"]):
            yield cell


# ---- files


def _file(folder: Path, notebook: Notebook) -> Path:
    return folder / f"{notebook.name}.ipynb"


def _checked(folder: Path) -> Path:
    source = originals()
    if folder.resolve() == source.resolve():
        raise ValueError(f"{folder} holds the originals: choose another folder for your copies")
    return source


def _is_there(file: Path) -> bool:
    """Return whether ``file`` is there; raise OSError if a folder or a pipe has its name."""
    if os.path.lexists(file) and not file.is_file():
        raise OSError(f"{file} is not a file: move it away, or choose another folder")
    return file.exists()


def _read_record(folder: Path) -> dict[str, Print]:
    """Return what was copied before. Without a record every file counts as the learner's own."""
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
        return {name: Print(**prints) for name, prints in record.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write_record(folder: Path, record: dict[str, Print]) -> None:
    content = {name: asdict(prints) for name, prints in record.items()}
    _put(folder / RECORD, json.dumps(content, indent=1, sort_keys=True).encode("utf-8"))


def _replace(file: Path, content: bytes, given: Print | None) -> Path | None:
    """Put ``content`` in the place of ``file``; return where its version until now is kept.

    What holds nothing of the learner's is not kept: a file still byte for byte as it was given.
    """
    before = file.read_bytes() if _is_there(file) else content
    not_theirs = given is not None and _print(before).file == given.file
    kept = None if before == content or not_theirs else _free_name(file)
    if kept:
        _put(kept, before, like=file)
    _put(file, content)
    return kept


def _free_name(file: Path) -> Path:
    today, number = datetime.date.today().isoformat(), 1
    name = file.with_name(f"{file.stem}-kept-{today}.ipynb")
    while os.path.lexists(name):
        number += 1
        name = file.with_name(f"{file.stem}-kept-{today}-{number}.ipynb")
    return name


def _put(file: Path, content: bytes, like: Path | None = None) -> None:
    """Write beside the file, then put it in place at once: a crash leaves the old one whole.

    A linked file stays a link. Who may read it stays as it was, for a new file as with ``like``.
    """
    target = Path(os.path.realpath(file))  # the link may lead to another file system
    new = target.with_name(f".{target.name}.{uuid.uuid4().hex}.new")
    try:
        new.write_bytes(content)
        if target.exists() or like:
            with contextlib.suppress(OSError):  # a disk that has no rights
                shutil.copymode(target if target.exists() else like, new)
        os.replace(new, target)
    finally:
        new.unlink(missing_ok=True)
