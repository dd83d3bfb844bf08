"""The JupyterLab that the tests of this folder start, and the browser that they end."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import lab
import pytest


@pytest.fixture
def taken() -> Iterator[int]:
    """Give a port on which something else listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_server_whose_port_was_taken_meanwhile_starts_on_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    """A proxy of the system, which knows nothing of this machine's servers, is not asked."""
    free, given = lab._free_port, [taken]
    monkeypatch.setattr(lab, "_free_port", lambda: given.pop() if given else free())
    monkeypatch.setattr(lab, "PATIENCE", 60)
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.1:9")
    (tmp_path / "notebooks").mkdir()
    with lab.open_server(tmp_path / "home", tmp_path / "notebooks") as server:
        assert server.port != taken and not given


@pytest.mark.parametrize(
    ("name", "it_is"),
    [
        ("chromium", True),
        ("Chromium", True),
        ("Google Chrome", True),
        ("google-chrome-stable", True),
        ("chrome.exe", True),
        ("python3.11", False),
        ("node", False),
    ],
)
def test_a_browser_is_known_by_its_name_on_every_system(name: str, it_is: bool) -> None:
    assert lab.is_browser(name) == it_is
