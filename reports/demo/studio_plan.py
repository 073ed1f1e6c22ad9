"""What the studios are called and what they stand on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from reports.demo.chance import Chance
from reports.demo.plan import HUACHI, LANZHOU, LINZE, PROVINCE, SIZES, YONGDENG, ZHENYUAN
from reports.demo.world import World
from studios.models import Studio

Basis = Studio.Basis


@dataclass(frozen=True)
class Draft:
    """A studio before it is made; `sectors` are those whose members lead and join it."""

    name: str
    basis: str
    division: str = ""
    sectors: tuple[str, ...] = ()
    industry: str = ""
    brand: str = ""
    host: str = ""
    grid: str = ""


# The sectors that get a studio first.
SECTOR_STUDIOS = {
    "14": "工商联界", "26": "医药卫生界", "23": "教育界", "03": "民盟界", "21": "经济界", "22": "农业界", "13": "妇联界",
    "11": "共青团和青联界", "18": "文化艺术界", "34": "法律服务界", "15": "科协界", "04": "民建界", "06": "农工党界",
    "08": "九三学社界", "28": "社会福利界", "30": "少数民族界",
}  # fmt: skip
TOWN_CHAINS = ("商贸流通", "牛肉拉面", "家政服务", "数字经济")
RURAL_CHAINS = ("苹果产业", "肉羊产业", "中药材", "高原夏菜", "草畜产业", "文旅融合", "电子商务")

# 临泽: 工作室建在产业链. Industry → host and the sectors of those who join.
LINZE_STUDIOS = {
    "玉米制种": ("临泽县种业协会", ("22", "19")),
    "葡萄酒业": ("临泽县葡萄酒行业协会", ("21", "14")),
    "红枣加工": ("临泽县红枣产业联盟", ("14", "22")),
    "特色种植": ("沙河镇商会", ("22", "14")),
    "房产物业": ("临泽县物业服务行业协会", ("21", "28")),
    "餐饮服务": ("临泽县餐饮行业协会", ("14", "30")),
    "科普教育": ("临泽县科技馆", ("15", "19")),
    "医疗卫生": ("临泽县人民医院", ("26", "06")),
    "学校教育": ("临泽县第一中学", ("23", "03")),
    "文化艺术": ("临泽县文化馆", ("18", "05")),
    "法律服务": ("临泽县法律援助中心", ("34", "10")),
    "农技推广": ("临泽县农业技术推广中心", ("22", "08")),
    "企业服务": ("临泽县中小企业服务中心", ("04", "21")),
}
ZHIHAO = Draft(
    "致好协商委员工作室",
    Basis.PARK,
    sectors=("21", "14"),
    brand="致好协商",
    host="永登树屏产业园",
    industry="预制牛肉拉面",
)
MOTHERS = Draft(
    "高原妈妈委员工作室",
    Basis.PERSONAL,
    sectors=("13", "18"),
    brand="高原妈妈",
    host="镇原县妇女联合会",
    industry="刺绣",
)
FARMING = Draft(
    "农业界委员工作室",
    Basis.HOST,
    division="620105",
    sectors=("22", "19"),
    host="甘肃省农业科学院",
    industry="农技推广",
)
SHUPING = "树屏镇"


def drafts(world: World, code: str, chance: Chance) -> list[Draft]:
    """As many studios of an organisation as the plan says."""
    if code == PROVINCE:
        return [FARMING]
    n = SIZES[code].studios
    plan = [*_named(code), *_of_townships(world, code), *_of_chains(code), *_of_sectors(code)]
    placed = [replace(d, division=d.division or _somewhere(world, code, d, chance)) for d in plan[:n]]
    if code == HUACHI:
        return [replace(d, grid=f"{world.divisions[d.division].name}第{k}网格") for k, d in enumerate(placed, start=1)]
    return placed


def _named(code: str) -> Iterator[Draft]:
    if code == YONGDENG:
        yield ZHIHAO
    if code == ZHENYUAN:
        yield MOTHERS
    if code == LINZE:
        for industry, (host, sectors) in LINZE_STUDIOS.items():
            yield Draft(f"{industry}委员工作室", Basis.CHAIN, sectors=sectors, industry=industry, host=host)


def _of_townships(world: World, code: str) -> Iterator[Draft]:
    share = 0.9 if SIZES[code].is_town else 0.55
    for township in world.townships.get(code, ())[: int(SIZES[code].studios * share)]:
        name = township.name.replace("办事处街道", "街道")
        yield Draft(f"{name}委员工作室", Basis.TOWNSHIP, division=township.code)


def _of_chains(code: str) -> Iterator[Draft]:
    if code.endswith("00"):
        return
    chains = TOWN_CHAINS if SIZES[code].is_town else RURAL_CHAINS
    first = int(code[4:]) % len(chains)
    for industry in (chains[first], chains[(first + 1) % len(chains)]):
        yield Draft(f"{industry}委员工作室", Basis.CHAIN, sectors=("14", "22", "21"), industry=industry)


def _of_sectors(code: str) -> Iterator[Draft]:
    for sector, name in SECTOR_STUDIOS.items():
        yield Draft(f"{name}委员工作室", Basis.SECTOR, sectors=(sector,))


def _somewhere(world: World, code: str, draft: Draft, chance: Chance) -> str:
    """The township a studio lies in; a city's lie in its first county."""
    county = code if code in world.townships else {LANZHOU: "620102"}.get(code, f"{code[:4]}02")
    townships = world.townships[county]
    if draft is ZHIHAO:
        return next(t.code for t in townships if t.name == SHUPING)
    return chance.choice(townships).code
