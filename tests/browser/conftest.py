"""A browser and a JupyterLab for the tests of this folder."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterator

import pytest
from lab import BROWSERS, ROOT, Server, browser_path, end_browsers, open_browser, open_server
from playwright.sync_api import Browser

SECONDS = 660  # more than `Notebook.run_all` waits; the slowest test takes two minutes


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """End the browser under a test that waits for what never comes: it fails, and says where.

    What a page is asked to evaluate has no limit of time in Playwright. A page or a kernel that is
    stuck would keep the test, and with it all tests, for ever.
    """
    alarm = threading.Timer(SECONDS, end_browsers)
    alarm.start()
    try:
        return (yield)
    finally:
        alarm.cancel()


# For each file, because other tests of the same process cannot use asyncio while it is open.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if browser_path() is None:
        reason = f"no browser found: none of {', '.join(BROWSERS)} is on the path"
        if os.environ.get("CI", "").lower() not in ("", "0", "false"):
            pytest.fail(reason)
        pytest.skip(reason)
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with open_server(tmp_path_factory.mktemp("lab"), ROOT / "notebooks") as running:
        yield running
