"""A folder of notebooks, judged: the tables, the feedback, and that one harms no other."""

import csv
import json
import os
import re
from pathlib import Path

import classroom
import pytest

from rnn_helpers.lessons import catalogue
from rnn_helpers.teaching import grade as module
from rnn_helpers.teaching.grade import Graded, feedback, grade, main
from rnn_helpers.teaching.judging import Judged, Verdict

RIGHT = "def column(token, n_x):\n    return np.eye(n_x)[:, [token]]"
LOOPS = "def column(token, n_x):\n    while True: pass"
LIES = (
    "def column(token, n_x):\n    import os, pathlib\n"
    "    for path in pathlib.Path({there!r}).rglob('*'):\n"
    "        try: path.write_text('right')\n        except Exception: pass\n"
    "    print('right')\n    os._exit(0)"
)
MARKUP = (
    "def column(token, n_x):\n"
    "    raise ValueError('<img src=x> ![p](http://x) `a` =1+1 # \\x1b[2J \\n# big')"
)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, module.Grades]:
    folder = tmp_path_factory.mktemp("class") / "submitted"
    answers = {"good": RIGHT, "loops": LOOPS, "lies": LIES.format(there=str(folder)), "odd": MARKUP}
    for name, text in answers.items():
        made = classroom.answered("start_here", column=text)
        classroom.save(made, folder / name / "week1" / "00_start_here.ipynb")
    classroom.save(
        classroom.answered("start_here", column=RIGHT), folder / "=cmd 00_start_here.ipynb"
    )
    (folder / "broken.ipynb").write_text("{")
    (folder / "notes.txt").write_text("no notebook")
    (folder / ".ipynb_checkpoints").mkdir()
    classroom.save(classroom.notebook("start_here"), folder / ".ipynb_checkpoints" / "a.ipynb")
    if os.name == "posix":
        (folder / "link.ipynb").symlink_to(folder / "good" / "week1" / "00_start_here.ipynb")
        (folder / "others").symlink_to(folder / "good")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    made = grade(folder, seed=4)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    return folder, made


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_each_notebook_has_its_row_and_one_that_does_harm_harms_no_other(graded) -> None:
    folder, made = graded
    assert made.folder == folder.with_name("submitted_graded")
    found = {row["learner"]: row for row in rows(made.folder / "grades.csv")}
    assert set(found) == {"good", "loops", "lies", "odd", "'=cmd", "broken", "link"}
    solved = {name: (row["solved"], row["of"]) for name, row in found.items()}
    assert solved["good"] == solved["'=cmd"] == ("1", "1")
    assert solved["loops"] == solved["lies"] == solved["odd"] == ("0", "1")
    assert "damaged" in found["broken"]["note"] and found["link"]["note"] == "is a link"
    assert {name for name, row in found.items() if row["note"]} == {"broken", "link"}


def test_each_exercise_has_its_row(graded) -> None:
    found = {row["learner"]: row for row in rows(graded[1].folder / "exercises.csv")}
    assert (found["good"]["state"], found["good"]["right"]) == ("right", "1")
    assert (found["loops"]["state"], found["loops"]["right"]) == ("stopped", "0")
    assert "ends Python" in found["lies"]["what was said"]


def test_each_notebook_has_its_feedback(graded) -> None:
    folder = graded[1].folder / "feedback"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.md")}
    assert {"good/week1/00_start_here.md", "broken.md", "=cmd 00_start_here.md"} <= files
    assert "1 of 1 exercises are right." in (folder / "good/week1/00_start_here.md").read_text()
    odd = (folder / "odd/week1/00_start_here.md").read_text()
    plain = re.sub("`[^`]*`", "", odd)  # what stands between backticks is only code
    assert "<img" not in plain.replace("\\<img", "") and "\x1b" not in odd
    assert "![p]" not in plain and "\n# big" not in odd


def test_it_shows_itself_as_a_table(graded) -> None:
    said = repr(graded[1])
    assert "good" in said and "1 of 1" in said and "submitted_graded" in said
    assert "<table>" in graded[1]._repr_html_()


def test_text_of_a_notebook_is_only_text() -> None:
    says = "`a` <b> *x* [l](u) | _ ` odd\x00"
    judged = Judged("00_start_here", [Verdict("column", "raised", says=says)])
    said = feedback(Graded("a*b.ipynb", "a", judged))
    assert "`a` \\<b\\> \\*x\\* \\[l\\](u) \\| \\_ ' odd " in said
    assert said.startswith("# a\\*b.ipynb")


@pytest.mark.parametrize("text", ["```<b>``", "``` <b> `` x", "`` ` <b> ``", "` <b>", "`a` <b> `"])
def test_backticks_hide_no_markup(text: str) -> None:
    assert "``" not in module._markdown(text)
    assert "<" not in re.sub(r"`[^`]*`|\\<", "", module._markdown(text))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert module._cell(text) == f"'{text}"


def test_what_ends_the_judge_is_told(tmp_path: Path, monkeypatch) -> None:
    path = classroom.save(classroom.notebook("start_here"), tmp_path / "a.ipynb")
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    assert module._judged(path, 1, []).problem == "could not be judged in time"
    monkeypatch.setattr(module, "PATIENCE", 100)
    monkeypatch.setattr(module.sys, "executable", "/bin/false")
    assert "the judge ended with 1" in module._judged(path, 1, []).problem


def test_what_the_judge_said_of_its_end_is_told(tmp_path: Path) -> None:
    path = classroom.save(classroom.notebook("start_here"), tmp_path / "a.ipynb")
    said = module._judged(path, "no number", []).problem
    assert said.startswith("could not be judged: the judge ended with 1 (ValueError: invalid lit")
    assert "\n" not in said
    assert module._last_line(b"") == "" and len(module._last_line(b"\xff" * 999)) < 210


def test_notebooks_beyond_the_most_are_listed(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    monkeypatch.setattr(module, "_judged", lambda *_: Judged("00_start_here"))
    for name in "abcd":
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "x.ipynb").write_text("{}")
    made = grade(tmp_path / "in", tmp_path / "out")
    notes = {row["learner"]: row["note"] for row in rows(tmp_path / "out" / "grades.csv")}
    beyond = "was not judged: 2 notebooks stand before it, the most of one folder"
    assert notes == {"a": "", "b": "", "c": beyond, "d": beyond}
    assert beyond in (tmp_path / "out" / "feedback" / "d" / "x.md").read_text()
    assert beyond in repr(made)


def test_a_flat_folder_names_learners_by_what_their_files_add() -> None:
    for name, learner in {
        "maria_02_forward_pass.ipynb": "maria", "02_forward_pass (2).ipynb": "2",
        "02_forward_pass.ipynb": "02_forward_pass", "own.ipynb": "own",
    }.items():  # fmt: skip
        assert module._learner(Path(name)) == learner


@pytest.mark.parametrize("at_once", [0, -1])
def test_bad_input_is_refused(tmp_path: Path, at_once: int, capsys) -> None:
    with pytest.raises(ValueError, match=f"at_once is {at_once}, expected 1 or more"):
        grade(tmp_path, at_once=at_once)
    with pytest.raises(NotADirectoryError, match="folder is .*, expected one with notebooks"):
        grade(tmp_path / "gone")
    assert main([str(tmp_path / "gone")]) == 2
    assert "expected one with notebooks" in capsys.readouterr().err


def test_an_empty_folder_has_empty_tables(tmp_path: Path, capsys) -> None:
    (tmp_path / "in").mkdir()
    assert main([str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 0
    assert rows(tmp_path / "out" / "grades.csv") == []


def test_the_class_that_is_measured_holds_answers_of_every_kind(tmp_path: Path) -> None:
    classroom.class_of(3, tmp_path)
    paths = sorted(tmp_path.rglob("*.ipynb"))
    assert [path.stem for path in paths] == [list(catalogue())[i] for i in (1, 2, 3)]
    text = "".join(json.dumps(json.loads(path.read_text())) for path in paths)
    assert "____" in text
