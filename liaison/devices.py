"""What a browser calls itself, in plain words."""

# Whoever names itself first counts: most also claim to be Chrome or Safari.
BROWSERS = (
    ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("wxwork", "企业微信"), ("Edg", "Edge"), ("QQBrowser", "QQ浏览器"),
    ("UCBrowser", "UC浏览器"), ("HuaweiBrowser", "华为浏览器"), ("MiuiBrowser", "小米浏览器"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("OPR", "Opera"), ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
MACHINES = (
    ("iPad", "平板"), ("Tablet", "平板"), ("iPhone", "手机"), ("Mobile", "手机"), ("Android", "手机"), ("Windows", "电脑"),
    ("Macintosh", "电脑"), ("Linux", "电脑"), ("X11", "电脑"),
)  # fmt: skip


def device(user_agent: str) -> str:
    """ "Chrome · 手机"; what it does not know is 其他浏览器, 其他设备."""
    browser = next((name for token, name in BROWSERS if token in user_agent), "其他浏览器")
    machine = next((name for token, name in MACHINES if token in user_agent), "其他设备")
    return f"{browser} · {machine}"
