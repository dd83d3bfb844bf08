"""What is built of the repository, used as one who has nothing else: the wheel and the sdist."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tarfile
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rnn_helpers.course.map import NOTEBOOKS
from rnn_helpers.course.saving import VIEW

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = "rnn_helpers.course.saving"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a wheel and an sdist of a copy of the repository: some seconds."""
    copy, folder = tmp_path_factory.mktemp("copy") / "course", tmp_path_factory.mktemp("built")
    left_out = (".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis", "build", "dist")
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*left_out))
    (copy / "notebooks" / "my_text").mkdir(exist_ok=True)
    (copy / "notebooks" / "my_text" / "report.md").write_text("my letters", encoding="utf-8")
    run = python("-m", "hatchling", "build", "-d", str(folder), cwd=copy)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Unpack the wheel as pip does; return the variables with which Python and Jupyter find it."""
    prefix = tmp_path_factory.mktemp("it's a prefix, ü")
    zipfile.ZipFile(wheel(built)).extractall(prefix / "site")
    (data,) = (prefix / "site").glob("*.data/data")
    for path in sorted((prefix / "site" / "rnn_helpers").rglob("*"), reverse=True):
        path.chmod(0o555 if path.is_dir() else 0o444)  # nobody can write where it lies
    own = {f"JUPYTER_{part}_DIR": str(prefix / part) for part in ("DATA", "RUNTIME")}
    own |= {"PYTHONPATH": str(prefix / "site"), "JUPYTER_CONFIG_DIR": str(data / "etc/jupyter")}
    return os.environ | own | {"PYTHONDONTWRITEBYTECODE": "1", "HOME": str(prefix)}


def python(*words: str, cwd: Path, **given: object) -> subprocess.CompletedProcess:
    command = [sys.executable, *words]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=120, **given
    )


def wheel(built: Path) -> Path:
    (file,) = built.glob("*.whl")
    return file


# ---- what they hold


def test_the_wheel_holds_the_package_its_notebooks_and_jupyters_settings(built: Path) -> None:
    names = set(zipfile.ZipFile(wheel(built)).namelist())
    tops = {name.partition("/")[0] for name in names}
    assert {top.partition("-")[0] for top in tops} == {"rnn_helpers"}  # and its two .data, .dist
    notebooks = {name for name in names if name.startswith("rnn_helpers/notebooks/")}
    assert notebooks == {f"rnn_helpers/notebooks/{notebook.name}.ipynb" for notebook in NOTEBOOKS}
    package = (path for path in (ROOT / "rnn_helpers").rglob("*") if path.is_file())
    kept = {str(path.relative_to(ROOT).as_posix()) for path in package if path.suffix != ".pyc"}
    assert {name for name in names if name.startswith("rnn_helpers/")} - notebooks == kept
    (settings,) = (name for name in names if ".data/" in name)
    assert settings.endswith(".data/data/etc/jupyter/jupyter_server_config.d/rnn_helpers.json")


def test_the_sdist_holds_what_its_tests_need_and_nothing_private(built: Path) -> None:
    (file,) = built.glob("*.tar.gz")
    with tarfile.open(file) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for folder in ("notebooks", "tests", "tools", "docs", "rnn_helpers"):
        here = {path for path in (ROOT / folder).rglob("*.*") if path.suffix != ".pyc"}
        here -= set(ROOT.glob("notebooks/*/*"))  # what running them leaves behind
        here = {path.relative_to(ROOT).as_posix() for path in here if path.is_file()}
        assert here and here <= names
    assert {"conftest.py", "Makefile", ".ci/run", ".github/workflows/tests.yml"} <= names
    assert {"environment.yml", "requirements.txt", "README.md", "LICENSE"} <= names
    assert not [name for name in names if "my_text" in name or ".venv" in name]


# ---- the wheel at work


def test_the_notebooks_are_copied_out_of_it(installed: dict[str, str], tmp_path: Path) -> None:
    from_its_name = (
        "import sys; from importlib.metadata import distribution, entry_points; "
        "(command,) = entry_points(group='console_scripts', name='rnn-course'); "
        "import rnn_helpers; print(rnn_helpers.__file__); sys.exit(command.load()())"
    )
    for words in (["-c", from_its_name], ["-m", "rnn_helpers"]):
        run = python(*words, "--folder", "mine", "copy", cwd=tmp_path, env=installed)
        assert run.returncode == 0, run.stderr
        assert run.stdout.startswith(installed["PYTHONPATH"]) == (words[0] == "-c")
    assert {path.name for path in (tmp_path / "mine").glob("*.ipynb")} == {
        f"{notebook.name}.ipynb" for notebook in NOTEBOOKS
    }
    assert all(os.access(path, os.W_OK) for path in (tmp_path / "mine").glob("*.ipynb"))


def test_jupyter_lists_the_extension(installed: dict[str, str], tmp_path: Path) -> None:
    run = python(
        "-m", "jupyter_server.extension.serverextension", "list", cwd=tmp_path, env=installed
    )
    told = re.sub(r"\x1b\[\d+m", "", run.stdout + run.stderr)
    _, _, of_the_wheel = told.partition(f"Config dir: {installed['JUPYTER_CONFIG_DIR']}\n")
    ours = of_the_wheel.partition("Config dir:")[0]
    assert f"{EXTENSION} enabled" in ours and f"{EXTENSION}  OK" in ours, told


@contextlib.contextmanager
def server(folder: Path, variables: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Give the address and the token of a plain Jupyter server: no flag of ours is named."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port, token = probe.getsockname()[1], secrets.token_hex(8)
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"]
    command += [
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.ip=127.0.0.1",
    ]
    command += [f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={token}"]
    with (folder.parent / "server.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=variables, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield f"http://127.0.0.1:{port}", token
        finally:
            process.terminate()
            process.wait(30)


def put(address: str, token: str, content: dict) -> None:
    """Save a notebook by the server's own interface, as soon as it answers."""
    request = urllib.request.Request(f"{address}/api/contents/a.ipynb", method="PUT")
    request.add_header("Authorization", f"token {token}")
    request.data = json.dumps({"type": "notebook", "content": content}).encode()
    for _ in range(600):
        try:
            urllib.request.urlopen(request, timeout=60)
            return
        except ConnectionError:
            time.sleep(0.1)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


def test_a_server_that_is_told_nothing_keeps_the_pictures(installed, tmp_path: Path) -> None:
    data = {VIEW: {"model_id": "0"}, "image/png": "iVBORw0=", "text/plain": "a panel"}
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": 1}
    cell |= {"source": "from rnn_helpers import data", "outputs": [output]}
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "mine").mkdir()
    with server(tmp_path / "mine", installed) as (address, token):
        put(address, token, content)
    saved = json.loads((tmp_path / "mine" / "a.ipynb").read_text(encoding="utf-8"))
    assert set(saved["cells"][0]["outputs"][0]["data"]) == {"image/png", "text/plain"}
