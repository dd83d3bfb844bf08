"""Draw the inputs of a check: arrays of symbolic shapes, ``"(T, n_a, m)"``, no two sizes alike."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

SEEDS = (0, 1, 2)  # of the generators that make the inputs of one check


def axes(shape: str) -> tuple[str, ...]:
    """Split ``"(T, n_a, m)"`` into its axes; a number, ``"()"``, has none."""
    return tuple(axis.strip() for axis in shape.strip().strip("()").split(",") if axis.strip())


def case_number(rng: np.random.Generator) -> int:
    """Return which call of a check ``rng`` makes the inputs of: 0, 1 or 2.

    So each call can be dealt another kind of input. Left to chance, a kind may not come at all.
    """
    return rng.bit_generator.seed_seq.entropy % len(SEEDS)


def draw(rng: np.random.Generator, shapes: Mapping[str, str], **sizes: int) -> dict[str, Any]:
    """Draw arrays of symbolic ``shapes``, normal of mean 0 and spread 0.5.

    Named axes get sizes from 2 on, all different, unless ``sizes`` fixes them. An axis may be an
    expression, ``"(n_a, n_a + n_x)"``.
    """
    names = dict.fromkeys(re.findall(r"[A-Za-z_]\w*", " ".join(shapes.values())))
    free = [name for name in names if name not in sizes]
    unused = (size for size in itertools.count(2) if size not in sizes.values())
    pool = list(itertools.islice(unused, max(6, len(free))))
    known = {**sizes, **dict(zip(free, rng.permutation(pool).tolist(), strict=False))}
    drawn = {}
    for name, shape in shapes.items():
        size = tuple(eval(axis, {"__builtins__": {}}, known) for axis in axes(shape))
        numbers = rng.normal(scale=0.5, size=size)
        drawn[name] = numbers if size else float(numbers)
    return drawn
