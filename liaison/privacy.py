"""How personal data is shown to those who may not see it whole."""


def mask_phone(phone: str) -> str:
    """138****0000: the first three and last four digits stay."""
    if not phone:
        return ""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****"


def mask_name(name: str) -> str:
    """王*: the first character stays, one star stands for the rest whatever its length."""
    return f"{name[0]}*" if name else ""
