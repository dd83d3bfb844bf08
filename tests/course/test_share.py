"""Sharing: shown first, sent only when asked for, and never over anything or through a link."""

import json
import os
import re
import stat
from pathlib import Path

import pytest

from rnn_helpers.course import facts, progress, share, share_progress


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", str(tmp_path / "home" / "progress.json"))
    monkeypatch.delenv(share.FOLDER, raising=False)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return tmp_path


def work() -> None:
    progress.record("forward_pass.one_step", right=False, mistakes=["0a1b2c3d"])
    progress.record("forward_pass.one_step", hints=2)
    progress.record("forward_pass.one_step", right=False, failure="shape")
    progress.record("forward_pass.one_step", right=True)
    progress.record("gru.gru_step", right=True)
    progress.record("gru.update_step", solution_seen=True)
    progress.record_choice("forward_pass.by_hand", "0.88", True)


def test_looking_sends_nothing_and_writes_nothing(home: Path) -> None:
    work()
    before = progress.path().read_text()
    shown = repr(share_progress())
    assert "Nothing has gone yet" in shown
    assert list(Path.cwd().iterdir()) == []
    assert progress.path().read_text() == before
    assert repr(share_progress()) == shown


def test_where_nothing_was_tried_nothing_is_shared(home: Path) -> None:
    assert repr(share_progress()) == repr(share_progress().send()) == share.NOTHING
    assert share_progress()._repr_html_() == f"<p>{share.NOTHING}</p>"
    assert not progress.path().exists()
    with pytest.raises(ValueError, match="nothing to share"):
        share_progress().line()


def test_every_fact_that_goes_is_said_in_words() -> None:
    work()
    said = repr(share_progress())
    shared = share_progress()
    for name, entry in shared.facts["exercises"].items():
        line = next(line for line in said.splitlines() if line.startswith(f"{name} "))
        assert f"{entry['attempts']} attempt" in line
        assert ("not solved" in line) != entry["right"]
        assert ("without help" in line) == entry["unaided"]
        assert ("the solution was seen" in line) == entry["solution_seen"]
        assert not entry["hints"] or f"{entry['hints']} hints seen" in line
        assert not entry["tries"] or f"at attempt {entry['tries']}" in line
        for key in (*entry["mistakes"], *entry["failures"]):
            assert key in line
    assert "first chosen: “0.88”, which was right" in said
    assert shared.week in said
    assert "pseudonym" in said and "how often you have shared" in said


def sent() -> dict:
    (path,) = Path.cwd().iterdir()
    return json.loads(path.read_text())


def test_without_a_folder_of_the_class_it_is_one_file_here() -> None:
    work()
    assert str(share_progress().send()) == (
        "It is in my_progress.json: hand in that file. Nothing else has gone."
    )
    assert facts.problem_of(sent()) == ""
    assert sent()["exercises"].keys() == {
        "forward_pass.one_step", "gru.gru_step", "gru.update_step",
    }  # fmt: skip
    assert sent()["exercises"]["gru.gru_step"]["unaided"] is True


def test_an_empty_name_of_the_folder_is_none_in_the_preview_and_in_the_deed(monkeypatch) -> None:
    monkeypatch.setenv(share.FOLDER, "")
    work()
    assert "into one file, my_progress.json, here" in repr(share_progress())
    assert "It is in my_progress.json" in str(share_progress().send())


def test_no_file_is_replaced() -> None:
    work()
    Path(share.FILE).write_text("mine")
    assert "my_progress_2.json" in str(share_progress().send())
    assert Path(share.FILE).read_text() == "mine"


@pytest.mark.skipif(os.name != "posix", reason="Windows makes links for some users only")
def test_no_link_is_followed(home: Path) -> None:
    work()
    target = home / "target"
    Path(share.FILE).symlink_to(target)
    share_progress().save()
    assert not target.exists()


def test_the_pseudonym_stays_until_it_is_renewed_and_shares_are_numbered() -> None:
    work()
    made = [json.loads(share_progress()._content()) for _ in range(2)]
    assert [content["number"] for content in made] == [1, 2]
    assert made[0]["pseudonym"] == made[1]["pseudonym"] == progress.read_all().pseudonym
    other = json.loads(share_progress(renew=True)._content())
    assert (other["pseudonym"] != made[0]["pseudonym"], other["number"]) == (True, 1)


def test_a_line_is_short_and_of_letters_that_every_form_keeps() -> None:
    work()
    line = share_progress().line()
    assert re.fullmatch(r"rnn1\.[\w-]+\.[0-9a-f]{8}", line) and len(line) < 600
    assert repr(line) == str(line)


@pytest.fixture
def folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = home / "class"
    folder.mkdir()
    folder.chmod(0o733)  # everybody may write, its owner alone may list
    monkeypatch.setenv(share.FOLDER, str(folder))
    return folder


@pytest.mark.skipif(os.name != "posix", reason="modes of folders are those of POSIX")
def test_the_folder_of_the_class_gets_a_file_that_the_teacher_can_read(folder: Path) -> None:
    work()
    assert share.OWNER in repr(share_progress())
    mask = os.umask(0o077)
    try:
        said = str(share_progress().send())
    finally:
        os.umask(mask)
    (path,) = folder.iterdir()
    assert said == f"It is in the class's folder, as {path.name}."
    assert re.fullmatch(r"progress-[0-9a-f]{32}\.json", path.name)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert facts.problem_of(json.loads(path.read_text())) == ""
    folder.chmod(0o777)
    assert "Everybody on this system can list that folder" in str(share_progress().send())
    assert len(list(folder.iterdir())) == 2


def test_a_folder_that_is_not_there_costs_a_sentence(folder: Path) -> None:
    work()
    folder.rmdir()
    said = str(share_progress().send())
    assert "nothing has gone" in said and "save()" in said


def test_progress_that_cannot_be_written_is_shared_all_the_same(monkeypatch) -> None:
    work()
    shown = share_progress()
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", str(Path.cwd()))  # a folder
    content = json.loads(shown._content())
    assert facts.problem_of(content) == ""
