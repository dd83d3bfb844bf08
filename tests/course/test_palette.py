"""The palette: its contrasts, for colour-blind eyes too, and that nothing uses another colour."""

from __future__ import annotations

import ast
from itertools import combinations
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import is_color_like, to_hex, to_rgb

from rnn_helpers import course
from rnn_helpers.course.palette import (
    COLOURS,
    GREY,
    INK,
    LINES_ON_DARK,
    LINES_ON_LIGHT,
    MARK,
    PALE,
    PAPER,
    SHADE,
    THEMES,
    WAITING,
    contrast,
    luminance,
    on_map,
    readable_on,
    theme,
)
from rnn_helpers.course.style import style

PACKAGE = Path(course.__file__).parent.parent


def test_contrast_is_that_of_wcag() -> None:
    assert luminance("black") == 0 and luminance("white") == pytest.approx(1)
    assert contrast("white", "black") == pytest.approx(21)
    assert contrast("#777777", "white") == pytest.approx(4.48, abs=0.01)  # a well-known near miss
    assert contrast("#ffa90e", "white") == pytest.approx(1.92, abs=0.01)


@pytest.mark.parametrize("name", THEMES)
def test_lines_and_text_can_be_seen_on_their_paper(name: str) -> None:
    with theme(name):
        for colour in (*COLOURS, MARK, GREY, INK):
            assert contrast(colour, PAPER) >= 3, f"{colour} {to_hex(colour)}"
        for colour in (GREY, INK):
            assert contrast(colour, PAPER) >= 4.5, f"{colour} {to_hex(colour)} as text"
        for square in (WAITING, *COLOURS[:2], PAPER):
            assert contrast(readable_on(square), square) >= 4.5


def test_a_mark_can_be_seen_on_the_white_of_a_map_in_both_themes() -> None:
    for name in THEMES:
        with theme(name):
            assert contrast(MARK, "white") >= 3


def test_black_or_white_can_be_read_on_any_colour() -> None:
    for colour in np.random.default_rng(0).random((500, 3)):
        assert contrast(readable_on(colour), colour) >= 4.5


def test_words_can_be_read_on_the_maps_that_are_made_for_them() -> None:
    for pale in (PALE, SHADE):
        squares = pale(np.linspace(0, 1, 50))
        assert min(contrast(on_map(INK), square[:3]) for square in squares) >= 4.5


# -- colour-blind eyes (Machado, Oliveira and Fernandes, 2009; OKLab: Ottosson, 2020) -------------

EYES = {
    "usual": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
LMS = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
LAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]


def seen(colour: str, eyes: str) -> np.ndarray:
    """Return the place in OKLab where `eyes` see a colour."""
    c = np.array(to_rgb(colour))
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(EYES[eyes]) @ linear, 0, 1)
    return np.array(LAB) @ np.cbrt(np.array(LMS) @ linear)


def nearest(colours: tuple[str, ...], eyes: str) -> float:
    places = [seen(colour, eyes) for colour in colours]
    return min(float(np.linalg.norm(a - b)) for a, b in combinations(places, 2))


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("lines", [LINES_ON_LIGHT, LINES_ON_DARK], ids=["light", "dark"])
@pytest.mark.parametrize("many", [3, 5, 10])
def test_lines_differ_for_colour_blind_eyes(lines: tuple, eyes: str, many: int) -> None:
    """As far apart as the nearest two of petroff10, which was made for such eyes."""
    usual = tuple(matplotlib.color_sequences["petroff10"])
    least = min(nearest(usual[:many], kind) for kind in EYES)
    assert nearest(lines[:many], eyes) >= 0.9 * least


# -- themes -------------------------------------------------------------------------------------


def test_a_theme_ends_with_its_block() -> None:
    light = to_hex(INK)
    with theme("dark"):
        assert to_hex(INK) == THEMES["dark"][INK] != light
        with theme("light"):
            assert to_hex(INK) == light
        assert to_hex(INK) != light
    with pytest.raises(KeyError), theme("dark"):
        raise KeyError
    assert to_hex(INK) == light
    assert THEMES["light"].keys() == THEMES["dark"].keys()


def test_an_unknown_theme_is_refused() -> None:
    message = r"theme is 'sepia', expected one of \['light', 'dark'\]"
    with pytest.raises(ValueError, match=message), style("sepia"):
        pass


# -- no other colours ---------------------------------------------------------------------------

NEVER_A_COLOUR = {"", "none", "auto"}


def colours_in(source: str) -> list[str]:
    """Return the colours that `source` names itself, as values of keywords or in hexadecimals."""
    found = []
    for node in ast.walk(ast.parse(source)):
        pairs = []
        if isinstance(node, ast.keyword):
            pairs = [(node.arg, node.value)]
        elif isinstance(node, ast.Dict):
            pairs = [(getattr(k, "value", None), v) for k, v in zip(node.keys, node.values)]
        for name, value in pairs:
            if "color" in str(name) or name in ("ec", "fc", "mec", "mfc"):
                found += [n.value for n in ast.walk(value) if isinstance(n, ast.Constant)]
        if isinstance(node, ast.Constant) and str(node.value).startswith(("#", "tab:", "xkcd:")):
            found.append(node.value)
    return [text for text in found if isinstance(text, str) and is_colour(text)]


def is_colour(text: str) -> bool:
    return text not in NEVER_A_COLOUR and not text.startswith("course:") and is_color_like(text)


def test_colours_in_code_are_found() -> None:
    lines = [
        'f(color="k")',
        'look = {"facecolor": ["white", X]}',
        'X = "#dddddd"',
        'Y = "tab:blue"',
    ]
    assert set(colours_in("\n".join(lines))) == {"k", "white", "#dddddd", "tab:blue"}
    assert colours_in('f(color=INK, marker="k", edgecolor="none")\nred = "red"') == []


# Not of a picture: what follows is text in a page or a file of its own, each with its own test.
OTHERS = {"course/palette.py", "course/prediction.py", "course/report.py"}
DRAWING = [
    path
    for path in sorted([*PACKAGE.glob("course/*.py"), *PACKAGE.glob("lessons/*/panels.py")])
    if path.relative_to(PACKAGE).as_posix() not in OTHERS
]


@pytest.mark.parametrize("path", DRAWING, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_pictures_take_their_colours_from_the_palette(path: Path) -> None:
    assert colours_in(path.read_text(encoding="utf-8")) == []
