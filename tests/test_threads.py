"""The number of threads, as it is in a new Python that imports the package."""

import os
import subprocess
import sys

import pytest

from rnn_helpers.threads import OURS, THEIRS, wanted

COUNT = (
    "from threadpoolctl import threadpool_info as info; print({p['num_threads'] for p in info()})"
)
TWO_CORES = (os.cpu_count() or 1) >= 2


def threads(code: str, **variables: str) -> str:
    clean = {k: v for k, v in os.environ.items() if k not in (OURS, *THEIRS)} | variables
    command = [sys.executable, "-c", f"{code}; {COUNT}"]
    run = subprocess.run(command, env=clean, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


@pytest.mark.parametrize("code", ["import rnn_helpers", "import numpy, rnn_helpers.cells"])
def test_the_package_limits_the_threads_whichever_is_imported_first(code: str) -> None:
    assert threads(code) == "{1}"


@pytest.mark.skipif(not TWO_CORES, reason="there is one core alone")
@pytest.mark.parametrize("variable", [OURS, "OPENBLAS_NUM_THREADS"])
def test_who_asks_for_two_threads_gets_them(variable: str) -> None:
    if threads("import numpy", OPENBLAS_NUM_THREADS="2") != "{2}":
        pytest.skip("NumPy has another library here")
    assert threads("import numpy, rnn_helpers", **{variable: "2"}) == "{2}"


@pytest.mark.parametrize(
    ("environment", "threads"),
    [
        ({}, 1),
        ({OURS: "4"}, 4),
        ({OURS: "4", "OMP_NUM_THREADS": "2"}, 4),
        ({OURS: "many"}, 1),
        ({OURS: "0"}, 1),
        ({OURS: ""}, 1),
        ({"MKL_NUM_THREADS": "2"}, None),
        ({"OMP_NUM_THREADS": ""}, 1),
    ],
)
def test_ours_comes_first_and_theirs_is_respected(environment: dict, threads: int | None) -> None:
    assert wanted(environment) == threads
