"""What is said of the browser's half of the widgets, before it has answered and after."""

from rnn_helpers.course.live_check import FINE, STILL, WAITING, live_check
from rnn_helpers.course.saving import VIEW, drop_view


def test_it_waits_for_an_answer_and_then_says_so() -> None:
    line = live_check()
    assert WAITING in line.value.replace("&#x27;", "'")
    line._browser.here = True
    assert line.value == f"<p>{FINE}</p>"


def test_what_is_stored_is_the_same_whatever_was_answered() -> None:
    asked, answered = live_check(), live_check()
    answered._browser.here = True
    bundles = [line._repr_mimebundle_() for line in (asked, answered)]
    assert all(VIEW in bundle for bundle in bundles)
    for bundle in bundles:
        drop_view(bundle)
    assert bundles[0] == bundles[1] == {"text/plain": STILL, "text/html": f"<p>{STILL}</p>"}
