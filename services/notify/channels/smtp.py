"""Mail by SMTP (aiosmtplib). A 5xx answer is for good, a 4xx or a broken connection is for later (RFC 5321, 4.2.1)."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

import aiosmtplib

from services.notify.channels.channel import TIMEOUT_SECONDS
from services.notify.core.messages import Outgoing
from services.notify.core.plan import Delivery, Taken
from services.notify.settings import SmtpSettings, SmtpTls

SMTP_PERMANENT = 500


class SmtpChannel:
    """Sends through one relay."""

    def __init__(
        self, settings: SmtpSettings, now_ms: Callable[[], int], *, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._settings = settings
        self._now_ms = now_ms
        self._timeout_seconds = timeout_seconds

    async def send(self, message: Outgoing) -> Delivery:
        """Try once."""
        try:
            mail = self._mail(message)
        except ValueError:
            return Delivery(Taken.REFUSED, "BAD_ADDRESS")
        settings = self._settings
        password = settings.password.get_secret_value() if settings.password else None
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await aiosmtplib.send(
                    mail,
                    sender=settings.sender,
                    recipients=[message.address],
                    hostname=settings.host,
                    port=settings.port,
                    username=settings.user,
                    password=password,
                    use_tls=settings.tls is SmtpTls.IMPLICIT,
                    start_tls={SmtpTls.REQUIRED: True, SmtpTls.NONE: False}.get(settings.tls),
                    timeout=self._timeout_seconds,
                )
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refusal(max(recipient.code for recipient in error.recipients))
        except aiosmtplib.SMTPResponseException as error:
            return _refusal(error.code)
        except (TimeoutError, aiosmtplib.SMTPTimeoutError):
            return Delivery(Taken.TRY_LATER, "SMTP_TIMEOUT")
        except (aiosmtplib.SMTPException, OSError):
            return Delivery(Taken.TRY_LATER, "SMTP_CONNECTION")
        return Delivery(Taken.TAKEN, "SMTP_250")

    def _mail(self, message: Outgoing) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._settings.sender
        mail["To"] = message.address
        mail["Subject"] = message.words.subject
        mail["Date"] = format_datetime(datetime.fromtimestamp(self._now_ms() / 1000, UTC))
        domain = self._settings.sender.rpartition("@")[2].rstrip(">") or "localhost"
        mail["Message-ID"] = f"<{message.message_id}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.words.text)
        return mail


def _refusal(code: int) -> Delivery:
    return Delivery(Taken.REFUSED if code >= SMTP_PERMANENT else Taken.TRY_LATER, f"SMTP_{code}")
