"""How long a real-sized 汇总表 of 1,000 rows takes: `python -m bench.bench_import`.

The limit is openpyxl reading the same file cell by cell: nothing can know an error without it. What is above it is
matching units, checking every field, and writing entries, members and trail.
"""

import io
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from judging.app import create_app
from judging.config import Settings
from judging.entries import import_plan
from judging.entries.service import importing
from judging.foundation import db
from judging.foundation.audit import SYSTEM
from tests.factories.editions import make_edition
from tests.factories.units import make_recommending_unit
from tests.factories.workbooks import make_credit_code, make_workbook

ROWS, AT = 1000, datetime(2022, 5, 10, 9, 0, tzinfo=UTC)


def main() -> None:
    """Read bare, plan, apply; print the ratios."""
    content = make_workbook([row(number) for number in range(1, ROWS + 1)], title="质量提升小组成果汇总表")
    limit, _ = cpu(lambda: [list(line) for line in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows()])
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings.in_folder(Path(folder), secret_key="bench", testing=True))
        with app.test_request_context():
            db.Model.metadata.create_all(db.extension.engine)
            with db.transaction() as session:
                edition = make_edition(session)
                make_recommending_unit(session, name="江城质量协会")
                track = edition.tracks[0]
                planned, plan = cpu(lambda: import_plan.plan_entries(session, edition, track, content))
                applied, count = cpu(lambda: importing.apply_entries(session, edition, track, plan, by=SYSTEM, at=AT))
            db.extension.engine.dispose()
    print(f"openpyxl alone: {limit:.2f} CPU s for {ROWS} rows")
    print(f"preview with every error by row: {planned:.2f} CPU s, {planned / limit:.1f} x the reading")
    print(f"import of {count} entries with new units: {applied:.2f} CPU s, {applied / limit:.1f} x the reading")


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of some work, and what it gave."""
    began = time.process_time()
    given = work()
    return time.process_time() - began, given


def row(number: int) -> dict[str, Any]:
    """Return a row as a secretariat fills it in."""
    return {
        "number": number,
        "name": f"示例精密制造{number}有限公司",
        "credit_code": make_credit_code(number),
        "region": "武汉市",
        "industry": "制造业",
        "recommending_unit": "江城质量协会",
        "title": f"降低第{number}号产线停机率",
        "topic_type": "问题解决型（自定目标）",
        "group_name": f"晨光{number}小组",
        "members": "张三（组长）、李四、王五",
        "contact_name": "张三",
        "contact_phone": "13800000000",
        "abstract": "通过现状调查和要因确认，停机率由4.6%降至2.8%。",
        "benefit": 12.5,
    }


if __name__ == "__main__":
    main()
