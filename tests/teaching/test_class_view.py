"""The view of a class as a teacher sees it, on thirty simulated learners and spoilt files."""

import json
from html.parser import HTMLParser
from pathlib import Path

import classroom
import nbformat
import pytest
from nbclient import NotebookClient

from rnn_helpers.course import copies
from rnn_helpers.lessons import catalogue
from rnn_helpers.teaching import class_view as module
from rnn_helpers.teaching.class_view import class_view, main


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    classroom.share_into(folder, 30)
    return folder


class Page(HTMLParser):
    """The tags of a page, and whether each one that was opened was closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("br", "meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_thirty_learners_of_whom_some_have_spoilt_files(folder: Path) -> None:
    view = class_view(folder)
    assert view.people == 30
    assert {name for name, _ in view.skipped} == set(classroom.SPOILT)
    said = repr(view)
    assert "30 have shared, 9 skipped" in said
    exercises = [e for lesson in classroom.LESSONS for e in catalogue()[lesson]]
    known = {mistake.says for exercise in exercises for mistake in exercise.known}
    sentences = [words for row in view.rows for words, _ in row.mistakes]
    assert sentences and set(sentences) <= known
    assert any(row.stuck for row in view.rows) and any(row.unaided for row in view.rows)
    assert len(view.questions) >= 5
    shown = [getattr(row, name) for row in view.rows for name in ("tried", "solved", "stuck")]
    assert [n for n in shown if n and n < 5] == []


def test_its_parts_are_the_whole_and_can_be_had_alone(folder: Path) -> None:
    view = class_view(folder)
    parts = (view.people_and_skipped(), view.exercises(), view.predictions())
    parts += (view.what_was_skipped(),)
    assert "".join(part._repr_html_() for part in parts) == view._repr_html_()
    assert "\n".join(map(repr, parts)) == repr(view)
    alone = repr(view.exercises("01_why_sequences"))
    assert "01_why_sequences, fit" in alone and "00_start_here, column" not in alone
    assert "why_sequences." in repr(view.predictions("01_why_sequences"))
    assert "start_here." not in repr(view.predictions("01_why_sequences"))
    stuck = {row.exercise: row.stuck for row in view.rows if row.stuck}
    first = repr(view.stuck(2)).splitlines()[0]
    assert f"stuck {max(stuck.values())}" in first
    assert len(Page(view.stuck(2)._repr_html_()).open) == 0
    assert repr(view.exercises("12_one_token_at_a_time")).startswith("There is no exercise")
    for part in (view.exercises, view.predictions):
        with pytest.raises(ValueError, match="notebook is '99', expected one of 00_start_here"):
            part("99")


def test_the_notebook_shows_thirty_learners_of_whom_some_have_spoilt_files(
    folder: Path, tmp_path: Path
) -> None:
    made = nbformat.read(copies.write_class_notebook(tmp_path, str(folder)), as_version=4)
    assert all(not cell.get("outputs") for cell in made.cells)
    NotebookClient(made, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in made.cells for output in cell.get("outputs", [])]
    assert {output.output_type for output in outputs} == {"execute_result"}
    said = [output["data"]["text/plain"] for output in outputs]
    assert len(said) == 5 and "30 have shared, 9 skipped" in said[0]
    assert all(output["data"]["text/html"] for output in outputs)
    assert "stuck" in said[1] and "start_here" in said[3]
    assert all(f"Skipped {name}: " in said[4] for name in classroom.SPOILT)
    assert [path.name for path in tmp_path.iterdir()] == ["class_view.ipynb"]


def test_its_tables_have_captions_and_headings(folder: Path) -> None:
    page = Page(class_view(folder)._repr_html_())
    tags = [tag for tag, _ in page.tags]
    assert page.open == []
    assert tags.count("table") == tags.count("caption") == 3
    assert all(attrs["scope"] in ("col", "row", "rowgroup") for t, attrs in page.tags if t == "th")
    assert "script" not in tags


def test_names_that_are_markup_are_only_shown(tmp_path: Path) -> None:
    classroom.share_into(tmp_path, 6)
    (tmp_path / "<script>alert(1)<!--.json").write_text("x")
    (tmp_path / ("n" * 200)).write_text("x")
    (tmp_path / "red\x1b[31m\nline").write_text("x")
    view = class_view(tmp_path)
    page = Page(view._repr_html_())
    assert "script" not in [tag for tag, _ in page.tags] and page.open == []
    assert "\x1b" not in repr(view) and "red�[31m�line" in repr(view)
    assert "n" * 120 not in repr(view)


def test_of_many_skipped_things_only_the_first_are_named(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "NAMED", 3)
    for number in range(8):
        (tmp_path / str(number)).write_text("x")
    assert repr(class_view(tmp_path)).count("Skipped") == 4
    assert "Skipped 5 more: not named" in repr(class_view(tmp_path))


def test_of_fewer_than_five_nothing_is_said(tmp_path: Path) -> None:
    for seed in range(4):
        (tmp_path / f"{seed}.json").write_text(json.dumps(classroom.share(seed)))
    view = class_view(tmp_path)
    assert (view.rows, view.questions) == ([], [])
    said = "Fewer than 5 people have shared: nothing is shown of so few."
    assert repr(view) == f"{said} (Nothing skipped.)"


def test_nobody_is_in_it(folder: Path) -> None:
    said = class_view(folder)._repr_html_() + repr(class_view(folder))
    spoilt = [name for name in classroom.SPOILT if "doubled" not in name]
    assert spoilt
    counted = {f"{seed:032x}" for seed in range(30)} - {f"{3:032x}"}  # 3 is named as the newer file
    assert [pseudonym for pseudonym in counted if pseudonym in said] == []


def test_the_command_writes_a_page(folder: Path, tmp_path: Path, capsys) -> None:
    page = tmp_path / "out" / "class.html"
    assert main([str(folder), str(page)]) == 0
    assert "30 have shared" in page.read_text(encoding="utf-8")
    assert "30 have shared" in capsys.readouterr().out
    assert main([str(tmp_path / "gone")]) == 2
    assert "nothing of that name" in capsys.readouterr().err
