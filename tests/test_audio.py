import io
import wave

import numpy as np
import pytest
from helpers import rejects
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_helpers import audio
from rnn_helpers.data import melodies

property_test = settings(derandomize=True, deadline=None, max_examples=40)

PIANO = range(21, 109)
# A0, C4, A4, C5 and C8 in hertz, as tables of equal temperament give them.
IN_TABLES = {21: 27.5, 60: 261.6256, 69: 440.0, 72: 523.2511, 108: 4186.009}


def spectrum(sound: np.ndarray, rate: int = audio.RATE, wide: int = 8) -> tuple:
    """Hertz and magnitude, through a Blackman window whose side lobes stay below -58 dB."""
    window = np.blackman(len(sound))
    size = wide * len(sound)
    return np.fft.rfftfreq(size, 1 / rate), np.abs(np.fft.rfft(sound * window, size))


def pitch_heard(sound: np.ndarray, rate: int = audio.RATE) -> float:
    """The MIDI pitch of the strongest line: the vertex of a parabola through its top three bins."""
    hertz, heights = spectrum(sound, rate)
    top = heights[1:-1].argmax() + 1
    left, middle, right = np.log(heights[top - 1 : top + 2])
    top_hertz = hertz[top] + (left - right) / (left - 2 * middle + right) / 2 * hertz[1]
    return 69 + 12 * np.log2(top_hertz / 440)


def tune(*pitches, beats=1.0) -> list:
    return [(pitch, beats) for pitch in pitches]


# -- pitch -------------------------------------------------------------------------------------


def test_pitches_have_the_frequencies_of_the_tables():
    for pitch, hertz in IN_TABLES.items():
        assert audio.frequency(pitch) == pytest.approx(hertz, rel=1e-6)
    for pitch in range(21, 97):
        assert audio.frequency(pitch + 12) == pytest.approx(2 * audio.frequency(pitch), rel=1e-12)


@pytest.mark.parametrize("pitch", PIANO)
def test_a_tone_sounds_at_its_pitch_within_two_cents(pitch):
    assert abs(pitch_heard(audio.tone(audio.frequency(pitch), 1.0)) - pitch) < 0.02


@pytest.mark.parametrize("rate", [11025, 22050, 44100, 48000])
def test_the_rate_does_not_change_the_pitch(rate):
    assert abs(pitch_heard(audio.tone(440.0, 0.8, rate), rate) - 69) < 0.02
    assert abs(pitch_heard(audio.render([(76, 1)], rate=rate), rate) - 76) < 0.02


@pytest.mark.parametrize("f", [220.0, 1000.0, 3000.0, 5000.0, 10000.0])
def test_all_sound_is_in_the_partials_and_none_is_folded_back(f):
    hertz, heights = spectrum(audio.tone(f, 1.0))
    partials = f * np.arange(1, 6)
    near = (np.abs(hertz[:, None] - partials[partials < audio.RATE / 2]) < 40).any(axis=1)
    assert (heights[~near] ** 2).sum() < 1e-6 * (heights**2).sum()
    for partial in partials[partials < audio.RATE / 2]:
        assert heights[np.abs(hertz - partial) < 40].max() > 0.02 * heights.max()


@pytest.mark.parametrize("title", ["Frère Jacques", "Greensleeves", "Deck the Halls", "Clementine"])
def test_a_known_tune_sounds_note_by_note(title):
    (melody,) = [m for m in melodies.melodies() if m.title == title]
    tempo, rate = 72, 44100
    sound, start = audio.render(melody.notes, tempo, rate), 0.0
    heard = []
    for _, beats in melody.notes:
        end = start + beats * 60 / tempo
        heard.append(round(pitch_heard(sound[round(start * rate) : round(end * rate)], rate)))
        start = end
    assert heard == [pitch for pitch, _ in melody.notes]


def test_frere_jacques_sounds_as_everybody_sings_it():
    (melody,) = [m for m in melodies.melodies() if m.title == "Frère Jacques"]
    beat = audio.RATE // 2
    sound = audio.render(melody.notes, beats_per_minute=120)
    heard = [round(pitch_heard(sound[i * beat : (i + 1) * beat])) for i in range(8)]
    assert heard == [65, 67, 69, 65] * 2  # F G A F


# -- time and level ----------------------------------------------------------------------------

lengths = st.lists(st.sampled_from((0.25, 0.5, 0.75, 1.0, 1.5, 4.0)), min_size=1, max_size=30)


@property_test
@given(lengths, st.floats(30, 300), st.sampled_from((8000, 22050, 44100)))
def test_a_tune_lasts_exactly_as_long_as_its_beats(beats, tempo, rate):
    sound = audio.render([(60, length) for length in beats], tempo, rate)
    assert sound.shape == (round(sum(beats) * 60 / tempo * rate),)
    assert sound.dtype == np.float32


def test_short_notes_do_not_drift():
    tempo = 137  # a beat is no whole number of samples
    sound = audio.render(tune(*[69, None] * 500, beats=0.25), tempo)
    assert len(sound) == round(250 * 60 / tempo * audio.RATE)
    length = 15 / tempo * audio.RATE
    for i in (0, 1, 499, 500, 998, 999):
        span = sound[int(np.ceil(i * length)) + 1 : int((i + 1) * length) - 1]
        assert np.abs(span).max() > 0.5 if i % 2 == 0 else not span.any()


@pytest.mark.parametrize("level", [1.0, 0.8, 0.1])
@pytest.mark.parametrize("notes", [tune(60), tune(24, 100, None, 61), tune(108)], ids=str)
def test_the_peak_is_at_the_level_asked_for(level, notes):
    sound = audio.render(notes, level=level)
    assert np.abs(sound).max() == pytest.approx(level, rel=1e-6)
    assert np.abs(sound).max() <= np.float32(level)


def test_a_tone_stays_within_one():
    for pitch in PIANO:
        assert 0.1 < np.abs(audio.tone(audio.frequency(pitch), 0.5)).max() <= 1


def test_a_long_note_fades():
    sound = np.abs(audio.tone(220.0, 3.0)).reshape(30, -1).max(axis=1)
    assert (np.diff(sound[1:]) < 0).all()
    assert sound[-3] < 0.2 * sound[1]


def test_rests_are_silent_and_only_rests():
    sound = audio.render(tune(None, 60, None, 64), 60)
    loud = np.abs(sound).reshape(4, -1).max(axis=1)
    assert loud[[0, 2]].tolist() == [0, 0]
    assert min(loud[[1, 3]]) > 0.5
    silence = audio.render(tune(None, None), 60)
    assert silence.shape == (2 * audio.RATE,)
    assert not silence.any()


def test_notes_may_come_from_anywhere_and_stay_as_they_are():
    notes = [(60, 1), (None, 0.5), (62.0, 0.5)]
    sound = audio.render(notes)
    assert notes == [(60, 1), (None, 0.5), (62.0, 0.5)]
    np.testing.assert_array_equal(audio.render(note for note in notes), sound)
    np.testing.assert_array_equal(audio.render([melodies.Note(*note) for note in notes]), sound)


# -- clicks ------------------------------------------------------------------------------------

TIES = {  # low notes, whose partials move slowly: a jump stands out
    "the same note": tune(45, 45, 45),
    "leaps": tune(45, 57, 40, 52),
    "rests": tune(None, 45, None, 50, None),
    "short notes": tune(45, 47, 48, 50, beats=0.25),
    "very short notes": tune(57, 59, 57, 59, beats=0.05),
}


@pytest.mark.parametrize("notes", TIES.values(), ids=TIES)
def test_no_jump_is_larger_than_the_highest_partial_allows(notes):
    level = 0.8
    sound = audio.render(notes, 120, level=level)
    highest = 5 * audio.frequency(max(pitch for pitch, _ in notes if pitch))
    # A sound of peak A that holds nothing above F hertz moves at most 2πFA a second (Bernstein).
    assert np.abs(np.diff(sound)).max() <= 2 * np.pi * highest * level / audio.RATE
    assert np.abs(np.diff(sound)).max() < 0.25 * level


@pytest.mark.parametrize("notes", TIES.values(), ids=TIES)
def test_every_note_starts_and_ends_in_silence(notes):
    sound = audio.render(notes, 120)
    assert sound[0] == sound[-1] == 0
    edges = np.cumsum([beats for _, beats in notes])[:-1] * audio.RATE / 2
    for edge in np.round(edges).astype(int):
        assert sound[edge] == sound[edge - 1] == 0
        assert np.abs(sound[edge - 8 : edge + 8]).max() < 0.05


@pytest.mark.parametrize("notes", [tune(45, 52, None, 45, 45), tune(60, 64, 67, 72)], ids=str)
def test_nothing_is_heard_above_the_highest_partial(notes):
    """A click holds all frequencies, so it shows where no partial is."""
    sound = audio.render(notes, 120)
    highest = 5 * audio.frequency(max(pitch for pitch, _ in notes if pitch))
    power = np.abs(np.fft.rfft(sound)) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / audio.RATE)
    assert power[hertz > highest + 300].sum() < 1e-6 * power.sum()


@pytest.mark.parametrize("samples", range(12))
def test_the_shortest_notes_are_sound_too(samples):
    sound = audio.tone(440.0, (samples + 0.1) / audio.RATE)
    assert sound.shape == (samples,)
    assert np.isfinite(sound).all()
    assert not sound[[0, -1]].any() if samples else True


# -- files -------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [8000, 22050, 44100])
def test_a_wav_file_reads_back(rate):
    sound = audio.render(tune(60, 64, None, 67), 150, rate, level=1.0)
    with wave.open(io.BytesIO(audio.wav_bytes(sound, rate))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, rate)
        assert file.getnframes() == len(sound)
        back = np.frombuffer(file.readframes(len(sound)), "<i2")
    assert np.abs(back).max() == 32767
    np.testing.assert_allclose(back / 32767, sound, atol=0.5001 / 32767)


def test_a_wav_file_has_its_header_and_two_bytes_a_sample():
    file = audio.wav_bytes(np.array([-1.0, 0, 1]))
    assert file[:4] == b"RIFF"
    assert file[8:12] == b"WAVE"
    assert file[-6:] == b"\x01\x80\x00\x00\xff\x7f"  # -32767, 0 and 32767, low byte first


# -- bad input ---------------------------------------------------------------------------------


def test_bad_pitches_are_explained():
    for bad in (20, 109, -1, 440):
        with rejects(ValueError, "pitch must be from 21 to 108, a piano's keys", f"got {bad}"):
            audio.frequency(bad)
        with rejects(ValueError, "pitch of notes[1] must be from 21 to 108", f"got {bad}"):
            audio.render(tune(60, bad))
    with rejects(TypeError, "pitch of notes[0] must be a number", "got 'C4'"):
        audio.render([("C4", 1)])
    with rejects(ValueError, "pitch must be a finite number", "got nan"):
        audio.frequency(float("nan"))


def test_bad_times_are_explained():
    for bad in (0, -1, float("inf")):
        with rejects(ValueError, "beats_per_minute must be a finite number", f"got {bad}"):
            audio.render(tune(60), bad)
        with rejects(ValueError, "beats of notes[1] must be a finite number", f"got {bad}"):
            audio.render([(60, 1), (60, bad)])
        with rejects(ValueError, "seconds must be a finite number", f"got {bad}"):
            audio.tone(440.0, bad)
    with rejects(TypeError, "beats of notes[0] must be a number", "got None"):
        audio.render([(60, None)])
    with rejects(ValueError, "notes must last at most 600 seconds", "got 6e+07"):
        audio.render(tune(60), 1e-6)
    with rejects(ValueError, "seconds must last at most 600", "got 601"):
        audio.tone(440.0, 601)


def test_bad_tunes_are_explained():
    with rejects(ValueError, "notes must be a list of one or more", "got an empty one"):
        audio.render([])
    for bad in (60, "60", (60,), (60, 1, 2)):
        with rejects(TypeError, "notes[0] must be a pair (pitch, beats)", f"got {bad!r}"):
            audio.render([bad])


def test_bad_levels_and_rates_are_explained():
    for bad in (0, -0.5):
        with rejects(ValueError, "level must be a finite number above 0", f"got {bad}"):
            audio.render(tune(60), level=bad)
    with rejects(ValueError, "level must be above 0 and at most 1", "got 1.5"):
        audio.render(tune(60), level=1.5)
    with rejects(ValueError, "rate must be 1 or more", "got 0"):
        audio.render(tune(60), rate=0)
    with rejects(TypeError, "rate must be a whole number", "got 22050.0"):
        audio.tone(440.0, 1, 22050.0)
    with rejects(ValueError, "rate must be above twice the highest frequency", "got 8000"):
        audio.render(tune(60, 108), rate=8000)
    with rejects(ValueError, "frequency must be below half the rate, 4000", "got 4000"):
        audio.tone(4000, 1, 8000)


def test_bad_samples_are_explained():
    with rejects(ValueError, "samples must be from -1 to 1", "got -1.5"):
        audio.wav_bytes(np.array([0, -1.5, 1.2]))
    with rejects(ValueError, "samples must hold finite numbers", "got nan"):
        audio.wav_bytes(np.array([0, np.nan]))
    with rejects(ValueError, "samples must be (T)", "got (2, 2)"):
        audio.wav_bytes(np.zeros((2, 2)))
    with rejects(ValueError, "samples must hold at least one entry", "got (0,)"):
        audio.wav_bytes(np.zeros(0))
