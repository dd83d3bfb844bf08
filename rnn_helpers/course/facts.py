"""What a learner may share: facts of exercises and nothing else, in fixed keys.

No name, no code, no path and no date finer than a week has a place in it. ``facts_of`` makes it of
the progress, ``problem_of`` finds whatever else a file holds that says it is one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from rnn_helpers.course.map import NOTEBOOKS
from rnn_helpers.course.progress import Entry, Progress
from rnn_helpers.data.stored import predictions

FORMAT, VERSION = "rnn_helpers progress", 1
MOST = 999  # what is counted beyond is written as this
MISTAKES = 40  # of one exercise, at most
PSEUDONYM, WEEK, MISTAKE = "[0-9a-f]{32}", r"20\d\d-W(0[1-9]|[1-4]\d|5[0-3])", "[0-9a-f]{8}"
KEYS = {"format", "version", "pseudonym", "number", "week", "exercises", "predictions", "check"}

# Every kind of failure that is counted, and how a teacher reads it.
KINDS = {
    "wrong arguments": "takes other arguments than the starter",
    "wrong type": "returns another type of value",
    "type": "returns another type of value",
    "generator": "has a yield and returns a generator",
    "async": "is asynchronous",
    "printed": "prints and does not return",
    "printed not returned": "prints and does not return",
    "wrong shape": "returns another shape",
    "shape": "returns another shape",
    "kind": "returns another kind of number",
    "float16": "calculates with 16 bits",
    "not finite": "returns inf or nan",
    "changed its input": "changes its input",
    "changed": "changes its input",
    "replaced": "replaces a name that the notebook needs",
    "raised": "stops with an error",
    "lost_name": "uses a name that the notebook has lost",
    "unknown_name": "uses a name that is not there",
    "well_known": "stops with an error of a well-known cause",
    "product": "multiplies matrices that do not meet",
    "broadcast": "joins arrays whose shapes do not fit",
    "recursion": "calls itself without end",
    "trap": "falls for a trap of NumPy",
    "stopped": "does not come to an end",
    "endless": "does not come to an end",
    "memory": "asks for too much memory",
    "exit": "ends Python",
    "input": "waits for the keyboard",
    "different": "returns other numbers",
    "rng": "draws other numbers each time",
    "differs when run twice": "returns something else each time",
    "draws at random": "draws at random where nothing is left to chance",
    "true whatever happens": "has a condition that always holds",
    "return inside the loop": "returns inside the loop",
    "reads the notebook": "uses a variable of the notebook",
    "parts in another order": "returns the values in another order",
    "other part in its place": "returns one value in the place of another",
    "related numbers": "returns numbers in a simple relation to the right ones",
    "one thing changed": "differs from the reference in one small thing",
    "independent of an argument": "does not react to an argument",
    "all alike": "returns the same for every step or example",
    "repaired": "is one change of a line away",
    "partly repaired": "is one change of a line away, and something else is wrong",
    "two repaired": "is two changes away",
    "cut": "has a mistake that could be traced to a place",
    "perhaps": "stops with an error that a known mistake would give",
    "right numbers": "has right numbers, made in another way than asked",
    "by hand": "has right numbers, made in another way than asked",
}
EXERCISES = frozenset(
    f"{notebook.lesson}.{name}" for notebook in NOTEBOOKS for name in notebook.exercises
)


def facts_of(kept: Progress) -> dict[str, dict]:
    """Return the facts of the exercises that were tried and of the predictions that were answered.

    What the course does not know by name is left out, whatever the file may hold.
    """
    exercises = {
        name: _facts(entry) for name, entry in sorted(kept.exercises.items()) if name in EXERCISES
    }
    return {
        "exercises": {name: facts for name, facts in exercises.items() if any(facts.values())},
        "predictions": {
            name: {"option": options.index(choice.option), "right": choice.right}
            for name, choice in sorted(kept.predictions.items())
            if choice.option in (options := predictions().get(name, {}).get("options", ()))
        },
    }


def _facts(entry: Entry) -> dict[str, Any]:
    attempts = _count(entry.attempts)
    right = entry.right and attempts > 0
    tries = min(_count(entry.tries), attempts) if right else 0
    hints = min(_count(entry.hints), 20)
    return {
        "attempts": attempts,
        "tries": tries,
        "right": right,
        "unaided": entry.unaided and tries > 0,
        "solution_seen": entry.solution_seen,
        "hints": hints,
        "mistakes": dict(_counts(entry.mistakes, MISTAKE, attempts)[:MISTAKES]),
        "failures": dict(_counts(entry.failures, "|".join(map(re.escape, KINDS)), attempts)),
    }


def _count(number: int) -> int:
    return max(0, min(MOST, number))


def _counts(counts: Mapping[str, int], pattern: str, most: int) -> list[tuple[str, int]]:
    known = [(key, _count(n)) for key, n in sorted(counts.items()) if re.fullmatch(pattern, key)]
    return [(key, min(n, most)) for key, n in known if min(n, most) > 0]


def to_share(kept: Progress, pseudonym: str, number: int, week: str) -> dict[str, Any]:
    """Return all that one share holds: the facts, whose they are by pseudonym, and a checksum."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "pseudonym": pseudonym,
        "number": max(1, min(MOST, number)),
        "week": week,
        **facts_of(kept),
    }
    return content | {"check": checksum(content)}


def checksum(content: Mapping[str, Any]) -> str:
    """Return what finds a share that was changed by accident or by hand; it is no signature."""
    bare = {key: value for key, value in content.items() if key != "check"}
    return hashlib.sha256(json.dumps(bare, sort_keys=True).encode()).hexdigest()[:16]


# --- what is a share and what is not -------------------------------------------------------------


def problem_of(content: Any) -> str:
    """Return in a few words why this is no share of the course's, or ""."""
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        old = isinstance(content, dict) and {"version", "exercises"} <= content.keys()
        return "a progress file itself, not what is shared of it" if old else "of another kind"
    version = content.get("version")
    if type(version) is not int:
        return "damaged: it has no version"
    if version != VERSION:
        return f"of {'an older' if version < VERSION else 'a newer'} version of the course"
    return _problem_of_version_1(content)


def _problem_of_version_1(content: dict[str, Any]) -> str:
    if content.keys() != KEYS:
        return "forged: its keys are not those of a share"
    texts = {"pseudonym": PSEUDONYM, "week": WEEK, "check": "[0-9a-f]{16}"}
    for key, pattern in texts.items():
        if type(content[key]) is not str or not re.fullmatch(pattern, content[key], re.ASCII):
            return f"forged: its {key} is none"
    if not _is_count(content["number"], 1):
        return "forged: its number is none"
    exercises, choices = content["exercises"], content["predictions"]
    if type(exercises) is not dict or type(choices) is not dict:
        return "forged: its facts are none"
    found = (_problem_of_exercise(name, facts) for name, facts in exercises.items())
    chosen = (_problem_of_choice(name, choice) for name, choice in choices.items())
    if says := next(filter(None, (*found, *chosen)), ""):
        return says
    if content["check"] != checksum(content):
        return "forged or damaged: its checksum is another"
    return ""


def _problem_of_exercise(name: str, facts: Any) -> str:
    like = _facts(Entry())
    if name not in EXERCISES:
        return "of another edition: it has an exercise that the course does not know"
    if type(facts) is not dict or facts.keys() != like.keys():
        return "forged: an exercise has other keys"
    if any(type(facts[key]) is not type(value) for key, value in like.items()):
        return "forged: an exercise has a value of another type"
    return "" if _can_be_true(facts) else "forged: an exercise has facts that cannot be true"


def _can_be_true(facts: dict[str, Any]) -> bool:
    attempts, tries, right = facts["attempts"], facts["tries"], facts["right"]
    counts = {
        f"{part}.{key}": n for part in ("mistakes", "failures") for key, n in facts[part].items()
    }
    keys = re.compile(f"mistakes\\.{MISTAKE}|failures\\.({'|'.join(map(re.escape, KINDS))})")
    return (
        all(map(_is_count, (attempts, tries, facts["hints"])))
        and all(keys.fullmatch(key) and _is_count(n, 1) for key, n in counts.items())
        and all(n <= attempts for n in counts.values())
        and len(facts["mistakes"]) <= MISTAKES
        and facts["hints"] <= 20
        and tries <= (attempts if right else 0)
        and (attempts > 0 or not right)
        and (tries > 0 or not facts["unaided"])
    )


def _problem_of_choice(name: str, choice: Any) -> str:
    known = predictions().get(name)
    if known is None:
        return "of another edition: it has a prediction that the course does not know"
    if type(choice) is not dict or choice.keys() != {"option", "right"}:
        return "forged: a prediction has other keys"
    fits = _is_count(choice["option"]) and choice["option"] < len(known["options"])
    if not fits or (choice["right"] is not None and type(choice["right"]) is not bool):
        return "forged: a prediction has a choice that is none"
    return ""


def _is_count(number: Any, least: int = 0) -> bool:
    return type(number) is int and least <= number <= MOST
