"""What nbconvert makes of a notebook. How slides look and move is tried in tests/browser."""

from __future__ import annotations

import re

import nbformat
from book.slides import slides


def made(*marked: tuple[str, str]) -> str:
    cells = [
        nbformat.v4.new_markdown_cell(text, metadata={"slideshow": {"slide_type": mark}})
        for text, mark in marked
    ]
    return slides(nbformat.v4.new_notebook(cells=cells), "02_small")


def test_nothing_comes_from_the_network() -> None:
    assert not re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', made(("# Why?", "slide")))


def test_notes_are_for_the_speaker() -> None:
    page = made(("# Why?", "slide"), ("say **this**", "notes"), ("more", "-"))
    assert re.search(r'<aside class="notes">\s*<p>say <strong>this</strong></p>', page)
    assert page.count("say <strong>") == 1


def test_a_link_to_another_notebook_leads_to_its_slides() -> None:
    page = made(("# Why?\n\nSee [one](01_one.ipynb#Why).", "slide"))
    assert 'href="01_one.slides.html#Why"' in page
