"""What the browser says of its page is told between two cells."""

from types import SimpleNamespace

import pytest

from rnn_helpers.course import page
from rnn_helpers.course.page import TARGET, listen

DARK, FINE = {"theme": "dark", "ratio": 1}, {"theme": "dark", "ratio": 2}


class Kernel:
    """What of IPython and its kernel is used: where a page speaks, and when a cell begins."""

    def __init__(self) -> None:
        self.targets: dict = {}
        self.hooks: dict = {}
        self.kernel = SimpleNamespace(comm_manager=self)
        self.events = SimpleNamespace(register=self.hooks.setdefault)

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
