"""What groups call themselves, and who is in them."""

from collections.abc import Iterator
from random import Random

WORDS = " ".join(
    (
        "星火 匠心 领航 磐石 晨曦 破浪 扬帆 精益 卓越 超越 启航 聚力 攀登 飞跃 新芽 雷霆 蓝焰",
        "远航 先锋 求真 凌云 清泉 砥砺 奋进 萤火 极光 追光 向阳 春雨 鸿雁 雏鹰 金扳手 小蜜蜂 金点子",
        "智多星 显微镜 放大镜 啄木鸟 铁脚板 千里眼 顺风耳 螺丝钉 孺子牛 零缺陷 零距离 加速度 同心圆 正能量 新起点 一米阳光 百分百",
        "问不倒 琢玉 砺剑 点睛 破茧 争先 锐进 恒心 擎天 知行 明德 笃行 慧眼 守护者 探索者 追梦人 金钥匙",
        "红帆船 蓝精灵 绿叶 橙心 白鹭 江豚 楚凤 编钟 黄鹤 梅岭 东湖风 长江潮 千湖 荆楚红 杜鹃花",
    )
).split()
SUFFIXES = ("质量提升小组", "质量提升小组", "QC小组")


def invent_groups(rng: Random) -> Iterator[str]:
    """Names of groups, one after the other, no two alike."""
    names = [word + suffix for word in WORDS for suffix in dict.fromkeys(SUFFIXES)]
    rng.shuffle(names)
    yield from names
    for number in range(2, 100):
        yield from (name.replace("质量", f"{number}号质量").replace("QC", f"{number}号QC") for name in names)
