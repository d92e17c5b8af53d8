"""Letters: one subject line, one attempt at a time, ever longer pauses, and an end."""

import smtplib
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.foundation import outbox
from judging.foundation.outbox import MAX_ATTEMPTS, Message, lay, send_due


def only(session: Session) -> Message:
    return session.scalars(sa.select(Message)).one()


def failing(*_args: Any, **_kwargs: Any) -> Any:
    raise smtplib.SMTPServerDisconnected("no answer")


def test_a_letter_without_a_mail_server_is_written_to_a_file(session: Session, at: datetime, tmp_path: Path) -> None:
    lay(session, to="zhou@example.cn", subject="公示", body="您好，\n公示已发布。", at=at)
    assert send_due(session, at, mail_url="", folder=tmp_path / "outbox") == 1
    letter = message_from_bytes(next((tmp_path / "outbox").iterdir()).read_bytes(), policy=policy.default)
    assert (letter["To"], letter["Subject"]) == ("zhou@example.cn", "公示")
    assert letter.get_content() == "您好，\n公示已发布。\n"
    assert (only(session).sent_at, only(session).attempts) == (at, 1)


def test_a_letter_goes_once(session: Session, at: datetime, tmp_path: Path) -> None:
    lay(session, to="zhou@example.cn", subject="公示", body="…", at=at)
    assert [send_due(session, at, mail_url="", folder=tmp_path) for _ in range(2)] == [1, 0]


def test_without_an_address_no_letter_is_laid(session: Session, at: datetime) -> None:
    lay(session, to="", subject="公示", body="…", at=at)
    assert session.scalars(sa.select(Message)).all() == []


def test_a_subject_is_one_line_whatever_a_title_holds(session: Session, at: datetime, tmp_path: Path) -> None:
    lay(session, to="zhou@example.cn", subject="公示\r\nBcc: all@example.cn\n" + "长" * 300, body="…", at=at)
    assert only(session).subject.startswith("公示 Bcc: all@example.cn 长")
    assert len(only(session).subject) == 200
    assert send_due(session, at, mail_url="", folder=tmp_path) == 1
    assert message_from_bytes(next(tmp_path.iterdir()).read_bytes())["Bcc"] is None


def test_a_letter_that_fails_waits_ever_longer_and_is_given_up(
    session: Session, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox.smtplib, "SMTP", failing)
    lay(session, to="zhou@example.cn", subject="公示", body="…", at=at)
    moment, pauses = at, []
    for _ in range(MAX_ATTEMPTS):
        assert send_due(session, moment, mail_url="smtp://mail.example.cn", folder=tmp_path) == 0
        pauses.append(only(session).due_at - moment)
        assert send_due(session, moment, mail_url="smtp://mail.example.cn", folder=tmp_path) == 0  # not before its time
        moment = only(session).due_at
    assert pauses == [timedelta(minutes=2**n) for n in range(1, MAX_ATTEMPTS + 1)]
    assert (only(session).sent_at, only(session).attempts, only(session).error) == (None, MAX_ATTEMPTS, "no answer")
    assert outbox.due(session, moment + timedelta(days=30)) == []


def test_one_letter_that_fails_does_not_stop_the_others(
    session: Session, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = outbox._send

    def send(message: Message, mail_url: str, folder: Path) -> None:
        if message.to.startswith("bad"):
            raise OSError("disk full")
        sent(message, mail_url, folder)

    monkeypatch.setattr(outbox, "_send", send)
    for address in ("bad@example.cn", "good@example.cn"):
        lay(session, to=address, subject="公示", body="…", at=at)
    assert send_due(session, at, mail_url="", folder=tmp_path) == 1


def test_a_mail_server_gets_sender_account_and_letter(
    session: Session, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Any] = []

    class Server:
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            said.append((args, kwargs))

        def __enter__(self) -> "Server":
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def starttls(self) -> None:
            said.append("tls")

        def login(self, *account: str) -> None:
            said.append(account)

        def send_message(self, letter: Any) -> None:
            said.append((letter["From"], letter["To"]))

    monkeypatch.setattr(outbox.smtplib, "SMTP", Server)
    lay(session, to="zhou@example.cn", subject="公示", body="…", at=at)
    url = "smtp://clerk:p%40ss@mail.example.cn:587/?from=clerk@example.cn"
    assert send_due(session, at, mail_url=url, folder=tmp_path) == 1
    assert said == [
        (("mail.example.cn", 587), {"timeout": 20}),
        "tls",
        ("clerk", "p@ss"),
        ("clerk@example.cn", "zhou@example.cn"),
    ]
