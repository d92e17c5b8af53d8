"""The names people give to columns, rows and notes, in Chinese and English."""

import re

from scoring.reading.cells import Cell, key_of, text_of

# The better name first.
NAMES: dict[str, tuple[str, ...]] = {
    "entry": (
        "entry", "entryid", "entrycode", "code", "盲审编号", "盲审码", "编号", "作品编号", "成果编号", "项目编号",
        "参赛编号", "论文编号", "报名号", "队号", "参赛号", "candidate", "submission", "performance", "target", "作品", "成果", "参评成果",
        "参赛作品", "候选成果", "成果名称", "作品名称", "项目名称", "课题名称", "题目", "小组名称", "队伍", "队名", "选手",
        "参赛选手", "参赛者",
    ),
    "judge": (
        "judge", "judgeid", "judgecode", "评委", "评委编号", "评委姓名", "评委代码", "专家", "专家编号", "专家姓名",
        "评审专家", "评审人", "评审员", "打分人", "裁判", "reviewer", "rater", "referee",
    ),
    "mark": (
        "mark", "total", "score", "打分", "总分", "分数", "得分", "评分", "成绩", "原始分", "原始得分", "rawscore", "points",
    ),
    "criterion": ("criterion", "评分项", "评分项目", "评审项目", "评审项", "评分指标", "评价指标", "指标", "打分项"),
    "track": ("track", "赛道", "组别"),
    "unit_entry": (
        "unitentry", "unitofentry", "entryunit", "单位", "申报单位", "单位名称", "参赛单位", "所在单位", "单位全称", "unit", "所属单位",
        "推荐单位", "选送单位", "报送单位", "所属学院", "所在学院", "学院", "院系", "参赛学校", "所属学校", "所在学校", "学校",
    ),
    "unit_judge": ("unitjudge", "unitofjudge", "judgeunit", "评委单位", "专家单位", "评委所在单位", "专家所在单位"),
    "order": ("order", "打分时间", "评分时间", "评审时间", "评审顺序", "打分顺序", "出场顺序", "submittedat"),
}  # fmt: skip
ROLE_WORDS = {
    "entry": ("entry", "参评成果"),
    "judge": ("judge", "评委"),
    "mark": ("mark", "分数"),
    "criterion": ("criterion", "评分项"),
    "track": ("track", "赛道"),
    "unit_entry": ("entry's unit", "参评成果的单位"),
    "unit_judge": ("judge's unit", "评委的单位"),
    "order": ("order of judging", "打分先后"),
}
LEFT_ASIDE = {
    "序号", "no", "id", "index", "备注", "说明", "remark", "remarks", "note", "notes", "comment", "comments", "评语", "名次",
    "排名", "位次", "rank", "place", "签名", "签字", "电话", "联系电话", "手机", "手机号", "年份", "年度", "人数", "等级", "奖项",
    "建议等级", "level", "award", "year",
}  # fmt: skip
_TOTAL = re.compile(
    r"(合计|总计|小计)|^(去掉.*|平均(分|值|数|得分|成绩)?|均分|均值|总(分|得分|成绩|评分?|和)|最终(得分|成绩|分数?|评分|结果)?|"
    r"最后(得分|成绩|分数?)|最高分?|最低分?|极差|方差|标准差|中位数?|实得分|实际得分|综合(得分|成绩|分)|加权(得分|总分|平均分?)|核算分|"
    r"得分|成绩|分数|评分|得分率|total(score|mark)?|sum|mean|average|avg|max|min|median|sd|stdev|score|mark|finalscore|final)$"
)
_TOTAL_ROW = re.compile(
    r"^(合计|总计|小计|总和|总分|平均(分|值|数)?|均分|均值|最高(分|值)?|最低(分|值)?|极差|方差|标准差|中位数?|人数|计数|打分人数|"
    r"total|grandtotal|sum|mean|average|avg|max|min|median|sd|stdev|count)$"
)
_UNITS_OF_JUDGES = {"单位", "所在单位", "工作单位", "学校", "unit", "units", "affiliation", "institution"}
_NOTE = re.compile(
    r"^(注|备注|说明|附注|note|remark|制表|填表|审核|复核|统计|签|评委签|监督|日期|时间|单位[:：]|数据来源|以上)", re.I
)
_SIGNED = re.compile(r"(签字|签名|签章|盖章|[记计]分员|监督员|负责人|审核人?|制表人?|组长|主任|校对)[:：]")
_TELLS = re.compile(r"[。；;！!？?]|[：:].")
_JUDGE = re.compile(
    r"^((评委|专家|评审|评审专家|裁判|考官|judge|rater|reviewer|expert|referee)(员|组长|主任)?(no)?"
    r"[\da-z一二三四五六七八九十甲乙丙丁戊己庚辛]*|[jrp]\d+)(打分|评分|得分|分数|给分|score|mark)?$"
)
_SCALE = re.compile(r"^(满分|分值|最高分值|权重|配分|max|maximum|weight|weights|fullmark|fullmarks|标准分值)$")


def is_total(label: object) -> bool:
    """Whether a column or row by this name sums up others."""
    return bool(_TOTAL.search(key_of(label)))


def is_total_row(cell: Cell) -> bool:
    """Whether a row that begins like this sums up the rows above it."""
    return bool(_TOTAL_ROW.match(key_of(text_of(cell))))


def is_scale(label: object) -> bool:
    """Whether a row by this name tells what marks may be."""
    return bool(_SCALE.match(key_of(label)))


def is_unit_label(label: object) -> bool:
    """Whether a row that begins like this says the judges' units."""
    key = key_of(label)
    return key in NAMES["unit_judge"] or key in _UNITS_OF_JUDGES


def is_judge(label: object) -> bool:
    """Whether a column by this name holds what one judge gave."""
    return bool(_JUDGE.match(key_of(label)))


def is_note(cell: Cell, *, alone: bool) -> bool:
    """Whether a cell is a note to the table and no entry's name; more things are when it stands alone in its row."""
    text = text_of(cell)
    return bool(_NOTE.match(text) or _SIGNED.search(text)) or (alone and (bool(_TELLS.search(text)) or len(text) > 40))


def role_of(label: object) -> str | None:
    """The role a column plays by its name."""
    key = key_of(label)
    return next((role for role, names in NAMES.items() if key in names), None)
