"""A browser and a JupyterLab for the tests of this folder."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from lab import BROWSERS, ROOT, Server, browser_path, open_browser, open_server
from playwright.sync_api import Browser


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
