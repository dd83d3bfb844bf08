"""The parameters of a cell or a model: a dict of arrays that are changed in place."""

from collections.abc import Iterable, Mapping

import numpy as np

from rnn_helpers import checks


class Parameters(dict[str, np.ndarray]):
    """A dict whose arrays may be changed but not exchanged: a model and its cell share them.

    ``params["Waa"] *= 2`` and ``params["Waa"][...] = W`` change the array that all of them use.
    ``params["Waa"] = W`` would give this dict an array of its own, which the others never see, and
    raises TypeError. ``params | more`` and ``params.copy()`` are plain dicts.
    """

    def __setitem__(self, name: str, value: np.ndarray) -> None:
        if name in self and self[name] is not value:
            raise TypeError(
                f"params[{name!r}] must stay the same array, since a model and its cell share it: "
                f'change it in place with set({name}=W) or params["{name}"][...] = W'
            )
        super().__setitem__(name, value)

    def update(
        self, other: Mapping | Iterable[tuple[str, np.ndarray]] = (), /, **named: np.ndarray
    ) -> None:
        """Add new entries; raise TypeError for another array in place of one that is there."""
        for name, value in dict(other, **named).items():
            self[name] = value

    def __ior__(self, other: Mapping) -> "Parameters":
        self.update(other)
        return self


class WithParameters:
    """What cells and models share: ``params``, a dict of arrays (rows, columns)."""

    params: Parameters

    @property
    def n_weights(self) -> int:
        """The number of entries in all parameters."""
        return sum(value.size for value in self.params.values())

    def set(self, **arrays: np.ndarray) -> None:
        """Give parameters new numbers, in place: ``cell.set(Waa=W, ba=b)``.

        A model sees what its cell is given, and the other way round. A name with a dot is written
        ``model.set(**{"1.Waa": W})``. Raise ValueError or TypeError, changing nothing, for an
        unknown name, a wrong shape or type, or a number that is not finite.
        """
        for name in arrays:
            checks.choice("name of a parameter", name, tuple(self.params))
        self._write(arrays)

    def _write(self, arrays: Mapping[str, np.ndarray], prefix: str = "") -> None:
        """Check every array against the parameter of its name, then write all of them."""
        fitting = {}
        for name, value in arrays.items():
            array = self.params[name]
            rows, columns = array.shape
            sizes = {str(rows): rows, str(columns): columns}
            fitting[name] = checks.array(
                prefix + name, value, f"{rows} {columns}", sizes, array.dtype
            )
        for name, value in fitting.items():
            self.params[name][...] = value
