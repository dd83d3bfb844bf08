"""The look of all pictures: styles, sizes, margins, and the projector."""

import pytest

from rnn_helpers.course.style import COLOURS, line_style, new_figure, projector, set_limits


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
