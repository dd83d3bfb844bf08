"""A saved notebook keeps its pictures and drops the views that need a kernel."""

import subprocess
import sys

from rnn_helpers.course.saving import VIEW, keep_pictures


def saved(data: dict, kind: str = "notebook") -> dict:
    cells = [{"cell_type": "markdown"}, {"outputs": [{"data": data}, {"text": "printed"}]}]
    model = {"type": kind, "content": {"cells": cells} if kind == "notebook" else "text"}
    keep_pictures(model=model, path="a.ipynb", contents_manager=None)
    return data


def test_view_beside_a_picture_is_dropped() -> None:
    assert set(saved({VIEW: {}, "image/png": "", "text/plain": ""})) == {"image/png", "text/plain"}


def test_view_beside_html_is_dropped() -> None:
    assert VIEW not in saved({VIEW: {}, "text/html": "", "text/plain": ""})


def test_view_that_is_all_there_is_stays() -> None:
    assert VIEW in saved({VIEW: {}, "text/plain": "Slider"})


def test_files_that_are_no_notebooks_are_left_alone() -> None:
    assert VIEW in saved({VIEW: {}, "image/png": ""}, kind="file")


def test_the_server_can_import_it_without_widgets() -> None:
    hidden = "import sys; sys.modules |= dict.fromkeys(['anywidget', 'matplotlib', 'numpy'])"
    code = f"{hidden}; from rnn_helpers.course.saving import keep_pictures"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
