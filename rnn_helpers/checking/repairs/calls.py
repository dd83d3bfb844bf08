"""Calls: a function too many or too few, another one, another axis, exchanged arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from rnn_helpers.checking.repairs.edit import FAR, LIKELY, Edit, Source, name_of

_ALONG_AXES = (
    "sum",
    "mean",
    "max",
    "min",
    "argmax",
    "argmin",
    "cumsum",
    "cumprod",
    "prod",
    "roll",
    "append",
    "concatenate",
    "stack",
    "flip",
    "repeat",
    "std",
    "var",
    "softmax",
    "any",
    "all",
    "sort",
    "argsort",
)
_FLAT = ("roll", "append", "repeat", "flip", "cumsum", "cumprod")
_JOINS = ("concatenate", "stack", "hstack", "vstack")
_OTHERS = (  # what is written, what is meant, and a word on the difference
    ("argmax", "max", "`argmax` is the place of the largest number, and not the number itself."),
    ("argmin", "min", "`argmin` is the place of the smallest number, and not the number itself."),
    ("max", "argmax", "`max` is the largest number itself, and not its place."),
    ("diag", "diagflat", "`np.diag` of a column reads a diagonal off, and does not make a matrix."),
    ("append", "hstack", "`np.append` without an axis lays everything flat, in one row."),
    ("append", "vstack", "`np.append` without an axis lays everything flat, in one row."),
    ("concatenate", "stack", "the parts are joined end to end, along an axis they have already."),
    ("stack", "concatenate", "the parts are stacked along a new axis."),
    ("sum", "mean", "a sum stands where a mean is asked for."),
    ("mean", "sum", "a mean stands where a sum is asked for."),
    ("mean", "nanmean", "one nan makes the whole mean nan."),
    ("sum", "prod", "it is added up, and not multiplied."),
    ("prod", "sum", "it is multiplied, and not added up."),
    ("cumsum", "cumprod", "it is added up step by step, and not multiplied."),
    ("cumprod", "cumsum", "it is multiplied step by step, and not added up."),
    ("hstack", "vstack", "the parts stand side by side, and should stand on top of each other."),
    ("vstack", "hstack", "the parts stand on top of each other, and should stand side by side."),
    ("all", "any", "`all` asks whether everything is True, where one is enough."),
    ("any", "all", "`any` asks whether something is True, where everything must be."),
    ("ceil", "floor", "it is rounded up, and not down."),
    ("floor", "ceil", "it is rounded down, and not up."),
    ("maximum", "minimum", "the larger of two is taken, and not the smaller one."),
    ("minimum", "maximum", "the smaller of two is taken, and not the larger one."),
    ("max", "min", "the largest is taken, and not the smallest."),
    ("min", "max", "the smallest is taken, and not the largest."),
    ("ones_like", "zeros_like", "it starts from 1, and not from 0."),
    ("zeros_like", "ones_like", "it starts from 0, and not from 1."),
    ("ones", "zeros", "it starts from 1, and not from 0."),
    ("zeros", "ones", "it starts from 0, and not from 1."),
    ("log2", "log", "this is the logarithm to the base 2, and not the natural one."),
    ("log10", "log", "this is the logarithm to the base 10, and not the natural one."),
    ("exp2", "exp", "this is a power of 2, and not of e."),
    ("tan", "tanh", "this is `tan`, and not `tanh`."),
    ("arctan", "tanh", "this is `arctan`, and not `tanh`."),
    ("sinh", "tanh", "this is `sinh`, and not `tanh`."),
    ("tanh", "sigmoid", "tanh is taken where the sigmoid belongs."),
    ("sigmoid", "tanh", "the sigmoid is taken where tanh belongs."),
    ("abs", "maximum", "`abs` turns what is below 0 around, and does not set it to 0."),
)


def edits(source: Source) -> Iterator[Edit]:
    """Walk the edits of every call."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield from _others(source, node)
            yield from _axes(source, node)
            yield from _too_many(source, node)
            yield from _arguments(source, node)


def _others(source: Source, call: ast.Call) -> Iterator[Edit]:
    name, function = name_of(call), source.of(call.func)
    rest = source.of(call)[len(function) :]
    for written, meant, says in _OTHERS:
        if name == written:
            new = function[: len(function) - len(name)] + meant + rest
            if (written, meant) in (("tanh", "sigmoid"), ("sigmoid", "tanh")):
                new = ("np." if meant == "tanh" else "") + meant + rest
            if meant == "maximum" and written == "abs":
                new = f"np.maximum({rest[1:-1]}, 0)"
            where = f"{source.short(call)}: "
            alone = "prod" in (written, meant) or "any" in (written, meant)
            yield Edit(call, new, where + says, f"{written}→{meant}", alone=alone)
    if name == "len" and len(call.args) == 1:
        argument = source.factor(call.args[0])
        says = f"{source.short(call)} counts the entries along the first axis"
        yield Edit(call, f"{argument}.sum()", f"{says}, and not those that are True.", "len")
        yield Edit(call, f"{argument}.size", f"{says} alone, and not all.", "size", alone=True)


def _axes(source: Source, call: ast.Call) -> Iterator[Edit]:
    name = name_of(call)
    if name not in _ALONG_AXES:
        return
    given = next((word.value for word in call.keywords if word.arg == "axis"), None)
    for axis in ("0", "1", "-1", "2", "(0, 1)", "(1, 2)", "(0, 2)"):
        if given is None:
            yield Edit(call, _with(source, call, axis), _missing(source, call), f"axis={axis}")
        elif source.of(given) != axis:
            says = f"{source.short(call)} runs along the wrong axis."
            yield Edit(given, axis, says, f"axis={axis}")
    if given is not None:
        says = f"{source.short(call)} runs along one axis, and all should be taken together."
        yield Edit(call, _with(source, call, ""), says, "axis")


def _missing(source: Source, call: ast.Call) -> str:
    name = name_of(call)
    if name in _FLAT:
        flat = "without an `axis` it takes the whole array as one flat row."
        return f"{source.short(call)} has no `axis`: {flat}"
    if name in ("concatenate", "stack"):
        return f"{source.short(call)} joins along another axis than it should."
    return f"{source.short(call)} runs over everything at once: its `axis` is missing."


def _with(source: Source, call: ast.Call, axis: str) -> str:
    """Return the call with this axis, or with none."""
    words = [source.of(argument) for argument in call.args]
    words += [f"axis={axis}"] if axis else []
    for keyword in call.keywords:
        if keyword.arg not in (("axis",) if axis else ("axis", "keepdims")):
            words.append(source.of(keyword))
    return f"{source.of(call.func)}({', '.join(words)})"


_NOT_LEFT_OUT = (
    "range",
    "len",
    "print",
    "append",
    "list",
    "zeros",
    "ones",
    "eye",
    "stack",
    "array",
)


def _too_many(source: Source, call: ast.Call) -> Iterator[Edit]:
    name = name_of(call)
    if name in _NOT_LEFT_OUT:
        return
    method = isinstance(call.func, ast.Attribute) and source.of(call.func.value) != "np"
    if method and not call.args:
        says = f"`{name}` is taken of {source.short(call.func.value)}, and should not be."
        cut = source.short(call)
        yield Edit(call, source.factor(call.func.value), says, f"-{name}", cuts=cut)
    elif call.args and not method:
        argument = call.args[0]
        says = f"`{name}` is taken of {source.short(argument)}, and should not be."
        says = {
            "reversed": "the order is reversed, and should not be.",
            "abs": "`abs` takes away a sign that counts.",
            "float": "`float` makes one number of Python, which stops at a division by 0. "
            "One of NumPy goes on with `inf`.",
        }.get(name, says)
        if not isinstance(argument, ast.Starred):
            cut = source.short(call)
            yield Edit(call, source.factor(argument), says, f"-{name}", cuts=cut)


def _arguments(source: Source, call: ast.Call) -> Iterator[Edit]:
    words = [source.of(argument) for argument in call.args]
    name, function = name_of(call), source.of(call.func)
    if len(words) > 1 and name in _JOINS:
        says = f"`{name}` takes one list of the parts: its second argument is something else."
        yield Edit(call, f"{function}([{', '.join(words)}])", says, "list")
    if len(words) == 2 and not call.keywords and name != "append":
        says = f"the two arguments of {source.short(call)} are exchanged."
        text, empty = f"{function}({words[1]}, {words[0]})", name == "range"
        yield Edit(call, text, says, "exchanged", unpaired=empty)
    if name == "insert" and words[1:2] == ["-1"]:
        says = f"{source.short(call)} puts it in front of the last entry, and not behind it."
        yield Edit(call.args[1], f"len({words[0]})", says, "insert")
    if name == "roll" and len(words) > 1:
        says = f"{source.short(call)} moves in the wrong direction."
        yield Edit(call.args[1], f"-({words[1]})", says, "roll")
    if name == "range" and len(words) <= 2:
        yield from _ranges(source, call, words)
    if any(word.arg == "keepdims" for word in call.keywords):
        return
    if name in ("sum", "mean", "max") and any(word.arg == "axis" for word in call.keywords):
        text = source.of(call)[:-1] + ", keepdims=True)"
        says = f"{source.short(call)} loses an axis that is needed: `keepdims` is missing."
        yield Edit(call, text, says, "keepdims")


def _ranges(source: Source, call: ast.Call, words: list[str]) -> Iterator[Edit]:
    whole = source.short(call)
    yield Edit(call, f"reversed({source.of(call)})", f"{whole} runs in the wrong direction.")
    shown = partial(Edit, unpaired=True)
    for k, argument in enumerate(call.args):
        last = k == len(call.args) - 1
        for sign, change in (("+", "later"), ("-", "earlier")):
            text = [f"{word} {sign} 1" if k == j else word for j, word in enumerate(words)]
            if isinstance(argument, ast.Constant):
                text[k] = str(argument.value + (1 if sign == "+" else -1))
            says = f"{whole} must {'end' if last else 'begin'} one {change}."
            yield shown(call, f"range({', '.join(text)})", says, f"range{k}{sign}")
    if len(words) == 1:
        says = f"{whole} begins one too early."
        yield shown(call, f"range(1, {words[0]})", says, "range1")
        yield shown(call, f"range(1, {words[0]} + 1)", f"{whole} begins and ends one too early.")
    elif len(words) == 2:
        says = f"{whole} begins too late."
        yield shown(call, f"range({words[1]})", says, "range", alone=True)
        for place in source.places():
            says = f"{whole} begins at the wrong place."
            yield shown(call, f"range({place}, {words[1]})", says, "begin", FAR)
            says = f"{whole} ends at the wrong place."
            yield shown(call, f"range({words[0]}, {place})", says, "end", FAR)


class Wrap(NamedTuple):
    """A function that may be missing: the text with it, and what is said of its absence.

    ``inside`` says that it is likely to be missing inside a line too, and not only around all of
    it; ``paired`` that it can be missing beside another mistake.
    """

    new: str
    says: str
    inside: bool = False
    paired: bool = False


WRAPS = (
    Wrap("({}).copy()", "{} is not copied: what is done to it later is done to both."),
    Wrap("np.exp({})", "an `exp` is missing: it is not taken of {}.", True, True),
    Wrap("np.tanh({})", "a tanh is missing: it is not taken of {}.", True, True),
    Wrap("np.log({})", "a logarithm is missing: it is not taken of {}.", True, True),
    Wrap("sigmoid({})", "a sigmoid is missing: it is not taken of {}.", inside=True),
    Wrap("softmax({})", "a softmax is missing: it is not taken of {}."),
    Wrap("np.sqrt({})", "a root is missing: it is not taken of {}.", True, True),
    Wrap("np.maximum({}, 0)", "what is below 0 is not cut off: {} can be negative.", True, True),
    Wrap(
        "np.diagflat({})",
        "{} is a column where the matrix with it on its diagonal is needed.",
        True,
        True,
    ),
    Wrap("(({}) ** 2)", "{} is not squared."),
    Wrap("(-({}))", "the sign of {} is wrong."),
    Wrap("(1 - ({}))", "{} stands where 1 minus it belongs."),
    Wrap("({}).T", "{} should be transposed."),
)
_WHOLES = (
    Wrap("({}).sum()", "{} is not added up."),
    Wrap("({}).mean()", "the mean of {} is not taken."),
    Wrap("({}).sum(axis=0)", "{} is not added up along its first axis."),
    Wrap("({}).sum(axis=1, keepdims=True)", "{} is not added up along its second axis."),
    Wrap("(1 / ({}))", "{} is upside down."),
)


def wraps(source: Source) -> Iterator[Edit]:
    """Walk the edits by which a function that is missing is taken."""
    whole = _values(source)
    parts = [node for value in whole for node in ast.walk(value) if _can_be_wrapped(node)]
    for node in dict.fromkeys([*whole, *parts]):
        made = isinstance(node, ast.Call) and name_of(node) in _NOT_LEFT_OUT
        for wrap in () if made else WRAPS + (_WHOLES if node in whole else ()):
            yield _wrapped(source, node, wrap, node in whole)


def _wrapped(source: Source, node: ast.expr, wrap: Wrap, whole: bool) -> Edit:
    text, same = wrap.new.format(source.of(node)), f"{wrap.new} of {source.of(node)}"
    rank = LIKELY if whole or wrap.inside else FAR
    alone = not (whole and wrap.paired)
    return Edit(node, text, wrap.says.format(source.short(node)), same, rank, alone=alone)


def _values(source: Source) -> list[ast.expr]:
    """Return what is assigned or returned, one by one."""
    values = []
    for node in ast.walk(source.tree):
        if isinstance(node, (ast.Assign, ast.Return, ast.AugAssign)) and node.value is not None:
            several = isinstance(node.value, ast.Tuple)
            values += node.value.elts if several else [node.value]
    return values


def _can_be_wrapped(node: ast.AST) -> bool:
    loaded = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    kinds = (ast.Name, ast.BinOp, ast.Subscript)
    return isinstance(node, kinds) and loaded and getattr(node, "id", "") != "np"
