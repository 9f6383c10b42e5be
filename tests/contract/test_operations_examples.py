"""The settings that docs/operations.md shows as examples are settings that notify takes."""

import re
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from services.notify.settings import NotifySettings, SmtpTls

OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


def examples() -> dict[str, str]:
    [block] = re.findall(r"```sh\n(WARDLINE_SMS=.*?)```", OPERATIONS.read_text(encoding="utf-8"), re.DOTALL)
    return dict(re.findall(r"^(WARDLINE_\w+)='(.*)'$", block, re.MULTILINE))


def test_the_examples_of_channels_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = examples()
    assert len(shown) == 5
    for name, value in shown.items():
        monkeypatch.setenv(name, value)
    settings = NotifySettings()
    assert settings.sms is not None
    assert settings.sms.success == {"code": "0"}
    assert settings.voice is not None
    assert settings.smtp is not None
    assert settings.smtp.tls is SmtpTls.REQUIRED
    assert settings.outside_proxy == "http://proxy.example:3128"
    assert settings.webhook_secret is not None
    Webhook(settings.webhook_secret.get_secret_value())
