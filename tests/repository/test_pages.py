"""A notebook as a page of its own: what the README says shows pictures and questions does so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    "from rnn_helpers.course import predict\nfrom rnn_helpers.lessons.start_here import panels",
    "panels.letters_at()",
    "guess = predict('Which is it?', ['this', 'that'])\nguess",
    "guess.reveal('this', 'It was this.')",
)


@pytest.fixture(scope="module")
def executed() -> NotebookNode:
    """Return a notebook as `nbconvert --execute` leaves it: with live views and their state."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in SOURCES])
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    assert notebook.metadata.widgets
    return notebook


def test_a_page_made_as_the_readme_says_shows_pictures_and_questions(executed) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    option, chosen = re.search(r"--(NbConvertBase\.\w+)='(\[.*?\])'", readme).groups()
    config = Config()
    config.NbConvertBase[option.partition(".")[2]] = json.loads(chosen)
    page, _ = HTMLExporter(config=config).from_notebook_node(executed)
    for shown in ('class="rnn-still"', 'class="rnn-predict"', 'class="rnn-reveal"', "Which is it?"):
        assert shown in page
    plain, _ = HTMLExporter().from_notebook_node(executed)
    assert 'class="rnn-still"' not in plain  # if this fails, the option is no longer needed
