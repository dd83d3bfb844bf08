"""A sound in a notebook, with a name for whoever cannot see what stands around it.

Player(wave, rate, "the beginning of Frère Jacques")
"""

from __future__ import annotations

from html import escape

import numpy as np
from IPython.display import Audio


class Player(Audio):
    """Plays samples at ``rate`` a second; IPython's own player has no name for a screen reader.

    The samples, from -1 to 1, are played as loud as they are. Raise ValueError for an empty name.
    """

    def __init__(self, wave: np.ndarray, rate: int, name: str) -> None:
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"name must say what is heard, got {name!r}")
        super().__init__(wave, rate=rate, normalize=False)
        self.name = name

    def _repr_html_(self) -> str:
        return (
            super()._repr_html_().replace("<audio", f'<audio aria-label="{escape(self.name)}"', 1)
        )
