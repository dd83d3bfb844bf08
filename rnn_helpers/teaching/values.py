"""What a process that runs an answer and the one that judges it say to each other.

A learner's process may write anything, so nothing that comes from it is unpickled: a message is
JSON of a bounded size, and arrays come as their bytes, with a kind of number out of a short list.
What is no number, text or container of these comes as a bare name of its type.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

LARGEST = 32 * 2**20  # bytes of a message
DEEP = 20  # levels of containers
KINDS = "biufcU"  # of arrays: truth values, numbers, text


@dataclass(frozen=True)
class Asked:
    """Stands for a function among the inputs of an answer: it runs with the one that judges."""

    name: str


class MessageError(Exception):
    """A message that an honest process does not send."""


def pack(value: Any) -> str:
    """Return a value as the text of a message."""
    return json.dumps(packed(value), allow_nan=False)


def packed(value: Any, depth: int = 0) -> Any:
    """Return a value in what JSON has: ``[kind, content]``, each part so in its turn."""
    if depth > DEEP:
        return ["other", "something nested too deeply"]
    if value is None or isinstance(value, bool | str):
        return ["plain", value if type(value) is not str else value[:LARGEST]]
    if type(value) is int:
        return ["int", hex(value)] if value.bit_length() < 4096 else ["other", "int"]
    if type(value) in (float, complex):
        return ["number", [value.real.hex(), value.imag.hex()], type(value).__name__]
    if isinstance(value, np.ndarray | np.generic):
        return _packed_array(value)
    if type(value) in (list, tuple):
        return [type(value).__name__, [packed(part, depth + 1) for part in value]]
    if isinstance(value, Mapping):
        pairs = [[packed(k, depth + 1), packed(v, depth + 1)] for k, v in value.items()]
        return ["dict", pairs]
    return ["function" if callable(value) else "other", type(value).__name__[:60]]


def _packed_array(value: np.ndarray | np.generic) -> Any:
    array = np.asarray(value)
    if array.dtype.kind not in KINDS or array.nbytes > LARGEST // 2:
        return ["other", "an array of another kind" if array.nbytes < LARGEST else "a huge array"]
    if array.dtype.itemsize > 16 and array.dtype.kind in "fc":  # long double: differs by machine
        array = array.astype(complex if array.dtype.kind == "c" else float)
    array = np.ascontiguousarray(array).reshape(array.shape)
    content = base64.b64encode(array.tobytes()).decode()
    kind = "array" if isinstance(value, np.ndarray) else "scalar"
    return [kind, content, array.dtype.str, list(array.shape)]


def unpack(text: str | bytes) -> Any:
    """Return what ``pack`` made a text of; raise MessageError for anything else."""
    try:
        return _unpacked(json.loads(text))
    except MessageError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, OverflowError) as error:
        raise MessageError(f"no message: {type(error).__name__}") from None


def _unpacked(message: Any) -> Any:
    kind, content, *more = message
    opened: dict[str, Callable[..., Any]] = {
        "plain": _plain,
        "int": lambda text: int(text[:1100], 16),
        "number": _number,
        "array": _array,
        "scalar": lambda *parts: _array(*parts).reshape(1)[0],
        "list": lambda parts: [_unpacked(part) for part in parts],
        "tuple": lambda parts: tuple(_unpacked(part) for part in parts),
        "dict": lambda pairs: {_hashable(_unpacked(k)): _unpacked(v) for k, v in pairs},
        "function": lambda name: _no_function,
        "other": lambda name: _other(str(name)),
    }
    if not isinstance(kind, str) or kind not in opened:
        raise MessageError("no message: another kind")
    return opened[kind](content, *more)


def _plain(value: Any) -> Any:
    if value is not None and not isinstance(value, bool | str):
        raise MessageError("no message: a plain value that is none")
    return value


def _number(parts: list, name: str) -> float | complex:
    real, imaginary = (float.fromhex(part) for part in parts)
    return complex(real, imaginary) if name == "complex" else real


def _array(content: str, kind: str, shape: list) -> np.ndarray:
    dtype = np.dtype(str(kind))
    fits = all(type(size) is int and size >= 0 for size in shape) and len(shape) <= 32
    if dtype.kind not in KINDS or dtype.hasobject or dtype.itemsize == 0 or not fits:
        raise MessageError("no message: an array of another kind")
    try:
        data = base64.b64decode(content, validate=True)
    except binascii.Error:
        raise MessageError("no message: an array without its numbers") from None
    if math.prod(shape) * dtype.itemsize != len(data):
        raise MessageError("no message: an array of another size")
    return np.frombuffer(bytearray(data), dtype).reshape(shape)


def _hashable(key: Any) -> Any:
    if not isinstance(key, str | int | float | bool | tuple | None):
        raise MessageError("no message: a key that is none")
    return key


def _no_function(*_: Any, **__: Any) -> None:
    """Stand for a function that was returned; it is only ever looked at."""
    raise TypeError("this stands for a function of another process")


def _other(name: str) -> Any:
    """Return an object whose type has this name, to be worded as such."""
    plain = "".join(letter for letter in name[:60] if letter.isalnum() or letter in " _")
    return type(plain or "object", (), {"__slots__": ()})()
