"""A page that is stuck ends a test: it does not keep it for ever."""

from __future__ import annotations

import threading

import pytest
from lab import browser_path, end_browsers, open_browser
from playwright.sync_api import Error


@pytest.mark.skipif(browser_path() is None, reason="no browser found")
def test_what_waits_for_a_stuck_page_fails_once_the_browser_is_ended() -> None:
    with open_browser() as own:
        page = own.new_page()
        threading.Timer(0.5, end_browsers).start()
        with pytest.raises(Error, match="closed"):
            page.evaluate("() => new Promise(() => {})")
