"""From notes to sound: a waveform is an array of air pressures, ``rate`` of them a second.

A notebook plays one with ``course.sound.Player(wave, rate, "what is heard")``.
"""

import io
import wave
from collections.abc import Iterable

import numpy as np

from rnn_helpers import checks

RATE = 22050  # samples a second: enough for every partial below 11 kHz
LOWEST, HIGHEST = 21, 108  # the keys of a piano, A0 to C8
PARTIALS = np.array([1.0, 0.45, 0.25, 0.12, 0.06])  # loudness of f, 2f, 3f, ...
ATTACK, RELEASE = 0.012, 0.05  # seconds to rise from silence, and to fall back to it
FADE = 1.2  # seconds in which a held note falls to 1/e
LONGEST = 600  # seconds: more is a slip of the pen, and fills the memory


def frequency(pitch: float) -> float:
    """Return the frequency of a MIDI pitch in hertz, f = 440 · 2^((pitch - 69) / 12).

    A4 is pitch 69. Raise ValueError outside a piano's keys, 21 to 108.
    """
    return _frequency("pitch", pitch)


def _frequency(name: str, pitch: float) -> float:
    if not LOWEST <= checks.number(name, pitch) <= HIGHEST:
        raise ValueError(f"{name} must be from {LOWEST} to {HIGHEST}, a piano's keys, got {pitch}")
    return 440 * 2 ** ((float(pitch) - 69) / 12)


def tone(frequency: float, seconds: float, rate: int = RATE) -> np.ndarray:
    """Return one struck note, float32 (round(seconds·rate),), in [-1, 1], from 0 and back to 0::

        w(t) = envelope(t) · Σ PARTIALS[k-1] sin(2π k f t) / Σ PARTIALS

    Partials at or above rate / 2 are left out: sampled, they would sound as other pitches. Raise
    ValueError if f itself is as high, or if the note lasts longer than ``LONGEST``.
    """
    f, rate = checks.positive("frequency", frequency), checks.size("rate", rate)
    if f >= rate / 2:
        raise ValueError(f"frequency must be below half the rate, {rate / 2:g}, got {frequency}")
    samples = _samples("seconds", checks.positive("seconds", seconds), rate)
    return _tone(f, samples, rate).astype(np.float32)


def render(
    notes: Iterable[tuple[float | None, float]],
    beats_per_minute: float = 120,
    rate: int = RATE,
    level: float = 0.8,
) -> np.ndarray:
    """Return a tune as a waveform, float32 (round(seconds·rate),); ``level`` is its peak.

    ``notes`` are pairs (pitch, beats); the pitch of a rest is None. Note i sounds from
    60/beats_per_minute times the beats before it: times are rounded to samples one by one, so
    that errors do not add up. A tune of rests alone is silence. Raise ValueError for an empty tune,
    a pitch that no piano has, a length or tempo that is not above 0, a tempo at which the notes do
    not fill a sample each, a tune longer than ``LONGEST`` seconds; TypeError for what is no pair of
    numbers.
    """
    rate, tempo = checks.size("rate", rate), checks.positive("beats_per_minute", beats_per_minute)
    if checks.positive("level", level) > 1:
        raise ValueError(f"level must be above 0 and at most 1, got {level}")
    frequencies, beats = _read(notes)
    if max(filter(None, frequencies), default=0) >= rate / 2:
        raise ValueError(f"rate must be above twice the highest frequency, got {rate}")
    seconds = np.cumsum([0.0, *beats]) * 60 / tempo
    edges = [_samples("notes", moment, rate) for moment in seconds]
    if edges[-1] < len(beats):
        raise ValueError(
            "beats_per_minute must leave a note one sample or more, "
            f"got {tempo:g}, so that {len(beats)} notes fill {edges[-1]}"
        )
    sound = np.zeros(edges[-1])
    for f, start, end in zip(frequencies, edges, edges[1:]):
        if f is not None:
            sound[start:end] = _tone(f, end - start, rate)
    loudest = np.abs(sound).max(initial=0)
    return (sound * (level / loudest if loudest else 0)).astype(np.float32)


def wav_bytes(samples: np.ndarray, rate: int = RATE) -> bytes:
    """Return a waveform (T,) in [-1, 1] as the bytes of a WAV file: one channel, 16 bits.

    Raise ValueError for samples that are not finite or beyond [-1, 1].
    """
    rate = checks.size("rate", rate)
    sound = checks.array("samples", samples, "T", {}, np.dtype(float))
    if np.abs(sound).max() > 1:
        raise ValueError(f"samples must be from -1 to 1, got {sound[np.abs(sound).argmax()]:g}")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.round(sound * 32767).astype("<i2").tobytes())
    return file.getvalue()


def _read(notes: Iterable[tuple[float | None, float]]) -> tuple[list[float | None], list[float]]:
    frequencies, beats = [], []
    for i, note in enumerate(checks.several("notes", notes, at_least=1)):
        if not isinstance(note, (tuple, list)) or len(note) != 2:
            raise TypeError(f"notes[{i}] must be a pair (pitch, beats), got {checks.shown(note)}")
        pitch, length = note
        frequencies.append(None if pitch is None else _frequency(f"pitch of notes[{i}]", pitch))
        beats.append(checks.positive(f"beats of notes[{i}]", length))
    return frequencies, beats


def _samples(name: str, seconds: float, rate: int) -> int:
    if seconds > LONGEST:
        raise ValueError(f"{name} must last at most {LONGEST} seconds, got {seconds:g}")
    return round(float(seconds) * rate)


def _tone(f: float, samples: int, rate: int) -> np.ndarray:
    t = np.arange(samples) / rate
    k = np.arange(1, len(PARTIALS) + 1)
    loud = np.where(k * f < rate / 2, PARTIALS, 0) / PARTIALS.sum()
    return _envelope(t) * (loud @ np.sin(2 * np.pi * f * np.outer(k, t)))


def _envelope(t: np.ndarray) -> np.ndarray:
    """Rise, fade, and fall to 0 at the last sample: joins are silent, and nothing clicks."""
    if len(t) < 2:
        return np.zeros_like(t)
    attack, release = min(ATTACK, t[-1] / 4), min(RELEASE, t[-1] / 2)
    return _swell(t / attack) * np.exp(-t / FADE) * _swell((t[-1] - t) / release)


def _swell(x: np.ndarray) -> np.ndarray:
    """Go from 0 at x = 0 to 1 at x = 1 and beyond, level at both ends: (1 - cos πx) / 2."""
    return (1 - np.cos(np.pi * np.minimum(x, 1))) / 2
