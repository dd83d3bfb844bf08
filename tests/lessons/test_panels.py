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


@pytest.mark.parametrize(
    ("sentence", "slip"),
    [
        ("a norm of 3.5e-39 at lag 23", "3.5e-39"),
        ("1 of 36 states are final", "1 of 36 states are"),
        ("1 of the 1,496 names have a letter", "1 of the 1,496 names have"),
        ("in steps 1 to 1 of kol", "steps 1 to 1"),
        ("it takes 1 steps", "1 steps"),
        ("1 of 36 states is final, wave 1 runs, 0.1 units, from 1 to 12 steps, 21 steps", ""),
        ("in steps 1 to 10, 3 of 36 states are final, a norm of 3.5·10⁻³⁹, in 1 step", ""),
    ],
)
def test_a_slip_of_the_tongue_is_found(sentence: str, slip: str) -> None:
    assert "".join(panel_tools.slips(sentence)).endswith(slip)
    assert bool(panel_tools.slips(sentence)) == bool(slip)


@pytest.mark.parametrize("name", sorted(FACTORIES))
def test_panel_holds_everywhere(name: str) -> None:
    panel = make(name)
    assert panel_tools.drive(panel) < 10, "a frame costs as much as ten plain figures"
    panel_tools.check_projector(panel)


@pytest.mark.parametrize("name", sorted(FACTORIES))
def test_no_slider_moves_without_effect(name: str) -> None:
    panel_tools.check_sliders(make(name))
