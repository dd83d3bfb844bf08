"""The dates: read back by another reader, and the calendar checked by what is known of it."""

import re
from collections import Counter
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from helpers import rejects

from rnn_helpers import data
from rnn_helpers.data.dates import (
    END,
    FIRST,
    ISO_ALPHABET,
    LAST,
    SPELLINGS,
    WRITTEN_ALPHABET,
    dates,
    is_date,
    parse,
    written,
)

# How Python's own reader of dates would read each spelling, ordinal endings taken away.
FORMATS = {
    "standard": "%Y-%m-%d",
    "day first": "%d %B %Y",
    "month first": "%b %d, %Y",
    "year first": "%Y %B %d",
    "ordinal": "the %d of %B %Y",
    "ordinal, month first": "%B %d, %Y",
    "weekday": "%A %d %B %Y",
    "weekday, short": "%a, %b %d %Y",
    "slashes, month first": "%m/%d/%Y",
    "dots, day first": "%d.%m.%Y",
    "dashes": "%d-%b-%Y",
    "short year": "%d %b '%y",
}
EVERY_DAY = [FIRST + timedelta(k) for k in range((LAST - FIRST).days + 1)]


def read(text: str, spelling: str) -> date:
    plain = re.sub(r"(\d)(st|nd|rd|th)\b", r"\1", text)
    day = datetime.strptime(plain, FORMATS[spelling]).date()
    # strptime puts the turn of the century at 69, this course at 50.
    late = spelling == "short year" and day.year >= 2050
    return day.replace(year=day.year - 100) if late else day


@pytest.mark.parametrize(
    ("day", "spelling", "expected"),
    [
        ("2026-11-25", "standard", "2026-11-25"),
        ("2026-11-25", "day first", "25 november 2026"),
        ("2026-11-25", "month first", "nov 25, 2026"),
        ("2026-11-25", "year first", "2026 november 25"),
        ("1984-05-03", "ordinal", "the 3rd of may 1984"),
        ("1984-05-03", "ordinal, month first", "may 3rd, 1984"),
        ("2026-11-25", "weekday", "wednesday 25 november 2026"),
        ("1969-07-20", "weekday, short", "sun, jul 20 1969"),
        ("2026-11-25", "slashes, month first", "11/25/2026"),
        ("1984-05-03", "slashes, month first", "5/3/1984"),
        ("2026-11-25", "dots, day first", "25.11.2026"),
        ("1984-05-03", "dots, day first", "03.05.1984"),
        ("2000-02-29", "dashes", "29-feb-2000"),
        ("1950-01-01", "short year", "1 jan '50"),
        ("2049-12-31", "short year", "31 dec '49"),
        ("2007-09-09", "short year", "9 sep '07"),
    ],
)
def test_a_date_is_written(day, spelling, expected):
    assert written(parse(day), spelling) == expected


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_read_back_by_another_reader(spelling):
    days = [parse(iso) for _, iso in dates(300, np.random.default_rng(0))]
    leap = [date(2000, 1, 1) + timedelta(k) for k in range(366)]
    for day in (*days, *leap, FIRST, LAST, date(2000, 2, 29), date(2048, 2, 29)):
        assert read(written(day, spelling), spelling) == day


def test_there_are_twelve_spellings():
    assert set(SPELLINGS) == set(FORMATS) and len(SPELLINGS) == 12


def test_ordinals_end_as_they_are_spoken():
    spoken = [written(date(2026, 1, d), "ordinal").split()[1] for d in range(1, 32)]
    assert " ".join(spoken) == (
        "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th 13th 14th 15th 16th 17th 18th 19th "
        "20th 21st 22nd 23rd 24th 25th 26th 27th 28th 29th 30th 31st"
    )


@pytest.mark.parametrize("spelling", ["weekday", "weekday, short"])
def test_weekdays_follow_each_other_from_a_known_one(spelling):
    week = str.split("thursday friday saturday sunday monday tuesday wednesday")
    first = EVERY_DAY.index(date(1970, 1, 1))  # a Thursday
    for k, day in enumerate(EVERY_DAY):
        name = re.match("[a-z]+", written(day, spelling)).group()
        expected = week[(k - first) % 7]
        assert name == (expected if spelling == "weekday" else expected[:3])


def test_of_all_days_in_all_spellings_no_two_look_alike_and_all_are_short():
    texts = [written(day, spelling) for spelling in SPELLINGS for day in EVERY_DAY]
    assert len(set(texts)) == len(texts) == 12 * 36525
    assert max(map(len, texts)) <= 30
    assert set("".join(texts)) <= set(WRITTEN_ALPHABET) - {END}


def test_alphabets_begin_with_the_end_and_have_no_doubles():
    for alphabet in (WRITTEN_ALPHABET, ISO_ALPHABET):
        assert alphabet[0] == END and len(set(alphabet)) == len(alphabet)
    drawn = dates(3000, np.random.default_rng(0))
    assert set("".join(iso for _, iso in drawn)) == set(ISO_ALPHABET[1:])
    unused = set(WRITTEN_ALPHABET[1:]) - set("".join(text for text, _ in drawn))
    assert unused == set("kqxz")


def test_pairs_become_tokens_and_text_again():
    for text, iso in dates(300, np.random.default_rng(1)):
        for side, alphabet in ((text, WRITTEN_ALPHABET), (iso, ISO_ALPHABET)):
            tokens = data.to_tokens(side, alphabet)
            assert tokens.min() > 0
            assert data.to_text(tokens, alphabet) == side


@pytest.mark.parametrize("count", [1, 10, 5000])
def test_pairs_are_of_one_day_and_none_comes_twice(count):
    drawn = dates(count, np.random.default_rng(count))
    assert len(drawn) == len({text for text, _ in drawn}) == count
    for text, iso in drawn:
        day = parse(iso)
        assert iso == f"{day.year:04}-{day.month:02}-{day.day:02}"
        assert any(text == written(day, spelling) for spelling in SPELLINGS)


def test_days_and_spellings_are_drawn_evenly():
    drawn = dates(12_000, np.random.default_rng(0))
    names = Counter(
        next(s for s in SPELLINGS if written(parse(iso), s) == text) for text, iso in drawn
    )
    assert set(names) == set(SPELLINGS)
    assert min(names.values()) > 850 and max(names.values()) < 1150
    decades = Counter(iso[:3] for _, iso in drawn)
    assert len(decades) == 10 and min(decades.values()) > 1000


def test_the_seed_decides():
    drawn, again, other = (dates(100, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert drawn == again
    assert drawn != other


def test_parse_is_the_inverse_of_the_standard_spelling():
    for day in EVERY_DAY[::97]:
        assert parse(written(day, "standard")) == day


@pytest.mark.parametrize(
    "iso",
    ["2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "1949-12-31",
     "2050-01-01", "20261125", "2026-W48-3", "2026-11-25 ", "2026-1-5", "٢٠٢٦-١١-٢٥", "",
     "x" * 10_000, None, 2026],
)  # fmt: skip
def test_what_is_no_day_in_the_standard_spelling_is_refused(iso):
    with rejects(ValueError, "iso must be a day from 1950-01-01 to 2049-12-31"):
        parse(iso)


def test_bad_input_is_explained():
    with rejects(ValueError, "spelling must be one of standard, day first", "'roman'"):
        written(date(2026, 11, 25), "roman")
    with rejects(ValueError, "date must be from 1950-01-01 to 2049-12-31", "got 2050-01-01"):
        written(date(2050, 1, 1), "standard")
    with rejects(TypeError, "date must be a datetime.date", "'2026-11-25'"):
        written("2026-11-25", "standard")
    with rejects(ValueError, "count must be from 1 to 438300", "got 438301"):
        dates(438_301, np.random.default_rng(0))
    with rejects(ValueError, "count must be 1 or more", "got 0"):
        dates(0, np.random.default_rng(0))
    with rejects(TypeError, "rng must be a numpy.random.Generator or a seed"):
        dates(1, "a")


@pytest.mark.parametrize(
    ("text", "real"),
    [("1984-05-03", True), ("1984-02-30", False), ("1949-12-31", False), ("1984", False)],
)
def test_a_date_is_a_day_of_the_hundred_years(text, real) -> None:
    assert is_date(text) == real
