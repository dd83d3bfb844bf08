"""In which order the tests are dealt to the workers of pytest-xdist, so that none waits at the end.

Long files come first: what opens a browser, then the notebooks, then the rest. A file's tests stay
together, since they share a server or a kernel, but for the files of ``APART``: these would keep
one worker busy for minutes while the others have nothing left to do.
"""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadFileScheduling

APART = ("tests/browser/test_browser_notebooks.py", "tests/lessons/test_answers.py")
FIRST = ("tests/browser/", "tests/lessons/test_answers.py", "notebooks/")


class LongestFirst(LoadFileScheduling):
    """Deals whole files in the order in which they were collected, those of ``APART`` by test."""

    def __init__(self, config: pytest.Config, log: object = None) -> None:
        config.option.loadscopereorder = False  # by number of tests: the browser's few come last
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return nodeid if file in APART else file


def longest_first(nodeid: str) -> int:
    """Return the place of a test's kind: 0 comes first."""
    return next((i for i, start in enumerate(FIRST) if nodeid.startswith(start)), len(FIRST))
