"""Find the blanks that a learner has not yet filled in. A blank is the bare name ``____``."""

from __future__ import annotations

import ast
import dis
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType

BLANK = "____"
MADE_FROM_A_STRING = "<string>"  # the file that exec gives to what it makes


def blanks_left(name: str, answer: Callable) -> str:
    """Say which blanks of ``answer``, the exercise ``name``, are still to fill; "" if none is."""
    function = inspect.unwrap(answer)
    if not isinstance(function, FunctionType):
        return ""
    if _has_blank(function.__code__):
        count = _count_in_source(function) or _count_in_code(function.__code__)
        blanks = "1 blank" if count == 1 else f"{count} blanks"
        return f"{blanks} (`{BLANK}`) still to fill in `{name}`. Then run the cell again."
    for helper in _own_functions(function):
        if _has_blank(helper.__code__):
            return f"`{helper.__name__}`, which `{name}` uses, has blanks to fill."
    return ""


def source_at_hand(function: Callable) -> str:
    """Return the source of a function without the space before it, or "" where there is none.

    What was made from a string has none. Python 3.13.0 offers that of ``python -c`` in its place,
    since both are called "<string>".
    """
    function = inspect.unwrap(function)
    code = getattr(function, "__code__", None)
    if code is not None and code.co_filename == MADE_FROM_A_STRING:
        return ""
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        return ""


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Walk a code object and those of the functions inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def instructions(code: CodeType) -> Iterator[dis.Instruction]:
    for inner in _codes(code):
        yield from dis.get_instructions(inner)


def _has_blank(code: CodeType) -> bool:
    return any(BLANK in (*inner.co_names, *inner.co_varnames) for inner in _codes(code))


def _own_functions(function: FunctionType) -> Iterator[FunctionType]:
    """Walk the functions that ``function`` uses and that were written in the same notebook."""
    seen, waiting = {function}, [function]
    while waiting:
        for step in instructions(waiting.pop().__code__):
            if step.opname not in ("LOAD_GLOBAL", "LOAD_NAME"):
                continue
            helper = function.__globals__.get(step.argval)
            own = isinstance(helper, FunctionType) and helper.__globals__ is function.__globals__
            if own and helper not in seen:
                seen.add(helper)
                waiting.append(helper)
                yield helper


def _count_in_source(function: FunctionType) -> int:
    """Count the blanks in code, not in comments and docstrings; 0 if there is no source."""
    try:
        nodes = ast.walk(ast.parse(source_at_hand(function)))
    except Exception:  # no source at hand, or one that is not a statement of its own
        return 0
    names = ([getattr(node, part, None) for part in ("id", "attr", "arg")] for node in nodes)
    return sum(BLANK in node_names for node_names in names)


def _count_in_code(code: CodeType) -> int:
    """Count where a blank is looked up."""
    return sum(step.argval == BLANK for step in instructions(code))
