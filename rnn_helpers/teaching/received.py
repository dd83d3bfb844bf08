"""Read what learners shared: files, lines from a form, whole or in a folder or a zip file.

Nothing of it is trusted. No file is opened that is not an ordinary one, no link is followed,
nothing is unpacked to the disk, and nothing is read beyond ``LARGEST`` and, for files of lines,
``TEXT``, whatever a header promises. What is no share of this course's is named, with the reason,
and skipped; what systems leave behind (``.DS_Store``, ``__MACOSX``) is skipped without a word.

Forms, spreadsheets and mail do things to a line: they put it in quotes, break it, store it in
UTF-16, make one dash of two. So a line is looked for in any text, and its own sum says if it is
whole.

A checksum finds what was changed by accident or by a careless hand. It cannot find who takes the
trouble to compute it anew, or who shares under many pseudonyms: a share is a kindness, not a proof.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import contextlib
import csv
import io
import itertools
import json
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from rnn_helpers.course import facts
from rnn_helpers.course.share import START

LARGEST = 200_000  # bytes of one share; a full one has less than 100,000
MOST = 3_000  # shares, files of a folder or members of a zip file
TOO_MANY = "there are more than {}: from here on nothing was read"
TEXT = 20_000_000  # bytes of all files together that are longer than a share: those of lines
LEFT_BEHIND = {".DS_Store", "Thumbs.db", "desktop.ini"}  # by systems, in folders and zip files
DOCUMENTS = {".xlsx", ".ods", ".docx", ".odt"}  # zip files of many members that are no shares
BEGIN = re.compile(re.escape(START), re.IGNORECASE)
BREAK = r"=?[^\S\n]*\n[>\s]*+"  # that mail, or a cell of a spreadsheet, puts into a line
LINE = re.compile(
    rf"((?:[\w-]|{BREAK})++)\.((?:(?:{BREAK})?[0-9a-f]){{8}})", re.ASCII | re.IGNORECASE
)
UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\r"))
DASHES = ({"–": "-", "—": "--"}, {"–": "--", "—": "--"})  # what editors make of dashes, undone

Source = str | os.PathLike | Iterable[str]


@dataclass(frozen=True)
class Received:
    """The shares of a class, one for each pseudonym, and what was skipped: (name, why)."""

    shares: list[dict[str, Any]]
    skipped: list[tuple[str, str]]


class _SkippedError(Exception):
    """Carries why something is no share."""


def receive(source: Source) -> Received:
    """Read a folder, a zip file, a text or CSV file of lines, or the lines themselves.

    Of several shares under one pseudonym the newest is kept. Raise FileNotFoundError for a path
    where nothing is, TypeError for what is neither a path nor lines.
    """
    found: dict[str, tuple[str, dict]] = {}
    skipped = []
    for name, read in _pieces(source):
        try:
            share = _share(read)
        except _SkippedError as error:
            skipped.append((name, str(error)))
            continue
        before = found.get(share["pseudonym"])
        if before and _age(before[1]) >= _age(share):
            skipped.append((name, f"doubled: {before[0]} is of the same pseudonym and as new"))
            continue
        if before:
            skipped.append((before[0], f"doubled: {name} is of the same pseudonym and newer"))
        found[share["pseudonym"]] = name, share
    return Received([share for _, share in found.values()], skipped)


def _age(share: dict[str, Any]) -> tuple[str, int]:
    return share["week"], share["number"]


Piece = tuple[str, bytes | str]  # a name, and the content, or why there is none


def _pieces(source: Source) -> Iterator[Piece]:
    if isinstance(source, str) and (BEGIN.search(source) or "\n" in source):
        return _most(_lines(source, ""))
    if isinstance(source, str | os.PathLike):
        path = Path(source).expanduser()
        if path.is_dir():
            return _most(_files(path))
        if not path.exists():
            raise FileNotFoundError(f"source is {str(path)!r}, and there is nothing of that name")
        return _most(_file(path.resolve(), "", _Allowance()))
    if isinstance(source, Iterable) and not isinstance(source, bytes):
        return _most(_given(source))
    kind = type(source).__name__
    raise TypeError(f"source is a {kind}, expected a folder, a zip file, a file of lines, or lines")


def _given(lines: Iterable[object]) -> Iterator[Piece]:
    known = list(lines)
    for number, line in enumerate(known, start=1):
        if not isinstance(line, str):
            yield f"line {number}", "no text"
    yield from _lines("\n".join(line if isinstance(line, str) else "" for line in known), "")


def _most(pieces: Iterator[Piece]) -> Iterator[Piece]:
    yield from itertools.islice(pieces, MOST)
    for name, _ in pieces:
        yield name, TOO_MANY.format(MOST)
        return


class _Allowance:
    """How much may still be read of files that are longer than a share."""

    def __init__(self) -> None:
        self._left = TEXT

    def read(self, file: IO[bytes]) -> bytes | str:
        """Return what a file holds, or that it is too large."""
        most = max(self._left, LARGEST)
        content = file.read(most + 1)
        if len(content) > LARGEST:
            self._left = max(self._left - len(content), 0)
        return content if len(content) <= most else "too large for a share"


def _share(read: bytes | str) -> dict[str, Any]:
    if isinstance(read, str):
        raise _SkippedError(read)
    content = _parsed(read)
    if says := facts.problem_of(content):
        raise _SkippedError(says)
    return content


# --- folders, files and zip files -----------------------------------------------------------------


def _files(folder: Path) -> Iterator[Piece]:
    """Walk the files of a folder and of those in it, in order of their names."""
    allowance = _Allowance()
    for place, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            yield from _file(path, str(path.relative_to(folder)), allowance)
        for name in folders:
            if Path(place, name).is_symlink():
                yield str(Path(place, name).relative_to(folder)), "a link"


def _file(path: Path, name: str, allowance: _Allowance) -> Iterator[Piece]:
    """Read an ordinary file, which may hold a share, lines or, as a zip file, others."""
    if _left_behind(path.name):
        return
    shown = name or path.name
    try:
        if not stat.S_ISREG(path.lstat().st_mode):  # opening a pipe would wait for ever
            yield shown, "a link" if path.is_symlink() else "no file"
            return
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with open(handle, "rb") as file:
            if file.read(2) == b"PK" and zipfile.is_zipfile(file):
                yield from _members(file, name, path, allowance)
                return
            file.seek(0)
            content = allowance.read(file)
    except OSError as error:
        content = f"cannot be read ({error.strerror or error})"
    yield from _content(content, name, shown)


def _left_behind(name: str) -> bool:
    return name in LEFT_BEHIND or name.startswith("._")


def _members(file: IO[bytes], name: str, path: Path, allowance: _Allowance) -> Iterator[Piece]:
    """Walk the members of a zip file; each is read as a stream, up to what a file may have."""
    document, found, opened = path.suffix.lower() in DOCUMENTS, False, 0
    try:
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                parts = PurePosixPath(member.filename).parts
                if member.is_dir() or "__MACOSX" in parts or _left_behind(parts[-1]):
                    continue
                inside = f"{name}/{member.filename}" if name else member.filename
                opened += 1  # each, whether or not there is anything to say of it
                if opened > MOST:
                    yield inside, TOO_MANY.format(MOST)
                    return
                content = _member(archive, member, allowance)
                if document and not (isinstance(content, bytes) and BEGIN.search(_text(content))):
                    continue  # the styles and fonts of a spreadsheet
                found = True
                yield from _content(content, inside, inside)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        yield name or path.name, f"damaged: {error}"
        return
    if document and not found:
        yield name or path.name, "of another kind: no line of a share is in it"


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, allowance: _Allowance
) -> bytes | str:
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a link"
    try:
        with archive.open(member) as file:
            content = allowance.read(file)
    except Exception as error:  # zipfile raises many kinds: no such method, a password, damage
        return f"damaged or locked ({type(error).__name__})"
    if isinstance(content, bytes) and content.startswith(b"PK\x03\x04"):
        return "a zip file in a zip file: unpack the outer one, and give the folder"
    return content


# --- what stands in a file -----------------------------------------------------------------------


def _content(content: bytes | str, name: str, shown: str) -> Iterator[Piece]:
    """Find the shares in a file: lines, one share by itself, or shares as cells of a table."""
    text = _text(content) if isinstance(content, bytes) else ""
    if BEGIN.search(text):
        yield from _lines(text, name)
    elif f'""{facts.FORMAT}""' in text:  # a form was given what the file holds
        for number, cell in enumerate(_cells(text), start=1):
            yield f"{name}, share {number}".lstrip(", "), cell.encode("utf-8", "replace")
    else:
        yield shown, content


def _text(content: bytes) -> str:
    """Return bytes as text: Excel stores "Unicode text" in UTF-16."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if wide else "utf-8-sig", errors="replace")


def _cells(text: str) -> Iterator[str]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    with contextlib.suppress(csv.Error):
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            yield from (cell for cell in row if facts.FORMAT in cell)


def _lines(text: str, name: str) -> Iterator[Piece]:
    """Find the shares in text as a form hands it out, with whatever else stands there."""
    text = text.translate(UNSEEN)
    number, before = 1, 0
    for begin in BEGIN.finditer(text):
        number, before = number + text.count("\n", before, begin.start()), begin.start()
        where = f"{name}, line {number}".lstrip(", ")
        end = begin.end() + 2 * LARGEST
        yield where, _line(text[begin.end() : end])


def _line(text: str) -> bytes | str:
    """Return the share whose line a text begins with, or what is wrong with it."""
    read: bytes | str = "damaged: the line is not whole"
    for dashes in DASHES if "–" in text or "—" in text else ({},):
        match = LINE.match(text.translate(str.maketrans(dashes)))
        if match:
            read = _unpacked(*(re.sub(r"[=>\s]", "", part) for part in match.groups()))
            if isinstance(read, bytes):
                break
    return read


def _unpacked(packed: str, check: str) -> bytes | str:
    padded = packed + "=" * (-len(packed) % 4)
    if f"{zlib.crc32(padded.encode()):08x}" != check.lower():
        return "damaged: the line is not what was sent"
    try:
        opened = zlib.decompressobj()
        content = opened.decompress(base64.urlsafe_b64decode(padded), LARGEST + 1)
    except (zlib.error, binascii.Error, ValueError):
        return "damaged: the line cannot be unpacked"
    return content if len(content) <= LARGEST else "too large for a share"


def _parsed(content: bytes) -> Any:
    """Return what JSON says; it has no fractions, no double keys and no huge numbers here."""
    if not content.strip():
        raise _SkippedError("empty")
    try:
        return json.loads(
            _text(content),
            object_pairs_hook=_once,
            parse_int=_small,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except _SkippedError:
        raise
    except (ValueError, RecursionError):
        raise _SkippedError("of another kind, or damaged: it cannot be read as JSON") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _SkippedError("forged: a key occurs twice")
    return found


def _small(digits: str) -> int:
    return int(digits) if len(digits) <= 6 else _no_number(digits)


def _no_number(digits: str) -> Any:
    raise _SkippedError("forged: it has a number that no share has")
