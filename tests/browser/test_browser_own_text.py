"""A text of one's own in JupyterLab, in a browser: brought by the button, and given by its path."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import Notebook, Server, new_page, open_notebook
from playwright.sync_api import Browser, Page

from rnn_helpers.data import own_text

NAME = "13_your_own_text.ipynb"
LINES = (
    "Καλημέρα, \u0391\u0301ννα!",
    "naïve cafe\u0301",
    "「本を読む。」",
    "שלום, עולם",
    "<b>&amp;",
)
MINE = "\r\n".join(f"{LINES[i % 5]} {i * i % 97}" for i in range(900)).encode()

CHANGE = """([old, fresh]) => {
  const cells = window.jupyterapp.shell.currentWidget.content.widgets;
  const found = cells.filter(cell => cell.model.sharedModel.getSource().includes(old));
  if (found.length !== 1) throw new Error(`${found.length} cells hold ${old}`);
  const source = found[0].model.sharedModel.getSource();
  found[0].model.sharedModel.setSource(source.replace(old, fresh));
}"""
RUN_ABOVE = """held => {
  const { content } = window.jupyterapp.shell.currentWidget;
  content.activeCellIndex = content.widgets.findIndex(
    cell => cell.model.type === 'code' && cell.model.sharedModel.getSource().includes(held));
  window.jupyterapp.commands.execute('notebook:run-all-above');
}"""
BELOW = 'PATH = ""'  # the first cell that needs a text


@pytest.fixture
def notebook(browser: Browser, server: Server) -> Iterator[Notebook]:
    """The notebook, with a training that takes a second and is not repeated."""
    opened = open_notebook(browser, server, NAME)
    opened.page.evaluate(CHANGE, ["STEPS = 0, 400", "STEPS = 0, 40"])
    opened.page.evaluate(CHANGE, ["OTHERS = ((SEED, SEED + 1), (SEED + 1, SEED))", "OTHERS = ()"])
    yield opened
    opened.close()


def bring(page: Page, name: str, content: bytes, said: str) -> None:
    """Choose a file, and wait until the line below the button says something."""
    file = {"name": name, "mimeType": "text/plain", "buffer": content}
    with page.expect_file_chooser() as chooser:
        page.locator(".rnn-upload").get_by_role("button", name="Choose a text").click()
    chooser.value.set_files(file)
    page.locator(".rnn-upload").get_by_text(said).first.wait_for()


def check_report(browser: Browser, path: Path, title: str) -> None:
    """Open a report by itself: it has its picture, its samples, and asks for nothing else."""
    page, asked = new_page(browser), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    assert page.title() == page.locator("h1").inner_text() == title
    assert page.locator("img").evaluate("image => image.naturalWidth") > 300
    assert page.locator("img").get_attribute("alt").startswith("Step ")
    assert page.locator("pre").count() == 4
    assert [url for url in asked if not url.startswith(("data:", path.as_uri()))] == []
    page.close()


def test_a_text_is_brought_by_the_button_or_given_by_its_path(
    browser: Browser, server: Server, notebook: Notebook
) -> None:
    page, written = notebook.page, server.folder / "my_text"
    page.evaluate(RUN_ABOVE, BELOW)
    page.locator(".rnn-upload").get_by_text("No file has been brought yet").wait_for()
    bring(page, "my.pdf", b"%PDF-1.7" * 2000, "my.pdf is a PDF, not plain text")
    bring(page, "my<b>text.txt", MINE, "line ends of another system were changed")
    notebook.run_all()  # what was brought stays, though the button is made anew
    assert notebook.errors() == [] and notebook.complaints == []
    assert page.locator(".rnn-upload b").count() == 0
    check_report(browser, written / "my_b_text.html", "A network reads my_b_text")
    shutil.copy(argparse.__file__, server.folder / "argparse.txt")
    page.evaluate(CHANGE, ['PATH = ""', 'PATH = "argparse.txt"'])
    notebook.run_all()
    assert notebook.errors() == [] and notebook.complaints == []
    check_report(browser, written / "argparse.html", "A network reads argparse")


def test_a_text_of_five_megabytes_comes_through_the_button(
    browser: Browser, server: Server
) -> None:
    notebook = open_notebook(browser, server, NAME)
    notebook.page.evaluate(RUN_ABOVE, BELOW)
    notebook.page.locator(".rnn-upload").wait_for()
    largest = b"a line of it\n" * (own_text.LARGEST // 13)
    bring(notebook.page, "large.txt", largest, "large: 4,999,995 bytes")
    notebook.close()
