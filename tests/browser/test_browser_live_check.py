"""The line in 00 that says whether panels are live, in JupyterLabs that lack what panels need."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab import open_notebook, open_server, write_notebook
from playwright.sync_api import Browser

from rnn_helpers.course.live_check import FINE, STILL, WAITING

SOURCE = "from rnn_helpers.course.live_check import live_check\nlive_check()"


@pytest.mark.parametrize(
    ("without", "says"),
    [
        ((), FINE),
        (("anywidget",), WAITING),
        (("anywidget", "@jupyter-widgets/jupyterlab-manager"), STILL),
    ],
    ids=["all there", "no anywidget", "no widgets"],
)
def test_the_line_says_what_is_missing(
    browser: Browser, tmp_path: Path, without: tuple[str, ...], says: str
) -> None:
    (tmp_path / "given").mkdir()
    write_notebook(tmp_path / "given" / "a.ipynb", SOURCE)
    with open_server(tmp_path / "home", tmp_path / "given", without=without) as server:
        notebook = open_notebook(browser, server, "a.ipynb")
        notebook.run_all(60)
        output = notebook.page.locator(".jp-OutputArea-output")
        output.get_by_text(says.partition(":")[2].strip()[:30]).wait_for()
        assert output.inner_text().strip() == says
        notebook.close()
