"""A saved notebook keeps its pictures and drops the views that need a kernel."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_server.services.contents.filemanager import FileContentsManager

from rnn_helpers.course import saving
from rnn_helpers.course.saving import VIEW, keep_pictures

OURS = "from rnn_helpers.lessons.gru import panels"


def saved(data: dict, kind: str = "notebook", source: str | list[str] = OURS) -> dict:
    cells = [
        {"cell_type": "markdown", "source": "About `rnn_helpers`"},
        {"cell_type": "code", "source": source, "outputs": []},
        {"cell_type": "code", "source": "", "outputs": [{"data": data}, {"text": "printed"}]},
    ]
    model = {"type": kind, "content": {"cells": cells} if kind == "notebook" else "text"}
    keep_pictures(model=model, path="a.ipynb", contents_manager=None)
    return data


@pytest.mark.parametrize("source", [OURS, ["import numpy as np\n", OURS]])
def test_view_beside_a_picture_is_dropped(source: str | list[str]) -> None:
    shown = saved({VIEW: {}, "image/png": "", "text/plain": ""}, source=source)
    assert set(shown) == {"image/png", "text/plain"}


def test_view_beside_html_is_dropped() -> None:
    assert VIEW not in saved({VIEW: {}, "text/html": "", "text/plain": ""})


def test_view_that_is_all_there_is_stays() -> None:
    assert VIEW in saved({VIEW: {}, "text/plain": "Slider"})


def test_files_that_are_no_notebooks_are_left_alone() -> None:
    assert VIEW in saved({VIEW: {}, "image/png": ""}, kind="file")


def test_notebooks_that_do_not_use_the_course_are_left_alone() -> None:
    assert VIEW in saved({VIEW: {}, "image/png": ""}, source="import ipympl")


def test_the_server_can_import_it_without_widgets() -> None:
    hidden = "import sys; sys.modules |= dict.fromkeys(['anywidget', 'matplotlib', 'numpy'])"
    code = f"{hidden}; from rnn_helpers.course.saving import keep_pictures"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


# ---- the extension of Jupyter's server


def test_what_is_installed_beside_jupyters_settings_names_the_extension() -> None:
    file = Path(saving.__file__).with_name("jupyter_server_config.json")
    enabled = json.loads(file.read_text(encoding="utf-8"))["ServerApp"]["jpserver_extensions"]
    assert enabled == {saving.__name__: True}
    assert saving._jupyter_server_extension_points() == [{"module": saving.__name__}]


def test_a_server_with_the_extension_saves_pictures_and_keeps_a_hook_of_its_own(tmp_path) -> None:
    called = []
    manager = FileContentsManager(root_dir=str(tmp_path))
    manager.pre_save_hook = lambda **given: called.append(given["path"])
    saving._load_jupyter_server_extension(type("Server", (), {"contents_manager": manager}))
    data = {VIEW: {}, "image/png": "iVBORw0=", "text/plain": "a panel"}
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    code = {"cell_type": "code", "metadata": {}, "source": OURS, "execution_count": None}
    content = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}}
    content["cells"] = [code | {"outputs": [output]}]
    manager.save({"type": "notebook", "format": "json", "content": content}, "a.ipynb")
    written = json.loads((tmp_path / "a.ipynb").read_text(encoding="utf-8"))
    assert set(written["cells"][0]["outputs"][0]["data"]) == {"image/png", "text/plain"}
    assert called == ["a.ipynb"]
