"""Workbooks as people fill them in: a title above the header, samples, totals, and the errors they make."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from stdnum.cn import uscc

HEADERS = {
    "number": "序号",
    "code": "受理编号",
    "name": "单位全称",
    "credit_code": "统一社会信用代码",
    "region": "地区",
    "industry": "所属行业",
    "recommending_unit": "推荐单位",
    "title": "课题名称",
    "topic_type": "课题类型",
    "group_name": "小组名称",
    "members": "小组成员",
    "contact_name": "联系人",
    "contact_phone": "联系电话",
    "abstract": "内容摘要（500字以内）",
    "benefit": "经济效益（万元）",
    "active_from": "活动开始时间",
    "address": "通讯地址",
}


def make_workbook(
    rows: Sequence[Mapping[str, Any]], *, title: str = "", below: Sequence[Sequence[Any]] = (), star: str = ""
) -> bytes:
    """Return a workbook with these rows; `title` stands in merged cells above the header, `below` under the table."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    keys = [key for key in HEADERS if any(key in row for row in rows)]
    if title:
        sheet.append([title])
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(keys))
    sheet.append([HEADERS[key] + star for key in keys])
    for row in rows:
        sheet.append([row.get(key) for key in keys])
    for line in below:
        sheet.append(list(line))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def make_credit_code(number: int) -> str:
    """Return a sound credit code; each number gives another."""
    front = f"91420100Y{number:07d}X"
    return front + str(uscc.calc_check_digit(front))
