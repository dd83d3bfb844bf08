"""The parts of the widgets that run in the browser, in an empty page: the test plays the kernel."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import numpy as np
import pytest
from lab import ROOT, Notebook, new_page
from playwright.sync_api import Browser, Page

from rnn_helpers.course.figures import encode_png
from rnn_helpers.course.front_end import front_end

MARK, MODIFIERS = "data-lm-suppress-shortcuts", ("Control", "Shift")
PANELS = ROOT / "rnn_helpers" / "course"

# `send` plays a message from the kernel. `hold` keeps the decoding of a picture waiting until
# `release`, so that a test decides which of two pictures is ready first. Object URLs are counted.
STAGE = """async source => {
  const state = {};
  const hear = {};
  window.model = {
    get: name => state[name],
    on: (event, call) => { (hear[event] ??= []).push(call); },
    off: (event, call) => { hear[event] = hear[event].filter(other => other !== call); },
    set: (name, value) => window.send({ [name]: value }),
    save_changes: () => { window.saved = { ...state }; },
    send: message => {
      window.asked = (window.asked ?? 0) + 1;
      window.message = message;
    },
  };
  window.send = values => {
    if (values.png) values.png = Uint8Array.from(atob(values.png), c => c.charCodeAt(0));
    Object.assign(state, values);
    const [last] = Object.keys(values).filter(name => hear[`change:${name}`]);
    return Promise.all((hear[`change:${last}`] ?? []).map(call => call()));
  };
  window.hear = (event, message = {}) => hear[event].forEach(call => call(message));
  window.held = [];
  window.hold = false;
  const decode = Image.prototype.decode;
  Image.prototype.decode = function () {
    const ready = decode.call(this);
    return window.hold ? new Promise(go => window.held.push(go)).then(() => ready) : ready;
  };
  window.urls = new Set();
  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = blob => {
    const url = createObjectURL.call(URL, blob);
    window.urls.add(url);
    return url;
  };
  URL.revokeObjectURL = url => { window.urls.delete(url); revokeObjectURL.call(URL, url); };
  const file = createObjectURL.call(URL, new Blob([source], { type: 'text/javascript' }));
  window.widget = (await import(file)).default;
}"""


def state(frame: int, shade: int, sentence: str, problem: str = "", scale: float = 1.0) -> dict:
    png = encode_png(np.full((30, 40, 3), shade, np.uint8))
    return {
        "frame": frame,
        "png": base64.b64encode(png).decode(),
        "alt": f"name of {sentence}",
        "sentence": sentence,
        "problem": problem,
        "width": 40,
        "height": 30,
        "scale": scale,
    }


def stage(page: Page, source: str, first: dict, box: str = "rnn-panel") -> None:
    """Render the widget written in `source`, with `first` as its state."""
    page.set_content(f"<div id='box' class='{box}'></div>")
    page.evaluate(STAGE, front_end(source))
    page.evaluate("first => window.send(first)", first)
    page.evaluate(
        "() => { window.close = widget.render({ model, el: document.querySelector('#box') }) }"
    )


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = new_page(browser)
    stage(page, "live_picture.js", state(1, 10, "the first"))
    page.wait_for_selector(".rnn-picture[data-frame='1']")
    yield page
    page.close()


def shown(page: Page) -> tuple[int, str, str]:
    """Return the shade of the picture, what its name is of, and the sentence below it."""
    return tuple(
        page.evaluate(
            """() => {
              const image = document.querySelector('img');
              const canvas = new OffscreenCanvas(1, 1).getContext('2d');
              canvas.drawImage(image, 0, 0);
              const shade = canvas.getImageData(0, 0, 1, 1).data[0];
              const sentence = document.querySelector('.rnn-sentence').textContent;
              return [shade, image.alt.replace('name of ', ''), sentence];
            }"""
        )
    )


def test_picture_alt_text_and_sentence_change_together(page: Page) -> None:
    assert shown(page) == (10, "the first", "the first")
    page.evaluate("next => window.send(next)", state(2, 20, "the second"))
    assert shown(page) == (20, "the second", "the second")
    assert page.locator(".rnn-sentence").get_attribute("aria-live") is None


def test_picture_stays_until_the_next_is_decoded(page: Page) -> None:
    page.evaluate("next => { window.hold = true; window.send(next); }", state(2, 20, "the second"))
    page.wait_for_function("() => window.held.length === 1")
    assert shown(page) == (10, "the first", "the first")
    page.evaluate("() => window.held[0]()")
    page.wait_for_selector(".rnn-picture[data-frame='2']")
    assert shown(page) == (20, "the second", "the second")


DECLINES = "() => { Image.prototype.decode = () => Promise.reject(new Error('busy')); }"
PAINTED = "() => document.querySelector('img')?.naturalWidth === 40"


def test_a_frame_that_the_browser_declines_to_decode_early_is_shown_all_the_same(
    browser: Browser,
) -> None:
    page = new_page(browser)
    stage(page, "live_picture.js", state(1, 10, "the first"))
    page.evaluate(DECLINES)
    stage(page, "live_picture.js", state(1, 10, "the first"))
    page.wait_for_function(PAINTED)
    page.evaluate(DECLINES)
    page.evaluate("next => window.send(next)", state(2, 20, "the second"))
    page.wait_for_function(PAINTED)
    assert shown(page) == (20, "the second", "the second")
    page.close()


def test_late_frame_is_dropped(page: Page) -> None:
    page.evaluate("next => { window.hold = true; window.send(next); }", state(2, 20, "the late"))
    page.evaluate("next => { window.hold = false; return window.send(next); }", state(3, 30, "new"))
    assert shown(page) == (30, "new", "new")
    page.evaluate("() => window.held[0]()")
    page.wait_for_timeout(100)
    assert shown(page) == (30, "new", "new")


def test_late_frame_does_not_hide_a_problem(page: Page) -> None:
    page.evaluate("next => { window.hold = true; window.send(next); }", state(2, 20, "the late"))
    page.evaluate("next => window.send(next)", state(3, 20, "the late", problem="It broke."))
    page.evaluate("() => window.held[0]()")
    page.wait_for_timeout(100)
    assert shown(page) == (10, "the first", "It broke.")
    assert page.locator(".rnn-problem").count() == 1


def test_problem_goes_with_the_next_frame(page: Page) -> None:
    page.evaluate("next => window.send(next)", state(2, 10, "the first", problem="It broke."))
    assert page.locator(".rnn-problem .rnn-sentence").inner_text() == "It broke."
    page.evaluate("next => window.send(next)", state(3, 30, "the third"))
    assert shown(page) == (30, "the third", "the third")
    assert page.locator(".rnn-problem").count() == 0


def test_text_is_not_read_as_html(page: Page) -> None:
    page.evaluate("next => window.send(next)", state(2, 20, "<b id='bad'>a & b</b>"))
    assert shown(page)[1:] == ("<b id='bad'>a & b</b>",) * 2
    assert page.locator("#bad").count() == 0


def test_sentence_grows_with_the_picture(page: Page) -> None:
    page.add_style_tag(content=(PANELS / "live_picture.css").read_text())

    def size() -> float:
        style = "text => parseFloat(getComputedStyle(text).fontSize)"
        return page.locator(".rnn-sentence").evaluate(style)

    normal = size()
    page.evaluate("next => window.send(next)", state(2, 20, "the second", scale=1.5))
    assert size() == pytest.approx(1.5 * normal)


def test_old_pictures_are_let_go(page: Page) -> None:
    for frame in range(2, 30):
        page.evaluate("next => window.send(next)", state(frame, frame, f"picture {frame}"))
    assert page.evaluate("() => window.urls.size") == 1
    page.evaluate("() => window.close()")
    assert page.evaluate("() => window.urls.size") == 0


CONTROLS = """
<div class="widget-slider"><label class="widget-label">lag</label>
  <i role="slider" tabindex="0" aria-valuetext="3"></i>
  <b class="widget-readout" contenteditable="true">3</b></div>
<div class="widget-slider"><label class="widget-label">rate</label>
  <i role="slider" tabindex="0" aria-valuetext="-2.9599999999999973"></i>
  <b class="widget-readout" contenteditable="true">0.0011</b></div>
<div class="widget-slider"><label class="widget-label">in steps</label>
  <i role="slider" tabindex="0" aria-valuetext="2"></i>
  <i role="slider" tabindex="0" aria-valuetext="5"></i>
  <b class="widget-readout" contenteditable="true">2 – 5</b></div>
<div class="widget-play"><button id="play"><i class="fa fa-play"></i></button>
  <button><i class="fa fa-stop"></i></button></div>
<div class="widget-toggle-buttons"><label class="widget-label">cell</label><div>
  <button class="widget-toggle-button mod-active">RNN</button>
  <button class="widget-toggle-button">GRU</button></div></div>
<audio controls></audio>
"""


@pytest.fixture
def controls(page: Page) -> Page:
    """A panel with controls as ipywidgets makes them."""
    page.evaluate(
        "what => document.querySelector('#box').insertAdjacentHTML('afterbegin', what)", CONTROLS
    )
    page.locator("#play").evaluate(
        """button => button.onclick = () => {
          const icon = button.querySelector('i');
          icon.className = icon.className === 'fa fa-play' ? 'fa fa-pause' : 'fa fa-play';
        }"""
    )
    page.get_by_role("group", name="cell").wait_for()
    return page


def test_controls_get_the_names_and_roles_that_a_screen_reader_needs(controls: Page) -> None:
    for name in ("lag", "rate", "in steps, from", "in steps, to"):
        assert controls.get_by_role("slider", name=name, exact=True).count() == 1
    for name in ("lag", "rate", "in steps"):
        assert controls.get_by_role("textbox", name=f"{name}, as a number").count() == 1
    cells = controls.get_by_role("group", name="cell")
    assert cells.get_by_role("button", name="cell: RNN", pressed=True).count() == 1
    assert cells.get_by_role("button", name="cell: GRU", pressed=False).count() == 1
    player = controls.get_by_role("group", name="play in steps")
    assert player.get_by_role("button", name="play in steps", exact=True).count() == 1
    assert player.get_by_role("button", name="stop, in steps back to the start").count() == 1
    assert controls.locator("audio[aria-label]").count() == 1


def test_sliders_say_their_value_and_no_exponent(controls: Page) -> None:
    def said() -> list[str]:
        all_of_them = "all => all.map(each => each.getAttribute('aria-valuetext'))"
        return controls.locator("[role=slider]").evaluate_all(all_of_them)

    assert said() == ["3", "0.0011", "2", "5"]
    controls.locator("[role=slider]").nth(1).evaluate(
        """handle => {
          handle.nextElementSibling.textContent = '0.0012';
          handle.setAttribute('aria-valuetext', '-2.9199999999999973');
        }"""
    )
    controls.wait_for_timeout(50)
    assert said()[1] == "0.0012"


def test_player_rests_when_the_focus_goes_elsewhere(controls: Page) -> None:
    play = controls.locator("#play")
    for elsewhere in ("[role=slider]", ".rnn-reader"):
        play.click()
        pause = controls.get_by_role("button", name="pause in steps")
        pause.wait_for()
        controls.keyboard.press("Tab")  # to the other button of the player: it goes on
        assert pause.count() == 1
        controls.locator(elsewhere).first.focus()
        controls.get_by_role("button", name="play in steps", exact=True).wait_for()


@pytest.mark.parametrize("less, plays_on", [("reduce", False), ("no-preference", True)])
def test_player_takes_one_step_at_a_press_where_less_motion_is_wanted(
    controls: Page, less: str, plays_on: bool
) -> None:
    controls.emulate_media(reduced_motion=less)
    controls.locator("#play").click()
    controls.evaluate("next => window.send(next)", state(2, 20, "the second"))
    assert (controls.locator(".fa-pause").count() == 1) == plays_on


# -- what is said, and when ---------------------------------------------------------------------


def test_sentences_are_said_after_a_rest(browser: Browser) -> None:
    page = new_page(browser)
    page.clock.install()
    stage(page, "live_picture.js", state(1, 10, "the first"))
    page.wait_for_selector(".rnn-picture[data-frame='1']")
    page.clock.pause_at(4_000_000_000_000)  # from here on only the test moves it
    voice = page.locator("[aria-live=polite].rnn-voice")
    page.clock.run_for(1000)
    assert voice.text_content() == "", "what a page shows at first is not announced"
    heard = """() => { window.heard = []; new MutationObserver(() =>
      window.heard.push(document.querySelector('.rnn-voice').textContent))
      .observe(document.querySelector('.rnn-voice'), { childList: true }); }"""
    page.evaluate(heard)
    for frame in range(2, 35):  # five seconds of playing
        page.evaluate("next => window.send(next)", state(frame, frame, f"picture {frame}"))
        page.clock.run_for(150)
        assert page.locator(".rnn-sentence").inner_text() == f"picture {frame}"
    page.clock.run_for(600)
    assert page.evaluate("() => window.heard") == ["picture 34"]
    page.clock.run_for(3000)
    assert page.evaluate("() => window.heard") == ["picture 34", ""]
    page.close()


# -- the page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("fine, told", [(1, 1), (2, 2), (3, 2), (1.25, 1.25)])
def test_page_tells_its_pixels(browser: Browser, fine: float, told: float) -> None:
    page = new_page(browser, device_scale_factor=fine)
    stage(page, "live_picture.js", state(1, 10, "the first") | {"page": {}})
    assert page.evaluate("() => window.saved.page") == {"theme": "light", "ratio": told}
    page.close()


def test_page_tells_its_theme_and_when_another_is_chosen(page: Page) -> None:
    def told(code: str) -> str:
        page.evaluate(code)
        page.wait_for_timeout(50)
        return page.evaluate("() => window.model.get('page').theme")

    assert told("() => {}") == "light"
    assert told("() => document.body.dataset.jpThemeLight = 'false'") == "dark"
    assert told("() => document.body.dataset.jpThemeLight = 'true'") == "light"
    assert told("() => delete document.body.dataset.jpThemeLight") == "light"
    assert told("() => document.body.dataset.vscodeThemeKind = 'vscode-dark'") == "dark"
    assert told("() => delete document.body.dataset.vscodeThemeKind") == "light"
    assert told("() => document.body.style.background = '#1e1e1e'") == "dark"
    page.evaluate("() => { delete window.saved; window.close(); }")
    assert told("() => document.body.style.background = 'white'") == "dark", "it is closed"


# -- pointing -----------------------------------------------------------------------------------


def answer(page: Page, **pointed: object) -> None:
    page.evaluate("pointed => window.hear('msg:custom', { pointed })", pointed)


def test_value_under_the_pointer(page: Page) -> None:
    page.add_style_tag(content=(PANELS / "live_picture.css").read_text())
    image, tip = page.locator(".rnn-view img"), page.locator(".rnn-tip")
    assert not tip.is_visible()
    image.hover(position={"x": 10, "y": 20})
    assert page.evaluate("() => window.message") == {"point": {"x": 10, "y": 20}}
    image.hover(position={"x": 12, "y": 21})  # not asked while the first is not answered
    image.hover(position={"x": 14, "y": 22})
    assert page.evaluate("() => window.message.point.x") == 10
    answer(page, text="too late", x=10, y=20)
    assert page.evaluate("() => window.message") == {"point": {"x": 14, "y": 22}}
    assert not tip.is_visible()
    answer(page, text="lag 3, <b>norm</b> 2", x=14, y=22)
    assert tip.is_visible() and tip.inner_text() == "lag 3, <b>norm</b> 2"
    image.hover(position={"x": 16, "y": 22})
    answer(page, text="p 2", x=16, y=22, also=[{"x": 4, "y": 8}, {"x": 6, "y": 8}], there="b 2")
    assert page.locator(".rnn-twin").count() == 2, "the same in another place is not marked"
    assert tip.inner_text() == "p 2 (marked too: b 2)"
    page.mouse.move(300, 300)
    assert not tip.is_visible() and page.locator(".rnn-twin").count() == 0


def test_pointing_goes_on_after_an_answer_that_never_came(browser: Browser) -> None:
    page = new_page(browser)
    page.clock.install()
    stage(page, "live_picture.js", state(1, 10, "the first"))
    image = page.locator(".rnn-view img")
    image.hover(position={"x": 10, "y": 20})
    page.clock.run_for(5_000)
    image.hover(position={"x": 12, "y": 20})
    assert page.evaluate("() => window.message.point.x") == 10, "the kernel may only be busy"
    page.clock.run_for(6_000)
    assert page.evaluate("() => window.message.point.x") == 12, "what waited is asked all the same"
    image.hover(position={"x": 14, "y": 20})
    page.clock.run_for(11_000)
    assert page.evaluate("() => window.message.point.x") == 14
    page.close()


STILLS = """async () => {
  const light = "data:image/png;base64,AAAA";
  document.body.dataset.jpThemeLight = "false";
  document.body.innerHTML = `<div class="rnn-still"><img src="${light}"></div>`;
  const line = { open: () => ({ done: window.refused ? Promise.reject() : null }),
    send: ({ key }) => line.onMsg({ content: { data: { key } }, buffers: ["dark"] }) };
  const manager = {};
  const watcher = new StillsWatcher(document.body, { widget_manager: manager });
  const kernel = { createComm: () => line };
  const shown = [];
  for (const change of [{}, { kernel, refused: true }, { kernel, refused: false }]) {
    manager.kernel = change.kernel;
    window.refused = change.refused;
    watcher.look();
    await new Promise(go => setTimeout(go, 50));
    shown.push(document.querySelector("img").src === light ? "light" : "dark");
  }
  watcher.stop();
  return shown;
}"""


def test_a_still_picture_is_asked_for_again_when_the_kernel_is_there(page: Page) -> None:
    scripts = (PANELS / "stills.js").read_text(), "const isDark = () => true;"
    code = "\n".join(scripts)
    assert page.evaluate(f"() => {{ {code}\n return ({STILLS})(); }}") == ["light", "light", "dark"]


def test_picture_that_is_shown_smaller_is_asked_for_its_own_places(page: Page) -> None:
    page.locator(".rnn-view img").evaluate("image => image.style.width = '20px'")
    page.locator(".rnn-view img").click(position={"x": 10, "y": 5})
    answer(page, text="")  # of the pointer that came there
    assert page.evaluate("() => window.message") == {"click": {"x": 20, "y": 10}}


def test_values_are_read_with_keys(browser: Browser) -> None:
    page = new_page(browser)
    page.clock.install()
    stage(page, "live_picture.js", state(1, 10, "the first"))
    page.wait_for_selector(".rnn-picture[data-frame='1']")
    page.add_style_tag(content=(PANELS / "live_picture.css").read_text())
    reader = page.get_by_role("application", name="Values in the picture")
    page.keyboard.press("Tab")
    assert reader.evaluate("it => it === document.activeElement")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("() => window.message") == {"step": "ArrowRight"}
    answer(page, text="step 1: 0.5", x=5, y=5)
    assert page.locator(".rnn-tip").inner_text() == "step 1: 0.5"
    page.clock.run_for(800)
    assert page.locator(".rnn-voice").text_content() == "step 1: 0.5"
    page.keyboard.press("Enter")
    assert page.evaluate("() => window.message") == {"choose": True}
    page.keyboard.press("Tab")
    assert not page.locator(".rnn-tip").is_visible()
    page.close()


# -- a kernel that is gone ----------------------------------------------------------------------


def test_panel_says_what_to_do_when_its_kernel_was_restarted(page: Page) -> None:
    notice = page.get_by_role("status")
    assert notice.inner_text() == ""
    for _ in range(2):
        page.evaluate("() => window.hear('comm_live_update')")
        assert notice.inner_text() == (
            "The kernel was restarted, so this no longer answers. To go on, choose Run All Cells "
            "in the menu Run."
        )
    assert page.locator(".rnn-lost").count() == 1


def test_panel_that_gets_no_answer_asks_once_and_then_says_so(browser: Browser) -> None:
    page = new_page(browser)
    page.clock.install()
    stage(page, "live_picture.js", state(1, 10, "the first"))
    page.wait_for_selector(".rnn-picture[data-frame='1']")
    page.evaluate("() => document.querySelector('#box').append(document.createElement('button'))")
    notice = page.get_by_role("status")

    page.locator("button").click()
    page.clock.run_for(4500)
    page.evaluate("() => window.hear('msg:custom')")  # it was only busy for a while
    page.clock.run_for(9000)
    assert (page.evaluate("() => window.asked"), notice.inner_text()) == (1, "")

    page.locator("button").click()
    page.clock.run_for(9000)
    assert page.evaluate("() => window.asked") == 2
    assert notice.inner_text().startswith("The kernel does not answer yet. It is busy")
    page.evaluate("next => window.send(next)", state(2, 20, "the second"))
    page.wait_for_selector(".rnn-picture[data-frame='2']:not(.rnn-lost)")
    page.close()


def test_prediction_says_what_to_do_when_its_kernel_was_restarted(browser: Browser) -> None:
    page = new_page(browser)
    question = {"question": "Is it?", "options": ["yes", "no"], "choice": "", "measured": False}
    stage(page, "prediction.js", question)
    page.evaluate("() => window.hear('comm_live_update')")
    assert page.get_by_text("The kernel was restarted").is_visible()
    page.locator("button").first.click()
    assert page.get_by_text("The kernel was restarted").is_visible()
    page.close()


def test_every_control_keeps_its_keys_also_one_that_comes_later(page: Page) -> None:
    """The notebook leaves alone what is pressed on an element that bears the mark itself."""
    add = """what => document.querySelector('#box').insertAdjacentHTML('afterbegin', what)"""
    page.evaluate(add, "<button>a</button><i tabindex='0'>b</i><select></select><b>not this</b>")
    page.evaluate("next => window.send(next)", state(2, 20, "the second"))
    marked = page.locator("[data-lm-suppress-shortcuts=true]")
    names = marked.evaluate_all("all => all.map(e => e.className || e.tagName)")
    assert names == ["BUTTON", "I", "SELECT", "rnn-reader"]
    page.evaluate(add, "<input>")
    page.wait_for_function(f"() => document.querySelectorAll('[{MARK}]').length === 5")


def test_values_of_a_live_run_are_read_without_the_notebook_hearing_keys(browser: Browser) -> None:
    page = new_page(browser)
    stage(page, "live_picture.js", state(1, 10, "the first"), box="rnn-live-run")
    page.wait_for_selector(f".rnn-reader[{MARK}=true]", state="attached")
    assert page.get_by_role("group", name="name of the first").count() == 1
    page.close()


def test_signs_for_white_space_are_said(page: Page) -> None:
    row = """() => { document.querySelector('#box').insertAdjacentHTML('afterbegin', `<div>
      <label class='widget-label'>prompt</label>
      <button class='widget-toggle-button'>↵If␣</button></div>`); }"""
    page.evaluate(row)
    page.get_by_role("button", name="prompt: new line If space", exact=True).wait_for()


def test_combinations_stay_the_notebooks(page: Page) -> None:
    heard = """() => { window.heard = []; document.addEventListener('keydown', event =>
      window.heard.push([event.key, event.target.hasAttribute('data-lm-suppress-shortcuts')]),
      true); }"""
    page.evaluate("() => document.querySelector('#box').append(document.createElement('button'))")
    page.evaluate(heard)
    page.wait_for_selector(f"button[{MARK}]").focus()
    for keys in ("x", "Control+s", "x", "Shift+Enter", "Shift+ArrowUp"):
        page.keyboard.press(keys)
    told = [pair for pair in page.evaluate("() => window.heard") if pair[0] not in MODIFIERS]
    assert told == [["x", True], ["s", False], ["x", True], ["Enter", False], ["ArrowUp", True]]


def test_prediction_is_chosen_with_keys_and_can_be_changed(browser: Browser) -> None:
    page = new_page(browser)
    question = {"question": "Is 1 <b>& 2</b> less?", "options": ["<i>yes</i>", "no"]}
    stage(page, "prediction.js", question | {"choice": "", "measured": False})
    group = page.get_by_role("group", name=question["question"])
    assert group.get_by_role("button", pressed=False).all_inner_texts() == question["options"]
    assert page.locator(".rnn-predict").get_by_text("Choose one, then run").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("() => window.saved.choice") == "<i>yes</i>"
    said = page.locator(".rnn-predict p[aria-live]")
    assert said.inner_text() == "You predicted “<i>yes</i>”. Run the cells below to see."
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.evaluate("() => window.saved.choice") == "no"
    assert group.get_by_role("button", pressed=True).all_inner_texts() == ["✓ no"]
    page.evaluate("() => window.send({ measured: true })")
    assert said.inner_text() == "You predicted “no”. What was measured is open below."
    page.close()


# ---- what the tests of notebooks rely on


def test_axe_sees_a_barrier_in_an_output_and_none_around_it(browser: Browser) -> None:
    page = new_page(browser)
    picture = f"<img src='data:image/png;base64,{state(1, 10, '')['png']}'"
    page.set_content(
        f"""<div class='jp-Notebook'>{picture}>
        <div class='jp-RenderedMarkdown'>text</div>
        <div class='jp-OutputArea-output'>{picture} id='nameless'></div></div>"""
    )
    (barrier,) = Notebook(page, None).barriers()
    assert barrier.startswith("image-alt") and "#nameless" in barrier
    page.close()


ANSWER = {"finding": "Measured: <b>no</b>.", "choice": "", "remark": "No prediction."}


def test_answer_is_shut_until_there_is_a_choice(browser: Browser) -> None:
    page = new_page(browser)
    stage(page, "reveal.js", ANSWER)
    assert page.get_by_text("as soon as you have chosen").is_visible()
    assert not page.get_by_text("Measured: <b>no</b>.").is_visible()
    page.evaluate("() => window.send({ choice: 'no', remark: 'You predicted just that.' })")
    assert page.get_by_text("Measured: <b>no</b>.").is_visible()
    assert page.get_by_text("You predicted just that.").is_visible()
    assert not page.get_by_text("as soon as you have chosen").is_visible()
    page.close()


def test_answer_opens_without_a_choice_by_a_key(browser: Browser) -> None:
    page = new_page(browser)
    stage(page, "reveal.js", ANSWER)
    page.keyboard.press("Tab")
    assert page.locator("summary:focus").inner_text() == "Show it without choosing"
    page.keyboard.press("Enter")
    assert page.get_by_text("Measured: <b>no</b>.").is_visible()
    assert page.get_by_text("No prediction.").is_visible()
    page.close()


def test_answer_is_open_at_once_where_a_choice_was_made(browser: Browser) -> None:
    page = new_page(browser)
    stage(page, "reveal.js", ANSWER | {"choice": "no", "remark": "You predicted just that."})
    assert page.get_by_text("Measured: <b>no</b>.").is_visible()
    page.close()
