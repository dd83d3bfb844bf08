"""What may be shared: facts of exercises in fixed keys, whatever a progress file holds."""

import ast
import copy
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_helpers.checking import detectors
from rnn_helpers.checking.feedback import State
from rnn_helpers.course import facts
from rnn_helpers.course.progress import Choice, Entry, Progress, _understood
from rnn_helpers.data.stored import predictions

CHECKING = Path(detectors.__file__).parent
PSEUDONYM, WEEK = "0" * 31 + "f", "2026-W48"
SECRETS = ["Maria Huber", "/home/maria/notebooks", "def one_step(x):", "2026-11-29", "maria@x.org"]
EXERCISE = "forward_pass.one_step"
KNOWN = sorted(facts.EXERCISES)[:3]
TEXT = st.sampled_from([*SECRETS, *KNOWN, *facts.KINDS, "0a1b2c3d", "", "é", *predictions()])
NUMBER = st.one_of(st.integers(-(10**30), 10**30), st.integers(-2, 9))
COUNTS = st.dictionaries(TEXT, NUMBER, max_size=6)
ENTRY = st.fixed_dictionaries(
    {
        "attempts": NUMBER,
        "tries": NUMBER,
        "hints": NUMBER,
        "right": st.booleans(),
        "unaided": st.booleans(),
        "solution_seen": st.booleans(),
        "first": TEXT,
        "last": TEXT,
        "mistakes": COUNTS,
        "failures": COUNTS,
    }
)
OPTION = st.sampled_from([*SECRETS, *predictions()["forward_pass.by_hand"]["options"]])
CHOICE = st.fixed_dictionaries({"option": OPTION, "right": st.sampled_from([None, True, False])})
ODD_FILE = st.fixed_dictionaries(
    {
        "version": st.just(2),
        "exercises": st.dictionaries(TEXT, ENTRY, max_size=4),
        "predictions": st.dictionaries(TEXT, CHOICE, max_size=4),
        "pseudonym": TEXT,
        "shares": NUMBER,
    }
)


def words_of(content: object) -> list[str]:
    """Return every text that stands in a share, keys included."""
    if isinstance(content, dict):
        return [word for pair in content.items() for part in pair for word in words_of(part)]
    return [content] if isinstance(content, str) else []


ALLOWED = (
    {*facts.KEYS, *facts.EXERCISES, *predictions(), *facts.KINDS, *facts._facts(Entry())}
    | {"option", "right", facts.FORMAT, PSEUDONYM, WEEK}
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(ODD_FILE)
def test_nothing_but_facts_can_be_in_a_share_whatever_the_file_holds(file: dict) -> None:
    kept = _understood(json.dumps(file))
    content = facts.to_share(kept, PSEUDONYM, kept.shares, WEEK)
    hexadecimal = re.compile("[0-9a-f]{8}|[0-9a-f]{16}")  # keys of mistakes, and the checksum
    others = {word for word in words_of(content) if word not in ALLOWED}
    assert [word for word in others if not hexadecimal.fullmatch(word)] == []
    assert facts.problem_of(content) == ""
    assert len(json.dumps(content)) < 60_000


def full() -> Progress:
    """Progress in which everything that can be counted was."""
    counts = {f"{number:08x}": 999 for number in range(facts.MISTAKES)}
    entry = Entry(999, True, True, "a", "b", 999, False, 20, counts, dict.fromkeys(facts.KINDS, 9))
    chosen = {name: Choice(p["options"][-1], False) for name, p in predictions().items()}
    return Progress({name: copy.deepcopy(entry) for name in facts.EXERCISES}, chosen)


def share() -> dict:
    entry = Entry(4, True, False, tries=3, unaided=True, mistakes={"0a1b2c3d": 1})
    chosen = {"forward_pass.by_hand": Choice("0.88", True)}
    return facts.to_share(Progress({EXERCISE: entry}, chosen), PSEUDONYM, 1, WEEK)


def test_the_facts_are_those_of_the_file() -> None:
    content = share()
    assert content["exercises"][EXERCISE]["attempts"] == 4
    assert content["exercises"][EXERCISE]["mistakes"] == {"0a1b2c3d": 1}
    assert content["predictions"] == {"forward_pass.by_hand": {"option": 1, "right": True}}
    assert facts.problem_of(content) == ""
    assert facts.problem_of(facts.to_share(full(), PSEUDONYM, 1, WEEK)) == ""


def changed(change: dict, *place: str) -> dict:
    content = share()
    part = content
    for key in place:
        part = part[key]
    part.update(change)
    return content | {"check": facts.checksum(content)}


ONE, CHOSEN = ("exercises", EXERCISE), ("predictions", "forward_pass.by_hand")
FORGERIES = {
    "a new key": changed({"name": "Maria"}),
    "a day": changed({"week": "2026-11-29"}),
    "a pseudonym that is a name": changed({"pseudonym": "Maria"}),
    "number 0": changed({"number": 0}),
    "a true number": changed({"number": True}),
    "no facts": changed({"exercises": []}),
    "a key more in an exercise": changed({"code": "x"}, *ONE),
    "solved without trying": changed({"attempts": 0, "tries": 0}, *ONE),
    "more tries than attempts": changed({"tries": 5}, *ONE),
    "a count that is a fraction": changed({"attempts": 4.0}, *ONE),
    "a count beyond all": changed({"attempts": 10**400}, *ONE),
    "below 0": changed({"hints": -1}, *ONE),
    "a mistake that is code": changed({"mistakes": {"Waa @ a": 1}}, *ONE),
    "a mistake oftener than tried": changed({"mistakes": {"0a1b2c3d": 5}}, *ONE),
    "a kind that is none": changed({"failures": {"Maria": 1}}, *ONE),
    "an option that is none": changed({"option": 9, "right": None}, *CHOSEN),
    "right in other words": changed({"right": "yes"}, *CHOSEN),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_what_cannot_be_true_is_forged(name: str) -> None:
    assert facts.problem_of(FORGERIES[name]).startswith("forged")


def test_what_was_changed_by_hand_is_found_by_its_checksum() -> None:
    content = share()
    content["exercises"][EXERCISE]["attempts"] = 5
    assert "checksum" in facts.problem_of(content)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ([], "of another kind"),
        (None, "of another kind"),
        ({"format": "another"}, "of another kind"),
        ({"version": 2, "exercises": {}}, "a progress file itself"),
        (changed({"version": 0}), "an older version"),
        (changed({"version": 2}), "a newer version"),
        (changed({"version": "1"}), "no version"),
        (changed({"gru.no_such": {}}, "exercises"), "another edition"),
        (changed({"gru.no_such": {}}, "predictions"), "another edition"),
    ],
)
def test_what_is_no_share_of_this_course_is_told_why(content: object, says: str) -> None:
    assert says in facts.problem_of(content)


# ---- the kinds


def kinds_in_the_source() -> set[str]:
    """Return every word for a kind of failure that stands in the sources of the checks."""
    looking = [f for n in ("_CERTAIN", "_FROM_NUMBERS", "_AT_LAST") for f in getattr(detectors, n)]
    found = {detector.__name__.replace("_", " ") for detector in looking}
    for path in CHECKING.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found |= _texts(_kind_nodes(node, path.name))
    return found


def _kind_nodes(node: ast.AST, file: str) -> list[ast.AST]:
    """Return what hands over a kind of failure: to ``Problem``, to ``named``, to a variable."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "Problem":
        return [*node.args[2:3], *(k.value for k in node.keywords if k.arg == "kind")]
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "diagnosis.named":
        return node.args[1:2]
    in_a_variable = isinstance(node, ast.Assign) and "kind" in ast.unparse(node.targets[0])
    return [node.value] if in_a_variable and file == "failures.py" else []


def _texts(nodes: list[ast.AST]) -> set[str]:
    constants = [
        part for node in nodes for part in ast.walk(node) if isinstance(part, ast.Constant)
    ]
    return {part.value for part in constants if isinstance(part.value, str) and part.value}


def test_every_kind_of_failure_has_its_words() -> None:
    found = kinds_in_the_source()
    assert {"endless", "repaired", "product", "all alike", "type"} <= found
    advice = {"lost_name", "unknown_name", "well_known"}
    named_by_key = {"two"}  # known mistakes
    assert found - set(facts.KINDS) == named_by_key
    assert advice <= set(facts.KINDS)
    no_failure = {
        State.NOT_ATTEMPTED, State.NOT_A_FUNCTION, State.INTERRUPTED, State.NOT_COMPLETED,
        State.KNOWN_MISTAKE, State.RIGHT, State.HINT, State.SOLUTION,
    }  # fmt: skip
    assert {str(state) for state in State if state not in no_failure} <= set(facts.KINDS)
