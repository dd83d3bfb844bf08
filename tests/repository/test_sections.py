"""The sections of the notebooks: minutes, core or extra, and nothing that a core cell lacks."""

import nbformat
import pytest
from edition import minutes, needs, sections
from nbformat import NotebookNode

from rnn_helpers.course.map import NOTEBOOKS

every_notebook = pytest.mark.parametrize("name", [notebook.name for notebook in NOTEBOOKS])
# What no count of words and lines can tell: nobody reads a glossary from beginning to end, two
# lines show ten questions, and a project is as long as one likes.
BY_HAND = {"Glossary", "Ten questions to see if you are ready", "The project"}


@every_notebook
def test_every_section_says_its_minutes_and_its_part(name: str) -> None:
    cells = sections.read(name).cells
    assert sections.problems(cells) == []
    titles = [section.title for section in sections.cut(cells)]
    assert len(set(titles)) == len(titles), "a path could not tell them apart"


@every_notebook
def test_minutes_are_not_far_from_what_the_section_holds(name: str) -> None:
    for section in sections.of(name):
        if section.title not in BY_HAND:
            estimate = minutes.estimate(section)
            assert section.minutes <= 2 * estimate + 3, f"{section.title}: about {estimate:.0f}"
            assert section.minutes >= estimate / 2 - 2, f"{section.title}: about {estimate:.0f}"


# ---- the marks, on cells made up


def markdown(source: str, minutes: int = 0, part: str = "core") -> NotebookNode:
    cell = nbformat.v4.new_markdown_cell(source)
    if minutes:
        sections.mark(cell, minutes, part)
    return cell


def test_a_section_reaches_to_the_next_marked_heading() -> None:
    cells = [
        markdown("# Why?"),
        markdown("## One", 5),
        markdown("### Exercise 1: a task"),
        markdown("### Aside", 2, "extra"),
        nbformat.v4.new_code_cell("x = 1"),
        markdown("## Two", 1),
    ]
    found = sections.cut(cells)
    assert [(s.title, s.minutes, s.part, len(s.cells)) for s in found] == [
        ("One", 5, "core", 3),
        ("Aside", 2, "extra", 2),
        ("Two", 1, "core", 1),
    ]
    assert sections.total(found, step=1) == 8 and sections.total(found) == 10
    assert len(sections.taken_cells(cells)) == 4


def test_a_mark_is_written_once_and_read_again() -> None:
    cell = markdown("## One\n\nText.", 8)
    assert cell.source == "## One\n\n*8 minutes, core.*\n\nText."
    sections.mark(cell, 1, "extra")
    assert cell.source == "## One\n\n*1 minute, extra.*\n\nText."
    assert sections.problems([cell]) == []


@pytest.mark.parametrize(
    ("source", "said", "what"),
    [
        ("## One\n\nText.", None, "has no minutes"),
        ("## One\n\n*8 minutes, core.*", None, "has no minutes"),
        ("## One\n\nText.", {"minutes": 8, "part": "core"}, "needs the line"),
        ("## One\n\n*9 minutes, core.*", {"minutes": 8, "part": "core"}, "says"),
        ("## One\n\n*8 minutes, extra.*", {"minutes": 8, "part": "core"}, "says"),
        ("## One\n\n*8 minutes, core.*", {"minutes": "8", "part": "core"}, "expected"),
        ("## One\n\n*8 minutes, core.*", {"minutes": 8, "part": "nice"}, "expected"),
        ("Text.", {"minutes": 8, "part": "core"}, "no heading"),
        ("### Aside\n\n*2 minutes, extra.*", None, "has no minutes"),
        ("## One\n\n*8 minutes, core.*\n\n## Two", {"minutes": 8, "part": "core"}, "second"),
    ],
)
def test_a_wrong_mark_is_found(source: str, said: dict | None, what: str) -> None:
    cell = nbformat.v4.new_markdown_cell(source)
    if said:
        cell.metadata["course"] = said
    assert what in " ".join(sections.problems([cell]))


# ---- what reading finds


def of(*sources: str, taken: tuple[int, ...]) -> list[str]:
    return [need.name for need in needs.needs(sources, taken)]


@pytest.mark.parametrize(
    ("left_out", "then"),
    [
        ("x = 1", "print(x)"),
        ("import numpy as np", "np.zeros(3)"),
        ("from a import b as x", "x()"),
        ("for x in range(3):\n    pass", "x + 1"),
        ("with open('f') as x:\n    pass", "x"),
        ("x, (y, *z) = 1, (2, 3)", "z"),
        ("def x():\n    pass", "x()"),
        ("class x:\n    pass", "x()"),
        ("if (x := 1):\n    pass", "x"),
        ("x = 1", "x += 1"),
        ("x = 1", "def f():\n    return x\nf()"),
        ("x = 1", "(lambda: x)()"),
        ("x = 1", "[x for _ in range(3)]"),
        ("x = 1", "{k: v for k in range(3) for v in x}"),
        ("x = 1", "x.y = 2"),
        ("x = 1", "x[0] = 2"),
        ("x = 1", "f'{x}'"),
        ("x = 1", "def f(a=x):\n    pass"),
        ("x = 1", "class A:\n    y = x"),
        ("x = 1", "def f():\n    def g():\n        return x\n    return g\nf()"),
    ],
)
def test_a_name_set_where_nobody_goes_is_found(left_out: str, then: str) -> None:
    assert len(of(left_out, then, taken=(1,))) == 1
    assert of(left_out, then, taken=(0, 1)) == []


def test_a_name_that_was_set_anew_where_nobody_goes_is_found() -> None:
    assert of("x = 1", "x = 2", "print(x)", taken=(0, 2)) == ["x"]
    assert of("x = 1", "x = 2", "x = 3\nprint(x)", taken=(0, 2)) == []


def test_a_function_needs_its_names_where_it_is_called() -> None:
    sources = ("def f():\n    return x", "x = 1", "f()")
    assert of(*sources, taken=(0, 2)) == ["x"]
    assert of(*sources, taken=(0,)) == []
    two = ("def f():\n    return g()", "def g():\n    return x", "x = 1", "f()")
    assert of(*two, taken=(0, 3)) == ["g", "x"]


def test_a_name_of_a_function_s_own_is_no_need() -> None:
    own = "def f(a, *b, c=1, **d):\n    e = a\n    return [e for g in b for h in c], d"
    assert of("e = a = g = h = b = c = d = 1", f"{own}\nf(1)", taken=(1,)) == []
    assert of("k = 1", "[k for k in range(3)]", taken=(1,)) == []
    assert of("k = 1", "try:\n    pass\nexcept OSError as k:\n    print(k)", taken=(1,)) == []


def test_magic_and_what_python_has_is_no_need() -> None:
    assert of("len?", "print(len([]))\ndisplay(1)", "%matplotlib inline", taken=(0, 1, 2)) == []


def test_a_recursive_function_ends() -> None:
    assert of("def f(n):\n    return f(n - 1) if n else x", "x = 1", "f(3)", taken=(0, 2)) == ["x"]


def test_a_need_says_where_it_comes_from() -> None:
    (need,) = needs.needs(["x = 1", "x"], [1])
    assert str(need) == "cell 2 uses x, which is set by cell 1, left out"
    (need,) = needs.needs(["x"], [0])
    assert "no cell before" in str(need)
