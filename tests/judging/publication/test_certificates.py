"""Certificates: numbered once, printed whole, checked by anybody, revoked in public."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.editions.models import Edition, Stage
from judging.editions.readiness import obstacles
from judging.foundation.storage import storage
from judging.publication import bundle, documents, glyphs, queries, rules, service, work
from judging.publication.models import Certificate
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.publication import (
    AFTER,
    AT,
    SOMEBODY,
    make_certificates,
    make_decided,
    make_notice,
    make_objection,
)
from tests.factories.units import make_unit

ACT = {"by": SOMEBODY, "at": AFTER}
LONG_TITLE = "降低180万吨每年加氢裂化装置循环氢压缩机干气密封系统一级泄漏量异常报警频次及其对全厂长周期安全稳定运行影响的研究与应用实践"
TEN = ("欧阳晓明", "阿卜杜拉·买买提", "李㛃", "王三", "赵四", "钱五", "孙六", "周七", "吴八", "郑九十")


def words_of(pdf: bytes) -> tuple[int, str]:
    """Return how many pages a PDF has, and its words without spaces."""
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        page = document[0]
        text = page.get_textpage()
        words = "".join(text.get_text_bounded().split())
        text.close()
        page.close()
        return len(document), words


def first(session: Session, edition: Edition) -> Certificate:
    return queries.certificates_of(session, edition)[0]


def test_certificates_are_numbered_by_the_editions_pattern(session: Session) -> None:
    edition, entries = make_certificates(session)
    found = queries.certificates_of(session, edition)
    assert [one.number for one in found] == [f"鄂质协证〔2022〕QC1-{n:04d}" for n in (1, 2, 3)]
    assert [one.entry_id for one in found] == [entry.id for entry in entries]


def test_issuing_again_gives_only_what_is_missing(session: Session) -> None:
    edition, _entries = make_certificates(session)
    assert service.issue_all(session, edition, **ACT) == []


def test_a_number_is_never_given_twice(session: Session) -> None:
    edition, _entries = make_certificates(session)
    service.revoke(session, edition, first(session, edition), reason="成果不实", **ACT)
    other, _more = make_certificates(session)  # another edition of the same year, with the same pattern
    numbers = [
        one.number for one in (*queries.certificates_of(session, edition), *queries.certificates_of(session, other))
    ]
    assert len(set(numbers)) == 6
    assert numbers[-1] == "鄂质协证〔2022〕QC1-0006"


def test_certificates_wait_until_the_result_is_final(session: Session) -> None:
    edition, _entries = make_decided(session)
    notice = make_notice(session, edition)
    with pytest.raises(rules.NotFinal):
        service.issue_all(session, edition, by=SOMEBODY, at=AT)
    made = make_objection(session, edition, notice)
    with pytest.raises(rules.NotFinal):
        service.issue_all(session, edition, **ACT)
    service.dismiss(session, edition, made, ruling="经核实，情况不属实。", **ACT)
    assert len(service.issue_all(session, edition, **ACT)) == 3


def test_a_certificate_carries_number_unit_group_title_members_and_level(session: Session) -> None:
    unit = make_unit(session, name="示例（武汉）轨道交通㛃有限公司")
    edition, entries = make_certificates(session, entries=1, unit=unit)
    certificate = first(session, edition)
    pages, words = words_of(storage().get(certificate.storage_key))
    wanted = (
        certificate.number,
        unit.name,
        entries[0].group_name,
        entries[0].title,
        "一等交流成果",
        "省质量协会",
        "2022年7月9日",
    )
    assert [part for part in (*wanted, "张一", "李二", "王三", certificate.check_code) if part not in words] == []
    assert pages == 1


def test_a_long_title_and_ten_members_stay_on_one_page(session: Session) -> None:
    unit = make_unit(
        session,
        name="中国示例石油化工股份有限公司湖北武汉分公司炼化一体化综合管理与技术服务中心第三联合作业部（华中区域）",
    )
    edition, _entries = make_certificates(
        session,
        entries=1,
        unit=unit,
        title=LONG_TITLE,
        members=TEN,
        group_name="“精益求精·追求卓越”仪表自动化控制系统质量提升小组",
    )
    pages, words = words_of(storage().get(first(session, edition).storage_key))
    assert pages == 1
    assert [part for part in (unit.name, LONG_TITLE, *TEN, "2022年7月9日") if part not in words] == []


def test_every_granted_entry_gets_a_certificate_of_its_own(session: Session) -> None:
    edition, entries = make_decided(session, entries=60, unit=make_unit(session))
    service.announce(session, edition, make_notice(session, edition), **ACT)
    issued = service.issue_all(session, edition, **ACT)
    assert {one.entry_id for one in issued} == {entry.id for entry in entries}
    assert len({one.number for one in issued}) == len({one.storage_key for one in issued}) == 60


def test_the_qr_code_leads_to_the_check(session: Session) -> None:
    edition, _entries = make_certificates(session, entries=1)
    code = first(session, edition).check_code
    assert documents.check_url(code).endswith(f"/check/{code}")
    assert documents.qr_svg(documents.check_url(code)).startswith("<svg")


def test_characters_that_no_face_has_are_named() -> None:
    assert glyphs.strange_characters("张㛃（武汉）·〔2022〕𠮷") == "𠮷"
    contents = [{"unit": "甲公司", "members": ["王𠮷", "李四"]}]
    assert glyphs.strange_names(contents) == [("王𠮷", "𠮷")]


def test_a_reissue_keeps_the_number_and_says_what_is_true_now(session: Session) -> None:
    edition, entries = make_certificates(session, entries=1)
    certificate = first(session, edition)
    number, before = certificate.number, certificate.storage_key
    entries[0].title = "更正后的成果名称"
    service.reissue(session, edition, certificate, reason="成果名称有误", **ACT)
    assert (certificate.number, certificate.issue) == (number, 2)
    assert certificate.storage_key != before
    assert "更正后的成果名称" in words_of(storage().get(certificate.storage_key))[1]


def test_a_revoked_certificate_is_not_issued_again(session: Session) -> None:
    edition, _entries = make_certificates(session, entries=1)
    certificate = first(session, edition)
    service.revoke(session, edition, certificate, reason="成果不实", **ACT)
    with pytest.raises(rules.CertificateRevoked):
        service.reissue(session, edition, certificate, reason="再次颁发", **ACT)
    with pytest.raises(rules.CertificateRevoked):
        service.revoke(session, edition, certificate, reason="再次撤销", **ACT)
    assert service.issue_all(session, edition, **ACT) == []


@pytest.mark.parametrize("act", [service.reissue, service.revoke])
def test_reissue_and_revocation_need_a_reason(session: Session, act) -> None:  # type: ignore[no-untyped-def]
    edition, _entries = make_certificates(session, entries=1)
    with pytest.raises(rules.ReasonNeeded):
        act(session, edition, first(session, edition), reason=" ", **ACT)


def test_the_job_numbers_and_sets_and_may_run_twice(session: Session) -> None:
    edition, _entries = make_decided(session)
    service.announce(session, edition, make_notice(session, edition), **ACT)
    payload = {"edition": str(edition.id), "by": str(make_user(session).id), "name": "Secretariat"}
    session.commit()
    told: list[tuple[int, int]] = []
    work.issue_certificates(payload, lambda done, total: told.append((done, total)))
    work.issue_certificates(payload, lambda done, total: told.append((done, total)))
    assert told == [(3, 3)]
    assert all(one.storage_key for one in queries.certificates_of(session, edition))


# The check


def checked(client: Client, asked: str) -> str:
    client.get("/language/en")
    return client.get("/check", query_string={"q": asked}).get_data(as_text=True)


def test_the_check_says_yes_with_what_is_printed(client: Client, session: Session) -> None:
    edition, entries = make_certificates(session, entries=1)
    number, title = first(session, edition).number, entries[0].title
    page = checked(client, number)
    assert "Yes: this certificate is genuine" in page
    assert title in page


def test_members_are_told_only_to_who_holds_the_certificate(client: Client, session: Session) -> None:
    edition, _entries = make_certificates(session, entries=1)
    number, code = first(session, edition).number, first(session, edition).check_code
    assert "张一" not in checked(client, number)
    assert "张一" in client.get(f"/check/{code}").get_data(as_text=True)


def test_the_check_forgives_how_a_number_is_typed(client: Client, session: Session) -> None:
    make_certificates(session, entries=1)
    assert "Yes: this certificate is genuine" in checked(client, " 鄂质协证[２０２２]QC1-0001 ")


def test_the_check_says_no(client: Client, session: Session) -> None:
    assert "No: there is no such certificate" in checked(client, "鄂质协证〔2022〕QC1-9999")
    assert client.get("/check/%F0%9F%92%A9").status_code == 200
    assert "<script>" not in checked(client, "<script>alert(1)</script>")


def test_the_check_says_revoked_and_why(client: Client, session: Session) -> None:
    edition, _entries = make_certificates(session, entries=1)
    service.revoke(session, edition, first(session, edition), reason="成果不实", **ACT)
    number = first(session, edition).number
    page = checked(client, number)
    assert "Revoked: this certificate no longer counts" in page
    assert "成果不实" in page
    assert number in client.get("/check/revoked").get_data(as_text=True)


# Downloads


def test_a_unit_downloads_its_own_certificates_only(client: Client, session: Session) -> None:
    contact = make_user(session, Role.ENTRANT)
    mine, other = make_unit(session, contact=contact), make_unit(session)
    edition, entries = make_decided(session, entries=2)
    entries[0].unit_id, entries[1].unit_id = mine.id, other.id
    session.flush()
    session.expire_all()
    service.announce(session, edition, make_notice(session, edition), **ACT)
    service.issue_all(session, edition, **ACT)
    ids = {one.entry.unit_id: one.id for one in queries.certificates_of(session, edition)}
    mine_id, other_id, slug = ids[mine.id], ids[other.id], edition.slug
    client.sign_in(contact)
    page = client.get(f"/e/{slug}/certificates/mine").get_data(as_text=True)
    assert (str(mine_id) in page, str(other_id) in page) == (True, False)
    assert client.get(f"/e/{slug}/certificates/mine/{mine_id}.pdf").data.startswith(b"%PDF")
    assert client.get(f"/e/{slug}/certificates/mine/{other_id}.pdf").status_code == 404
    assert client.get(f"/e/{slug}/certificates/{mine_id}/certificate.pdf").status_code == 403


def test_the_archive_names_files_by_number_and_leaves_out_the_revoked(session: Session) -> None:
    edition, _entries = make_certificates(session)
    service.revoke(session, edition, first(session, edition), reason="成果不实", **ACT)
    with zipfile.ZipFile(io.BytesIO(bundle.certificates_zip(session, edition))) as archive:
        assert archive.namelist() == ["鄂质协证〔2022〕QC1-0002.pdf", "鄂质协证〔2022〕QC1-0003.pdf"]


def test_the_bundle_is_written_to_files(session: Session, tmp_path: Path) -> None:
    edition, entries = make_certificates(session)
    written = bundle.write_all(session, edition, tmp_path)
    assert sorted(path.suffix for path in written) == [".pdf", ".pdf", ".xlsx", ".zip"]
    book = openpyxl.load_workbook(next(path for path in written if path.suffix == ".xlsx"))
    cells = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert {entry.title for entry in entries} <= set(cells)
    register = [cell.value for row in book.worksheets[1].iter_rows() for cell in row]
    assert "鄂质协证〔2022〕QC1-0001" in register
    book.close()


# Closing


def test_an_edition_is_not_closed_over_open_objections(session: Session) -> None:
    edition, _entries = make_decided(session)
    notice = make_notice(session, edition)
    make_objection(session, edition, notice)
    asked = [(one.blocking, one.endpoint) for one in obstacles(session, edition, Stage.CLOSED)]
    assert asked == [
        (True, "objections.index"),
        (False, "publication.index"),
        (False, "certificates.index"),
    ]


def test_an_announced_edition_with_certificates_closes_without_a_word(session: Session) -> None:
    edition, _entries = make_certificates(session)
    assert obstacles(session, edition, Stage.CLOSED) == []


def test_an_edition_without_entries_has_no_certificates(session: Session) -> None:
    edition = make_edition(session, stage=Stage.NOTICE)
    with pytest.raises(rules.NotFinal):
        service.issue_all(session, edition, by=SOMEBODY, at=AFTER + timedelta(days=1))
