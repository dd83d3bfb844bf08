"""How the course puts numbers and lists into words."""

from collections.abc import Iterable, Mapping
from math import isfinite


def power_of_ten(value: float) -> str:
    """Return a number as a reader would say it: 0.35, 4.1·10⁻⁷ or 0."""
    if value == 0:
        return "0"
    if 0.01 <= abs(value) < 1000 or not isfinite(value):
        return f"{value:.3g}"
    digits, exponent = f"{value:.1e}".split("e")
    return f"{digits}·10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def count(n: int, what: str) -> str:
    """Return a number with its noun: "1 letter", "3 letters"."""
    return f"{n} {what}{'' if n == 1 else 's'}"


def are(n: int) -> str:
    """Return the verb that goes with a number: "1 of 27 is left", "3 of 27 are left"."""
    return "is" if n == 1 else "are"


def side_by_side(columns: Mapping[str, Iterable[str]], width: int = 20) -> str:
    """Return words below each other as a table, a column for each name, cut to ``width``."""
    rows = [list(columns), *zip(*columns.values())]
    return "\n".join(
        "".join(f"{word[: width - 2]:{width}}" for word in row).rstrip() for row in rows
    )
