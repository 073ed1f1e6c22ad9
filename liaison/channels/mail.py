"""E-mail by Django's backend, as EMAIL_URL says."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage

from . import Message, NotSent

LONGEST_SUBJECT = 60
FOOT = "这是政协委员联系界别群众工作平台自动发出的邮件，请勿回复。详情请登录平台查看{}；不想再收到，请在“我的账号”的“通知设置”里关闭。"


def send(address: str, message: Message):
    """Raises NotSent."""
    if not settings.EMAIL_IS_SET:
        raise NotSent("本平台没有设置邮件服务器。")
    subject = " ".join(message.subject.split())[:LONGEST_SUBJECT]
    foot = FOOT.format(f"（{settings.PUBLIC_URL}/notices/）" if settings.PUBLIC_URL else "")
    mail = EmailMessage(subject, f"{message.text}\n\n{foot}\n", settings.DEFAULT_FROM_EMAIL, [address])
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        is_final = min(codes, default=0) >= 500
        raise NotSent(f"邮件服务器拒收这个地址（{codes[0]}）。", is_final) from refused
    except smtplib.SMTPAuthenticationError as refused:
        raise NotSent(f"邮件服务器不接受本平台的账号或口令（{refused.smtp_code}）。") from refused
    except smtplib.SMTPResponseException as refused:
        raise NotSent(f"邮件服务器没有接收（{refused.smtp_code}）。") from refused
    except (smtplib.SMTPException, OSError) as away:
        raise NotSent("邮件服务器连不上。") from away
