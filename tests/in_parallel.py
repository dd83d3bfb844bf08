"""In which order the tests are dealt to the workers of pytest-xdist, and what happens if one ends.

Long files come first, so that no worker is left to wait at the end: what opens a browser, then the
notebooks, then the rest. A file's tests stay together, since they share a server or a kernel, but
for the files of ``APART``: these would keep one worker busy for minutes while the
others have nothing left to do.
"""

from __future__ import annotations

import time

import pytest
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

APART = ("tests/browser/test_browser_notebooks.py", "tests/lessons/test_answers.py")
FIRST = ("tests/browser/", "tests/lessons/test_answers.py", "notebooks/")


class LongestFirst(LoadFileScheduling):
    """Deals whole files in the order in which they were collected, those of ``APART`` by test.

    A test that ends its worker fails alone, and a new worker takes what was left. pytest-xdist
    3.8.0 waits for ever there (its issues 1189, 1323, 1327 and 1378): it deals finished files
    again and the test that failed as well, counts on workers that have not collected the tests
    yet, and gives a new one a single test where it asks for two.
    """

    def __init__(self, config: pytest.Config, log: object = None) -> None:
        config.option.loadscopereorder = False  # by number of tests: the browser's few come last
        super().__init__(config, log)

    def remove_node(self, node: WorkerController) -> str | None:
        """Take out a worker that has ended, deal what it had left, return the test it ended in."""
        left = {
            scope: {test: False for test, done in tests.items() if not done}
            for scope, tests in self.assigned_work.pop(node).items()
        }
        left = {scope: tests for scope, tests in left.items() if tests}
        if not left:
            return None
        first = next(iter(left))
        running = next(iter(left[first]))
        del left[first][running]
        self.workqueue.update({scope: tests for scope, tests in left.items() if tests})
        for other in self.assigned_work:
            self._reschedule(other)
        return running

    def schedule(self) -> None:
        """Deal tests to the workers that there are, or to those that came later."""
        if self.collection is None:
            super().schedule()
        else:
            for node in self.nodes:
                self._reschedule(node)

    def _reschedule(self, node: WorkerController) -> None:
        """Give a worker more tests if it is to have any, or let it end.

        A worker begins with a test when it knows its next one, or knows that there is none.
        """
        if node.shutting_down or node not in self.registered_collections:
            return
        while self.workqueue and self._pending_of(self.assigned_work[node]) <= 2:
            self._assign_work_unit(node)
        if not self.workqueue:
            node.shutdown()

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return nodeid if file in APART else file


def longest_first(nodeid: str) -> int:
    """Return the place of a test's kind: 0 comes first."""
    return next((i for i, start in enumerate(FIRST) if nodeid.startswith(start)), len(FIRST))


class Unfinished:
    """Says at the end which tests had begun and not ended, as where the time of a run is over."""

    def __init__(self) -> None:
        self.began: dict[str, float] = {}

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.began[nodeid] = time.monotonic()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.began.pop(nodeid, None)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for nodeid, began in self.began.items():
            seconds = time.monotonic() - began
            terminalreporter.write_line(f"UNFINISHED {nodeid} (began {seconds:.0f} s ago)")
