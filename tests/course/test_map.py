"""The map agrees with the files, the glossary with the notebooks; the check says what to do."""

import re
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from edition import sections

from rnn_helpers.course import map as course
from rnn_helpers.course import progress
from rnn_helpers.lessons import catalogue

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "notebooks").glob("*.ipynb"))


def text_of(path: Path) -> list[str]:
    cells = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "markdown"]


def test_every_file_is_on_the_map_with_its_own_question_and_minutes() -> None:
    notebooks = {notebook.name: notebook for notebook in course.NOTEBOOKS}
    assert list(notebooks) == sorted(notebooks)
    for path in FILES:
        opening = text_of(path)[0]
        assert opening.splitlines()[0] == f"# {notebooks[path.stem].question}"
        said = f"*{notebooks[path.stem].minutes} minutes, {notebooks[path.stem].core} of them core"
        assert said in opening


def test_the_minutes_of_a_notebook_are_those_of_its_sections() -> None:
    for notebook in course.NOTEBOOKS:
        found = sections.of(notebook.name)
        core = [section for section in found if section.core]
        assert (notebook.minutes, notebook.core) == (sections.total(found), sections.total(core))


def test_the_map_names_the_exercises_of_every_lesson_in_their_order() -> None:
    exercises = {
        name: [exercise.name for exercise in listed] for name, listed in catalogue().items()
    }
    assert {n.name: list(n.exercises) for n in course.NOTEBOOKS} == exercises
    assert {exercise.id for listed in catalogue().values() for exercise in listed} == {
        f"{notebook.lesson}.{name}" for notebook in course.NOTEBOOKS for name in notebook.exercises
    }


def test_readme_has_the_same_map() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for notebook in course.NOTEBOOKS:
        row = next(
            line
            for line in readme.splitlines()
            if line.startswith("|") and f"`{notebook.name}`" in line
        )
        assert f"| {notebook.question} | {notebook.minutes} | {notebook.core} |" in row
        there = (ROOT / "notebooks" / f"{notebook.name}.ipynb").exists()
        assert (f"(notebooks/{notebook.name}.ipynb)" in row) == there


def test_map_links_what_is_there_and_says_what_is_to_come(tmp_path: Path) -> None:
    (tmp_path / "02_forward_pass.ipynb").touch()
    shown = course.course_map(tmp_path)
    words = {line.split()[0]: line for line in repr(shown).splitlines()}
    of = len(catalogue()["02_forward_pass"])
    assert words["02_forward_pass"].endswith(f"0 of {of} solved")
    assert words["03_backpropagation_through_time"].endswith("to come")
    assert '<a href="02_forward_pass.ipynb">02_forward_pass</a>' in shown._repr_html_()
    assert 'href="03' not in shown._repr_html_()


def test_map_counts_what_the_learner_has_solved(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", str(tmp_path / "progress.json"))
    progress.record("forward_pass.one_step", right=True)
    progress.record("forward_pass.forward", right=False)
    progress.record("gru.gru_step", right=True)
    solved = {n.name: n.solved(progress.read()) for n in course.NOTEBOOKS}
    assert {name: n for name, n in solved.items() if n} == {"02_forward_pass": 1, "06_gru": 1}
    (tmp_path / "02_forward_pass.ipynb").touch()
    assert "1 of" in next(
        line for line in repr(course.course_map(tmp_path)).splitlines() if line.startswith("02")
    )


def test_notebooks_lead_to_notebooks_on_the_map() -> None:
    names = {notebook.name for notebook in course.NOTEBOOKS}
    for path in FILES:
        for name in re.findall(r"`(\d\d_\w+)`", "\n".join(text_of(path))):
            assert name in names, f"{path.stem} names {name}"


def test_every_new_term_is_in_the_glossary() -> None:
    glossary = re.findall(r"(?m)^- \*\*(.+?)\*\*:", "\n".join(text_of(FILES[0])))
    assert len(glossary) == len(set(glossary))
    for path in FILES:
        (terms,) = re.findall(r"\*\*New terms:\*\* (.+)\.", "\n".join(text_of(path)))
        missing = set(terms.split(", ")) - set(glossary)
        assert not missing, f"{path.stem} introduces {missing}, which the glossary lacks"


def test_a_good_set_up_is_fine(monkeypatch) -> None:
    monkeypatch.setattr(course.machine, "free_memory", lambda: 2 * course.GIGABYTE)
    monkeypatch.setattr(course, "_free_disk", lambda: 2 * course.GIGABYTE)
    verdicts = dict(course.check_setup().rows)
    assert {"Python", "numpy", "jupyterlab", "memory", "disk", "progress"} <= set(verdicts)
    assert all(verdict.startswith("fine") for verdict in verdicts.values()), verdicts


def test_a_package_that_only_lies_on_the_path_is_told_and_the_rest_is_looked_at(
    monkeypatch,
) -> None:
    def requires(name: str) -> list[str]:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", requires)
    verdicts = dict(course.check_setup().rows)
    assert verdicts["rnn_helpers"].startswith("not installed")
    assert {"Python", "memory", "disk", "progress"} <= set(verdicts)


@pytest.mark.parametrize(
    ("version", "numbers"),
    [
        ("4.4rc1", (4, 4)),
        ("2.0.0+cpu", (2, 0, 0)),
        ("3.11.dev2", (3, 11, 0)),
        ("10.1.3.4", (10, 1, 3)),
    ],
)
def test_a_version_is_read_up_to_its_letters(version: str, numbers: tuple[int, ...]) -> None:
    assert course._numbers(version) == numbers


def test_old_python_says_what_to_do() -> None:
    assert course._python((3, 11)).startswith("fine")
    assert course._python((3, 14)).startswith("fine")
    assert "this is Python 3.9" in course._python((3, 9))


@pytest.mark.parametrize(
    ("installed", "fine"),
    [("2.0", True), ("2.0.0rc1", True), ("10.1.3", True), ("1.26.4", False), ("0.9", False)],
)
def test_package_versions_are_compared_as_numbers(monkeypatch, installed: str, fine: bool) -> None:
    monkeypatch.setattr(metadata, "version", lambda name: installed)
    verdict = course._package("numpy", "2.0")
    assert verdict.startswith("fine") == fine
    assert fine or ("too old: found" in verdict and "pip install -U numpy" in verdict)


def test_missing_package_says_how_to_install_it() -> None:
    assert "pip install 'no-such-package>=1'" in course._package("no-such-package", "1")


def test_little_memory_says_how_much_there_is() -> None:
    gigabyte = course.GIGABYTE
    verdict = course._enough(gigabyte // 4, gigabyte, "memory", "close other programs")
    assert verdict == "little memory: 0.25 GB free, 1 GB wanted: close other programs."
    assert course._enough(None, gigabyte, "memory", "").startswith("not measured")


def test_unwritable_progress_says_what_to_set(tmp_path: Path, monkeypatch) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", str(blocked / "progress.json"))
    assert "RNN_HELPERS_PROGRESS" in course._progress_can_be_kept()


@pytest.mark.parametrize("chosen", ["~nosuchuser/x.json", ""])
def test_without_a_home_the_check_still_says_what_to_set(monkeypatch, chosen: str) -> None:
    def homeless(*_: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setenv("RNN_HELPERS_PROGRESS", chosen)
    if not chosen:
        monkeypatch.setattr(Path, "home", homeless)
    verdicts = dict(course.check_setup().rows)
    where = chosen or "your home folder"
    assert verdicts["progress"].startswith(f"cannot be kept in {where}: set the environment")
    assert chosen or verdicts["disk"] == "not measured on this machine"


def test_the_check_says_what_every_answer_would_hit(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", str(tmp_path))
    verdict = course._progress_can_be_kept()
    assert verdict.startswith(f"cannot be kept: {tmp_path} is a folder, not a file: set the")


def test_wherever_the_kernel_runs_the_map_shows_what_was_solved(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", str(tmp_path / "progress.json"))
    progress.record("forward_pass.one_step", right=True)
    elsewhere = [row[3] for row in course.course_map(tmp_path).rows]
    assert "to come" not in elsewhere
    assert elsewhere[2] == "1 of 5 solved"
    (tmp_path / "00_start_here.ipynb").touch()
    some = [row[3] for row in course.course_map(tmp_path).rows]
    assert some[1] == "to come" and some[2] == "1 of 5 solved"


def test_table_is_escaped() -> None:
    table = course.Table(("<a>",), [("<b>",), (("<c>", 'x"y'),)])
    assert "<b>" not in table._repr_html_() and "<c>" not in table._repr_html_()
    assert "&lt;c&gt;" in table._repr_html_() and 'x"y' not in table._repr_html_()


def test_every_notebook_ends_with_the_links_of_its_place_on_the_map() -> None:
    names = [notebook.name for notebook in course.NOTEBOOKS]
    assert [path.stem for path in FILES] == names
    for path in FILES:
        last = text_of(path)[-1].splitlines()[-1]
        assert last == course.links(path.stem)
        for target in re.findall(r"\]\((.+?)\)", last):
            assert (path.parent / target).exists()
    assert course.links(names[3]).startswith(f"[← {names[2]}]({names[2]}.ipynb) · [map](")
    with pytest.raises(ValueError, match="name must be one of 00_start_here"):
        course.links("12_more")
