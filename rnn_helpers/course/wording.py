"""How the sentences of the course put numbers into words."""


def power_of_ten(value: float) -> str:
    """Return a number as a reader would say it: 0.35, 4.1·10⁻⁷ or 0."""
    if value == 0:
        return "0"
    if 0.01 <= value < 1000:
        return f"{value:.3g}"
    digits, exponent = f"{value:.1e}".split("e")
    return f"{digits}·10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
