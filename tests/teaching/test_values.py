"""What may be said between two processes of which one trusts nothing of the other."""

import contextlib
import json
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnn_helpers.checking.compare import same
from rnn_helpers.teaching import values
from rnn_helpers.teaching.values import MessageError, pack, unpack

NUMBERS = hnp.arrays(
    st.one_of(hnp.floating_dtypes(), hnp.integer_dtypes(), hnp.complex_number_dtypes()),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0),
)
SIMPLE = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), NUMBERS)
VALUES = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(max_size=5), inner, max_size=4),
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_what_an_answer_returns_arrives_as_it_is(value: object) -> None:
    arrived = unpack(pack(value))
    assert type(arrived) is type(value)
    assert same(value, arrived)


@pytest.mark.parametrize("kind", ["f2", ">f8", "i1", "u8", "c8", "?", "U3"])
def test_the_kind_of_number_is_kept(kind: str) -> None:
    array = np.array([0, 1, 1], "i1").astype(kind)[::2]
    arrived = unpack(pack(array))
    assert arrived.dtype == array.dtype and np.array_equal(arrived, array)
    assert arrived.flags.writeable
    assert kind == "U3" or type(unpack(pack(array[0]))) is type(array[0])


class Secret:
    def __reduce__(self) -> tuple:
        return print, ("unpickled",)


@pytest.mark.parametrize("value", [Secret(), object(), {1, 2}, b"bytes", np.array([Secret()])])
def test_any_other_object_comes_as_the_name_of_its_type(value: object) -> None:
    arrived = unpack(pack(value))
    assert type(arrived).__name__ in (
        "Secret",
        "object",
        "set",
        "bytes",
        "an array of another kind",
    )
    assert not hasattr(arrived, "__dict__")


def test_a_function_is_looked_at_and_not_run() -> None:
    arrived = unpack(pack(np.tanh))
    assert callable(arrived)
    with pytest.raises(TypeError, match="another process"):
        arrived(0)


def test_what_holds_itself_comes_to_an_end() -> None:
    endless: list = []
    endless.append(endless)
    assert isinstance(unpack(pack(endless)), list)


FORGED = [
    b"", b"1", b"[]", b"{}", b"null", b'["pickle", "x"]', b'["array", "AA==", "O", [1]]',
    b'["array", "AA==", "f8", [1]]', b'["array", "", "f8", [-1]]', b'["array", "", "f8", [0.0]]',
    b'["array", "????", "i1", [3]]', b'["array", "AA==", "V1", [1]]',
    b'["array", "AA==", "M8", [1]]',
    b'["array", "", "f8", [99999999999999999999, 0, 1e99]]', b'["array", "AA==", "i1,O", [1]]',
    b'["int", "zz"]', b'["int", 3]', b'["number", ["x", "y"], "float"]', b'["number", 3, "float"]',
    b'["plain", 3]', b'["plain", {"a": 1}]', b'["plain", NaN]', b'["dict", [[1]]]',
    b'["dict", [[["list", []], ["plain", null]]]]', b"[" * 100_000, b'["list", 7]',
    b'["list"]', b'[["list"], []]', b'["other"]', b"\xff\xfe", b"9" * 10_000,
    pickle.dumps(Secret()), b'["tuple", {"a": 1}]', b'["scalar", "", "f8", [0]]',
]  # fmt: skip


@pytest.mark.parametrize("message", FORGED, ids=range(len(FORGED)))
def test_a_forged_message_is_no_message(message: bytes, capsys) -> None:
    with pytest.raises(MessageError):
        unpack(message)
    assert capsys.readouterr().out == ""


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.sampled_from(["array", "f8"])),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner)),
    max_leaves=10,
)


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_whatever_json_says_it_is_a_value_or_no_message(content: object) -> None:
    with contextlib.suppress(MessageError):
        unpack(json.dumps(content))


def test_a_huge_array_is_not_sent(monkeypatch) -> None:
    monkeypatch.setattr(values, "LARGEST", 1000)
    assert type(unpack(pack(np.zeros(1000)))).__name__ in (
        "a huge array",
        "an array of another kind",
    )
