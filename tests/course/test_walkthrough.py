"""The button that begins a walkthrough: what it stores, and what the kernel answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rnn_helpers.course import present
from rnn_helpers.course.saving import drop_view

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "02_forward_pass.ipynb"


def test_begins_at_once_or_waits_for_its_button() -> None:
    now, later = present(), present(begin=False)
    assert (now.begin, now.everywhere) == (True, False)
    assert (later.begin, later.everywhere) == (False, True)


def test_begin_must_be_a_bool() -> None:
    with pytest.raises(TypeError, match="begin is 3, expected True or False"):
        present(begin=3)


def test_what_is_stored_is_the_same_each_time() -> None:
    stored = [present(begin=begin)._repr_mimebundle_()[0] for begin in (True, False)]
    for data in stored:
        drop_view(data)
    assert stored[0] == stored[1]
    assert set(stored[0]) == {"text/plain", "text/html"}


def test_answers_with_the_slides_of_the_notebook_on_the_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", str(NOTEBOOK.with_name("00_start_here.ipynb")))
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    screen = [{"kind": cell["cell_type"], "heading": ""} for cell in cells]
    walkthrough, sent = present(begin=False), []
    monkeypatch.setattr(walkthrough, "send", sent.append)
    walkthrough._answer(walkthrough, {"cells": screen, "file": NOTEBOOK.name}, [])
    (slides,) = [message["slides"] for message in sent]
    assert slides[0]["section"] == "What does one RNN cell do, and why reuse it?"
    assert sum(len(slide["cells"]) for slide in slides) == len(cells)
    json.dumps(sent)
