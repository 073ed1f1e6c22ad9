"""Invented people: names put together by chance, telephone numbers that no one can have."""

from reports.demo.chance import Chance

SURNAMES = (
    "王王王王李李李李张张张张刘刘刘陈陈杨杨马马马赵赵黄周吴徐孙朱高林何郭罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
MEN_FIRST = "志建文永国海俊宏学天世德金玉兴小晓庭仁耀培佐恒克绍思广守"
MEN_LAST = "军林民斌龙刚鹏涛杰成荣魁奎堂福生才瑞权科亮武选旺虎胜举锋庆"
WOMEN_FIRST = "秀丽雪爱巧慧红桂玉淑静晓美佩翠凤月雅若亚"
WOMEN_LAST = "芳霞琴娟莲萍珍英香云菊花娥敏洁芬琳娜珠蓉婷"
MUSLIM_SURNAMES = "马马马马哈丁白海杨张"
TIBETAN_FIRST = ("扎西", "才让", "旦正", "桑吉", "贡布", "拉毛", "卓玛", "完玛")
TIBETAN_LAST = ("东智", "加措", "当周", "才旦", "南杰", "草", "吉", "措")
# Peoples that live in the province, the likelier the earlier.
PEOPLES = ("回族", "回族", "回族", "藏族", "东乡族", "保安族", "裕固族", "蒙古族", "撒拉族", "土族", "满族")
MUSLIM = {"回族", "东乡族", "保安族", "撒拉族"}
CALLED = ("女士", "女士", "先生", "先生", "师傅", "老人", "大妈", "阿姨", "老师", "同学")


def full_name(chance: Chance, gender: str, ethnicity: str = "汉族") -> str:
    """Three characters, except for Tibetan names."""
    if ethnicity == "藏族":
        return chance.choice(TIBETAN_FIRST) + chance.choice(TIBETAN_LAST)
    surname = chance.choice(MUSLIM_SURNAMES if ethnicity in MUSLIM else SURNAMES)
    first, last = (WOMEN_FIRST, WOMEN_LAST) if gender == "f" else (MEN_FIRST, MEN_LAST)
    return surname + chance.choice(first) + chance.choice(last)


def mobile(chance: Chance) -> str:
    """Eleven digits beginning with 120, which no network gives to a telephone."""
    return f"120{chance.randrange(10**8):08d}"


def office_phone(area: str, chance: Chance) -> str:
    """A local number beginning with 0, which no exchange has."""
    return f"{area}-0{chance.randrange(10**6):06d}"


def visitor_name(chance: Chance) -> str:
    """How people give their name at a desk: 王女士, 李师傅, often nothing."""
    return "" if chance.happens(0.25) else chance.choice(SURNAMES) + chance.choice(CALLED)
