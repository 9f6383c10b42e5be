"""What notify is told by its environment."""

import pytest
from pydantic import ValidationError

from services.notify.settings import NotifySettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WARDLINE_SMTP", '{"host": "relay.example", "password": "PLANTED-SECRET"}'),
        ("WARDLINE_SMS", '{"headers": {"authorization": "PLANTED-SECRET"}}'),
        ("WARDLINE_VOICE", '{"url": 1, "headers": ["PLANTED-SECRET"]}'),
    ],
)
def test_an_error_about_a_setting_does_not_print_the_secrets_beside_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as refusal:
        NotifySettings()
    assert "PLANTED" not in str(refusal.value)
