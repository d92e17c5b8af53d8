"""Names, telephones and judges of nobody in particular."""

from random import Random

from judging.demo.corpus_facts import JudgeFacts, PersonFacts, UnitFacts

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
DOUBLE_SURNAMES = ("欧阳", "上官", "司马", "诸葛")
# First and second character of given names; a name takes both from one side.
GIVEN = (
    (
        "建志国海文永春思宏长学家博鹏振少晓立子俊明浩宇新庆德正光",
        "伟强军峰涛斌辉刚毅超平波明华林东鹏杰飞宁俊生安祥成阳远凯",
    ),
    (
        "玉桂春秀丽晓雪梦雨嘉诗若思佳慧海红文静翠小美亚月冬燕婉淑",
        "芳敏静艳娟霞英兰红玲燕萍云婷倩琪怡颖琳梅菊雯洁洋丹欣莉蓉",
    ),
)
SINGLE = "伟勇磊涛鑫静敏娟丹颖倩超凯帆宁洋波鹏婷欢峰萍"
MINORITY_NAMES = ("阿依夏木·托乎提", "古丽尼格尔·阿布力", "扎西平措·达瓦")

POSTS = ("质量管理部主任", "总工程师", "质量总监", "技术中心主任", "副总工程师", "质量改进主管", "研究员", "教研室主任")
TITLES = ("正高级工程师", "高级工程师", "高级工程师", "高级经济师", "首席技师")
TITLES_OF_HOSPITALS = ("主任护师", "副主任护师", "主任医师", "副主任医师")
TITLES_OF_INSTITUTES = ("教授", "副教授", "研究员", "正高级工程师")
INSTITUTES = (
    ("沄楚理工学院", "420100"),
    ("霁川质量技术研究所", "420100"),
    ("翊原标准化研究院", "420100"),
    ("荆岫职业技术学院", "421000"),
    ("襄泽工程技术大学", "420600"),
    ("峤衡管理咨询有限公司", "420500"),
    ("澍垣计量测试研究院", "420100"),
)
SPECIALITY_SETS = (
    ("C",), ("C", "D"), ("D",), ("G",), ("C", "B"), ("E",), ("I", "G"), ("Q",), ("C", "M"), ("D", "N"), ("G", "E"), ("I",),
)  # fmt: skip
# What experts of an industry know best, in the words that titles and abstracts use.
KNOWN_FOR = {
    "B": (("采油", "机采井"), ("井下作业", "修井"), ("油气集输", "原油脱水")),
    "C": (
        ("连铸", "轧钢"),
        ("机械加工", "刀具"),
        ("车身焊装", "涂装"),
        ("包装", "成品质量"),
        ("过程能力", "计量"),
        ("光模块", "电路板"),
    ),
    "D": (("配电网", "架空线路"), ("变电站", "状态检修"), ("线损治理", "用电采集"), ("自来水厂", "漏损控制")),
    "E": (("混凝土", "主体结构"), ("桥梁隧道", "道路工程"), ("机电安装", "装饰装修")),
    "G": (("轨道交通", "信号系统"), ("接触网", "供电"), ("货车段修", "轮对"), ("邮件分拣", "投递服务")),
    "I": (("光缆线路", "传输"), ("宽带接入", "通信机房"), ("移动网络", "无线优化")),
    "M": (("检验检测", "计量"),),
    "N": (("漏损控制", "污水处理"),),
    "Q": (("护理质量", "患者安全"), ("合理用药", "医院感染"), ("检验质量", "医疗流程")),
}
TRACK_SETS = (("qc",), ("qc",), ("qc", "paper"), ("qc", "story"), ("qc",), ("qc", "paper"), ("qc", "story", "paper"))


def make_name(rng: Random) -> str:
    """A Chinese name of two to four characters, now and then one with a middle dot."""
    if rng.random() < 0.004:
        return rng.choice(MINORITY_NAMES)
    surname = rng.choice(DOUBLE_SURNAMES) if rng.random() < 0.015 else rng.choice(SURNAMES)
    if rng.random() < 0.16:
        return surname + rng.choice(SINGLE)
    first, second = rng.choice(GIVEN)
    return surname + rng.choice(first) + rng.choice(second)


def make_names(rng: Random, count: int) -> tuple[str, ...]:
    """Several names, none of them twice."""
    names: dict[str, None] = {}
    while len(names) < count:
        names[make_name(rng)] = None
    return tuple(names)


def make_person(rng: Random, account: str, host: str) -> PersonFacts:
    """A person who can be written to, at an address that leads nowhere."""
    return PersonFacts(make_name(rng), f"154{rng.randrange(10**8):08d}", f"{account}@{host}.example")


def make_judges(rng: Random, units: tuple[UnitFacts, ...], count: int) -> tuple[JudgeFacts, ...]:
    """Experts, half of them from units that also compete, so that conflicts of interest are there to be found."""
    employers = rng.sample([unit for unit in units if unit.trade != "tobacco"], count // 2)
    names = make_names(rng, count)
    return tuple(_make_judge(rng, place, name, employers) for place, name in enumerate(names))


def _make_judge(rng: Random, place: int, name: str, employers: list[UnitFacts]) -> JudgeFacts:
    username = f"judge{place + 1:02d}"
    employer = employers[place // 2] if place % 2 == 0 else None
    institute, seat = INSTITUTES[place // 2 % len(INSTITUTES)]
    given = SPECIALITY_SETS[place % len(SPECIALITY_SETS)]
    industries = tuple(dict.fromkeys((employer.industry, *given))) if employer else given
    return JudgeFacts(
        username=username,
        person=PersonFacts(name, f"154{rng.randrange(10**8):08d}", f"{username}@judges.example"),
        unit_name=employer.name if employer else institute,
        post=rng.choice(POSTS[:6] if employer else POSTS[6:]),
        title=rng.choice(_titles(employer)),
        region=employer.region if employer else seat,
        tracks=TRACK_SETS[place % len(TRACK_SETS)],
        specialities=industries,
        topics=tuple(word for letter in industries for word in _known_for(letter, place)),
    )


def _known_for(industry: str, place: int) -> tuple[str, ...]:
    fields = KNOWN_FOR.get(industry, ())
    return fields[place % len(fields)] if fields else ()


def _titles(employer: UnitFacts | None) -> tuple[str, ...]:
    if employer is None:
        return TITLES_OF_INSTITUTES
    return TITLES_OF_HOSPITALS if employer.trade == "hospital" else TITLES
