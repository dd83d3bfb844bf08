"""What the browser says of its page is told between two cells."""

from types import SimpleNamespace

import pytest

from rnn_helpers.course import page
from rnn_helpers.course.page import TARGET, after_cell, listen

DARK, FINE = {"theme": "dark", "ratio": 1}, {"theme": "dark", "ratio": 2}


class Kernel:
    """What of IPython and its kernel is used: where a page speaks, and when a cell begins."""

    def __init__(self) -> None:
        self.targets: dict = {}
        self.hooks: dict = {}
        self.kernel = SimpleNamespace(comm_manager=self)
        unregister = lambda event, hook: self.hooks.pop(event)  # noqa: E731
        self.events = SimpleNamespace(register=self.hooks.setdefault, unregister=unregister)

    def register_target(self, name: str, note: object) -> None:
        self.targets[name] = note


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    kernel = Kernel()
    monkeypatch.setattr(page, "get_ipython", lambda: kernel)
    return kernel


def test_what_was_said_last_is_told_before_the_next_cell_and_once(kernel: Kernel) -> None:
    told = []
    listen(told.append)
    line: list = []  # what hears the messages that follow the first
    comm = SimpleNamespace(on_msg=line.append)
    kernel.targets[TARGET](comm, {"content": {"data": DARK}})
    line[0]({"content": {"data": FINE}})
    assert told == [], "in the middle of a cell"
    for _ in range(2):
        kernel.hooks["pre_run_cell"](SimpleNamespace())
    assert told == [FINE]


@pytest.mark.parametrize("shell", [None, SimpleNamespace()])
def test_without_a_kernel_nobody_speaks(monkeypatch: pytest.MonkeyPatch, shell: object) -> None:
    monkeypatch.setattr(page, "get_ipython", lambda: shell)
    listen(lambda said: None)


def test_what_waits_for_the_end_of_the_cell_is_called_once(kernel: Kernel) -> None:
    called = []
    after_cell(lambda: called.append("done"))
    assert called == [], "in the middle of the cell"
    kernel.hooks["post_run_cell"](SimpleNamespace())
    assert called == ["done"] and not kernel.hooks


def test_without_cells_none_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "get_ipython", lambda: None)
    after_cell(lambda: pytest.fail("there was no cell"))
