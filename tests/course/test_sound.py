"""A sound that a screen reader can name."""

import numpy as np
import pytest
from IPython.display import Audio

from rnn_helpers.course.sound import Player

WAVE = np.linspace(-0.5, 0.5, 80)


def test_a_player_has_its_name_and_the_sound_of_ipythons() -> None:
    own = Player(WAVE, 8000, 'a "tune"')._repr_html_()
    assert own.count('<audio aria-label="a &quot;tune&quot;"') == 1
    plain = Audio(WAVE, rate=8000, normalize=False)._repr_html_()
    assert own.replace(' aria-label="a &quot;tune&quot;"', "") == plain


@pytest.mark.parametrize("name", ["", "  ", None])
def test_a_player_without_a_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name must say"):
        Player(WAVE, 8000, name)
