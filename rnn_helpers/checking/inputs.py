"""Deal the inputs of a check: arrays of symbolic shapes, ``"(T, n_a, m)"``, no two sizes alike."""

from __future__ import annotations

import itertools
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

CALLS = 3  # of a check, with sizes that all differ
ONES = ("T", "m")  # the axes that have length 1 in one call more: one step, one example
_SEEDS = 10_000

generator = np.random.default_rng  # taken at import: a learner may replace the name


def fresh_seed() -> int:
    """Return a seed by chance: one of 10,000, so that checks hardly ever deal the same numbers."""
    return secrets.randbelow(_SEEDS)


def axes(shape: str) -> tuple[str, ...]:
    """Split ``"(T, n_a, m)"`` into its axes; a number, ``"()"``, has none."""
    return tuple(axis.strip() for axis in shape.strip().strip("()").split(",") if axis.strip())


def names_of(shapes: Iterable[str]) -> list[str]:
    """Return the names of the axes in some shapes, each once."""
    return list(dict.fromkeys(re.findall(r"[A-Za-z_]\w*", " ".join(shapes))))


def deal_sizes(
    rng: np.random.Generator, names: Iterable[str], *, least: int = 2, ones: Iterable[str] = ONES
) -> Iterator[dict[str, int]]:
    """Deal the sizes of each call of a check.

    In the first three calls no two sizes of one call are alike, and no size is the same in two
    calls. Then comes a call for each of ``ones`` in which that axis has length 1.
    """
    names = list(names)
    short = [name for name in ones if name in names]
    calls = CALLS + len(short)
    pool = rng.permutation(np.arange(least, least + max(len(names) + 1, calls + 1, 6))).tolist()
    pool[0], pool[2], pool[1] = sorted(pool[:3])  # of two sizes each is once the larger one
    for k in range(calls):
        sizes = {name: pool[(j + k) % len(pool)] for j, name in enumerate(names)}
        if k >= CALLS:
            sizes[short[k - CALLS]] = 1
        yield sizes


def deal(
    rng: np.random.Generator, shapes: Mapping[str, str], *, ones: Iterable[str] = ONES, **fixed: int
) -> Iterator[dict[str, Any]]:
    """Deal the arrays of each call of a check, with sizes as :func:`deal_sizes` has them."""
    free = [name for name in names_of(shapes.values()) if name not in fixed]
    for sizes in deal_sizes(rng, free, ones=ones):
        yield draw(rng, shapes, **sizes, **fixed)


def draw(rng: np.random.Generator, shapes: Mapping[str, str], **sizes: int) -> dict[str, Any]:
    """Draw arrays of symbolic ``shapes``, normal of mean 0 and spread 0.5.

    Named axes get sizes from 2 on, all different, unless ``sizes`` fixes them. An axis may be an
    expression, ``"(n_a, n_a + n_x)"``.
    """
    free = [name for name in names_of(shapes.values()) if name not in sizes]
    unused = (size for size in itertools.count(2) if size not in sizes.values())
    pool = list(itertools.islice(unused, max(6, len(free))))
    known = {**sizes, **dict(zip(free, rng.permutation(pool).tolist(), strict=False))}
    drawn = {}
    for name, shape in shapes.items():
        size = tuple(eval(axis, {"__builtins__": {}}, known) for axis in axes(shape))
        numbers = rng.normal(scale=0.5, size=size)
        drawn[name] = numbers if size else float(numbers)
    return drawn
