"""What a visitor agrees to when a name or number is kept; whoever changes the text gives it a new version."""

CONSENT_VERSION = "2026-11"
CONSENT = "来访人同意本工作室和政协机关为办理所反映的事项留存并使用其联系方式；期满删除，本人可随时要求查阅、更正、删除或撤回同意。"
