"""A learner's copies: nothing of theirs is lost, and what they left alone is kept up to date."""

from __future__ import annotations

import ast
import json
import os
import re
from pathlib import Path

import pytest

from rnn_helpers.course import copies
from rnn_helpers.course.map import NOTEBOOKS

NAME, EXERCISE = "02_forward_pass", "one_step"
ANSWER = "def one_step(*given):\n    return 'mine'\n\n\nexercises.one_step.check(one_step)"


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of small originals, which may be changed."""
    folder = tmp_path / "originals"
    folder.mkdir()
    for notebook in NOTEBOOKS:
        write(folder / f"{notebook.name}.ipynb", f"# {notebook.question}")
    starter = "def one_step(*given):\n    return ____\n\n\nexercises.one_step.check(one_step)"
    write(folder / f"{NAME}.ipynb", "import numpy", starter, "print('after')")
    monkeypatch.setattr(copies, "originals", lambda: folder)
    return folder


def write(file: Path, *sources: str, shown: str = "") -> None:
    output = [{"output_type": "stream", "name": "stdout", "text": shown}] if shown else []
    cells = [
        {"id": f"cell-{number}", "cell_type": "code", "metadata": {}, "source": source}
        | {"outputs": output, "execution_count": 1 if shown else None}
        for number, source in enumerate(sources)
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    file.write_text(json.dumps(notebook), encoding="utf-8")


def sources(file: Path) -> list[str]:
    return [
        "".join(cell["source"]) for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]
    ]


def edit(file: Path, place: int, source: str, **more: object) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    content["cells"][place] |= {"source": source, **more}
    file.write_text(json.dumps(content), encoding="utf-8")


def others(folder: Path) -> set[str]:
    """Return what lies in the folder besides the notebooks and the record."""
    usual = {f"{notebook.name}.ipynb" for notebook in NOTEBOOKS} | {copies.RECORD}
    return {path.name for path in folder.iterdir()} - usual


# ---- copying


def test_every_notebook_is_copied_once(source: Path, tmp_path: Path) -> None:
    mine = tmp_path / "Übung (2), it's mine" / "evenings"
    fates = copies.copy_notebooks(mine)
    assert fates == dict.fromkeys((notebook.name for notebook in NOTEBOOKS), "new")
    for notebook in NOTEBOOKS:
        file = f"{notebook.name}.ipynb"
        assert (mine / file).read_bytes() == (source / file).read_bytes()
    assert set(copies.copy_notebooks(mine).values()) == {"as it was"}
    assert others(mine) == set()


def test_what_was_changed_is_kept_and_told(source: Path, tmp_path: Path) -> None:
    copies.copy_notebooks(tmp_path / "mine")
    file = tmp_path / "mine" / f"{NAME}.ipynb"
    edit(file, 1, ANSWER)
    before = file.read_bytes()
    assert copies.copy_notebooks(tmp_path / "mine")[NAME] == "yours"
    write(source / f"{NAME}.ipynb", "a newer edition")
    for _ in range(2):  # told each time
        fate = copies.copy_notebooks(tmp_path / "mine")[NAME]
        assert fate == "yours, and the course has a newer one"
    assert file.read_bytes() == before and others(tmp_path / "mine") == set()


def test_what_was_left_alone_is_refreshed(source: Path, tmp_path: Path) -> None:
    copies.copy_notebooks(tmp_path / "mine")
    write(source / f"{NAME}.ipynb", "a newer edition")
    fates = copies.copy_notebooks(tmp_path / "mine")
    assert fates.pop(NAME) == "refreshed" and set(fates.values()) == {"as it was"}
    assert sources(tmp_path / "mine" / f"{NAME}.ipynb") == ["a newer edition"]
    assert others(tmp_path / "mine") == set()


def test_what_was_only_run_is_refreshed_and_its_outputs_kept(source: Path, tmp_path: Path) -> None:
    copies.copy_notebooks(tmp_path / "mine")
    file = tmp_path / "mine" / f"{NAME}.ipynb"
    write(file, *sources(file), shown="my own run")
    assert copies.copy_notebooks(tmp_path / "mine")[NAME] == "as it was"
    write(source / f"{NAME}.ipynb", "a newer edition")
    assert copies.copy_notebooks(tmp_path / "mine")[NAME] == "refreshed"
    (kept,) = others(tmp_path / "mine")
    assert "my own run" in (tmp_path / "mine" / kept).read_text(encoding="utf-8")


@pytest.mark.parametrize("record", [None, "", "[]", "{", '{"02_forward_pass": 3}'])
def test_without_a_record_a_file_counts_as_the_learners(
    source: Path, tmp_path: Path, record: str | None
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    write(mine / f"{NAME}.ipynb", "from another course")
    if record is not None:
        (mine / copies.RECORD).write_text(record, encoding="utf-8")
    assert copies.copy_notebooks(mine)[NAME].startswith("yours")
    assert sources(mine / f"{NAME}.ipynb") == ["from another course"]


def test_a_file_that_is_no_notebook_any_more_is_kept(source: Path, tmp_path: Path) -> None:
    copies.copy_notebooks(tmp_path / "mine")
    file = tmp_path / "mine" / f"{NAME}.ipynb"
    file.write_bytes(b"<<<<<<< conflict \xff")
    assert copies.copy_notebooks(tmp_path / "mine")[NAME] == "yours"
    assert file.read_bytes() == b"<<<<<<< conflict \xff"


def test_a_notebook_that_is_missing_comes_back(source: Path, tmp_path: Path) -> None:
    copies.copy_notebooks(tmp_path / "mine")
    (tmp_path / "mine" / f"{NAME}.ipynb").unlink()
    assert copies.copy_notebooks(tmp_path / "mine")[NAME] == "new"


def test_the_originals_are_never_copied_onto_themselves(source: Path) -> None:
    for call in (copies.copy_notebooks, lambda folder: copies.reset(folder, NAME)):
        with pytest.raises(ValueError, match="holds the originals"):
            call(source)


def test_a_folder_in_the_place_of_a_notebook_is_left_alone(source: Path, tmp_path: Path) -> None:
    (tmp_path / "mine" / f"{NAME}.ipynb").mkdir(parents=True)
    with pytest.raises(OSError, match=rf"{NAME}\.ipynb is not a file"):
        copies.copy_notebooks(tmp_path / "mine")
    assert (tmp_path / "mine" / f"{NAME}.ipynb").is_dir()
    # what came before it is there, and known
    assert copies._read_record(tmp_path / "mine").keys() == {"00_start_here", "01_why_sequences"}


def test_a_full_disk_leaves_what_was_there(source: Path, tmp_path: Path, monkeypatch) -> None:
    mine = tmp_path / "mine"
    copies.copy_notebooks(mine)
    before = (mine / f"{NAME}.ipynb").read_bytes()
    write(source / f"{NAME}.ipynb", "a newer edition")

    def full(self: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        copies.copy_notebooks(mine)
    assert (mine / f"{NAME}.ipynb").read_bytes() == before and others(mine) == set()


# ---- putting back


def test_a_notebook_is_put_back_and_the_learners_version_kept(source: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    copies.copy_notebooks(mine)
    original, versions = sources(source / f"{NAME}.ipynb"), []
    for number in range(2):
        edit(mine / f"{NAME}.ipynb", 1, f"answer {number}")
        versions.append(copies.reset(mine, NAME))
        assert sources(mine / f"{NAME}.ipynb") == original
    assert [sources(version)[1] for version in versions] == ["answer 0", "answer 1"]
    assert re.fullmatch(rf"{NAME}-kept-\d{{4}}-\d\d-\d\d\.ipynb", versions[0].name)
    assert copies.copy_notebooks(mine)[NAME] == "as it was"


def test_nothing_is_kept_where_nothing_was_changed(source: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    assert copies.reset(mine, NAME) is None  # not there yet
    assert copies.reset(mine, NAME) is None
    assert others(mine) == set()


@pytest.mark.parametrize("moved", [False, True])
def test_one_exercise_is_put_back_and_the_rest_stays(
    source: Path, tmp_path: Path, moved: bool
) -> None:
    """Its cell is found by its id, or where another program gave new ids by what it checks."""
    mine = tmp_path / "mine"
    copies.copy_notebooks(mine)
    file = mine / f"{NAME}.ipynb"
    edit(file, 1, ANSWER, outputs=["right"], **({"id": "other"} if moved else {}))
    edit(file, 2, "my own notes")
    kept = copies.reset(mine, NAME, EXERCISE)
    assert sources(file) == [*sources(source / f"{NAME}.ipynb")[:2], "my own notes"]
    assert json.loads(file.read_text(encoding="utf-8"))["cells"][1]["outputs"] == []
    assert sources(kept)[1] == ANSWER
    assert copies.copy_notebooks(mine)[NAME] == "yours"


@pytest.mark.parametrize(
    ("name", "exercise", "says"),
    [
        ("99_missing", None, "no notebook '99_missing': choose one of 00_start_here, "),
        (NAME, "two_step", "02_forward_pass has no exercise 'two_step': choose one of one_step, "),
        (NAME, "softmax", "has no cell that checks 'softmax' any more: `rnn-course reset 02_for"),
        ("03", "step_backward", "is missing or cannot be read as a notebook: `rnn-course reset 03"),
    ],
)
def test_what_cannot_be_put_back_is_told(
    source: Path, tmp_path: Path, name: str, exercise: str | None, says: str
) -> None:
    starter = "exercises.{}.check(answer)".format
    write(source / f"{NAME}.ipynb", starter("one_step"), starter("softmax"))
    write(source / "03_backpropagation_through_time.ipynb", starter("step_backward"))
    write(tmp_path / f"{NAME}.ipynb", starter("one_step"))
    with pytest.raises(ValueError, match=re.escape(says)):
        copies.reset(tmp_path, name, exercise)
    assert sources(tmp_path / f"{NAME}.ipynb") == [starter("one_step")]


@pytest.mark.parametrize("name", [NAME, f"{NAME}.ipynb", "forward_pass", "02"])
def test_a_notebook_has_several_names(name: str) -> None:
    assert copies.find(name).name == NAME


def test_a_linked_notebook_stays_a_link(source: Path, tmp_path: Path) -> None:
    mine, elsewhere = tmp_path / "mine", tmp_path / "elsewhere.ipynb"
    mine.mkdir()
    write(elsewhere, "my answer")
    try:
        os.symlink(elsewhere, mine / f"{NAME}.ipynb")
    except OSError:
        pytest.skip("links need a right here")
    copies.reset(mine, NAME)
    assert (mine / f"{NAME}.ipynb").is_symlink()
    assert sources(elsewhere) == sources(source / f"{NAME}.ipynb")


def test_a_linked_notebook_may_lie_on_another_file_system(
    source: Path, tmp_path: Path, monkeypatch
) -> None:
    """A file cannot be moved from one to another in one step, so it is made where it goes."""
    mine, elsewhere = tmp_path / "mine", tmp_path / "elsewhere" / "a.ipynb"
    mine.mkdir()
    elsewhere.parent.mkdir()
    write(elsewhere, "my answer")
    try:
        os.symlink(elsewhere, mine / f"{NAME}.ipynb")
    except OSError:
        pytest.skip("links need a right here")
    replace = os.replace

    def within_one(old: Path, new: Path) -> None:
        if Path(old).parent != Path(new).parent:
            raise OSError(18, "Invalid cross-device link")
        replace(old, new)

    monkeypatch.setattr(os, "replace", within_one)
    kept = copies.reset(mine, NAME)
    assert sources(elsewhere) == sources(source / f"{NAME}.ipynb")
    assert kept.parent == mine and sources(kept) == ["my answer"]
    assert [path.name for path in elsewhere.parent.iterdir()] == ["a.ipynb"]


@pytest.mark.skipif(os.name != "posix", reason="there are no such rights here")
def test_who_may_read_a_notebook_stays_as_it_was(source: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine" / f"{NAME}.ipynb"
    file.parent.mkdir()
    write(file, "my answer")
    file.chmod(0o600)
    kept = copies.reset(file.parent, NAME)
    assert [path.stat().st_mode & 0o777 for path in (file, kept)] == [0o600, 0o600]


# ---- the real notebooks


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_every_exercise_of_the_course_can_be_put_back(notebook, tmp_path: Path) -> None:
    original = copies.originals() / f"{notebook.name}.ipynb"
    content = json.loads(original.read_text(encoding="utf-8"))
    for exercise in notebook.exercises:
        (cell,) = copies._cells_of(content, exercise)
        cell["source"] = "changed"
    (tmp_path / original.name).write_text(json.dumps(content), encoding="utf-8")
    for exercise in notebook.exercises:
        copies.reset(tmp_path, notebook.name, exercise)
    assert sources(tmp_path / original.name) == sources(original)


def test_a_package_without_notebooks_says_so(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(copies.rnn_helpers, "__file__", str(tmp_path / "a.zip" / "__init__.py"))
    with pytest.raises(FileNotFoundError, match="not beside the package .* install the course"):
        copies.originals()


# ---- the teacher's notebook


def test_the_teachers_notebook_is_none_of_the_course_and_never_written_over(tmp_path: Path) -> None:
    made = copies.write_class_notebook(tmp_path)
    assert made == tmp_path / "class_view.ipynb"
    assert made.stem not in [notebook.name for notebook in NOTEBOOKS]
    assert copies.write_class_notebook(tmp_path) == made
    made.write_text(made.read_text(encoding="utf-8").replace("stuck(5)", "stuck(9)"))
    assert copies.write_class_notebook(tmp_path) == tmp_path / "class_view_2.ipynb"
    assert "stuck(9)" in made.read_text(encoding="utf-8")
    other = copies.write_class_notebook(tmp_path, str(tmp_path / "it's here.zip"))
    assert other == tmp_path / "class_view_3.ipynb"
    cells = json.loads(other.read_text(encoding="utf-8"))["cells"]
    (line,) = [line for cell in cells for line in cell["source"] if line.startswith("shares = ")]
    assert ast.literal_eval(line.partition(" = ")[2]) == str(tmp_path / "it's here.zip")
