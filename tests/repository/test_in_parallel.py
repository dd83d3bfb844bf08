"""Tests that end their worker: each fails alone, and the run goes on to its end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

CONFTEST = """
from in_parallel import LongestFirst, Unfinished

def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Unfinished())

def pytest_xdist_make_scheduler(config, log):
    return LongestFirst(config, log)
"""

FILE = """
import os

import pytest

@pytest.mark.parametrize("n", range({tests}))
def test_it(n):
    if n in {ends}:
        os._exit(1)
"""


def run(folder: Path, workers: int, files: dict[str, tuple[int, tuple[int, ...]]]) -> list[str]:
    """Return what a run prints: ``files`` says how many tests each has, and which end a worker."""
    (folder / "conftest.py").write_text(CONFTEST)
    for name, (tests, ends) in files.items():
        (folder / f"test_{name}.py").write_text(FILE.format(tests=tests, ends=ends))
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(workers), "--dist", "loadfile"]
    for plugin in ("cacheprovider", "nbval", "hypothesispytest", "anyio"):  # begins sooner
        command += ["-p", f"no:{plugin}"]
    command += ["--rootdir", str(folder), str(folder)]
    variables = os.environ | {"PYTHONPATH": str(ROOT / "tests"), "PYTEST_ADDOPTS": ""}
    for name in [name for name in variables if name.startswith("PYTEST_XDIST")]:
        del variables[name]  # this test may itself run in a worker
    done = subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, timeout=300
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize(("file", "ends"), [("a", 0), ("d", 3), ("d", 5)])
def test_a_test_that_ends_its_worker_fails_alone(tmp_path: Path, file: str, ends: int) -> None:
    files = {name: (6, (ends,) if name == file else ()) for name in "abcd"}
    lines = run(tmp_path, 2, files)
    assert "1 failed, 23 passed" in lines[-1], lines
    assert any(f"UNFINISHED test_{file}.py::test_it[{ends}]" in line for line in lines)


def test_several_tests_may_end_their_workers_at_once(tmp_path: Path) -> None:
    files = {"a": (1, (0,)), "b": (2, (1,)), "c": (3, (0, 2)), "d": (1, ()), "e": (1, (0,))}
    lines = run(tmp_path, 3, files)
    assert "5 failed, 3 passed" in lines[-1], lines
