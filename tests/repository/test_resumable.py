"""Runs that are written down: which ones are read again, and which ones are not."""

from pathlib import Path

import pytest
import resumable
from resumable import Runs, runs_file


def test_a_line_that_was_half_written_is_made_again(tmp_path: Path) -> None:
    made = []

    def one_run(number: int) -> int:
        made.append(number)
        return number**2

    file = tmp_path / "runs.jsonl"
    Runs(file, one_run).make_all([(1,), (2,), (3,)])
    text = file.read_text("ascii")
    file.write_text(text[:-3])  # the call was ended
    again = Runs(file, one_run)
    assert again == {(1,): 1, (2,): 4}
    again.make_all([(1,), (2,), (3,)])
    assert made == [1, 2, 3, 3]
    assert file.read_text("ascii") == text


@pytest.fixture
def experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an experiment, with a small package beside it."""
    for name in ("package/cells.py", "package/course/panel.py", "experiment.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('"""Said."""\nx = 1\n')
    monkeypatch.setattr(resumable, "PACKAGE", tmp_path / "package")
    return tmp_path / "experiment.py"


@pytest.mark.parametrize("name", ["experiment.py", "package/cells.py"])
def test_runs_of_other_code_are_not_read(experiment: Path, name: str) -> None:
    before = runs_file(str(experiment))
    assert before.name.startswith("experiment_runs-")
    changed = experiment.parent / name
    changed.write_text('"""A comment changes no result."""\nx = 1  # nor does this\n')
    assert runs_file(str(experiment)) == before
    changed.write_text("x = 2\n")
    assert runs_file(str(experiment)) != before


def test_runs_last_where_what_changed_only_shows_them(experiment: Path) -> None:
    before = runs_file(str(experiment))
    (experiment.parent / "package" / "course" / "panel.py").write_text("x = 2\n")
    assert runs_file(str(experiment)) == before
