"""Notice, objection, announcement and certificates of the finished edition."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from judging.demo import pdfs
from judging.demo.scene import Scene, Times
from judging.editions.models import Edition
from judging.publication import bundle
from judging.publication import service as publication
from judging.publication.models import Notice

OBJECTOR = "钟问"
GROUNDS = "公示名单中该成果的第二完成人未参加小组活动，附活动签到记录，请核实。"
SIGNED_IN = ("第一次活动：签到四人。", "第二次活动：签到四人，缺一人。", "第三次活动：签到五人。")
RULING = "经向单位核实并查阅活动记录，所反映的人员参加了全部活动，异议不成立，维持公示结果。"


def publish(session: Session, scene: Scene, edition: Edition, times: Times) -> datetime:
    """Publish, answer an objection, announce, issue; return when all was done."""
    by, at = scene.organizer.actor, times.notice
    for year in (edition.year, edition.year + 1):
        publication.seed_holidays(session, year, by=by, at=at)
    notice = publication.draft_notice(session, edition, by=by, at=at)
    publication.publish_notice(session, edition, notice, by=by, at=at + timedelta(hours=1))
    _objection(session, scene, edition, notice, at + timedelta(days=2))
    announced = at + timedelta(days=14)
    publication.announce(session, edition, notice, by=by, at=announced)
    publication.issue_all(session, edition, by=by, at=announced + timedelta(hours=1))
    return announced + timedelta(days=1)


def _objection(session: Session, scene: Scene, edition: Edition, notice: Notice, at: datetime) -> None:
    by = scene.organizer.actor
    objection = publication.file_objection(
        session,
        edition,
        notice,
        name=OBJECTOR,
        contact="zhongwen@objector.example",
        grounds=GROUNDS,
        number=3,
        evidence=pdfs.make_evidence("小组活动签到记录（复印件）", SIGNED_IN),
        evidence_name="签到记录.pdf",
        at=at,
    )
    publication.accept_objection(session, edition, objection, by=by, at=at + timedelta(hours=3))
    publication.dismiss(session, edition, objection, ruling=RULING, by=by, at=at + timedelta(days=3))


def write_files(session: Session, edition: Edition, folder: Path) -> list[Path]:
    """Write the workbook, the notice and the certificates; return where they lie."""
    return bundle.write_all(session, edition, folder)
