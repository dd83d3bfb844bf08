"""A saved notebook keeps its pictures and its form, and one that was only opened is not changed."""

import asyncio
import copy
import json
import platform
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_server.services.contents.filemanager import (
    AsyncFileContentsManager,
    FileContentsManager,
)
from nbformat.sign import NotebookNotary

from rnn_helpers.course import saving
from rnn_helpers.course.saving import PLAIN, VIEW, keep_pictures, name_kernel

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


# ---- what a front end writes into a notebook that it opens

LANGUAGE = {"name": "python", "file_extension": ".py"}
METADATA = {"kernelspec": PLAIN, "language_info": LANGUAGE}
SPEC = SimpleNamespace(display_name="Python 3 (ipykernel)", language="python")


def opened(metadata: dict, find_spec=lambda name: SPEC, source: str = OURS) -> dict:
    """Return the metadata of a notebook as the server hands it out."""
    cells = [{"cell_type": "code", "source": source, "outputs": []}]
    content = {"cells": cells, "metadata": copy.deepcopy(metadata)}
    return name_kernel({"type": "notebook", "content": content}, find_spec)["content"]["metadata"]


def test_a_notebook_that_is_opened_says_what_its_kernel_will_say() -> None:
    shown = opened(METADATA)
    assert shown["kernelspec"] == PLAIN | {"display_name": "Python 3 (ipykernel)"}
    assert shown["language_info"] == LANGUAGE | {"version": platform.python_version()}
    content = {"cells": [{"cell_type": "code", "source": OURS}], "metadata": shown}
    keep_pictures(model={"type": "notebook", "content": content})
    assert shown == METADATA, "what it said is saved"


def test_a_kernel_of_another_name_keeps_it() -> None:
    own = {"kernelspec": {"name": "mine", "display_name": "My own"}, "language_info": LANGUAGE}
    content = {"cells": [{"cell_type": "code", "source": OURS}], "metadata": own}
    keep_pictures(model={"type": "notebook", "content": content})
    assert own["kernelspec"]["display_name"] == "My own"


def unknown(name: str) -> None:
    raise KeyError(name)


def test_what_is_not_known_is_left_alone() -> None:
    assert opened(METADATA, unknown) == METADATA
    assert opened(METADATA, source="import ipympl") == METADATA
    for bare in ({}, {"kernelspec": PLAIN}, METADATA | {"language_info": {"name": "R"}}):
        assert opened(bare) == bare
    for other in ({"type": "notebook", "content": None}, {"type": "file", "content": "text"}):
        assert name_kernel(dict(other), unknown) == other


# ---- the extension of Jupyter's server


def test_what_is_installed_beside_jupyters_settings_names_the_extension() -> None:
    file = Path(saving.__file__).with_name("jupyter_server_config.json")
    enabled = json.loads(file.read_text(encoding="utf-8"))["ServerApp"]["jpserver_extensions"]
    assert enabled == {saving.__name__: True}
    assert saving._jupyter_server_extension_points() == [{"module": saving.__name__}]


def loaded(manager, find_spec=lambda name: SPEC):
    """Return the manager of a server that has the extension."""
    specs = SimpleNamespace(get_kernel_spec=find_spec)
    server = SimpleNamespace(contents_manager=manager, kernel_spec_manager=specs)
    saving._load_jupyter_server_extension(server)
    return manager


def test_a_server_with_the_extension_saves_pictures_and_keeps_a_hook_of_its_own(tmp_path) -> None:
    called = []
    manager = FileContentsManager(root_dir=str(tmp_path))
    manager.notary = NotebookNotary(db_file=":memory:", data_dir=str(tmp_path))
    manager.pre_save_hook = lambda **given: called.append(given["path"])
    loaded(manager)
    data = {VIEW: {}, "image/png": "iVBORw0=", "text/plain": "a panel"}
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    code = {"cell_type": "code", "metadata": {}, "source": OURS, "execution_count": None}
    content = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}}
    content["cells"] = [code | {"outputs": [output]}]
    manager.save({"type": "notebook", "format": "json", "content": content}, "a.ipynb")
    manager.notary.store.close()
    written = json.loads((tmp_path / "a.ipynb").read_text(encoding="utf-8"))
    assert set(written["cells"][0]["outputs"][0]["data"]) == {"image/png", "text/plain"}
    assert called == ["a.ipynb"]


@pytest.mark.parametrize("kind", [FileContentsManager, AsyncFileContentsManager])
def test_a_server_with_the_extension_reads_what_the_kernel_will_say(tmp_path, kind) -> None:
    code = {"cell_type": "code", "metadata": {}, "source": OURS, "execution_count": None}
    stored = {"nbformat": 4, "nbformat_minor": 4, "metadata": METADATA, "cells": []}
    (tmp_path / "a.ipynb").write_text(json.dumps(stored | {"cells": [code | {"outputs": []}]}))
    manager = kind(root_dir=str(tmp_path))
    manager.notary = NotebookNotary(db_file=":memory:", data_dir=str(tmp_path))
    model = loaded(manager).get("a.ipynb")
    model = asyncio.run(model) if asyncio.iscoroutine(model) else model
    manager.notary.store.close()
    assert model["content"]["metadata"]["language_info"]["version"] == platform.python_version()


def test_where_kernels_run_elsewhere_nothing_is_said_of_them() -> None:
    async def find_spec(name):
        return SPEC

    get = object()
    hooks = SimpleNamespace(get=get, register_pre_save_hook=lambda hook: None)
    assert loaded(hooks, find_spec).get is get
