"""The book in a browser that has no network: pages, slides, and what moves in them.

A small notebook is built here. `make test-book` asks the same of the whole book.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import make_book
import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import new_page
from normalise_notebooks import NOTEBOOKS
from playwright.sync_api import Browser, Locator, Page

WHOLE = os.environ.get("RNN_BOOK")
WIDTHS = (390, 768, 1280)
SCREENS = ((1920, 1080), (1280, 720))
TAKEN = "md-01-b3d5f9 code-02-960677 md-13-e71656 code-16-db40d6 code-17-540286 code-19-c5034d"
TAKEN += " md-23-cc452f code-24-f4842e md-25-64444c"
PANEL = """
from rnn_helpers.course import parts
from rnn_helpers.course.panel import Panel, choice, slider, toggle


def draw(axes):
    bars = parts.bars(axes, ["y"], range(4), xlim=(-1, 4), ylim=(0, 40), xlabel="x", ylabel="y")
    return lambda shown: bars([shown["n"], "abcdef".index(shown["letter"]), 9 * shown["up"],
                               20 * (shown["colour"] == "red")])


controls = {"n": slider("n", 0, 3, 1), "colour": choice("colour", ["red", "blue"])}
controls |= {"letter": choice("letter", "abcdef"), "up": toggle("up")}
shape = {"width": 500, "height": 300}
Panel(controls, lambda **values: values, draw, lambda shown: f"It shows {shown}.", **shape)
"""


def small_notebook(path: Path) -> Path:
    """Write some cells of 02, and a panel with a control of each kind."""
    notebook = nbformat.read(NOTEBOOKS / "02_forward_pass.ipynb", as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id in TAKEN.split()]
    panel = nbformat.v4.new_code_cell(PANEL, metadata={"tags": ["nbval-ignore-output"]})
    notebook.cells.insert(-1, panel)
    nbformat.write(notebook, path)
    return path


@pytest.fixture(scope="module")
def book(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a book: the whole one if it is named, a small one otherwise."""
    if WHOLE:
        return Path(WHOLE).resolve()
    folder = tmp_path_factory.mktemp("book")
    path = small_notebook(folder / "02_forward_pass.ipynb")
    make_book.build([path], folder / "book", folder / "drawn")
    return folder / "book"


def pages(book: Path) -> list[Path]:
    found = sorted(book.glob("[0-9]*[a-z].html"))
    return [path for path in found if not path.name.endswith(".slides.html")]


def slide_shows(book: Path) -> list[Path]:
    return sorted(book.glob("*.slides.html"))


@contextlib.contextmanager
def opened(
    browser: Browser, path: Path, size: tuple[int, int], scheme: str = "light", query: str = ""
) -> Iterator[Page]:
    """Give a page opened from the disk with no network; nothing may be amiss when it is closed."""
    width, height = size
    viewport = {"width": width, "height": height}
    page = new_page(browser, viewport=viewport, color_scheme=scheme, offline=True)
    problems = []
    page.on("pageerror", lambda error: problems.append(f"error: {error}"))
    page.on("requestfailed", lambda request: problems.append(f"failed: {request.url[:200]}"))
    page.on("console", lambda m: problems.append(m.text) if m.type in ("error", "warning") else 0)
    page.on("request", lambda r: problems.append(r.url[:200]) if r.url.startswith("http") else 0)
    page.goto(path.as_uri() + query)
    page.wait_for_function("window.MathJax?.startup?.promise !== undefined || !window.MathJax")
    page.evaluate("window.MathJax?.startup?.promise")
    yield page
    page.close()
    assert problems == [], path.name


def hidden_pictures(page: Page) -> list[str]:
    """Return the pictures that have no alternative text, or whose file is not there."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".bd-article img, .book-slide img")]
          .filter((image) => !image.alt.trim() || (image.complete && image.naturalWidth === 0))
          .map((image) => image.outerHTML.slice(0, 200))"""
    )


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_opens_from_the_disk(
    browser: Browser, book: Path, width: int, scheme: str
) -> None:
    for path in [book / "index.html", *pages(book)]:
        with opened(browser, path, (width, 900), scheme) as page:
            assert page.locator("h1").count() >= 1
            too_wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page.evaluate(too_wide) <= 0, path.name
            assert hidden_pictures(page) == [], path.name
            if path.name != "index.html":
                assert page.locator("mjx-container, table").count() >= 1
                assert page.locator(".book-links a").count() == 1


def barriers(page: Page, *places: str) -> list[str]:
    """Return what axe finds serious or critical in these places of a page."""
    ours = {"include": [[place] for place in places]}
    options = {
        "resultTypes": ["violations"],
        "preload": False,
    }  # it may not read files from the disk
    found = Axe().run(page, context=ours, options=options).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['html'][:200]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_a_page(browser: Browser, book: Path, scheme: str) -> None:
    for path in [book / "index.html", *pages(book)]:
        with opened(browser, path, (1280, 900), scheme) as page:
            for button in page.locator(".book-predict").all():
                button.locator("button").first.click()  # its answer is looked at too
            for summary in page.locator(".bd-article summary").all():
                summary.evaluate("(e) => (e.parentElement.open = true)")
            assert barriers(page, ".bd-article") == [], path.name


BEYOND_THE_PAPER = """() => [...document.querySelectorAll(".bd-article *")]
  .filter((e) => e.checkVisibility() && !e.closest("mjx-assistive-mml")
    && e.getBoundingClientRect().right > innerWidth + 1)
  .map((e) => `${e.parentElement.tagName} ${e.outerHTML.slice(0, 120)}`)"""


def test_a_page_is_printed_without_what_moves_and_within_the_paper(
    browser: Browser, book: Path
) -> None:
    for path in pages(book):
        with opened(browser, path, (718, 1000)) as page:  # A4 within its margins
            page.emulate_media(media="print")
            assert page.evaluate(BEYOND_THE_PAPER) == [], path.name
            assert page.locator(".book-controls").locator("visible=true").count() == 0
            assert len(page.pdf(format="A4")) > 20_000


def keys_of(control: Locator) -> list[str]:
    """Return keys of which at least one moves a native control."""
    kind = control.evaluate("(e) => (e.tagName === 'SELECT' ? 'select' : e.type)")
    return ["Space"] if kind == "checkbox" else ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"]


def moved(panel: Locator, control: Locator) -> bool:
    """Say whether some key on ``control`` changes both the picture and the sentence."""
    picture, sentence = panel.locator("img"), panel.locator(".rnn-sentence")
    before = picture.get_attribute("src"), sentence.inner_text()
    control.focus()
    for key in keys_of(control) * 2:
        control.page.keyboard.press(key)
        if picture.get_attribute("src") != before[0] and sentence.inner_text() != before[1]:
            return True
    return False


SHOW = "(e) => Reveal.slide(...Object.values(Reveal.getIndices(e.closest('section'))))"
PLACE = "() => window.Reveal && JSON.stringify(Reveal.getIndices())"


@pytest.mark.parametrize("kind", ["page", "slides"])
def test_every_panel_moves_by_keyboard(browser: Browser, book: Path, kind: str) -> None:
    panels = 0
    for path in pages(book) if kind == "page" else slide_shows(book):
        with opened(browser, path, (1280, 900)) as page:
            for panel in page.locator(".book-panel").all():
                panels += 1
                if kind == "slides":
                    panel.evaluate(SHOW)
                place = page.evaluate(PLACE)
                check_controls(panel)
                assert page.evaluate(PLACE) == place  # the keys have moved no slide
    assert panels >= 1


def check_controls(panel: Locator) -> None:
    """Move each control of a panel by keyboard; the picture and the sentence must follow."""
    assert panel.locator(".book-note").inner_text().startswith(("Drawn", "This"))
    for group in panel.locator(".book-control:has(input, select)").all():
        control = group.locator("input:checked, input:not([type=radio]), select").first
        assert moved(panel, control), (panel.get_attribute("data-name"), group.inner_text())
    assert panel.locator("img").evaluate("(e) => e.decode().then(() => e.naturalWidth)") > 0


def test_a_prediction_shows_its_answer_only_after_a_choice(browser: Browser, book: Path) -> None:
    with opened(browser, pages(book)[-1], (1280, 900)) as page:
        question, reveal = page.locator(".book-predict").first, page.locator(".book-reveal").first
        finding = reveal.locator("details p").first
        assert not finding.is_visible()
        question.locator("button").last.focus()
        page.keyboard.press("Enter")
        assert finding.is_visible() and finding.inner_text().startswith("Measured: ")
        assert "You predicted" in reveal.inner_text()


def test_an_exercise_shows_its_hints_and_its_solution_behind_a_click(
    browser: Browser, book: Path
) -> None:
    with opened(browser, pages(book)[-1], (1280, 900)) as page:
        task = page.locator(".book-exercise").first
        assert "needs JupyterLab" in task.inner_text()
        assert not task.locator("pre").is_visible()
        task.locator("summary").last.focus()
        page.keyboard.press("Enter")
        assert task.locator("pre").is_visible()


def test_the_search_works_from_the_disk(browser: Browser, book: Path) -> None:
    with opened(browser, book / "search.html", (1280, 900), query="?q=activation") as page:
        page.locator("#search-results li a").first.wait_for()


def test_sound_plays(browser: Browser, book: Path) -> None:
    for path in pages(book):
        with opened(browser, path, (1280, 900)) as page:
            for sound in page.locator("audio").all():
                sound.evaluate("(e) => e.play()")
                page.wait_for_function("(e) => e.currentTime > 0", arg=sound.element_handle())
                sound.evaluate("(e) => e.pause()")


# ---- slides

STATE = """() => {
  const slide = Reveal.getCurrentSlide().querySelector(".book-slide");
  const box = slide.getBoundingClientRect();
  return {
    place: JSON.stringify(Reveal.getIndices()),
    last: Reveal.isLastSlide(),
    fits: box.top >= 0 && box.bottom <= innerHeight + 1 && box.right <= innerWidth + 1,
    left: slide.scrollHeight - slide.clientHeight - slide.scrollTop,
    wide: slide.scrollWidth - slide.clientWidth,
    text: slide.innerText.slice(0, 60),
  };
}"""


@pytest.mark.parametrize("size", SCREENS, ids=str)
def test_keys_reach_everything_on_every_slide(
    browser: Browser, book: Path, size: tuple[int, int]
) -> None:
    """Space goes down a slide that is taller than the screen, and only then to the next."""
    for path in slide_shows(book):
        with opened(browser, path, size) as page:
            assert hidden_pictures(page) == []
            total, seen = page.evaluate("() => Reveal.getTotalSlides()"), set()
            state = page.evaluate(STATE)
            for _ in range(20 * total):
                seen.add(state["place"])
                assert state["fits"] and state["wide"] <= 0, (path.name, state)
                if state["last"] and state["left"] <= 1:
                    break
                page.keyboard.press("Space")
                before, state = state, page.evaluate(STATE)
                if before["place"] != state["place"]:
                    assert before["left"] <= 1, (path.name, before)
            assert len(seen) == total, path.name


ONE_BELOW_THE_OTHER = """() => {
  const seen = "display: block; position: static; visibility: visible; opacity: 1; transform: none";
  document.querySelectorAll(".reveal .slides, .reveal section").forEach((part) => {
    part.hidden = false;
    part.removeAttribute("aria-hidden");
    part.className = part.tagName === "SECTION" ? "present" : part.className;
    part.style.cssText = `${seen}; height: auto; width: 1280px`;
  });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_a_slide(browser: Browser, book: Path, scheme: str) -> None:
    for path in slide_shows(book):
        with opened(browser, path, (1280, 720), scheme) as page:
            page.evaluate(ONE_BELOW_THE_OTHER)  # so that axe looks at all of them at once
            assert page.locator(".book-slide:visible").count() > 5, path.name
            assert barriers(page, ".reveal .slides") == [], path.name


def test_the_speaker_has_notes_that_no_slide_shows(browser: Browser, book: Path) -> None:
    for path in slide_shows(book):
        with opened(browser, path, (1280, 720)) as page:
            notes = page.locator("aside.notes")
            assert notes.count() >= 2
            assert notes.locator("visible=true").count() == 0


def test_the_answer_to_a_prediction_is_not_on_the_slide_of_its_question(
    browser: Browser, book: Path
) -> None:
    for path in slide_shows(book):
        with opened(browser, path, (1280, 720)) as page:
            # The self-test of 00 is one cell: each question above its answer, which stays shut.
            asking, telling = ".jp-Cell:has(.book-predict)", ".jp-Cell:has(.book-reveal)"
            answer = f"{telling}:not(:has(.book-predict))"
            assert page.locator(f".book-slide:has({asking}):has({answer})").count() == 0, path.name
            assert page.locator(".book-reveal details[open]").count() == 0


# ---- what it weighs


def test_the_book_is_small_enough_for_a_memory_stick(book: Path) -> None:
    sizes = {path: path.stat().st_size for path in book.rglob("*") if path.is_file()}
    assert sum(sizes.values()) < 60e6


def test_one_page_stays_below_6_MB_with_every_setting_moved_to(
    browser: Browser, book: Path
) -> None:
    for path in pages(book):
        files = {path, *(book / link for link in re.findall(r"media/\w+\.\w+", path.read_text()))}
        with opened(browser, path, (1280, 900)) as page:
            files |= loaded(page)
        sizes = {file.name: file.stat().st_size for file in files}
        assert len(sizes) > 10 and sum(sizes.values()) < 6e6, (path.name, sum(sizes.values()))


def loaded(page: Page) -> set[Path]:
    """Return the files that the browser reads when it opens ``page`` anew."""
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    page.reload()
    page.evaluate("window.MathJax?.startup?.promise")
    return {Path(unquote(urlsplit(url).path)) for url in urls if url.startswith("file:")}
