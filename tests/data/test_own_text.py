"""A text of the learner's own: what is read, what is refused and how, vocabulary and split."""

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from helpers import rejects
from hypothesis import given
from hypothesis import strategies as st

from rnn_helpers.data import own_text
from rnn_helpers.data.own_text import UNKNOWN, Vocabulary, decode, likely_encoding, read, split

PLAIN = "The quick brown fox, the lazy dog; and so on.\n" * 300  # 13,800 bytes

# One sentence or two in the languages that each encoding is for, written for this test.
SAID = {
    "cp1252": "Un café noir, s'il vous plaît. Où êtes-vous allé hier? Größere Mädchen – ja. ",
    "mac_roman": "Un café noir, s'il vous plaît. Où êtes-vous allé hier? Ça va très bien. ",
    "cp1250": "Příliš žluťoučký kůň pěl ódy. Zażółć gęślą jaźń w Łodzi. ",
    "cp1251": "Сегодня хорошая погода, и мы пошли гулять в парк. ",
    "koi8-r": "Сегодня хорошая погода, и мы пошли гулять в парк. ",
    "cp1253": "Σήμερα ο καιρός είναι καλός και πάμε στο πάρκο. ",
    "cp1254": "Bugün hava çok güzel, yağmur yağmıyor. Işık söndü. ",
    "cp1255": "היום מזג האוויר יפה ואנחנו הולכים לפארק. ",
    "cp1256": "الطقس اليوم جميل ونحن نذهب إلى الحديقة. ",
    "shift_jis": "今日は天気がいいので、公園に行きました。",
    "euc-jp": "今日は天気がいいので、公園に行きました。",
    "euc-kr": "오늘은 날씨가 좋아서 공원에 갔습니다. 이것은 책이다. ",
    "gb18030": "今天天气很好，我们去公园了。这是一个人的书。",
    "big5": "今天天氣很好，我們去公園了。這是一個人的書。",
}


# -- reading ----------------------------------------------------------------------------------


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "my book, 2nd.txt"
    file.write_bytes(PLAIN.encode())
    text = read(file)
    assert (text.name, text.content, text.size, text.done) == ("my_book_2nd", PLAIN, 13_800, ())
    assert repr(text) == (
        "my_book_2nd: 13,800 bytes, 13,800 characters (28 different ones), 301 lines"
    )
    assert read(str(file)) == text


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_any_system_become_one(end: str) -> None:
    text = decode(PLAIN.replace("\n", end).encode())
    assert text.content == PLAIN
    assert text.done == ("300 line ends of another system were changed to \\n.",)


def test_what_combines_is_joined_and_the_mark_is_taken_away() -> None:
    whole = "é, が and 각\n" * 1000
    text = decode(("\ufeff" + unicodedata.normalize("NFD", whole)).encode())
    assert text.content == whole
    assert "A mark that only names the encoding" in text.done[0]
    assert text.done[1].startswith("Brought to normal form C: 15,000 characters became 11,000")


def test_characters_lost_before_are_told() -> None:
    assert "300 characters were lost" in decode(PLAIN.replace("quick", UNKNOWN).encode()).done[0]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1252", "utf-32"])
def test_another_encoding_is_read_when_it_is_named(encoding: str) -> None:
    content = PLAIN.replace("fox", "renard é")
    assert decode(content.encode(encoding), encoding=encoding).content == content


@pytest.mark.parametrize("encoding", SAID)
def test_the_likely_encoding_is_named_with_what_it_would_read(encoding: str) -> None:
    raw = (300 * SAID[encoding]).encode(encoding)
    assert likely_encoding(raw) == encoding
    with rejects(ValueError, "notes.txt is not utf-8: at byte", f"encoding={encoding!r}"):
        decode(raw, "notes.txt")


def test_no_encoding_is_named_for_noise() -> None:
    raw = bytes(np.random.default_rng(0).integers(1, 256, 20_000).tolist()).replace(b"\0", b"a")
    assert likely_encoding(raw) is None
    with rejects(ValueError, "is not utf-8", "Save it as plain text in UTF-8"):
        decode(raw)


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        (b"", ["notes.txt is empty", "choose a file with text"]),
        (b"a" * 20_000, ["nothing but 'a' again and again", "Choose another text"]),
        (b"a\n" * 20_000, ["nothing but 'a'"]),
        (b" \n" * 20_000, ["nothing but blanks"]),
        (b"short and sweet " * 9, ["has 144 bytes", "less than 10,000", "own_text.there()"]),
        (b"%PDF-1.7 " * 9000, ["is a PDF", "save or export it as plain text"]),
        (b"PK\x03\x04" * 9000, ["is a packed file"]),
        (b"\x89PNG\r\n" * 9000, ["is a picture"]),
        (b"\0\1\2\3" * 9000, ["bytes of 0", "a program's own file"]),
        (PLAIN.encode("utf-16"), ["utf-16", "mark of that encoding", "encoding='utf-16'"]),
        (PLAIN.encode("utf-32"), ["utf-32", "mark of that encoding"]),
        (PLAIN.encode("utf-16-be"), ["most likely utf-16-be", "blanks between words"]),
        ("Ναι και όχι, ίσως\n".encode("utf-16-le") * 900, ["most likely utf-16-le"]),
        (b"N\x08NA\x08A" * 9000, ["control characters", "col -b"]),
        (b"\x1b[1mbold\x1b[0m" * 9000, ["'\\x1b'", "col -b"]),
        (b"\x01\x02ab" * 9000, ["control characters", "no plain text"]),
        (b"word " * 1_000_001, ["has 5.0 MB", "megabytes=5"]),
    ],
)
def test_what_cannot_be_used_is_told_what_to_do(raw: bytes, parts: list[str]) -> None:
    with rejects(ValueError, *parts):
        decode(raw, "notes.txt")


def test_a_little_that_is_odd_does_no_harm() -> None:
    assert decode((PLAIN + "\f\x0c\x1b\ttab").encode()).content.endswith("tab")
    assert (
        decode(10 * "漢字かな交じりの文章です。".encode() * 30).size == 11_700
    )  # 3,900 characters


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    with rejects(FileNotFoundError, "path must be a file", "gone.txt", "not there"):
        read(tmp_path / "gone.txt")
    with rejects(IsADirectoryError, "name a file in it"):
        read(tmp_path)
    with rejects(ValueError, "encoding must be one that Python knows", "'latin-99'"):
        decode(PLAIN.encode(), encoding="latin-99")
    with rejects(ValueError, "encoding must be one that Python knows", "'hex'"):
        decode(PLAIN.encode(), encoding="hex")


def test_the_beginning_of_a_large_file(tmp_path: Path) -> None:
    file, line = tmp_path / "large.txt", "naïve, line after line\n"
    file.write_text(line * 300_000, encoding="utf-8")
    with rejects(ValueError, "large.txt has 7.2 MB", "megabytes=5"):
        read(file)
    text = read(file, megabytes=0.02)
    assert text.content == line * (20_000 // 24)  # whole lines alone
    assert text.done == ("Only the first 0.02 MB were taken.",)
    assert read(file, megabytes=5).size == 5_000_000
    small = tmp_path / "small.txt"
    small.write_text(PLAIN)
    assert read(small, megabytes=1).content == PLAIN
    for wrong in (0, -1, 5.1):
        with pytest.raises(ValueError, match="megabytes must be"):
            read(file, megabytes=wrong)


def test_a_large_file_without_lines_ends_anywhere(tmp_path: Path) -> None:
    file = tmp_path / "one_line.txt"
    file.write_text("éa" * 20_000, encoding="utf-8")
    text = read(file, megabytes=0.04)  # cut between the two bytes of a character
    assert set(text.content) == {"é", "a"} and len(text.content) == 26_666


@pytest.mark.parametrize("name", own_text.THERE)
def test_the_texts_that_are_there_can_be_used(name: str) -> None:
    text = own_text.there(name)
    assert text.name == name and text.done == ()
    assert "".join(split(text.content, 0).blocks) == text.content
    assert own_text.there(name) == text


def test_there_is_no_other() -> None:
    with rejects(ValueError, "name must be one of tunes, names, reviews, reference"):
        own_text.there("novel")


# -- the vocabulary ---------------------------------------------------------------------------


def test_a_vocabulary_knows_what_is_frequent() -> None:
    vocabulary = Vocabulary.of("aaabbc\n\n𝄞𝄞", at_least=2)
    assert vocabulary.characters == "\nab𝄞" and len(vocabulary) == 5
    assert vocabulary.to_tokens("bc𝄞\nz").tolist() == [3, 0, 4, 1, 0]
    assert vocabulary.to_text(vocabulary.to_tokens("bc𝄞\nz")) == f"b{UNKNOWN}𝄞\n{UNKNOWN}"
    assert vocabulary.to_text([]) == "" and vocabulary.to_tokens("").shape == (0,)
    assert repr(vocabulary) == "Vocabulary of 4 characters and one token for all others"


@given(st.text(min_size=1).filter(lambda text: set(text) != {UNKNOWN}), st.text())
def test_any_text_comes_back_but_for_the_unknown(content: str, other: str) -> None:
    vocabulary = Vocabulary.of(content)
    known = set(content) - {UNKNOWN}
    expected = "".join(c if c in known else UNKNOWN for c in content + other)
    assert vocabulary.to_text(vocabulary.to_tokens(content + other)) == expected


def test_characters_may_stand_in_any_order() -> None:
    vocabulary = Vocabulary("zebra")
    assert vocabulary.to_tokens("bra!").tolist() == [3, 4, 5, 0]
    assert vocabulary.to_text(np.array([1, 2, 0])) == f"ze{UNKNOWN}"


def test_a_vocabulary_that_cannot_be_is_refused() -> None:
    for wrong in ("", "abca", f"ab{UNKNOWN}"):
        with pytest.raises(ValueError, match="characters must be one or more, each once"):
            Vocabulary(wrong)
    with pytest.raises(TypeError, match="characters must be a string"):
        Vocabulary(["a", "b"])
    with pytest.raises(ValueError, match="at_least must be at most 3 for this text, got 4"):
        Vocabulary.of("aaab", 4)
    with pytest.raises(ValueError, match="tokens must hold tokens from 0 to 2"):
        Vocabulary("ab").to_text([3])


# -- the split --------------------------------------------------------------------------------


@given(st.text(alphabet="ab \n", min_size=200, max_size=600), st.integers(0, 9))
def test_blocks_are_the_text_and_no_character_is_in_two_parts(content: str, seed: int) -> None:
    parts = split(content, seed)
    assert "".join(parts.blocks) == content
    assert len(parts.blocks) == 20 and all(parts.blocks)
    assert parts.roles.count("validation") == parts.roles.count("test") == 2
    lengths = [len(parts.training), len(parts.validation), len(parts.test)]
    assert sum(lengths) == len(content) and min(lengths) > 0


def test_cuts_are_made_where_a_paragraph_ends_or_else_a_line_or_a_word() -> None:
    for end in ("\n\n", "\n", " "):
        parts = split(f"some words{'.' if end == ' ' else ' or other'}{end}" * 400, 0)
        assert all(block.endswith(end) for block in parts.blocks)
    assert {len(block) for block in split("x" * 400, 0).blocks} == {20}


def test_parts_keep_their_order_and_the_seed_decides() -> None:
    content = "".join(f"line {i}\n" for i in range(1000))
    parts = split(content, 3)
    order = [int(line.split()[1]) for line in parts.training.splitlines()]
    assert order == sorted(order)
    assert split(content, 3) == parts != split(content, 4)
    assert split(content, 3, blocks=10, held_out=1).roles.count("test") == 1
    signs = repr(parts).partition("  ")[0]
    assert (signs.count("·"), signs.count("v"), signs.count("t")) == (16, 2, 2)
    assert f"training {len(parts.training):,}, " in repr(parts)


def test_a_split_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="held_out must be less than half of blocks = 20, got 10"):
        split(PLAIN, 0, held_out=10)
    with pytest.raises(ValueError, match="content must be 10 characters a block or more, got 199"):
        split("x" * 199, 0)
    with pytest.raises(TypeError, match="rng must be"):
        split(PLAIN, 0.5)


def test_what_repeats_is_kept_once() -> None:
    assert own_text.distinct("a\nb\n\nc\n\na\nb\n\nd") == "a\nb\n\nc\n\nd"
    assert own_text.distinct("a\nb\na\nc") == "a\nb\nc"
