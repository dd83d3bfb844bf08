"""Markdown to HTML that needs no network: formulas become pictures, drawn by matplotlib."""

from __future__ import annotations

import base64
import html
import io
import re
from functools import cache
from itertools import pairwise

import matplotlib
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import math_to_image
from mdit_py_plugins.dollarmath import dollarmath_plugin

# What matplotlib writes otherwise, or not at all.
OTHERWISE = ((r"\\mathcal\s*(\w)", r"\\mathcal{\1}"), (r"\\[bB]ig\b", ""))


def to_html(text: str) -> str:
    """Return Markdown (with tables, and formulas between dollars) as HTML."""
    return _parser().render(text)


def slug(heading: str) -> str:
    """Return by what name a link leads to a heading: as code hosts make it from its Markdown."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _name_headings(state: StateCore) -> None:
    for token, text in pairwise(state.tokens):
        if token.type == "heading_open":
            token.attrSet("id", slug(text.content))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.core.ruler.push("name_headings", _name_headings)
    return parser.use(dollarmath_plugin, renderer=_formula, allow_space=False)


def _formula(tex: str, options: dict) -> str:
    kind = "block" if options.get("display_mode") else "inline"
    picture = svg(tex)
    if not picture:
        return f'<code class="tex {kind}">{html.escape(tex)}</code>'
    data, depth = picture
    source = f"data:image/svg+xml;base64,{base64.b64encode(data).decode('ascii')}"
    look = f'class="tex {kind}" style="vertical-align:-{depth:.1f}pt"'
    return f'<img {look} alt="{html.escape(tex)}" src="{source}">'


@cache
def svg(tex: str) -> tuple[bytes, float] | None:
    """Return a formula as an SVG file and its depth below the line, or None if it has none."""
    for pattern, other in OTHERWISE:
        tex = re.sub(pattern, other, tex)
    drawn = io.BytesIO()
    look = {"mathtext.fontset": "stix", "svg.hashsalt": "course", "savefig.transparent": True}
    with matplotlib.rc_context(look):
        try:
            size = FontProperties(size=13)
            depth = math_to_image(f"${tex.strip()}$", drawn, prop=size, format="svg", dpi=72)
        except (ValueError, RuntimeError):  # TeX that matplotlib has not
            return None
    text = re.sub(rb"<metadata>.*?</metadata>", b"", drawn.getvalue(), flags=re.DOTALL)
    return text, float(depth)
