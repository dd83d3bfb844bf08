"""What is typed as `rnn-course`, and what is said of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rnn_helpers.course import command, copies
from rnn_helpers.course.map import NOTEBOOKS

NAME = "02_forward_pass"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """Return what would have been started, in place of JupyterLab."""
    started = []

    class Process:
        def __init__(self, words: list[str], **given: object) -> None:
            started.append({"words": words, **given})
            self.waits = [KeyboardInterrupt, 3]

        def wait(self) -> int:
            result = self.waits.pop(0)
            if result is KeyboardInterrupt:
                raise result
            return result

    monkeypatch.setattr(subprocess, "Popen", Process)
    monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX", raising=False)
    return started


def change(folder: Path) -> None:
    file = folder / f"{NAME}.ipynb"
    content = json.loads(file.read_text(encoding="utf-8"))
    content["cells"][0]["source"] = "my notes"
    file.write_text(json.dumps(content), encoding="utf-8")


def test_alone_it_copies_and_opens(opened: list[dict], tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert command.main(["--port=8890", "--no-browser"]) == 3  # what JupyterLab ended with
    (started,) = opened
    folder = tmp_path / "rnn-course"
    assert (folder / f"{NAME}.ipynb").exists()
    assert started["words"][:3] == [sys.executable, "-m", "jupyterlab"]
    assert started["words"][-2:] == ["--port=8890", "--no-browser"]
    assert f"--ServerApp.root_dir={folder}" in started["words"]
    assert "--LabApp.default_url=/lab/tree/00_start_here.ipynb" in started["words"]
    assert started["cwd"] == folder
    assert started["env"] == command.lab_environment(os.environ)


@pytest.mark.parametrize(
    ("given", "threads"),
    [
        ({}, "1"),
        ({"RNN_HELPERS_THREADS": "3"}, "3"),
        ({"OPENBLAS_NUM_THREADS": "2"}, "2"),
        ({"OMP_NUM_THREADS": "2"}, None),
    ],
)
def test_the_kernels_have_the_threads_that_are_wanted(given: dict, threads: str | None) -> None:
    assert command.lab_environment(given).get("OPENBLAS_NUM_THREADS") == threads


def test_on_a_hub_it_only_copies(opened, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/zoe/")
    assert command.main(["--folder", str(tmp_path / "mine")]) == 0
    assert opened == []
    assert f"open {tmp_path / 'mine'} in its file browser" in capsys.readouterr().out


@pytest.mark.parametrize("first", [True, False])
def test_it_says_what_became_of_each(tmp_path: Path, capsys, monkeypatch, first: bool) -> None:
    where, mine = ["--folder", str(tmp_path / "mine")], tmp_path / "mine"
    words = [*where, "copy"] if first else ["copy", *where]
    assert command.main(words) == 0
    assert (
        capsys.readouterr().out
        == f"{len(NOTEBOOKS)} of {len(NOTEBOOKS)} notebooks in {mine}: copied.\n"
    )
    assert command.main(words) == 0
    assert capsys.readouterr().out == ""
    change(mine)
    assert command.main(words) == 0
    assert (
        capsys.readouterr().out
        == f"1 of {len(NOTEBOOKS)} notebooks in {mine}: changed by you, and kept.\n"
    )
    copies._put(
        mine / copies.RECORD, json.dumps({NAME: {"cells": "older", "file": "older"}}).encode()
    )
    assert command.main(words) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"{NAME}: kept, since you changed it, though the course has a newer one")
    assert f"rnn-course reset {NAME}\n" in told


def test_a_notebook_is_put_back(tmp_path: Path, capsys) -> None:
    command.main(["copy", "--folder", str(tmp_path)])
    change(tmp_path)
    capsys.readouterr()
    assert command.main(["reset", "02", "--folder", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"{NAME} is as the course gives it.\nYour version is kept as ")
    assert "Reload Notebook from Disk" in told
    assert command.main(["--folder", str(tmp_path), "reset", "02", "softmax"]) == 0
    assert capsys.readouterr().out == f"The exercise softmax of {NAME} is as the course gives it.\n"


def test_a_teacher_gets_a_notebook_on_the_shares(opened, tmp_path: Path, capsys) -> None:
    shares, folder = tmp_path / "what they shared", tmp_path / "mine"
    shares.mkdir()
    assert command.main(["class", str(shares), "--folder", str(folder)]) == 3
    assert "--LabApp.default_url=/lab/tree/class_view.ipynb" in opened[0]["words"]
    made = json.loads((folder / "class_view.ipynb").read_text(encoding="utf-8"))
    assert f"shares = {str(shares)!r}\n" in [
        line for cell in made["cells"] for line in cell["source"]
    ]
    assert [path.name for path in folder.iterdir()] == ["class_view.ipynb"]
    assert str(folder / "class_view.ipynb") in capsys.readouterr().out
    assert command.main(["class", str(tmp_path / "gone")]) == 1
    assert "nothing called" in capsys.readouterr().err


def test_what_goes_wrong_is_one_sentence(opened, tmp_path: Path, capsys) -> None:
    (tmp_path / "file").write_text("")
    for words in (["--folder", str(tmp_path / "file")], ["reset", "99"]):
        assert command.main(words) == 1
        told = capsys.readouterr().err
        assert told.startswith("rnn-course: ") and told.count("\n") == 1
    assert opened == []


def test_a_folder_whose_name_the_terminal_cannot_write(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "rnn_helpers", "copy", "--folder", str(tmp_path / "Zoë 日本")],
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        encoding="ascii",
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert "Zo\\xeb \\u65e5\\u672c: copied." in run.stdout
    assert (tmp_path / "Zoë 日本" / f"{NAME}.ipynb").exists()


def test_a_word_that_is_unknown_is_told(capsys) -> None:
    with pytest.raises(SystemExit):
        command.main(["copy", "--no-browser"])
    assert "unknown: --no-browser" in capsys.readouterr().err


def test_python_m_is_the_same_command(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "rnn_helpers", "copy", "--folder", str(tmp_path / "mine")],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.endswith(": copied.\n")
