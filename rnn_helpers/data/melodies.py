"""Traditional tunes as notes and lengths, and their tokens.

``melodies.txt`` holds tunes that were sung long before recording: folk songs, nursery tunes, carols
and hymns, written down for this course note by note. A block is one tune, with an empty line before
the next::

    title: The Farmer in the Dell
    origin: Germany and United States, 19th century
    metre: 6/8
    key: F major
    pickup: 0.5
    C4:.5 |
    F4 F4:.5 F4 F4:.5 | F4:2.5 G4:.5 | ...

A key is a tonic and a mode: major, minor or dorian. A note is its name, its octave (C4 is middle C)
and, after a colon, its length in beats; without one it lasts 1 beat. ``r`` is a rest. A beat is a
quarter note in every metre: a bar of n/d lasts 4n/d beats. ``pickup`` is how many beats come before
the first full bar, and the last bar is shorter by as many. Lines end where the page asks for it.

Why the tokens are what they are. A token is a note with its length: what ``training.name_batches``
and ``sampling.sample`` do for letters then works for notes as it is. The tunes come in several
keys, a few in each. So all are moved to the white keys, C major, A minor or D dorian: tunes of one
mode share their notes, and a phrase that two of them share is learned once. To write every tune in
all twelve keys instead would take about three times as many tokens and twelve times as many
sequences.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from math import inf
from typing import NamedTuple

import numpy as np

from rnn_helpers import checks

STEPS = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11)))  # semitones above C
NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
WHITE_TONICS = {"major": "C", "minor": "A", "dorian": "D"}  # keys without sharps and flats
METRES = ((3, 4), (4, 4), (6, 8))  # a network is asked for METRES[k] by token len(NOTE_TOKENS) + k
C0, B9 = 12, 131  # the lowest and the highest pitch that has a name here
MIDDLE = 64  # E4: near where tunes in C major with a tonic of C4 have their mean


class Note(NamedTuple):
    """A pitch, as a MIDI number (60 is middle C; None is a rest), and a length in beats."""

    pitch: int | None
    beats: float


@dataclass(frozen=True)
class Melody:
    """One tune. ``metre`` is (beats in a bar, what counts as one), as written: (6, 8)."""

    title: str
    origin: str
    metre: tuple[int, int]
    key: str
    pickup: float
    notes: tuple[Note, ...]


def pitch_of(name: str) -> int:
    """Return the MIDI number of a note's name: ``pitch_of("A4")`` is 69. ValueError if unknown."""
    match = re.fullmatch("([A-G])([#b]?)([0-9])", checks.text("name", name))
    if not match:
        raise ValueError(f"name must be a note such as C4, F#4 or Bb3, got {name!r}")
    letter, sign, octave = match.groups()
    return 12 * (int(octave) + 1) + STEPS[letter] + {"": 0, "#": 1, "b": -1}[sign]


def read_notes(text: str) -> tuple[Note, ...]:
    """Return the notes of a line such as ``"C4 C4 G4:2 | r:.5"``. Bar lines may stand anywhere.

    Raise ValueError for a word that is no note.
    """
    words = checks.text("text", text).replace("|", " ").split()
    with checks.known_as("name", "text"):
        return tuple(_note(word) for word in words)


def _note(word: str) -> Note:
    name, _, beats = word.partition(":")
    known = re.fullmatch(r"[0-9]*\.?[0-9]+", beats or "1")
    if not known or not 0 < float(beats or 1) < inf:
        came = checks.shown(word)
        raise ValueError(f"text must give each length as a number above 0, got {came}")
    return Note(None if name == "r" else pitch_of(name), float(beats or 1))


def write_notes(notes: Iterable[tuple[int | None, float]]) -> str:
    """Return notes as a line that ``read_notes`` reads, black keys under the names of ``NAMES``.

    Raise ValueError for a pitch outside C0 to B9 or a length that is not above 0, TypeError for
    what is no pair of numbers.
    """
    words = []
    for i, note in enumerate(checks.several("notes", notes)):
        if not isinstance(note, (tuple, list)) or len(note) != 2:
            raise TypeError(f"notes[{i}] must be a pair (pitch, beats), got {checks.shown(note)}")
        pitch, beats = note[0], checks.positive(f"beats of notes[{i}]", note[1])
        if pitch is not None and not C0 <= checks.whole(f"pitch of notes[{i}]", pitch) <= B9:
            raise ValueError(f"pitch of notes[{i}] must be from {C0} to {B9}, got {pitch}")
        words.append(_word(pitch, beats))
    return " ".join(words)


def _word(pitch: int | None, beats: float) -> str:
    name = "r" if pitch is None else f"{NAMES[pitch % 12]}{pitch // 12 - 1}"
    length = np.format_float_positional(beats, trim="-")  # all its digits, and no exponent
    return name if beats == 1 else f"{name}:{length}".replace(":0.", ":.")


@cache
def melodies() -> tuple[Melody, ...]:
    """Return all tunes, in the keys in which they are written down."""
    text = resources.files("rnn_helpers.data").joinpath("melodies.txt").read_text("utf-8")
    return tuple(_read(block) for block in text.strip().split("\n\n"))


def _read(block: str) -> Melody:
    *head, notes = block.split("\n", 5)
    fields = dict(line.split(": ", 1) for line in head)
    fields["metre"] = tuple(int(part) for part in fields["metre"].split("/"))
    fields["pickup"] = float(fields["pickup"])
    return Melody(**fields, notes=read_notes(notes))


def transposed(melody: Melody, semitones: int) -> Melody:
    """Return the tune moved up by ``semitones``, down if negative; rests and lengths stay.

    Raise ValueError if a note would leave the pitches that have a name, C0 to B9.
    """
    checks.instance("melody", melody, Melody, "a Melody")
    shift = checks.whole("semitones", semitones)
    pitches = [note.pitch for note in melody.notes if note.pitch is not None]
    if pitches and (min(pitches) + shift < C0 or max(pitches) + shift > B9):
        came = checks.shown(semitones)
        raise ValueError(f"semitones must leave every pitch from {C0} to {B9}, got {came}")
    notes = (Note(None if p is None else p + shift, beats) for p, beats in melody.notes)
    tonic, mode = melody.key.split()
    key = f"{NAMES[(pitch_of(tonic + '4') + shift) % 12]} {mode}"
    return replace(melody, key=key, notes=tuple(notes))


def on_white_keys(melody: Melody) -> Melody:
    """Return the tune in C major, A minor or D dorian, whichever its mode asks for.

    Of all octaves it is the one whose mean pitch is nearest to ``MIDDLE``.
    """
    checks.instance("melody", melody, Melody, "a Melody")
    tonic, mode = melody.key.split()
    nearest = MIDDLE - np.mean([note.pitch for note in melody.notes if note.pitch is not None])
    shift = pitch_of(WHITE_TONICS[mode] + "4") - pitch_of(tonic + "4")
    return transposed(melody, shift + 12 * round((nearest - shift) / 12))


@cache
def in_one_key() -> tuple[Melody, ...]:
    """Return all tunes on the white keys: what a network learns from."""
    return tuple(on_white_keys(melody) for melody in melodies())


def _note_tokens() -> tuple[Note, ...]:
    used = {note for melody in in_one_key() for note in melody.notes}
    return (Note(None, 0.0), *sorted(used, key=lambda note: (note.pitch or 0, note.beats)))


# NOTE_TOKENS[k] is the note of token k: 0 is the end, then come the rests, then low to high.
NOTE_TOKENS = _note_tokens()
_PLACE = {note: k for k, note in enumerate(NOTE_TOKENS) if k > 0}


def to_note_tokens(melody: Melody) -> np.ndarray:
    """Return the tokens of a tune on the white keys, (T,), without an end.

    Raise ValueError for a note that is in none of the tunes of ``in_one_key``.
    """
    checks.instance("melody", melody, Melody, "a Melody")
    unknown = [note for note in melody.notes if note not in _PLACE]
    if unknown:
        raise ValueError(
            "melody must hold notes of NOTE_TOKENS only (is it on the white keys?), "
            f"got {_word(*unknown[0])} in {melody.title!r}"
        )
    return np.array([_PLACE[note] for note in melody.notes], int)


def to_notes(tokens: np.ndarray) -> tuple[Note, ...]:
    """Return the notes of tokens (T,), the inverse of ``to_note_tokens``. An end (0) is no note.

    Raise ValueError for a token outside ``NOTE_TOKENS``.
    """
    tokens = checks.token_row("tokens", tokens)
    if len(tokens) == 0:
        return ()
    tokens = checks.tokens("tokens", tokens, len(NOTE_TOKENS), "T")
    return tuple(NOTE_TOKENS[k] for k in tokens if k != 0)


def bar_line_share(notes: Sequence[Note], beats: float) -> float:
    """Return the share of bar lines at which a note begins, for bars of so many beats.

    Where the first bar line stands is not written in the notes, so it is put where that share is
    largest. Raise ValueError if there are no two bars, or a bar is shorter than half a beat.
    """
    for i, note in enumerate(checks.several("notes", notes)):
        checks.instance(f"notes[{i}]", note, Note, "a Note")
    if checks.positive("beats", beats) < 0.5:
        raise ValueError(f"beats must be 0.5 or more, got {beats}")
    starts = np.cumsum([0.0, *(note.beats for note in notes)])
    if starts[-1] < 2 * beats:
        raise ValueError(f"notes must fill two bars of {beats} beats, got {starts[-1]:g} beats")
    first_lines = np.arange(0, beats, 0.5)
    shares = (np.isin(np.arange(f, starts[-1], beats), starts).mean() for f in first_lines)
    return float(max(shares))


def copied_share(tokens: np.ndarray, tunes: Sequence[np.ndarray], n: int) -> float:
    """Return the share of a tune's windows of n notes that occur in ``tunes``, from 0 to 1.

    Two windows are the same if they sound the same in some key: equal lengths, and equal distances
    from the first pitch. ``tokens`` (T,) and each of ``tunes`` are tokens. Compare the share of a
    real tune that is not among ``tunes``: short windows are common property. Raise ValueError if
    the tune is shorter than n notes.
    """
    return float(copied_windows(tokens, tunes, n).mean())


def copied_windows(tokens: np.ndarray, tunes: Sequence[np.ndarray], n: int) -> np.ndarray:
    """Return which windows of n notes occur in ``tunes``, (T - n + 1,), as for ``copied_share``."""
    notes, n = to_notes(tokens), checks.size("n", n)
    if len(notes) < n:
        raise ValueError(f"tokens must hold n = {n} notes or more, got {len(notes)}")
    known = set()
    for i, tune in enumerate(checks.several("tunes", tunes)):
        with checks.known_as("tokens", f"tunes[{i}]"):
            known.update(_windows(to_notes(tune), n))
    return np.array([window in known for window in _windows(notes, n)])


def copied_notes(tokens: np.ndarray, tunes: Sequence[np.ndarray], n: int) -> np.ndarray:
    """Return which notes of a tune (T,) lie in a window of n that occurs in ``tunes``, (T,)."""
    to_notes(tokens)  # raises if they are none
    if len(tokens) < checks.size("n", n):
        return np.zeros(len(tokens), bool)
    return np.convolve(copied_windows(tokens, tunes, n), np.ones(n)) > 0.5


def _windows(notes: Sequence[Note], n: int) -> list[tuple]:
    return [_in_any_key(notes[i : i + n]) for i in range(len(notes) - n + 1)]


def _in_any_key(notes: Sequence[Note]) -> tuple:
    first = next((note.pitch for note in notes if note.pitch is not None), 0)
    return tuple((None if p is None else p - first, beats) for p, beats in notes)
