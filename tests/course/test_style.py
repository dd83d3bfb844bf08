"""The look of all pictures: styles, sizes, margins, and the projector."""

from collections.abc import Iterator
from threading import Thread

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.rcsetup import cycler

from rnn_helpers.course.figures import rendered
from rnn_helpers.course.palette import INK, THEMES
from rnn_helpers.course.style import (
    COLOURS,
    line_style,
    new_figure,
    projector,
    set_limits,
    style,
)


def test_line_styles_differ_in_more_than_colour() -> None:
    styles = [line_style(i, marker=True) for i in range(len(COLOURS))]
    for part in ("color", "linestyle", "marker"):
        assert len({str(style[part]) for style in styles}) == len(styles) == 10


def test_new_figure_gives_one_axes_or_a_tuple() -> None:
    with new_figure(600, 300) as (figure, axes):
        assert (figure.bbox.width, figure.bbox.height) == (600, 300)
        assert axes is figure.axes[0]
    with new_figure(900, 600, rows=2, columns=3) as (figure, axes):
        assert list(axes) == figure.axes and len(axes) == 6


def test_new_figure_keeps_the_margins_asked_for() -> None:
    with new_figure(500, 400, margins={"left": 100, "top": 30}) as (_, axes):
        box = axes.bbox
    assert box.x0 == pytest.approx(100)
    assert box.y1 == pytest.approx(400 - 30)


@pytest.mark.parametrize("margins", [{"west": 3}, {"left": 800}])
def test_new_figure_refuses_margins_that_cannot_be(margins: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="margins"), new_figure(700, 350, margins=margins):
        pass


def test_set_limits_leaves_equal_limits_alone() -> None:
    with new_figure() as (figure, axes):
        axes.set(xlim=(0, 1), ylim=(0, 2))
        figure.canvas.draw()
        set_limits(axes, x=(0, 1), y=(0, 2))
        assert not figure.stale
        set_limits(axes, y=(0, 3))
        assert figure.stale and axes.get_ylim() == (0, 3)


def test_projector_enlarges_picture_and_text_alike() -> None:
    def size() -> tuple[float, float]:
        with new_figure(700, 350) as (figure, axes):
            text = axes.set_title("title")
        return figure.bbox.width, text.get_fontsize()

    width, points = size()
    projector(True)
    assert size() == pytest.approx((width * 16 / 11, points * 16 / 11))
    projector(False)
    assert size() == (width, points)


# ---- the learner's own settings


@pytest.fixture
def settings_of_a_learner() -> Iterator[matplotlib.RcParams]:
    with matplotlib.rc_context():
        yield matplotlib.rcParams


def picture() -> np.ndarray:
    """Return the pixels of a figure with all that a picture of the course has."""
    with new_figure(400, 220, columns=2) as (figure, (left, right)):
        left.plot([1, 2, 3], [-1, 0.5, 1e3], label="tanh $a^2$")
        left.set(title="title", xlabel="lag", ylabel="norm", yscale="symlog")
        left.legend()
        right.imshow([[0, 1], [2, 3]])
        right.bar([0, 1], [0.5, 1], hatch="//")
    return rendered(figure)


SETTINGS = {
    "text.usetex": True,
    "font.family": ["monospace"],
    "mathtext.fontset": "stix",
    "axes.formatter.limits": (0, 0),
    "axes.formatter.useoffset": False,
    "axes.xmargin": 0.3,
    "axes.titlelocation": "left",
    "axes.titlecolor": "red",
    "axes.prop_cycle": cycler(color="k"),
    "axes.spines.left": False,
    "figure.autolayout": True,
    "figure.dpi": 200,
    "figure.subplot.left": 0.4,
    "hatch.linewidth": 5,
    "image.origin": "lower",
    "image.aspect": "auto",
    "legend.loc": "lower left",
    "legend.frameon": False,
    "lines.antialiased": False,
    "lines.marker": "o",
    "path.sketch": (1, 100, 2),
    "savefig.dpi": 30,
    "text.antialiased": False,
    "xtick.direction": "in",
    "xtick.top": True,
    "ytick.minor.visible": True,
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_no_setting_of_the_learner_changes_a_picture(settings_of_a_learner, setting) -> None:
    expected = picture()
    settings_of_a_learner[setting] = SETTINGS[setting]
    before = dict(settings_of_a_learner)
    np.testing.assert_array_equal(picture(), expected)
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("name", [*plt.style.available, "xkcd"])
def test_no_style_of_the_learner_changes_a_picture(settings_of_a_learner, name: str) -> None:
    expected = picture()
    plt.xkcd() if name == "xkcd" else plt.style.use(name)
    before = dict(settings_of_a_learner)
    np.testing.assert_array_equal(picture(), expected)
    assert dict(matplotlib.rcParams) == before


def test_one_thread_draws_at_a_time_with_the_colours_of_its_theme() -> None:
    drawn = []

    def draw(theme: str) -> None:
        with style(theme):
            drawn.append(matplotlib.colors.to_hex(INK))

    with style("dark"):
        other = Thread(target=draw, args=["light"])
        other.start()
        other.join(0.2)
        draw("dark")
    other.join(20)
    assert drawn == [THEMES["dark"][INK], THEMES["light"][INK]]
