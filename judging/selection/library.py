"""What a new edition starts from: usual award levels by its wording, usual channels. Samples, to be checked every year."""

from dataclasses import dataclass
from decimal import Decimal

from judging.editions.models import TrackKind, Wording
from judging.selection.models import TierBasis
from judging.selection.rules import TierSpec

SHARES = (Decimal(15), Decimal(25), Decimal(35))
SHORTLIST = Decimal(30)
NAMES = {
    Wording.AWARD: ("一等奖", "二等奖", "三等奖"),
    Wording.LEVEL: ("一等交流成果", "二等交流成果", "三等交流成果"),
}


@dataclass(frozen=True, slots=True)
class ChannelPreset:
    """A way up that associations commonly have."""

    code: str
    name: str
    kind: TrackKind
    quota: int
    reserves: int
    per_unit_cap: int | None
    lowest_tier: int | None
    exclusive: bool


CHANNELS = (
    ChannelPreset("CAQ", "中国质量协会·全国优秀质量管理小组", TrackKind.QC, 10, 3, 2, 1, True),
    ChannelPreset("ZN6", "中南六省（区）质量管理成果交流", TrackKind.QC, 12, 3, 2, 2, True),
    ChannelPreset("QTA", "中国质量协会质量技术奖优秀奖", TrackKind.QC, 4, 2, 1, 1, False),
    ChannelPreset("STORY", "QC故事总决赛", TrackKind.STORY, 3, 1, 1, 1, False),
)


def default_tiers(wording: Wording, *, more_rounds: bool) -> list[TierSpec]:
    """Return the usual levels: a shortlist when another round follows, else three levels."""
    if more_rounds:
        return [TierSpec("入围现场发布", TierBasis.PERCENT, SHORTLIST, advances=True)]
    return [TierSpec(name, TierBasis.PERCENT, share) for name, share in zip(NAMES[wording], SHARES, strict=True)]
