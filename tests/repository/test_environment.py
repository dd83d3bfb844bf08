"""What is installed, how, and from where: the files that say so agree with each other."""

import importlib
import inspect
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NEEDED = [Requirement(line) for line in PROJECT["dependencies"]]
FOR_TESTS = [Requirement(line) for line in PROJECT["optional-dependencies"]["test"]]
FOR_BOOK = [Requirement(line) for line in PROJECT["optional-dependencies"]["book"]]
CONDA_NAMES = {"matplotlib-base": "matplotlib"}
NUMPY_ALONE = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "rnn_helpers").rglob("*.py")
    if path.parent.name in {"rnn_helpers", "data", "experiments", "checking"}
)
LIGHT = (
    "",
    ".command",
    ".copies",
    ".machine",
    ".progress",
    ".map",
    ".saving",
)  # of the room course


def pins() -> list[Requirement]:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def files_of_the_repository() -> list[Path]:
    """Return what git keeps or would keep; without git, everything outside hidden folders."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        run = None
    if run is not None and run.returncode == 0:
        paths = {ROOT / name for name in run.stdout.split("\0") if name}
    else:
        paths = {
            path
            for path in ROOT.rglob("*")
            if not any(part.startswith(".venv") for part in path.relative_to(ROOT).parts)
        }
    return sorted(path for path in paths if path.is_file())


def run_python(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120
    )


# ---- bounds and pins


def test_conda_asks_for_the_same_packages() -> None:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    by_conda = [Requirement(line) for line in listed if isinstance(line, str) and ">=" in line]
    bounds = {CONDA_NAMES.get(wish.name, wish.name): wish.specifier for wish in by_conda}
    assert bounds == {wish.name: wish.specifier for wish in NEEDED}


def test_conda_takes_a_python_that_the_package_supports_and_installs_it() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    (python,) = [line for line in environment["dependencies"] if str(line).startswith("python=")]
    assert f"{python.removeprefix('python=')}.0" in SpecifierSet(PROJECT["requires-python"])
    assert {"pip": ["-e ."]} in environment["dependencies"]
    assert environment["channels"] == ["conda-forge", "nodefaults"]


@pytest.mark.parametrize("wish", NEEDED + FOR_TESTS + FOR_BOOK, ids=str)
def test_every_dependency_is_pinned_within_its_bounds(wish: Requirement) -> None:
    mine = [pin for pin in pins() if pin.name == wish.name]
    here = [pin for pin in mine if pin.marker is None or pin.marker.evaluate()]
    assert len(here) == 1
    for pin in mine:
        (exact,) = pin.specifier
        assert exact.operator == "=="
        assert wish.specifier.contains(exact.version)


def test_every_dependency_has_a_lower_bound() -> None:
    for wish in NEEDED + FOR_TESTS + FOR_BOOK:
        assert [bound.operator for bound in wish.specifier][:1] == [">="], wish


def test_the_pins_hold_no_address_and_say_how_they_are_made() -> None:
    text = (ROOT / "requirements.txt").read_text()
    assert "make pins" in text.splitlines()[1]
    assert not re.search(r"://|^-|@", text, flags=re.MULTILINE)


# ---- what the repository says


def test_no_file_names_a_place_that_packages_come_from() -> None:
    sites = ["pypi", "pythonhosted", "anaconda", "npmjs", "jsdelivr", "unpkg", "cdnjs", "skypack"]
    endings = r"\.(?:org|com|net|dev|io|cloudflare)"
    options = ["index" + "-url", "find" + "-links", "index" + "_url"]
    forbidden = re.compile("|".join([rf"(?:{'|'.join(sites)}){endings}", *options]), re.IGNORECASE)
    files = files_of_the_repository()
    assert ROOT / "pyproject.toml" in files
    for path in files:
        text = path.read_bytes().decode("utf-8", errors="ignore")
        assert forbidden.search(text) is None, path


def makefile_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):(?!=)", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))


def test_the_readme_names_only_commands_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.findall(r"```.*?```|`[^`\n]+`", readme, flags=re.DOTALL)
    named = set(re.findall(r"\bmake ([a-z-]+)", "\n".join(code)))
    assert {"lab", "test"} <= named <= makefile_targets()


def test_make_alone_lists_every_command() -> None:
    run = subprocess.run(["make", "--silent"], cwd=ROOT, capture_output=True, text=True)
    assert set(re.findall(r"^make ([a-z-]+) ", run.stdout, re.MULTILINE)) == makefile_targets() - {
        "help"
    }


STUB = """#!/bin/sh
echo "$PIP_USER $*" >> "$LOG"
if [ "$1 $2" = "-m venv" ]; then mkdir -p .venv/bin && cp "$0" .venv/bin/python; fi
"""


@pytest.mark.skipif(os.name != "posix", reason="make needs a POSIX shell")
@pytest.mark.parametrize("name", ["it's mine", "two  words", "a#b", "c$d", "Übung (2), neu", 'a"b'])
def test_make_works_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    """A stub stands for Python: it makes .venv, and writes down how it is called."""
    folder, log = tmp_path / name, tmp_path / "log"
    folder.mkdir()
    stub = folder / "python's"
    stub.write_text(STUB)
    stub.chmod(0o755)
    for file in ("Makefile", "pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / file, folder)
    variables = os.environ | {"LOG": str(log), "PIP_USER": "1", "PYTHON": str(stub)}
    variables.pop("MAKEFLAGS", None)  # the PYTHON of the make that runs the tests would count more
    for calls in (7, 9):  # the second time nothing is installed
        run = subprocess.run(
            ["make", "lab"], cwd=folder, env=variables, capture_output=True, text=True
        )
        assert run.returncode == 0, run.stdout + run.stderr
        lines = log.read_text().splitlines()
        assert len(lines) == calls, lines
        assert f"--ServerApp.root_dir={folder} " in lines[-1]
        assert all(line.startswith("0 ") for line in lines)  # pip is not to use another folder
    assert (folder / ".venv" / ".created").read_text() == f"{folder}\n"


def test_the_continuous_integration_runs_the_tests() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text()
    assert subprocess.run(["bash", "-n", str(script)]).returncode == 0


def test_the_workflow_runs_the_same_script_on_every_python_that_is_supported() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text(encoding="utf-8"))
    jobs = workflow["jobs"]
    versions = jobs["linux"]["strategy"]["matrix"]["python"]
    assert all(f"{version}.0" in SpecifierSet(PROJECT["requires-python"]) for version in versions)
    assert PROJECT["requires-python"] == f">={versions[0]}"
    assert [step["run"] for step in jobs["linux"]["steps"] if "run" in step] == [".ci/run"]
    assert jobs["elsewhere"]["strategy"]["matrix"]["system"] == ["macos-latest", "windows-latest"]
    bounds = [f"test-{made['which']}" for made in jobs["bounds"]["strategy"]["matrix"]["include"]]
    assert set(bounds) <= makefile_targets()
    assert workflow["permissions"] == {"contents": "read"}


# ---- how the code behaves


@pytest.mark.parametrize("module", [*NUMPY_ALONE, *(f"rnn_helpers.course{name}" for name in LIGHT)])
def test_what_needs_no_pictures_imports_nothing_heavy(module: str) -> None:
    run = run_python("-c", f"import sys, {module}; print(*sys.modules)")
    assert run.returncode == 0, run.stderr
    heavy = {"matplotlib", "ipywidgets", "anywidget", "IPython", "traitlets", "pandas", "scipy"}
    assert heavy & set(run.stdout.split()) == set()


def public_calls(module: ModuleType) -> Iterator[tuple[str, Callable]]:
    """Yield the public functions of a module, and the public methods of its public classes."""
    for name, value in vars(module).items():
        if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(value):
            yield name, value
        elif inspect.isclass(value):
            for method, call in vars(value).items():
                own = inspect.isfunction(call) and call.__module__ == module.__name__
                own = own and call.__name__ == method  # not a function that is a field's default
                if own and (method == "__init__" or not method.startswith("_")):
                    yield f"{name}.{method}", call


# Shown to the learner as they stand, in the picture of a panel: hints would hide the loop.
PICTURED = {"one_to_one", "one_to_many", "many_to_one", "many_to_many", "encoder_decoder"}


@pytest.mark.parametrize("name", NUMPY_ALONE)
def test_public_calls_say_what_they_take_and_return(name: str) -> None:
    bare = []
    for where, call in public_calls(importlib.import_module(name)):
        if where in PICTURED:
            continue
        signature = inspect.signature(call)
        bare += [
            f"{where}({parameter.name})"
            for parameter in signature.parameters.values()
            if parameter.annotation is inspect.Parameter.empty and parameter.name != "self"
        ]
        given_back = signature.return_annotation
        if given_back is inspect.Signature.empty and "__init__" not in where:
            bare.append(f"{where} -> ?")
        if given_back in (tuple, "tuple"):
            bare.append(f"{where} -> a tuple of what?")
    assert not bare, f"{name}: {bare}"


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_is_content(command: list[str]) -> None:
    run = run_python("-m", "ruff", *command, "--no-cache", ".")
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_tests_keep_away_from_the_progress_of_whoever_runs_them() -> None:
    chosen = Path(os.environ["RNN_HELPERS_PROGRESS"])
    assert chosen.is_relative_to(tempfile.gettempdir())
    assert "tests-repository-test_environment" in chosen.name  # not shared with another file
    assert Path(os.environ["IPYTHONDIR"]).is_relative_to(tempfile.gettempdir())
