"""Administrative divisions, and how a page offers them.

Source: GB/T 2260 (division codes as published by the Ministry of Civil Affairs): the 31 provinces, the prefectures of
Hubei with the places the province administers itself, and the capitals of the five other provinces of the Central-South
network.
"""

from collections.abc import Mapping

from flask_babel import gettext

PROVINCES: dict[str, str] = {
    "110000": "北京市",
    "120000": "天津市",
    "130000": "河北省",
    "140000": "山西省",
    "150000": "内蒙古自治区",
    "210000": "辽宁省",
    "220000": "吉林省",
    "230000": "黑龙江省",
    "310000": "上海市",
    "320000": "江苏省",
    "330000": "浙江省",
    "340000": "安徽省",
    "350000": "福建省",
    "360000": "江西省",
    "370000": "山东省",
    "410000": "河南省",
    "420000": "湖北省",
    "430000": "湖南省",
    "440000": "广东省",
    "450000": "广西壮族自治区",
    "460000": "海南省",
    "500000": "重庆市",
    "510000": "四川省",
    "520000": "贵州省",
    "530000": "云南省",
    "540000": "西藏自治区",
    "610000": "陕西省",
    "620000": "甘肃省",
    "630000": "青海省",
    "640000": "宁夏回族自治区",
    "650000": "新疆维吾尔自治区",
}

HUBEI: dict[str, str] = {
    "420100": "武汉市",
    "420200": "黄石市",
    "420300": "十堰市",
    "420500": "宜昌市",
    "420600": "襄阳市",
    "420700": "鄂州市",
    "420800": "荆门市",
    "420900": "孝感市",
    "421000": "荆州市",
    "421100": "黄冈市",
    "421200": "咸宁市",
    "421300": "随州市",
    "422800": "恩施土家族苗族自治州",
    "429004": "仙桃市",
    "429005": "潜江市",
    "429006": "天门市",
    "429021": "神农架林区",
}

CENTRAL_SOUTH_CAPITALS: dict[str, str] = {
    "410100": "郑州市",
    "430100": "长沙市",
    "440100": "广州市",
    "450100": "南宁市",
    "460100": "海口市",
}

REGIONS: dict[str, str] = {**PROVINCES, **HUBEI, **CENTRAL_SOUTH_CAPITALS}


def region_groups() -> Mapping[str, list[tuple[str, str]]]:
    """Return the regions as a select shows them: Hubei's cities first, then its neighbours', then the provinces."""
    hubei = [("420000", PROVINCES["420000"]), *HUBEI.items()]
    others = [(code, name) for code, name in PROVINCES.items() if code != "420000"]
    return {
        PROVINCES["420000"]: hubei,
        gettext("Capitals of the Central-South network"): list(CENTRAL_SOUTH_CAPITALS.items()),
        gettext("Other provinces"): others,
    }


def offered(code: str) -> Mapping[str, list[tuple[str, str]]]:
    """Return the regions to choose from, with the present one even when it is none of them (a county, say)."""
    return region_groups() if code in REGIONS or not code else {"": [(code, code)], **region_groups()}
