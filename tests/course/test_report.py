"""The report: one file, with everything in it and nothing read as HTML that is none."""

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from rnn_helpers.course.figures import Picture, lines
from rnn_helpers.course.report import Verbatim, report_html, write_report

NASTY = "<script>alert('1')</script> & \"quoted\" </pre></body>"
VOID = {"meta", "img", "br"}


class Reading(HTMLParser):
    """What a browser would make of a file: the tags in order, and the text in each."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags, self.open, self.text = [], [], {}
        self.feed(content)
        self.close()

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.setdefault(self.open[-1] if self.open else "", []).append(data)


@pytest.fixture
def picture() -> Picture:
    return lines(np.arange(3), {"loss": np.array([3.0, 2.0, 1.0])}, "step", "loss")


def test_everything_is_in_one_file(tmp_path: Path, picture: Picture) -> None:
    sections = {
        "Numbers": ["In words.", {"bits": 1.5, "steps": "300"}],
        "Curve": [picture],
        "Samples": [Verbatim("  two\n  lines\n")],
    }
    path = write_report(tmp_path / "deep" / "report.html", "A text & I", sections)
    read = Reading(path.read_text(encoding="utf-8"))
    assert read.open == []
    assert read.text["h1"] == ["A text & I"] and read.text["h2"] == list(sections)
    assert read.text["th"] == ["bits", "steps"] and read.text["td"] == ["1.5", "300"]
    assert read.text["pre"] == ["  two\n  lines\n"]
    (image,) = (attrs for tag, attrs in read.tags if tag == "img")
    assert image["alt"] == picture.sentence == read.text["figcaption"][0]
    kind, _, data = image["src"].partition(",")
    assert kind == "data:image/png;base64" and base64.b64decode(data) == picture.still.png
    assert [path.name for path in path.parent.iterdir()] == ["report.html"]


def test_nothing_that_was_written_is_read_as_html(picture: Picture) -> None:
    picture.sentence = NASTY
    parts = [NASTY, Verbatim(NASTY), {NASTY: NASTY}, picture]
    content = report_html(NASTY, {NASTY: parts})
    read = Reading(content)
    assert read.open == [] and "script" not in {tag for tag, _ in read.tags}
    for tag in ("title", "h1", "h2", "p", "pre", "th", "td", "figcaption"):
        assert "".join(read.text[tag]) == NASTY
    assert not re.search(r"(?:src|href)=\"(?!data:)", content)  # nothing is fetched


def test_a_report_has_a_language_an_order_of_headings_and_any_script() -> None:
    content = report_html("One", {"Two": ["שלום, עולם", "日本語", "a\ud800lone surrogate"]})
    read = Reading(content)
    assert ("html", {"lang": "en"}) in read.tags
    assert {"charset": "utf-8"} in [attrs for tag, attrs in read.tags if tag == "meta"]
    assert [attrs["dir"] for tag, attrs in read.tags if tag == "p"] == ["auto"] * 3


def test_a_lone_surrogate_can_be_written(tmp_path: Path) -> None:
    path = write_report(tmp_path / "r.html", "One", {"Two": [Verbatim("a\ud800b")]})
    assert "a?b" in path.read_text(encoding="utf-8")


def test_what_has_no_place_in_a_report_is_told(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="a part must be a string, a mapping, or a picture"):
        report_html("One", {"Two": [3]})
    with pytest.raises(TypeError, match="section 'Two' must be a list of parts"):
        report_html("One", {"Two": "text"})
    with pytest.raises(ValueError, match="sentence is empty"):
        report_html(" ", {})
    old = write_report(tmp_path / "r.html", "One", {})
    before = old.read_bytes()
    with pytest.raises(TypeError):
        write_report(old, "One", {"Two": [object()]})
    assert old.read_bytes() == before
