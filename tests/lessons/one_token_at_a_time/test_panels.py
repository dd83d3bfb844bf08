"""What the panels of ``12_one_token_at_a_time`` say of what they show."""

import numpy as np

from rnn_helpers.course import figures
from rnn_helpers.experiments import parallel
from rnn_helpers.lessons.one_token_at_a_time import panels


def test_the_wavefront_panel_counts_cells():
    panel = panels.wavefront()
    panel.set(L=3, T=5, wave=2)
    assert "3 layers, 5 steps: wave 2 runs 2 cells, and 1 of 15 ran before" in panel.sentence
    assert "All are done after 7 waves" in panel.sentence and "at most 3" in panel.sentence
    assert panel.controls["wave"].max == 7
    panel.set(wave=7)
    assert "wave 7 runs 1 cell, and 14 of 15 ran before" in panel.sentence
    panel.set(L=1, T=1, wave=1)
    assert panel.controls["wave"].disabled
    assert "1 layer, 1 step: wave 1 runs 1 cell, and 0 of 1 ran before" in panel.sentence


def test_the_slider_ends_with_the_last_operation():
    panel = panels.joined()
    panel.set(method="loop", operation=35)
    panel.controls["method"].value = "doubling"
    assert panel.controls["operation"].value == panel.controls["operation"].max == 6
    assert "after 6 of 6 operations in a row: 36 of 36 states are final" in panel.sentence
    panel.set(operation=0)
    assert "after 0 of 6 operations in a row: 1 of 36 states is final" in panel.sentence


def test_the_square_of_the_first_wave_is_whole():
    panel = panels.wavefront()
    panel.set(wave=1)
    axes = panel.drawing.figure.axes[1]
    (middle, _), side = axes.transData.transform((1, 4)), axes.lines[1].get_markersize()
    assert middle - side * axes.figure.dpi / 72 / 2 > axes.bbox.x0


def test_the_panel_says_over_which_range_the_curves_go():
    panel = panels.composed()
    panel.set(steps=1, scale=0.5)
    affine, bent = (np.ptp(parallel.after_steps(kind, 1, 0.5)) for kind in panels.KINDS)
    assert "Scale of Waa 0.5, 1 step. Without tanh: a straight line" in panel.sentence
    assert f"a range of {affine:.3g}. With tanh: a curve over a range of {bent:.3g}" in (
        panel.sentence
    )


def test_before_the_first_step_both_curves_are_one_line():
    panel = panels.composed()
    panel.set(steps=0, scale=1.0)
    assert panel.sentence.endswith("With tanh: the same line, for no step has been taken.")
    panel.set(steps=1, scale=0.5)
    assert "which never turns and which" in panel.sentence


def test_measured_lines_can_have_logarithmic_axes():
    x, curves = np.array([1, 10, 100]), {"gain": np.array([30.0, 3.0, 0.3])}
    plain, log = (
        figures.measured_lines(x, curves, "n·m", "times as fast", "It falls.", log=log)
        for log in (False, True)
    )
    assert plain.sentence == log.sentence == "It falls."
    assert plain.png != log.png
