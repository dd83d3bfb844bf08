"""Every notebook in JupyterLab: it runs, shuts nobody out, gives no answer away, and moves."""

from __future__ import annotations

import pytest
from lab import ROOT, Server, look, move_by_keyboard, open_notebook
from playwright.sync_api import Browser, Locator

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_runs_and_its_panels_move(browser: Browser, server: Server, name: str) -> None:
    notebook = open_notebook(browser, server, name)
    try:
        assert not notebook.is_unsaved(), "opening it changes it"
        held, shown = notebook.still_pictures()
        assert held == shown, "a picture in the file is not seen before the cells are run"
        assert notebook.nameless_pictures() == []
        assert notebook.errors() == []
        notebook.run_all()
        assert notebook.errors() == []
        assert notebook.nameless_pictures() == []
        open_answers = notebook.page.locator(".rnn-reveal details[open]")
        assert open_answers.count() == 0, "Run All shows an answer before it was asked for"
        notebook.page.locator(".rnn-predict button").first.click()
        open_answers.first.wait_for()
        for theme in ("dark", "light"):
            notebook.set_theme(theme)
            notebook.wait_for_stills(theme)
            assert notebook.barriers() == []
        panels = notebook.panels()
        on_the_page = len(panels) + notebook.page.locator(".rnn-live-run").count()
        assert on_the_page == notebook.live_pictures()
        for panel in panels:
            picture, sentence = look(panel)
            move_by_keyboard(panel)
            new_picture, new_sentence = look(panel)
            assert new_sentence != sentence, f"a key press leaves the sentence {sentence!r}"
            assert new_picture != picture, f"a key press leaves the picture of {sentence!r}"
        for panel in panels:
            if panel.locator(".widget-play").count():
                assert_playing_says_little(panel)
        assert notebook.errors() == []
        assert notebook.complaints == []
    finally:
        notebook.close()


# What is put into the live region of a panel is read aloud: note when, and when a picture came.
LISTEN = """panel => {
  const voice = panel.querySelector('.rnn-voice');
  window.heard = [];
  let last = performance.now();
  new MutationObserver(() => { last = performance.now(); })
    .observe(panel.querySelector('.rnn-picture'), { attributeFilter: ['data-frame'] });
  new MutationObserver(() => {
    if (voice.textContent) window.heard.push(performance.now() - last);
  }).observe(voice, { childList: true });
}"""
REST = 600  # ms without a new picture, before anything is said: 700, less what clocks may differ


def assert_playing_says_little(panel: Locator) -> None:
    """Play a panel for five seconds: it moves, and is announced only when it rests."""
    picture, play = panel.locator(".rnn-picture"), panel.locator(".widget-play button").first
    walk = play.get_attribute("aria-label").removeprefix("play ")
    panel.get_by_role("slider", name=walk, exact=True).press("Home")
    panel.page.wait_for_timeout(1500)  # till what was done so far has been said
    panel.evaluate(LISTEN)
    frame = int(picture.get_attribute("data-frame"))
    play.click()
    panel.page.wait_for_timeout(5000)
    if play.get_attribute("aria-label").startswith("pause"):  # else it came to its end
        play.click()
    panel.page.wait_for_function("() => window.heard.length > 0")
    assert int(picture.get_attribute("data-frame")) - frame >= 3, "it does not play"
    rests = panel.evaluate("() => window.heard")
    assert min(rests) > REST, f"it speaks while it plays: {rests} ms after a picture"
