"""Which organisations the demo has, and how large they are."""

from dataclasses import dataclass

from reports.demo.figures import figure

NATION, PROVINCE, LANZHOU, QINGYANG, ZHANGYE, LINZE = "000000", "620000", "620100", "621000", "620700", "620723"
CHENGGUAN, ANNING, YONGDENG, XIFENG, QINGCHENG = "620102", "620105", "620121", "621002", "621021"
HUACHI, HESHUI, ZHENGNING, ZHENYUAN = "621023", "621024", "621025", "621027"
CITIES = (LANZHOU, QINGYANG, ZHANGYE)
JISHISHAN, YUZHONG = "622927", "620123"


@dataclass(frozen=True)
class Size:
    """Of one organisation: seats, how many of them sit in the organisation above too, studios, is it a town."""

    seats: int
    shared: int
    studios: int
    is_town: bool = False


# A member with two seats counts once, so a city's total is its seats and its counties' less the shared ones.
SIZES = {
    LANZHOU: Size(figure(LANZHOU, "members"), 18, 9, True),
    CHENGGUAN: Size(232, 6, 28, True),
    "620103": Size(208, 5, 16, True),
    "620104": Size(184, 5, 13, True),
    ANNING: Size(172, 5, 11, True),
    "620111": Size(142, 4, 8, True),
    YONGDENG: Size(196, 5, 14),
    "620122": Size(148, 4, 9),
    YUZHONG: Size(190, 5, 14),
    QINGYANG: Size(312, 8, 10, True),
    XIFENG: Size(186, 6, figure(XIFENG, "public_service_studios"), True),
    QINGCHENG: Size(174, 5, 15),
    "621022": Size(182, 5, 16),
    HUACHI: Size(148, 4, 13),
    HESHUI: Size(146, 4, 11),
    ZHENGNING: Size(150, 4, 10),
    "621026": Size(212, 5, 14),
    ZHENYUAN: Size(256, 5, 15),
    ZHANGYE: Size(268, 6, 5, True),
    "620702": Size(204, 5, 12, True),
    "620721": Size(118, 3, 5),
    "620722": Size(146, 4, 7),
    LINZE: Size(138, 4, figure(LINZE, "studios")),
    "620724": Size(136, 4, 8),
    "620725": Size(140, 4, 7),
}

# Provincial members elsewhere in the province, per city that has no organisation in the demo.
PROVINCIAL_ELSEWHERE = 9
# National members of the province: based in Lanzhou, how many of those also sit in the province, and elsewhere.
NATIONAL_IN_LANZHOU, NATIONAL_AND_PROVINCIAL, NATIONAL_ELSEWHERE = 24, 11, 6


def below(city: str) -> list[str]:
    """The counties of a city."""
    return [code for code in SIZES if code != city and code[:4] == city[:4]]


def heads(city: str) -> int:
    """Members of a city and its counties, each counted once."""
    counties = below(city)
    return SIZES[city].seats + sum(SIZES[code].seats - SIZES[code].shared for code in counties)


def provincial_in_lanzhou() -> int:
    """Provincial members who live in Lanzhou and sit in neither the city nor its counties nor the nation.

    They make up what 四级委员 has beyond all others, so that the total is the seed's.
    """
    return figure(LANZHOU, "members_based_here") - heads(LANZHOU) - NATIONAL_IN_LANZHOU
