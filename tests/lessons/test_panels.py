"""Every panel of the course, driven to the ends of its controls and through 80 random settings."""

import panel_tools
import pytest
from panels_of_the_course import FACTORIES, make


def test_every_lesson_has_its_panels() -> None:
    files = [name.split(".")[0] for name in FACTORIES]
    assert files.count("forward_pass") >= 2
    assert files.count("backpropagation_through_time") >= 2
    assert files.count("training") >= 2
    assert files.count("vanishing_gradients") >= 2
    assert files.count("gru") + files.count("lstm") + files.count("gates") >= 4
    assert files.count("sampling") >= 3
    assert files.count("start_here") == 1


@pytest.mark.parametrize("name", sorted(FACTORIES))
def test_panel_holds_everywhere(name: str) -> None:
    panel = make(name)
    assert panel_tools.drive(panel) < 10, "a frame costs as much as ten plain figures"
    panel_tools.check_projector(panel)


@pytest.mark.parametrize("name", sorted(FACTORIES))
def test_no_slider_moves_without_effect(name: str) -> None:
    panel_tools.check_sliders(make(name))
