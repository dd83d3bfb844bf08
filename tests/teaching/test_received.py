"""What is read of a class: shares, and nothing else, of bounded size, without trust."""

import base64
import io
import json
import os
import zipfile
import zlib
from pathlib import Path

import classroom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_helpers.course.share import Line, Share
from rnn_helpers.teaching import received
from rnn_helpers.teaching.received import receive


def text(seed: int, **more: object) -> str:
    return json.dumps(classroom.share(seed, **more))


def whys(source: received.Source) -> dict[str, str]:
    return dict(receive(source).skipped)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    classroom.share_into(tmp_path / "class", 6)
    return tmp_path / "class"


def test_what_is_no_share_is_named_and_skipped(folder: Path) -> None:
    found = receive(folder)
    assert len(found.shares) == 6
    names = {name for name, _ in found.skipped}
    assert names == set(classroom.SPOILT)
    why = dict(found.skipped)
    assert "older version" in why["older.json"] and "newer version" in why["newer.json"]
    assert "a progress file itself" in why["the progress file.json"]
    assert "checksum" in why["by hand.json"]
    assert why["named.json"].startswith("forged")
    assert "doubled" in why["doubled, older.json"]
    for name in ("cut off.json", "foreign.csv", "a picture.png"):
        assert "damaged" in why[name]


def zipped(path: Path, members: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_zip_file_is_read_as_a_folder_is(folder: Path, tmp_path: Path) -> None:
    members = {path.name: path.read_bytes() for path in folder.iterdir()}
    path = zipped(tmp_path / "class.zip", members)
    assert {s["pseudonym"] for s in receive(path).shares} == {
        s["pseudonym"] for s in receive(folder).shares
    }
    assert set(whys(path)) == set(classroom.SPOILT)


def line_of(content: bytes) -> str:
    packed = base64.urlsafe_b64encode(zlib.compress(content)).decode()
    return f"rnn1.{packed.rstrip('=')}.{zlib.crc32(packed.encode()):08x}"


def test_lines_are_found_in_whatever_a_form_hands_out(tmp_path: Path) -> None:
    lines = [line_of(text(seed).encode()) for seed in range(3)]
    form = f'time,answer\n1,"{lines[0]}"\n2,my line: {lines[1]} thanks\n3,\n{lines[2][:80]}'
    sources = [form, form.splitlines(), tmp_path / "form.csv"]
    sources[2].write_text(form)
    for source in sources:
        found = receive(source)
        assert len(found.shares) == 2
        assert [why for _, why in found.skipped] == ["damaged: the line is not whole"]


def folded(line: str, width: int, joint: str) -> str:
    return joint.join(line[at : at + width] for at in range(0, len(line), width))


# What forms, mail, editors and spreadsheets do to a line on its way to the teacher.
DONE_TO_A_LINE = {
    "typographic quotes": lambda line: f"“{line}”",
    "in a sentence": lambda line: f"Hello, here it is: {line}. Thanks!",
    "markdown": lambda line: f"`{line}`",
    "a page": lambda line: f"<p>My line:<br>{line}</p>",
    "folded": lambda line: folded(line, 76, "\r\n"),
    "mail": lambda line: f"Anna wrote:\n> {folded(line, 70, chr(10) + '> ')}\n\nBest, Anna",
    "quoted-printable": lambda line: f"Hello\n\n{folded(line, 75, '=' + chr(13) + chr(10))}\n",
    "broken in a cell": lambda line: f'a;b\n1;"{folded(line, 80, chr(10))}"\n2;\n',
    "a formula of Excel's": lambda line: f'a,b\n1,"=""{line}"""\n',
    "an apostrophe of Excel's": lambda line: f"a,b\n1,'{line}\n",
    "unseen characters": lambda line: f"\ufeff\xa0{line[:90]}\u200b{line[90:]}\xa0",
    "a long dash for two": lambda line: line.replace("--", "—"),
    "another dash for one": lambda line: line.replace("-", "–"),
    "a capital at the start": lambda line: line.capitalize()[0] + line[1:],
}


@pytest.mark.parametrize("name", DONE_TO_A_LINE)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_is_done_to_a_line_on_its_way_is_undone(
    tmp_path: Path, name: str, encoding: str
) -> None:
    made = DONE_TO_A_LINE[name](line_of(text(0).encode()))
    (tmp_path / "form.csv").write_bytes(made.encode(encoding))
    for source in (tmp_path, tmp_path / "form.csv", *([made] if encoding == "utf-8" else [])):
        found = receive(source)
        assert found.shares == [classroom.share(0)] and found.skipped == []


def test_a_folder_may_hold_files_tables_and_zip_files(tmp_path: Path) -> None:
    lines = [line_of(text(seed).encode()) for seed in range(9)]
    (tmp_path / "one.json").write_bytes(text(10).encode("utf-16"))
    (tmp_path / "form.csv").write_text(
        "Zeit;Zeile\n" + "".join(f"1;{line}\n" for line in lines[:3])
    )
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "mail.txt").write_text("\n\n".join(lines[3:5]) + lines[8][:99])
    files = {f"A B_{i}_file/my_progress.json": text(i) for i in (5, 6)}
    junk = {"__MACOSX/._my_progress.json": b"\0\5\x16\7", ".DS_Store": b"\0\0\0\1Bud1"}
    zipped(tmp_path / "handed in.zip", files | junk)
    zipped(tmp_path / "twice.zip", {"inner.zip": (tmp_path / "handed in.zip").read_bytes()})
    (tmp_path / ".DS_Store").write_bytes(b"\0")
    pasted = text(7).replace('"', '""')
    (tmp_path / "pasted.csv").write_text(f'time,answer\n1,"{pasted}"\n2,no\n')
    sheet = {"xl/sharedStrings.xml": f"<t>{lines[7]}</t><t>{lines[8]}</t>", "xl/styles.xml": "<a/>"}
    zipped(tmp_path / "form.xlsx", sheet)
    zipped(tmp_path / "other.xlsx", {"xl/styles.xml": "<a/>"})
    found = receive(tmp_path)
    assert {int(share["pseudonym"], 16) for share in found.shares} == {*range(9), 10}
    assert {name: why.partition(":")[0] for name, why in found.skipped} == {
        "sub/mail.txt, line 3": "damaged",
        "other.xlsx": "of another kind",
        "twice.zip/inner.zip": "a zip file in a zip file",
        "pasted.csv, share 1": "doubled",
    }


def test_files_longer_than_a_share_are_read_up_to_a_joint_limit(
    tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(received, "LARGEST", 3_000)
    monkeypatch.setattr(received, "TEXT", 10_000)
    for number in range(4):
        line = line_of(text(number).encode())
        (tmp_path / f"{number}.csv").write_text(f"{line}\n{' ' * (4_500 - len(line))}")
    found = receive(tmp_path)
    assert len(found.shares) == 2
    assert whys(tmp_path) == dict.fromkeys(["2.csv", "3.csv"], "too large for a share")


def test_what_share_progress_makes_is_read(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", str(tmp_path / "progress.json"))
    made = Share(classroom.learned(3))
    assert len(receive(made.line()).shares) == 1
    (tmp_path / "shares").mkdir()
    made.save(tmp_path / "shares" / "one.json")
    assert len(receive(tmp_path / "shares").shares) == 1
    assert len(receive(tmp_path / "shares" / "one.json").shares) == 1
    assert isinstance(made.line(), Line)


def test_of_one_pseudonym_the_newest_is_kept() -> None:
    made = [
        classroom.share(0, number=2),
        classroom.share(0, number=3),
        classroom.share(0, number=1),
        classroom.share(0, number=9, week="2026-W40"),
    ]
    found = receive([line_of(json.dumps(share).encode()) for share in made])
    assert [share["number"] for share in found.shares] == [3]
    assert len(found.skipped) == 3 and all("doubled" in why for _, why in found.skipped)


# ---- what is meant to do harm


def test_a_zip_bomb_is_read_up_to_the_size_of_a_share(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("zeros.json", "w", force_zip64=True) as member,
    ):
        for _ in range(100):
            member.write(b"0" * 1_000_000)
    path = tmp_path / "bomb.zip"
    path.write_bytes(bomb.getvalue())
    assert path.stat().st_size < 1_000_000
    assert whys(path) == {"zeros.json": "too large for a share"}
    nested = zipped(tmp_path / "nested.zip", {"bomb.zip": bomb.getvalue()})
    assert receive(nested).shares == []


def test_a_line_that_unpacks_without_end_is_read_up_to_the_size_of_a_share() -> None:
    line = line_of(b"[" * 100_000_000)
    assert whys([line]) == {"line 1": "too large for a share"}


def test_a_zip_file_whose_header_lies_about_a_size_is_damaged(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.json": text(0)})
    content = path.read_bytes()
    size = len(text(0)).to_bytes(4, "little")
    path.write_bytes(content.replace(size, (3).to_bytes(4, "little")))
    assert receive(path).shares == []
    assert len(whys(path)) == 1


def test_nothing_is_written_wherever_a_member_wants_to_go(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["../outside.json", "/absolute.json", "..\\windows.json", "C:\\x.json", "a\nb\x1b[2J"]
    (tmp_path / "in").mkdir()
    path = zipped(tmp_path / "in" / "a.zip", {name: text(i) for i, name in enumerate(names)})
    assert len(receive(path).shares) == len(names)
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["a.zip"]


def test_members_without_end_are_not_all_read(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(received, "MOST", 5)
    path = zipped(tmp_path / "many.zip", {f"{i}.json": text(i) for i in range(9)})
    assert len(receive(path).shares) == 5
    assert whys(path) == {"5.json": "there are more than 5: from here on nothing was read"}
    for i in range(9):
        (tmp_path / f"{i}.json").write_text(text(i))
    assert len(receive(tmp_path).shares) == 5
    assert len(receive([line_of(text(i).encode()) for i in range(9)]).shares) == 5


def test_parts_of_a_document_that_hold_no_line_count_too(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(received, "MOST", 5)
    opened, open_one = [], received._member

    def watched(archive: zipfile.ZipFile, *more: object) -> object:
        opened.append(more)
        return open_one(archive, *more)

    monkeypatch.setattr(received, "_member", watched)
    path = zipped(tmp_path / "many.xlsx", {f"xl/{i}.xml": "<a/>" for i in range(9)})
    assert whys(path) == {"xl/5.xml": "there are more than 5: from here on nothing was read"}
    assert len(opened) == 5


@pytest.mark.skipif(os.name != "posix", reason="links and pipes are those of POSIX")
def test_no_link_is_followed_and_no_pipe_opened(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    classroom.share_into(outside, 1)
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "file").symlink_to(next(outside.glob("progress*")))
    (folder / "folder").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere").symlink_to("gone")
    os.mkfifo(folder / "pipe")
    os.symlink("/dev/zero", folder / "zeros")
    found = receive(folder)
    assert found.shares == []
    assert dict(found.skipped) == {
        "file": "a link", "folder": "a link", "loop": "a link", "nowhere": "a link",
        "pipe": "no file", "zeros": "a link",
    }  # fmt: skip


def test_a_member_that_is_a_link_is_skipped(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("link.json")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert whys(tmp_path / "a.zip") == {"link.json": "a link"}


TEXT = text(0)
ATTEMPTS = '"attempts": '
HOSTILE = {
    "NaN": TEXT.replace('"number": 1', '"number": NaN'),
    "infinity": TEXT.replace('"number": 1', '"number": -Infinity'),
    "a fraction": TEXT.replace('"number": 1', '"number": 1.0'),
    "an exponent": TEXT.replace('"number": 1', '"number": 1e999999999'),
    "a huge number": TEXT.replace('"number": 1', f'"number": {"9" * 100_000}'),
    "a key twice": TEXT.replace('"number": 1', '"number": 1, "number": 1'),
    "deep": "[" * 90_000,
    "deep dicts": '{"a":' * 20_000,
    "not UTF-8": "\udcff\udcfe",
    "a list": "[]",
    "null": "null",
    "empty": "",
    "a number": "1",
    "an odd version": TEXT.replace('"version": 1', '"version": true'),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_written_to_do_harm_is_skipped(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.json").write_bytes(HOSTILE[name].encode("utf-8", "surrogateescape"))
    found = receive(tmp_path)
    assert found.shares == [] and [name for name, _ in found.skipped] == ["a.json"]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(TEXT) - 1), st.binary(max_size=4), st.integers(0, 40))
def test_a_share_with_bytes_changed_is_read_only_if_it_says_the_same(at, new, cut) -> None:
    content = TEXT.encode()
    spoilt = content[:at] + new + content[at + cut :]
    found = receive([line_of(spoilt)])
    for share in found.shares:
        assert share == classroom.share(0)
    assert len(found.shares) + len(found.skipped) == 1


def test_a_damaged_zip_file_costs_a_sentence(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.json": text(0), "b.json": text(1)})
    content = path.read_bytes()
    path.write_bytes(content[:40] + b"\0" * 30 + content[70:])
    found = receive(path)
    assert len(found.shares) < 2 and found.skipped


@pytest.mark.parametrize("source", [3, None, b"rnn1."])
def test_what_is_no_source_is_refused(source: object) -> None:
    with pytest.raises(TypeError, match="source is a .*, expected a folder"):
        receive(source)


def test_a_path_where_nothing_is_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nothing of that name"):
        receive(tmp_path / "gone")
