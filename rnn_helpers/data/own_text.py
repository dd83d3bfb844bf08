"""A text of the learner's own: read with care, given a vocabulary, split without a leak.

Any plain text will do, in any script, with the line ends of any system. What comes out of ``read``
is one string: line ends are ``\\n``, a mark at the very beginning that only names the encoding is
gone, and characters are in Unicode's *normal form C* (NFC). An é may be stored as one character or
as an e and an accent that combines with it; the two look alike, and a model would take them for two
different texts. NFC joins what can be joined. Source: Unicode Standard Annex 15.

A file that cannot be used gets one sentence that says what it is and what to do.
"""

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np

from rnn_helpers import checks, data
from rnn_helpers.data.phrases import phrases
from rnn_helpers.data.words import UNKNOWN as WORD_LEFT_OUT

SHORTEST, LARGEST = 10_000, 5_000_000  # bytes
UNKNOWN = "\ufffd"  # the sign that stands for every character that a vocabulary does not have
CODE_POINTS = 0x110000  # how many characters Unicode has room for: what UNKNOWN may stand for
THERE = ("tunes", "names", "reviews", "reference")

BINARY = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a packed file (as of a word processor, an e-book or a zip archive)",
    b"\xd0\xcf\x11\xe0": "an old word processor's file",
    b"{\\rtf": "rich text (RTF), with its layout as commands",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"\x1f\x8b": "a packed file (gzip)",
    b"\x7fELF": "a program",
}
MARKS = {codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32"}
MARKS |= {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
CONTROL = r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]"  # all but tab, line end, new page and return
# Characters beyond ASCII that are frequent in texts of each encoding: to guess it by.
WESTERN, CYRILLIC = "éèêàâçäöüßñóáíúôõãåøæîïë“”’‘–—…«»", "оеаинтсрвлкмдпуяыьг"
FREQUENT = {
    "cp1252": WESTERN,
    "mac_roman": WESTERN,
    "cp1250": "áéíýúóžščřěůťďňąęłńśźżćőűăâîșşţđ„”",
    "cp1251": CYRILLIC,
    "koi8-r": CYRILLIC,
    "cp1253": "αοιετσνηυρπκμλςάίόέή",
    "cp1254": "ığşüöçİâ’“”",
    "cp1255": "יוהלאתרבמשנעחדפקם",
    "cp1256": "اليمنرتوبعدفهكحقسةج",
    "shift_jis": "のにはをたがでてとしるいなれもかっり、。",
    "euc-jp": "のにはをたがでてとしるいなれもかっり、。",
    "euc-kr": "이다는의에가을고하은지를한도로서나",
    "gb18030": "的一是不了在人有我他这个们中来上大为，。",
    "big5": "的一是不了在人有我他這個們中來上大為，。",
}


@dataclass(frozen=True)
class Text:
    """A text that can be learned from: its name, its content, and what was done on reading it.

    ``size`` is what was read, in bytes. ``done`` holds a sentence for everything that was changed.
    """

    name: str
    content: str
    size: int
    done: tuple[str, ...] = ()

    def __repr__(self) -> str:
        lines, different = self.content.count("\n") + 1, len(set(self.content))
        about = f"{self.name}: {self.size:,} bytes, {len(self.content):,} characters"
        return "\n".join([f"{about} ({different:,} different ones), {lines:,} lines", *self.done])


# -- reading ----------------------------------------------------------------------------------


def read(path: str | Path, encoding: str = "utf-8", megabytes: float | None = None) -> Text:
    """Read a file of plain text. ``megabytes`` takes only so much, up to the end of a line.

    Raise FileNotFoundError or IsADirectoryError if there is no such file, and ValueError, with what
    to do about it, if it is empty, too short, one character only, no plain text, in another
    encoding, or larger than ``LARGEST`` without ``megabytes``.
    """
    if not checks.instance("path", path, (str, Path), "a path"):
        raise ValueError("path must be the name of a file, got ''")
    path = Path(path).expanduser()
    if path.is_dir():
        raise IsADirectoryError(f"path must be a file, got the folder {path}: name a file in it")
    if not path.exists():
        raise FileNotFoundError(
            f"path must be a file, got {path}, which is not there: look at its spelling, "
            "or give the whole path from the top"
        )
    size = path.stat().st_size
    limit = _limit(path.name, size, megabytes)
    with path.open("rb") as file:
        return decode(file.read(limit), path.name, encoding, whole=size <= limit)


def decode(raw: bytes, name: str = "text", encoding: str = "utf-8", whole: bool = True) -> Text:
    """Return the text that bytes hold, those of an upload for example.

    ``name`` is that of the file. Without ``whole`` the bytes are the beginning of a larger file,
    and the text ends with the last line that is complete. Raise ValueError as ``read`` does.
    """
    raw, name = bytes(_bytes(raw)), checks.text("name", name)
    if checks.flag("whole", whole):
        _limit(name, len(raw), None)
    if not raw:
        raise ValueError(f"{name} is empty, it has 0 bytes: choose a file with text in it")
    _check_encoding(encoding)
    if encoding.lower() in ("utf-8", "utf8"):
        _refuse_what_is_no_utf8(raw, name)
    content = _decoded(raw, name, encoding, whole)
    _refuse_control_characters(content, name)
    content, done = _cleaned(content)
    if not whole:
        content = content[: content.rfind("\n") + 1] or content
        done = (f"Only the first {len(raw) / 1e6:g} MB were taken.", *done)
    _refuse_too_little(content, name)
    return Text(_file_name(name), content, len(raw), done)


def there(name: str = "tunes") -> Text:
    """Return one of the texts that are there already, for who has none at hand.

    "tunes": the songbook of ``data.melodies`` as it is written, with titles and notes. "names": the
    dinosaurs, one a line, in random order. "reviews": sentences from the grammar of
    ``data.phrases``. "reference": Python's own language reference. Raise ValueError for another.
    """
    checks.choice("name", name, THERE)
    rng = np.random.default_rng(0)
    if name == "tunes":
        content = resources.files("rnn_helpers.data").joinpath("melodies.txt").read_text("utf-8")
    elif name == "names":
        content = "\n".join(rng.permutation(data.dinosaurs()))
    elif name == "reviews":
        some = (words for words, _ in phrases(4000, rng) if WORD_LEFT_OUT not in words)
        content = "\n".join(" ".join(words) for words in some)
    else:
        content = data.language_reference()
    return decode(content.encode(), name)


def _bytes(raw: object) -> bytes | bytearray | memoryview:
    return checks.instance("raw", raw, (bytes, bytearray, memoryview), "bytes")


def _limit(name: str, size: int, megabytes: float | None) -> int:
    """Return how many bytes to read; raise ValueError for a file that is too large for that."""
    if megabytes is not None:
        megabytes = checks.positive("megabytes", megabytes)
        if megabytes > LARGEST / 1e6:
            raise ValueError(f"megabytes must be at most {LARGEST / 1e6:g}, got {megabytes:g}")
        return int(megabytes * 1e6)
    if size > LARGEST:
        raise ValueError(
            f"{name} has {size / 1e6:.1f} MB, more than an evening is enough for: give its path "
            f"and megabytes={LARGEST / 1e6:g}, and the first {LARGEST / 1e6:g} MB are taken"
        )
    return LARGEST


def _check_encoding(encoding: str) -> None:
    checks.text("encoding", encoding)
    try:
        b"text".decode(encoding, "replace")
    except (LookupError, TypeError):  # hex and the like are codecs, but none of text
        raise ValueError(
            f"encoding must be one that Python knows, such as utf-8, utf-16 or cp1252, "
            f"got {encoding!r}"
        ) from None


def _refuse_what_is_no_utf8(raw: bytes, name: str) -> None:
    """Raise ValueError for bytes that show at a glance that they are no UTF-8."""
    for start, kind in BINARY.items():
        if raw.startswith(start):
            raise ValueError(
                f"{name} is {kind}, not plain text: open it with the program it belongs to and "
                "save or export it as plain text in UTF-8"
            )
    for mark, other in MARKS.items():
        if raw.startswith(mark):
            raise ValueError(_is_encoded(name, other, "it begins with the mark of that encoding"))
    if b"\0" in raw:
        for other in ("utf-16-le", "utf-16-be"):
            so_read = raw[:20_000].decode(other, "replace")
            if sum(c in " \n" for c in so_read) > len(so_read) / 20:
                raise ValueError(_is_encoded(name, other, "so read, it has blanks between words"))
        raise ValueError(
            f"{name} holds bytes of 0, which no plain text has: it is most likely a program's own "
            "file. Save or export it as plain text in UTF-8"
        )


def _is_encoded(name: str, encoding: str, why: str) -> str:
    return (
        f"{name} is not UTF-8 but most likely {encoding}, for {why}: read it with "
        f"encoding={encoding!r}, or save it as UTF-8 in your editor"
    )


def _decoded(raw: bytes, name: str, encoding: str, whole: bool) -> str:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(raw, final=whole)
    except UnicodeDecodeError as error:
        place = error.start
    except UnicodeError:  # of the few encodings that do not say where
        raise ValueError(f"{name} cannot be read as {encoding}: try another encoding") from None
    said = f"{name} is not {encoding}: at byte {place:,} it holds 0x{raw[place]:02x}, which does "
    said += "not fit there. "
    guess = likely_encoding(raw)
    if guess is None or guess == encoding:
        raise ValueError(said + "Save it as plain text in UTF-8, or find out its encoding")
    around = raw[max(0, place - 24) : place + 24].decode(guess, "replace")
    raise ValueError(
        f"{said}Most likely it is {guess}; so read, it says {around!r} there. If that looks right, "
        f"read it with encoding={guess!r}, or save it as UTF-8 in your editor"
    )


def likely_encoding(raw: bytes) -> str | None:
    """Guess the encoding of a text that is not UTF-8, by its frequent characters; None if unsure.

    Each encoding is tried on the beginning. The one wins that turns most of what is beyond ASCII
    into characters that are frequent where it is used. Many control characters are no text at all.
    """
    raw = bytes(_bytes(raw))
    if len(re.findall(rb"[\x00-\x08\x0b\x0e-\x1f]", raw)) > len(raw) / 100:
        return None
    scores = {encoding: _score(raw[:50_000], encoding) for encoding in FREQUENT}
    best = max(scores, key=scores.get)
    return best if scores[best] > 0.2 else None


def _score(raw: bytes, encoding: str) -> float:
    beyond = [c for c in raw.decode(encoding, "replace") if c > "\x7f"]
    wrong = beyond.count("\ufffd") + sum("\x80" <= c < "\xa0" for c in beyond)
    right = sum(c.lower() in FREQUENT[encoding] for c in beyond)
    upper = sum(c.isupper() for c in beyond)  # as many as small letters: koi8-r read as cp1251
    return (right - 3 * wrong - 0.6 * upper) / len(beyond) if beyond else 0.0


def _refuse_control_characters(content: str, name: str) -> None:
    control = Counter(re.findall(CONTROL, content))
    if control.total() <= len(content) / 100:
        return
    ((most, _),) = control.most_common(1)
    advice = "it is most likely no plain text. Save or export it as plain text in UTF-8"
    if most in "\x08\x1b":
        advice = "they move a terminal's cursor or set its colour. Pass it through `col -b` first"
    raise ValueError(
        f"{name} holds {control.total():,} control characters, most of them {most!r}: {advice}"
    )


def _cleaned(content: str) -> tuple[str, tuple[str, ...]]:
    """Return the text in one form, and a sentence for each thing that had to be changed."""
    done = []
    if content.startswith("\ufeff"):
        content = content[1:]
        done.append("A mark that only names the encoding was taken from its beginning.")
    other = len(re.findall("\r\n?", content))
    if other:
        content = re.sub("\r\n?", "\n", content)
        done.append(f"{other:,} line ends of another system were changed to \\n.")
    if not unicodedata.is_normalized("NFC", content):
        before, content = len(content), unicodedata.normalize("NFC", content)
        done.append(f"Brought to normal form C: {before:,} characters became {len(content):,}.")
    if UNKNOWN in content:
        lost = content.count(UNKNOWN)
        done.append(f"{lost:,} characters were lost in an earlier conversion: they read {UNKNOWN}.")
    return content, tuple(done)


def _refuse_too_little(content: str, name: str) -> None:
    signs, size = set(content) - set(" \n\t\f"), len(content.encode("utf-8", "replace"))
    if len(signs) < 2:
        what = f"{''.join(signs)!r} again and again" if signs else "blanks"
        raise ValueError(
            f"{name} holds nothing but {what}: there is nothing to predict. Choose another text"
        )
    if size < SHORTEST:
        raise ValueError(
            f"{name} has {size:,} bytes of text, and a network learns little from less than "
            f"{SHORTEST:,}: put several texts of one kind into one file, or take own_text.there()"
        )


def _file_name(name: str) -> str:
    """Return a name that a file may have on any system."""
    return re.sub(r"[^\w.-]+", "_", Path(name).stem).strip("._") or "text"


# -- the vocabulary ---------------------------------------------------------------------------


class Vocabulary:
    """The characters that a model of a text knows, and one token, 0, for all others.

    ``characters`` are the known ones, as tokens 1, 2, …; token 0 reads ``UNKNOWN``. Unlike
    ``data.to_tokens``, no text is refused. Raise ValueError if there is none, or one comes twice.
    """

    def __init__(self, characters: str):
        checks.text("characters", characters)
        if not characters or len(set(characters)) < len(characters) or UNKNOWN in characters:
            raise ValueError(
                f"characters must be one or more, each once and none of them {UNKNOWN!r}, "
                f"got {characters!r}"
            )
        self.characters = characters
        codes = np.array([ord(c) for c in characters])
        self._order = np.argsort(codes)
        self._codes = codes[self._order]

    @classmethod
    def of(cls, content: str, at_least: int = 1) -> "Vocabulary":
        """Return the vocabulary of all characters that a text has ``at_least`` so often.

        Raise ValueError if none is as frequent as that.
        """
        at_least, counts = checks.size("at_least", at_least), Counter(content)
        known = sorted(c for c, n in counts.items() if n >= at_least and c != UNKNOWN)
        if not known:
            most = max(counts.values(), default=0)
            raise ValueError(f"at_least must be at most {most} for this text, got {at_least}")
        return cls("".join(known))

    def __len__(self) -> int:
        return 1 + len(self.characters)

    def __repr__(self) -> str:
        return f"Vocabulary of {len(self.characters):,} characters and one token for all others"

    def to_tokens(self, content: str) -> np.ndarray:
        """Return the token of each character, (T,); 0 where it is not known."""
        checks.text("content", content)
        codes = np.frombuffer(content.encode("utf-32-le", "surrogatepass"), np.uint32).astype(int)
        places = np.searchsorted(self._codes, codes).clip(max=len(self._codes) - 1)
        return np.where(self._codes[places] == codes, self._order[places] + 1, 0)

    def to_text(self, tokens: np.ndarray) -> str:
        """Return the characters of tokens (T,). Raise ValueError for one that is not there."""
        if len(tokens := checks.token_row("tokens", tokens)) == 0:
            return ""
        tokens = checks.tokens("tokens", tokens, len(self), "T")
        return "".join((UNKNOWN + self.characters)[k] for k in tokens)


# -- the split --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Split:
    """A text cut into blocks, each with its role: "training", "validation" or "test".

    The blocks in their order are the whole text: no character lies in two of them. ``training``,
    ``validation`` and ``test`` are the blocks of a role, one after the other.
    """

    blocks: tuple[str, ...]
    roles: tuple[str, ...]

    @property
    def training(self) -> str:
        return self._part("training")

    @property
    def validation(self) -> str:
        return self._part("validation")

    @property
    def test(self) -> str:
        return self._part("test")

    def _part(self, role: str) -> str:
        return "".join(b for b, r in zip(self.blocks, self.roles, strict=True) if r == role)

    def __repr__(self) -> str:
        signs = {"training": "·", "validation": "v", "test": "t"}
        sizes = ", ".join(f"{role} {len(self._part(role)):,}" for role in signs)
        return f"{''.join(signs[role] for role in self.roles)}  {sizes} characters"


def split(content: str, rng: checks.Seed, blocks: int = 20, held_out: int = 2) -> Split:
    """Cut a text into blocks, and draw ``held_out`` of them to validate on and as many to test.

    A cut is made where a paragraph ends, near equal lengths; if none does there, then at the end of
    a line, of a word, or anywhere. The rest is to train on. Raise ValueError if there are fewer
    characters than blocks, or nothing is left to train on.
    """
    checks.text("content", content)
    blocks, held_out = checks.size("blocks", blocks), checks.size("held_out", held_out)
    if 2 * held_out >= blocks:
        raise ValueError(f"held_out must be less than half of blocks = {blocks}, got {held_out}")
    if len(content) < 10 * blocks:
        raise ValueError(f"content must be 10 characters a block or more, got {len(content)}")
    cuts = [0, *_cuts(content, blocks), len(content)]
    order = checks.generator(rng).permutation(blocks)
    roles = np.full(blocks, "training", object)
    roles[order[:held_out]], roles[order[held_out : 2 * held_out]] = "validation", "test"
    return Split(tuple(content[a:b] for a, b in zip(cuts, cuts[1:])), tuple(roles))


def _cuts(content: str, blocks: int) -> Iterator[int]:
    """Yield where each block but the first begins: at an even place, or a little before it."""
    length = len(content) / blocks
    for k in range(1, blocks):
        place, near = round(k * length), round((k - 0.5) * length)
        ends = (content.rfind(end, near, place) + len(end) for end in ("\n\n", "\n", " "))
        yield next((cut for cut in ends if cut > near), place)


def distinct(content: str) -> str:
    """Return a text with each paragraph once, where it stands first; of lines if it has no others.

    What stands twice may be in the training part and in the test part both.
    """
    end = "\n\n" if "\n\n" in checks.text("content", content) else "\n"
    return end.join(dict.fromkeys(content.split(end)))
