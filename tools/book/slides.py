"""The slides, made by nbconvert with reveal.js."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from nbconvert import SlidesExporter
from nbformat import NotebookNode
from traitlets.config import Config

from book.cut import cut
from book.pages import question_of
from book.speaking import with_notes

ASSETS = Path(__file__).parent / "assets"
OTHER = re.compile(r'href="(\d\d_\w+)\.ipynb(#[^"]*)?"')  # a link to another notebook


def exporter() -> SlidesExporter:
    """Return nbconvert's exporter of slides, which loads nothing from the network."""
    settings = Config()
    settings.SlidesExporter.extra_template_basedirs = [str(ASSETS)]
    settings.SlidesExporter.template_name = "slides"
    settings.SlidesExporter.reveal_url_prefix = "_static/reveal"
    settings.SlidesExporter.reveal_theme = "white"
    settings.SlidesExporter.exclude_input_prompt = True
    settings.SlidesExporter.exclude_output_prompt = True
    return SlidesExporter(config=settings)


def slides(notebook: NotebookNode, name: str, said: Mapping[str, str] | None = None) -> str:
    """Return the slides of a notebook as HTML; ``said`` holds the speaker's notes on its cells."""
    shown = cut(with_notes(notebook, said or {}))
    shown.metadata.title = question_of(notebook)
    resources = {"metadata": {"name": name}}
    body, _ = exporter().from_notebook_node(shown, resources)
    return OTHER.sub(r'href="\1.slides.html\2"', body)
