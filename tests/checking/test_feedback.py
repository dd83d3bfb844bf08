"""How feedback looks."""

import re

from sample_exercise import RIGHT, learner, make_scan

from rnn_helpers.checking.feedback import Feedback, State


def test_html_says_the_state_in_words_and_escapes_the_rest():
    shown = Feedback(State.DIFFERENT, "`<b>` & <script>", code="if a < b: pass")._repr_html_()
    assert shown.startswith('<div role="status"')
    assert "<strong>Not right yet</strong>: <code>&lt;b&gt;</code> &amp; &lt;script&gt;" in shown
    assert "<pre><code>if a &lt; b: pass</code></pre>" in shown


def test_colours_follow_the_theme_and_have_a_fallback():
    for state in State:
        shown = Feedback(state, "…")._repr_html_()
        assert re.search(r"solid var\(--jp-[\w-]+, #\w{6}\)", shown)


def test_feedback_is_the_same_every_time():
    def answers():
        exercise = make_scan()
        bodies = [RIGHT, "return x", "return x @ x", "return None", "return x.T"]
        return [exercise.check(learner(body), seed=3) for body in bodies]

    assert [(str(a), a._repr_html_()) for a in answers()] == [
        (str(a), a._repr_html_()) for a in answers()
    ]


def test_text_takes_the_colour_of_the_page_it_stands_on() -> None:
    """In a dark host that knows a light theme's variables it would be dark on dark."""
    for state in State:
        page = Feedback(state, "some `code`", code="x = 1", note="a note")._repr_html_()
        assert "color: inherit" in page
        assert "font-color" not in page and "background" not in page
