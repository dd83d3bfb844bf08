import re
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from helpers import rejects
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_helpers.data import melodies as tunes
from rnn_helpers.data.melodies import Melody, Note

property_test = settings(derandomize=True, deadline=None, max_examples=50)

FILE = Path(tunes.__file__).with_name("melodies.txt")
BLOCKS = FILE.read_text("utf-8").strip().split("\n\n")
BY_TITLE = {melody.title: melody for melody in tunes.melodies()}
MAJOR = {"1": 0, "2": 2, "3": 4, "4": 5, "5": 7, "6": 9, "7": 11}
SCALES = {  # semitones above the tonic
    "major": {0, 2, 4, 5, 7, 9, 11},
    "minor": {0, 2, 3, 5, 7, 8, 9, 10, 11},  # melodic: the sixth and seventh step have two forms
    "dorian": {0, 2, 3, 5, 7, 9, 10},
}
TONICS = dict(zip("CDEFGA", (0, 2, 4, 5, 7, 9)))
ENDS_ELSEWHERE = {"Sakura": 7, "Mo li hua": 7, "The First Nowell": 4}  # all others on the tonic

each_tune = pytest.mark.parametrize("melody", tunes.melodies(), ids=lambda melody: melody.title)


def pitches(melody: Melody) -> list[int]:
    return [pitch for pitch, _ in melody.notes if pitch is not None]


def shape(melody: Melody) -> tuple:
    """Steps up and down, rests and lengths: what two tunes share if one is the other transposed."""
    lowest = min(pitches(melody))
    return tuple((pitch and pitch - lowest, beats) for pitch, beats in melody.notes)


# -- the file ----------------------------------------------------------------------------------


def test_there_are_two_dozen_tunes_or_more_and_each_block_is_one():
    assert len(tunes.melodies()) >= 24
    assert [melody.title for melody in tunes.melodies()] == [
        block.split("\n")[0].removeprefix("title: ") for block in BLOCKS
    ]
    assert tunes.melodies() is tunes.melodies()


def test_no_tune_is_there_twice_under_another_title_or_in_another_key():
    assert len(BY_TITLE) == len(BLOCKS)
    shapes = [shape(melody) for melody in tunes.melodies()]
    assert len(set(shapes)) == len(shapes)
    openings = Counter(shape[:20] for shape in shapes)
    assert max(openings.values()) == 1


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n")[0][7:])
def test_every_bar_adds_up(block):
    head, notes = block.split("\n")[:5], " ".join(block.split("\n")[5:])
    above, below = re.search(r"metre: (\d)/(\d)", block).groups()
    full, pickup = 4 * Fraction(above) / Fraction(below), Fraction(head[4].split()[1])
    bars = [
        sum(Fraction(word.split(":")[1] if ":" in word else 1) for word in bar.split())
        for bar in notes.split("|")
    ]
    assert bars[0] == (pickup or full)
    assert bars[-1] == full - pickup
    assert set(bars[1:-1]) == {full}
    assert pickup < full


@each_tune
def test_a_tune_has_whole_phrases_that_can_be_sung(melody):
    above, below = melody.metre
    bars = (sum(beats for _, beats in melody.notes)) / (4 * above / below)
    assert bars == int(bars)
    assert 4 <= bars <= 24
    assert min(pitches(melody)) >= tunes.pitch_of("G3")
    assert max(pitches(melody)) <= tunes.pitch_of("G5")
    assert max(pitches(melody)) - min(pitches(melody)) <= 17  # an octave and a fourth
    assert max(abs(a - b) for a, b in pairwise(pitches(melody))) <= 15  # a tenth, between phrases


@each_tune
def test_a_tune_is_in_the_key_that_it_names(melody):
    tonic, mode = melody.key.split()
    steps = [(pitch - TONICS[tonic]) % 12 for pitch in pitches(melody)]
    assert np.mean([step in SCALES[mode] for step in steps]) > 0.97
    assert steps[-1] == ENDS_ELSEWHERE.get(melody.title, 0)
    if mode == "minor":  # otherwise it could be dorian
        assert 8 in steps or 11 in steps
    if mode == "dorian":  # a minor scale with a raised sixth step, which the tune must show
        assert 9 in steps
        assert set(steps) <= SCALES[mode]


@each_tune
def test_a_tune_says_what_it_is(melody):
    assert re.fullmatch(r"\S.*\S", melody.title)
    assert re.search(r"century|Edo|1[0-8]\d\d", melody.origin)
    assert melody.metre in {(2, 4), (3, 4), (4, 4), (6, 8)}
    assert all(beats in {0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4} for _, beats in melody.notes)


# Typed from memory of the songs as steps of the scale: "," an octave down, "'" an octave up; then
# the length where it is not one beat.
OPENINGS = {
    "Twinkle, Twinkle, Little Star": "1 1 5 5 6 6 5:2 4 4 3 3 2 2 1:2 5 5 4 4 3 3 2:2",
    "Frère Jacques": "1 2 3 1 1 2 3 1 3 4 5:2 3 4 5:2 5:.5 6:.5 5:.5 4:.5 3 1",
    "Mary Had a Little Lamb": "3 2 1 2 3 3 3:2 2 2 2:2 3 5 5:2",
    "London Bridge": "5:1.5 6:.5 5 4 3 4 5:2 2 3 4:2 3 4 5:2",
    "Row, Row, Row Your Boat": "1:1.5 1:1.5 1 2:.5 3:1.5 3 2:.5 3 4:.5 5:3 1':.5 1':.5 1':.5 5:.5",
    "Au clair de la lune": "1 1 1 2 3:2 2:2 1 3 2 2 1:4",
    "Yankee Doodle": "1 1 2 3 1 3 2 5, 1 1 2 3 1:2 7,:2 1 1 2 3 4 3 2 1 7, 5, 6, 7, 1:2 1:2",
    "Auld Lang Syne": "5, 1:1.5 1:.5 1 3 2:1.5 1:.5 2 3 1:1.5 1:.5 3 5 6:3",
    "Amazing Grace": "5, 1:2 3:.5 1:.5 3:2 2 1:2 6, 5,:2 5, 1:2 3:.5 1:.5 3:2 2 5:3",
    "Deck the Halls": "5:1.5 4:.5 3 2 1 2 3 1 2:.5 3:.5 4:.5 2:.5 3:1.5 2:.5 1 7, 1:2",
    "O Tannenbaum": "5,:.5 1:.5 1:.5 1:1.5 2:.5 3:.5 3:.5 3:1.5 3:.5 2:.5 3:.5 4 7, 2 1",
    "Good King Wenceslas": "1 1 1 2 1 1 5,:2 6, 5, 6, 7, 1:2 1:2",
    "O du lieber Augustin": "5:1.5 6:.5 5:.5 4:.5 3 1 1 2 5, 5, 3 1 1",
    "Hänschen klein": "5 3 3:2 4 2 2:2 1 2 3 4 5 5 5:2",
    "Alle meine Entchen": "1 2 3 4 5:2 5:2 6 6 6 6 5:4",
    "God Save the King": "1 1 2 7,:1.5 1:.5 2 3 3 4 3:1.5 2:.5 1 2 1 7, 1:3",
    "Three Blind Mice": "3:1.5 2:1.5 1:3 3:1.5 2:1.5 1:3 5:1.5 4 4:.5 3:3",
    "Old Hundredth": "1 1 7, 6, 5, 1 2 3 3 3 3 2 1 4 3 2",
    "My Bonnie Lies over the Ocean": "5, 3 2 1 2 1 6, 5, 3,:2",
}


def from_steps(line: str) -> list[tuple[int, float]]:
    """Semitones above the tonic, and lengths."""
    notes = []
    for word in line.split():
        step, _, beats = word.partition(":")
        octave = step.count("'") - step.count(",")
        notes.append((MAJOR[step[0]] + 12 * octave, float(beats or 1)))
    return notes


@pytest.mark.parametrize("title", OPENINGS)
def test_well_known_tunes_begin_as_everybody_sings_them(title):
    melody, expected = BY_TITLE[title], from_steps(OPENINGS[title])
    tonic = pitches(melody)[0] - expected[0][0]
    assert tonic % 12 == TONICS[melody.key.split()[0]]
    opening = melody.notes[: len(expected)]
    assert [(pitch - tonic, beats) for pitch, beats in opening] == expected


# -- notes as text -----------------------------------------------------------------------------


def test_names_are_pitches():
    names = ("C4", "C#4", "Db4", "F#4", "A4", "Bb3", "B3", "C0", "G9", "Cb4", "B#3")
    assert [tunes.pitch_of(name) for name in names] == [
        60, 61, 61, 66, 69, 58, 59, 12, 127, 59, 60,
    ]  # fmt: skip


def test_a_line_is_written_as_in_the_file():
    line = "C4 F#4:1.5 Bb3:.5 r:2 r Eb5:.25 C4:10"
    assert tunes.write_notes(tunes.read_notes(line)) == line
    assert tunes.write_notes([]) == ""


def test_a_line_is_read():
    assert tunes.read_notes("C4 G4:2 | r:.5 Bb3:1.5 |") == (
        (60, 1),
        (67, 2),
        (None, 0.5),
        (58, 1.5),
    )
    assert tunes.read_notes("") == ()


@property_test
@given(
    st.lists(
        st.tuples(st.none() | st.integers(12, 127), st.sampled_from((0.25, 0.5, 1, 1.5, 2.5, 10)))
    )
)
def test_what_is_written_is_read_back(notes):
    assert list(tunes.read_notes(tunes.write_notes(notes))) == notes


# -- keys --------------------------------------------------------------------------------------


@property_test
@given(st.sampled_from(tunes.melodies()), st.integers(-24, 24))
def test_a_transposed_tune_keeps_its_intervals_lengths_and_rests(melody, semitones):
    moved = tunes.transposed(melody, semitones)
    assert [b - a for a, b in pairwise(pitches(moved))] == [
        b - a for a, b in pairwise(pitches(melody))
    ]
    assert pitches(moved)[0] == pitches(melody)[0] + semitones
    assert [(p is None, beats) for p, beats in moved.notes] == [
        (p is None, beats) for p, beats in melody.notes
    ]
    assert tunes.transposed(moved, -semitones).notes == melody.notes
    tonic = tunes.pitch_of(moved.key.split()[0] + "4") - tunes.pitch_of(melody.key.split()[0] + "4")
    assert (tonic - semitones) % 12 == 0
    assert (moved.title, moved.metre, moved.pickup) == (melody.title, melody.metre, melody.pickup)


def test_the_white_keys_have_their_tonics_where_they_belong():
    assert len(tunes.in_one_key()) == len(tunes.melodies())
    for melody, moved in zip(tunes.melodies(), tunes.in_one_key()):
        shift = pitches(moved)[0] - pitches(melody)[0]
        tonic, mode = melody.key.split()
        assert moved.key == {"major": "C major", "minor": "A minor", "dorian": "D dorian"}[mode]
        assert (TONICS[tonic] + shift) % 12 == {"major": 0, "minor": 9, "dorian": 2}[mode]
        assert shape(moved) == shape(melody)
        assert abs(np.mean(pitches(moved)) - tunes.MIDDLE) <= 6


def test_tunes_in_major_share_one_tonic():
    for melody in tunes.in_one_key():
        if melody.key == "C major" and melody.title not in ENDS_ELSEWHERE:
            assert pitches(melody)[-1] == tunes.pitch_of("C4"), melody.title


def test_the_key_in_which_a_tune_was_written_makes_no_difference():
    for semitones in (-7, 3, 12):
        for melody, moved in zip(tunes.melodies(), tunes.in_one_key()):
            again = tunes.on_white_keys(tunes.transposed(melody, semitones))
            assert again.notes == moved.notes


# -- tokens ------------------------------------------------------------------------------------


def test_the_vocabulary_is_what_the_tunes_use_once_each():
    used = {note for melody in tunes.in_one_key() for note in melody.notes}
    assert tunes.NOTE_TOKENS[0] == (None, 0)
    assert set(tunes.NOTE_TOKENS[1:]) == used
    assert len(tunes.NOTE_TOKENS) == len(used) + 1
    order = [(-1 if pitch is None else pitch, beats) for pitch, beats in tunes.NOTE_TOKENS]
    assert order == sorted(order)


def test_one_key_needs_fewer_tokens_than_the_keys_as_written_and_far_fewer_than_all_twelve():
    as_written = {note for melody in tunes.melodies() for note in melody.notes}
    in_all = {
        note
        for melody in tunes.melodies()
        for semitones in range(-6, 6)
        for note in tunes.transposed(melody, semitones).notes
    }
    assert len(tunes.NOTE_TOKENS) < 100
    assert len(tunes.NOTE_TOKENS) - 1 < len(as_written)
    assert 2.5 * len(tunes.NOTE_TOKENS) < len(in_all)


def test_tunes_become_tokens_and_tunes_again():
    for melody in tunes.in_one_key():
        tokens = tunes.to_note_tokens(melody)
        assert tokens.dtype == int
        assert tokens.shape == (len(melody.notes),)
        assert tokens.min() > 0
        assert tunes.to_notes(tokens) == melody.notes


@property_test
@given(st.lists(st.integers(1, len(tunes.NOTE_TOKENS) - 1)))
def test_tokens_become_notes_and_tokens_again(tokens):
    melody = Melody("", "", (4, 4), "C major", 0.0, tunes.to_notes(np.array(tokens, int)))
    assert tunes.to_note_tokens(melody).tolist() == tokens


def test_the_end_is_no_note():
    assert tunes.to_notes([0, 5, 0]) == (tunes.NOTE_TOKENS[5],)
    assert tunes.to_notes([]) == ()


# -- how much is copied ------------------------------------------------------------------------


def tokens_of(line: str) -> np.ndarray:
    return np.array([tunes.NOTE_TOKENS.index(note) for note in tunes.read_notes(line)])


def test_a_tune_is_a_copy_of_itself_and_of_itself_in_another_key():
    scale = tokens_of("C4 D4 E4 C4:2")
    assert tunes.copied_share(scale, [scale], 4) == 1
    assert tunes.copied_share(tokens_of("F4 G4 A4 F4:2"), [scale], 4) == 1
    assert tunes.copied_share(tokens_of("C4 D4 F4 C4:2"), [scale], 4) == 0  # another interval
    assert tunes.copied_share(tokens_of("C4 D4 E4 C4"), [scale], 4) == 0  # another length


def test_the_share_counts_windows():
    known = tokens_of("C4 D4 E4 C4")  # steps +2 +2 -4
    assert tunes.copied_share(tokens_of("G4 A4 G4 E4 C4"), [known], 2) == 0.5  # +2 -2 -3 -4
    assert tunes.copied_share(tokens_of("D4 E4 D4 E4"), [known], 2) == pytest.approx(2 / 3)
    assert tunes.copied_share(tokens_of("C4 D4 E4 F4"), [known], 3) == 0.5
    assert tunes.copied_share(known, [], 2) == 0


def test_windows_lie_within_one_tune():
    halves = [tokens_of("C4 D4"), tokens_of("E4 F4")]
    assert tunes.copied_share(tokens_of("C4 D4 E4 F4"), halves, 4) == 0
    assert tunes.copied_share(tokens_of("C4 D4 E4 F4"), halves, 2) == 1


def test_rests_count_as_notes_of_no_pitch():
    known = tokens_of("r:2 C4 D4")
    assert tunes.copied_share(tokens_of("r:2 F4 G4"), [known], 3) == 1
    assert tunes.copied_share(tokens_of("r:.5 F4 G4"), [known], 3) == 0
    assert tunes.copied_share(tokens_of("C4:2 F4 G4"), [known], 3) == 0


def test_pitches_on_both_sides_of_a_rest_are_compared():
    known = tokens_of("C4 r:2 D4")
    assert tunes.copied_share(tokens_of("F4 r:2 G4"), [known], 3) == 1
    assert tunes.copied_share(tokens_of("F4 r:2 A4"), [known], 3) == 0


@property_test
@given(st.integers(0, 10**6), st.integers(1, 8))
def test_a_longer_window_is_copied_only_if_its_beginning_is(seed, n):
    all_tokens = [tunes.to_note_tokens(melody) for melody in tunes.in_one_key()]
    tune = np.random.default_rng(seed).permutation(all_tokens[seed % len(all_tokens)])
    rest = [t for i, t in enumerate(all_tokens) if i != seed % len(all_tokens)]
    windows = len(tune) - n + 1
    count = tunes.copied_share(tune, rest, n) * windows
    assert count == pytest.approx(round(count))
    # A window of n + 1 notes that is known holds a known window of n notes at its start.
    assert round(tunes.copied_share(tune, rest, n + 1) * (windows - 1)) <= round(count)


def test_real_tunes_share_short_windows_and_hardly_any_long_one():
    all_tokens = [tunes.to_note_tokens(melody) for melody in tunes.in_one_key()]
    share = {
        n: np.mean([
            tunes.copied_share(tune, all_tokens[:i] + all_tokens[i + 1 :], n)
            for i, tune in enumerate(all_tokens)
        ])
        for n in (2, 4, 8)
    }  # fmt: skip
    assert share[2] > 0.5 > share[4] > share[8]
    assert share[8] < 0.05


# -- bad input ---------------------------------------------------------------------------------


def test_bad_notes_are_explained():
    for bad in ("H4", "c4", "C", "C44", "C##4", ""):
        with rejects(ValueError, "name must be a note such as C4", f"got {bad!r}"):
            tunes.pitch_of(bad)
    for bad in ("0", "-1", "x", "1e3", "."):
        with rejects(
            ValueError, "text must give each length as a number above 0", f"got 'C4:{bad}'"
        ):
            tunes.read_notes(f"C4:{bad}")


def test_bad_tokens_and_keys_are_explained():
    melody = BY_TITLE["Frère Jacques"]  # in F, with a B flat
    with rejects(ValueError, "is it on the white keys?", "got Bb4 in 'Frère Jacques'"):
        tunes.to_note_tokens(melody)
    end = Melody("Silence", "", (4, 4), "C major", 0.0, (Note(None, 0.0),))
    with rejects(ValueError, "melody must hold notes of NOTE_TOKENS", "'Silence'"):
        tunes.to_note_tokens(end)
    for bad in (-1, len(tunes.NOTE_TOKENS)):
        with rejects(ValueError, "tokens must hold tokens from 0 to", f"got {bad}"):
            tunes.to_notes([1, bad])
    for bad in (0.5, True, "2"):
        with rejects(TypeError, "semitones must be a whole number", f"got {bad!r}"):
            tunes.transposed(melody, bad)


def test_bad_windows_are_explained():
    with rejects(ValueError, "tokens must hold n = 4 notes or more", "got 3"):
        tunes.copied_share([1, 2, 3, 0], [], 4)
    with rejects(ValueError, "n must be 1 or more", "got 0"):
        tunes.copied_share([1, 2, 3], [], 0)


def test_bar_lines_are_met_by_tunes_in_their_own_metre() -> None:
    waltz, march = (tunes.read_notes(line * 4) for line in ("C4 D4:2 ", "C4:2 D4 E4 "))
    assert tunes.bar_line_share(waltz, 3) == 1 and tunes.bar_line_share(waltz, 4) < 1
    assert tunes.bar_line_share(march, 4) == 1 and tunes.bar_line_share(march, 3) < 1
    for tune in tunes.in_one_key():
        above, below = tune.metre
        assert tunes.bar_line_share(tune.notes, 4 * above / below) == 1, tune.title
    with rejects(ValueError, "notes must fill two bars of 4 beats", "3 beats"):
        tunes.bar_line_share(tunes.read_notes("C4 D4 E4"), 4)


def test_a_pickup_does_not_hide_the_bars() -> None:
    assert tunes.bar_line_share(tunes.read_notes("G4 " + "C4:2 D4 " * 4), 3) == 1


def test_copied_notes_are_those_of_a_window_found_elsewhere() -> None:
    known = tokens_of("C4 D4 E4 F4 G4:2 E4")
    tune = tokens_of("G4 G4 D4 E4 F4 G4:2 C4 C4")
    marked = tunes.copied_notes(tune, [known], n=4)
    assert marked.tolist() == [False, False, True, True, True, True, False, False]
    assert not tunes.copied_notes(tune[:3], [known], n=4).any()
    share = tunes.copied_windows(tune, [known], 4)
    assert share.tolist() == [False, False, True, False, False]
    assert tunes.copied_share(tune, [known], 4) == share.mean()


@pytest.mark.parametrize("beats", [1 / 3, 1e-7, 0.1 + 0.2, 1e16, 12345678.9])
@pytest.mark.parametrize("pitch", [None, 12, 131])
def test_what_is_written_is_read_back_to_the_last_digit(pitch, beats):
    assert tunes.read_notes(tunes.write_notes([(pitch, beats)])) == (Note(pitch, beats),)


@pytest.mark.parametrize("note", [(11, 1), (132, 1), (60, 0), (60, np.inf), (60.5, 1), 60, "C4"])
def test_what_could_not_be_read_back_is_not_written(note):
    with pytest.raises((ValueError, TypeError), match=r"notes\[0\] must be"):
        tunes.write_notes([note])


def test_a_length_of_four_hundred_digits_is_refused():
    with rejects(ValueError, "text must give each length as a number above 0"):
        tunes.read_notes("C4:" + "9" * 400)


def test_a_tune_is_not_moved_beyond_the_notes_that_have_names():
    with rejects(ValueError, "semitones must leave every pitch", "got 1000000000"):
        tunes.transposed(tunes.melodies()[0], 10**9)
