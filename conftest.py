"""Keep every run of a test or a notebook away from the learner's own files and settings.

pytest reads this file for `make test` and for a plain `pytest --nbval notebooks/` alike.
"""

import os
import signal
import tempfile
from pathlib import Path

import nbval.kernel
import pytest
from in_parallel import LongestFirst, Unfinished, longest_first
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager
from normalise_notebooks import (
    KERNEL_ARGUMENTS,
    UNWANTED_VARIABLES,
    run_environment,
    without_limit,
)

SANITIZE = Path(__file__).with_name("tests") / "sanitize.cfg"
FOLDER = pytest.StashKey[Path]()


OUTPUT_SECONDS = 120  # nbval's 5 are few on a busy machine
CELL_SECONDS = 300  # and its 2,000 are many for a kernel that is stuck


class RoomyKernelManager(KernelManager):
    """Starts kernels that drop no message, and clients that keep each until it is read.

    nbval reads what a cell shows only after the cell has ended. By default ZeroMQ holds some 2,000
    messages till then, on two sides, and drops the rest, among them the one nbval waits for: a long
    training with a live picture would fail on a slow machine.
    """

    def start_kernel(self, **kwargs: object) -> None:
        super().start_kernel(extra_arguments=KERNEL_ARGUMENTS, **kwargs)

    def client(self, **kwargs: object) -> BlockingKernelClient:
        return without_limit(super().client(**kwargs))


def pytest_configure(config: pytest.Config) -> None:
    """Make a folder for what the tests leave behind; run notebooks in this very Python."""
    folder = tempfile.TemporaryDirectory(prefix="rnn-course-", ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    config.stash[FOLDER] = Path(folder.name)
    os.environ.update(run_environment(config.stash[FOLDER], "collection"))
    nbval.kernel.KernelManager = RoomyKernelManager
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Unfinished())
    # A shell lets what it starts in the background ignore interrupts. A kernel of Jupyter hears
    # them all the same, and so must the tests that interrupt a check.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if not config.getoption("nbval_sanitize_with", None):
        config.option.nbval_sanitize_with = str(SANITIZE)
    if config.getoption("nbval_cell_timeout", None) == 2000:
        config.option.nbval_cell_timeout = CELL_SECONDS
    if not config.getoption("nbval_kernel_name", None):
        config.option.nbval_current_env = True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let each file start with no progress made, before nbval starts the kernel of a notebook."""
    name = item.nodeid.partition("::")[0].replace("/", "-")  # several files have the same stem
    os.environ.update(run_environment(item.config.stash[FOLDER], name))
    if item.path.suffix == ".ipynb":
        item.output_timeout = OUTPUT_SECONDS
        for variable in UNWANTED_VARIABLES:
            os.environ.pop(variable, None)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where workers share the tests, let what takes long come first."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: longest_first(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LongestFirst | None:
    """`--dist loadfile` deals files as `in_parallel` says."""
    return LongestFirst(config, log) if config.option.dist == "loadfile" else None
