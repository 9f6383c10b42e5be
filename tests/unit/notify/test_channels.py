"""Every channel against a real server of its kind on loopback: taking, refusing, failing, slow and gone."""

import asyncio
import email
import io
import json
import time
from collections.abc import AsyncIterator, Iterator
from email.message import Message
from email.policy import default as email_policy
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr
from standardwebhooks import Webhook

from ops.embedded.ports import free_ports
from services.notify.channels.console import ConsoleChannel
from services.notify.channels.file import FileChannel
from services.notify.channels.gateway import filled
from services.notify.channels.http import is_fit_address, new_client
from services.notify.channels.sms import SmsChannel
from services.notify.channels.smtp import SmtpChannel
from services.notify.channels.voice import VoiceChannel
from services.notify.channels.webhook import WebhookChannel
from services.notify.core.plan import Delivery, Taken
from services.notify.settings import GatewaySettings, SmtpSettings, SmtpTls
from shared.contracts.alerts import ChannelKind
from shared.runtime.clock import wall_ms
from tests.support.notify_samples import NOON_MS, sample_outgoing
from tests.support.notify_world import Gateway

SECRET = SecretStr("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
PLANTED_ADDRESS = "000-0000-0001"


class Mailbox:
    """A handler of a real SMTP server."""

    def __init__(self, answer: str = "250 OK", wait_seconds: float = 0.0) -> None:
        self.answer = answer
        self.wait_seconds = wait_seconds
        self.mails: list[Message] = []

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self,
        _server: object,
        _session: object,
        envelope: Any,  # noqa: ANN401 - the server ships no types
        address: str,
        _options: object,
    ) -> str:
        await asyncio.sleep(self.wait_seconds)
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802, ANN401
        self.mails.append(email.message_from_bytes(envelope.content, policy=email_policy))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, SmtpSettings]]:
    box = Mailbox()
    (port,) = free_ports(1)
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, SmtpSettings(host="127.0.0.1", port=port, sender="Wardline <duty@example.invalid>", tls=SmtpTls.NONE)
    controller.stop()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with new_client() as made:
        yield made


async def test_a_mail_arrives_with_both_languages_and_a_steady_id(mailbox: tuple[Mailbox, SmtpSettings]) -> None:
    box, settings = mailbox
    channel = SmtpChannel(settings, lambda: NOON_MS)
    message = sample_outgoing(ChannelKind.EMAIL, "duty@police.invalid")
    assert await channel.send(message) == Delivery(Taken.TAKEN, "SMTP_250")
    assert (await channel.send(message)).taken is Taken.TAKEN
    first, second = box.mails
    assert first["Message-ID"] == second["Message-ID"] == "<m-0001@example.invalid>"
    assert first["To"] == "duty@police.invalid"
    assert first["Date"] == "Sat, 21 Nov 2026 04:00:00 +0000"
    assert message.words.zh in first.get_content()  # type: ignore[attr-defined]
    assert message.words.link in first.get_content()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answer", "delivery"),
    [
        ("550 no such mailbox", Delivery(Taken.REFUSED, "SMTP_550")),
        ("451 try again", Delivery(Taken.TRY_LATER, "SMTP_451")),
    ],
)
async def test_a_mail_server_that_refuses_for_good_or_for_now(
    mailbox: tuple[Mailbox, SmtpSettings], answer: str, delivery: Delivery
) -> None:
    box, settings = mailbox
    box.answer = answer
    channel = SmtpChannel(settings, wall_ms)
    assert await channel.send(sample_outgoing(ChannelKind.EMAIL, "a@b.invalid")) == delivery
    assert box.mails == []


async def test_a_slow_mail_server_is_given_up_in_time(mailbox: tuple[Mailbox, SmtpSettings]) -> None:
    box, settings = mailbox
    box.wait_seconds = 5.0
    channel = SmtpChannel(settings, wall_ms, timeout_seconds=0.3)
    began = time.monotonic()
    delivery = await channel.send(sample_outgoing(ChannelKind.EMAIL, "a@b.invalid"))
    assert (delivery.taken, delivery.code) == (Taken.TRY_LATER, "SMTP_TIMEOUT")
    assert time.monotonic() - began < 3


async def test_a_mail_server_that_is_gone_is_for_later() -> None:
    (port,) = free_ports(1)
    settings = SmtpSettings(host="127.0.0.1", port=port, sender="a@example.invalid", tls=SmtpTls.NONE)
    delivery = await SmtpChannel(settings, wall_ms).send(sample_outgoing(ChannelKind.EMAIL, "a@b.invalid"))
    assert delivery.taken is Taken.TRY_LATER


async def test_starttls_that_is_required_and_not_offered_sends_nothing(mailbox: tuple[Mailbox, SmtpSettings]) -> None:
    box, settings = mailbox
    strict = settings.model_copy(update={"tls": SmtpTls.REQUIRED})
    delivery = await SmtpChannel(strict, wall_ms).send(sample_outgoing(ChannelKind.EMAIL, "a@b.invalid"))
    assert delivery.taken is not Taken.TAKEN
    assert box.mails == []


async def test_an_address_that_would_add_a_header_is_refused(mailbox: tuple[Mailbox, SmtpSettings]) -> None:
    box, settings = mailbox
    evil = sample_outgoing(ChannelKind.EMAIL, "a@b.invalid\r\nBcc: c@d.invalid")
    assert await SmtpChannel(settings, wall_ms).send(evil) == Delivery(Taken.REFUSED, "BAD_ADDRESS")
    assert box.mails == []


async def test_a_webhook_is_signed_so_that_the_receiver_can_check_it(client: httpx.AsyncClient) -> None:
    with Gateway().running() as gateway:
        channel = WebhookChannel(client, SECRET, wall_ms)
        delivery = await channel.send(sample_outgoing(ChannelKind.WEBHOOK, gateway.url))
        assert delivery == Delivery(Taken.TAKEN, "HTTP_200")
        ((headers, body),) = gateway.requests
        payload = Webhook(SECRET.get_secret_value()).verify(body, headers)
        assert payload["type"] == "alert.requested"
        assert payload["data"]["case"] == "r-0123456789abcdef.0"
        assert headers["webhook-id"] == "m-0001"
        with pytest.raises(Exception, match="No matching signature"):
            Webhook(SECRET.get_secret_value()).verify(body + b" ", headers)


@pytest.mark.parametrize(
    ("status", "taken"),
    [
        (202, Taken.TAKEN),
        (301, Taken.REFUSED),
        (400, Taken.REFUSED),
        (404, Taken.REFUSED),
        (408, Taken.TRY_LATER),
        (429, Taken.TRY_LATER),
        (500, Taken.TRY_LATER),
        (503, Taken.TRY_LATER),
    ],
)
async def test_what_a_status_means(client: httpx.AsyncClient, status: int, taken: Taken) -> None:
    with Gateway(lambda _number, _body: (status, {})).running() as gateway:
        delivery = await WebhookChannel(client, SECRET, wall_ms).send(sample_outgoing(ChannelKind.WEBHOOK, gateway.url))
        assert delivery == Delivery(taken, f"HTTP_{status}")
        assert len(gateway.requests) == 1


async def test_a_webhook_goes_nowhere_in_clear(client: httpx.AsyncClient) -> None:
    channel = WebhookChannel(client, SECRET, wall_ms)
    for address in ("http://police.invalid/hook", "ftp://127.0.0.1/x", "https://", "not a url", "http://[::1"):
        delivery = await channel.send(sample_outgoing(ChannelKind.WEBHOOK, address))
        assert delivery == Delivery(Taken.REFUSED, "BAD_ADDRESS")
    assert is_fit_address("https://police.invalid/hook")


async def test_a_text_message_goes_to_the_gateway_in_its_own_shape(client: httpx.AsyncClient) -> None:
    with Gateway(lambda _number, _body: (200, {"Code": "OK"})).running() as gateway:
        settings = GatewaySettings(
            url=gateway.url,
            body={"phones": ["{to}"], "template": {"content": "{text}", "out_id": "{message_id}"}, "version": 2},
            headers={"authorization": SecretStr("Bearer k")},
            success={"Code": "OK"},
        )
        message = sample_outgoing(ChannelKind.SMS, PLANTED_ADDRESS)
        assert (await SmsChannel(client, settings).send(message)).taken is Taken.TAKEN
        ((headers, body),) = gateway.requests
        assert headers["authorization"] == "Bearer k"
        assert headers["idempotency-key"] == "m-0001"
        assert json.loads(body) == {
            "phones": [PLANTED_ADDRESS],
            "template": {"content": message.words.text, "out_id": "m-0001"},
            "version": 2,
        }


@pytest.mark.parametrize("answer", [{"Code": "LIMIT"}, {}, [], "OK"])
async def test_a_gateway_that_says_no_in_a_200_has_not_taken_it(
    client: httpx.AsyncClient, answer: dict[str, str] | list[str] | str
) -> None:
    with Gateway(lambda _number, _body: (200, answer)).running() as gateway:
        settings = GatewaySettings(url=gateway.url, success={"Code": "OK"})
        delivery = await SmsChannel(client, settings).send(sample_outgoing(ChannelKind.SMS, PLANTED_ADDRESS))
        assert delivery == Delivery(Taken.TRY_LATER, "GATEWAY_SAYS_NO")


async def test_a_call_reads_a_text_without_the_link(client: httpx.AsyncClient) -> None:
    with Gateway().running() as gateway:
        message = sample_outgoing(ChannelKind.VOICE, PLANTED_ADDRESS)
        assert (await VoiceChannel(client, GatewaySettings(url=gateway.url)).send(message)).taken is Taken.TAKEN
        (body,) = gateway.bodies
        assert body["text"] == message.words.spoken_zh
        assert "http" not in body["text"]


async def test_a_slow_gateway_is_given_up_in_time(client: httpx.AsyncClient) -> None:
    gateway = Gateway()
    gateway.answer = lambda _number, _body: (gateway.release.wait(20), (200, {}))[1]
    with gateway.running():
        channel = SmsChannel(client, GatewaySettings(url=gateway.url), timeout_seconds=0.3)
        began = time.monotonic()
        delivery = await channel.send(sample_outgoing(ChannelKind.SMS, PLANTED_ADDRESS))
        assert delivery == Delivery(Taken.TRY_LATER, "HTTP_TIMEOUT")
        assert time.monotonic() - began < 3
        gateway.release.set()


async def test_a_gateway_that_is_gone_is_for_later(client: httpx.AsyncClient) -> None:
    (port,) = free_ports(1)
    channel = SmsChannel(client, GatewaySettings(url=f"http://127.0.0.1:{port}/"))
    delivery = await channel.send(sample_outgoing(ChannelKind.SMS, PLANTED_ADDRESS))
    assert delivery == Delivery(Taken.TRY_LATER, "HTTP_CONNECTION")


def test_a_template_is_filled_once_and_keeps_its_shape() -> None:
    values = {"to": "{text}", "text": '"},{"x":"'}
    template = {"a": "{to}", "b": ["<{text}>", 3, None], "c": "{unknown} {", "{to}": True}
    assert filled(template, values) == {
        "a": "{text}",
        "b": ['<"},{"x":">', 3, None],
        "c": "{unknown} {",
        "{to}": True,
    }


async def test_a_file_is_whole_has_no_address_and_is_replaced_by_its_repetition(tmp_path: Path) -> None:
    channel = FileChannel(tmp_path / "outbox" / "demo")
    message = sample_outgoing(ChannelKind.FILE, PLANTED_ADDRESS)
    for _ in range(2):
        assert (await channel.send(message)).taken is Taken.TAKEN
    (path,) = (tmp_path / "outbox" / "demo").iterdir()
    assert path.name == "m-0001.json"
    assert PLANTED_ADDRESS not in path.read_text()
    assert json.loads(path.read_text())["zh"] == message.words.zh


async def test_a_directory_that_cannot_be_written_is_for_later(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file stands here")
    delivery = await FileChannel(tmp_path / "outbox").send(sample_outgoing(ChannelKind.FILE, "c-1"))
    assert delivery.taken is Taken.TRY_LATER


async def test_the_console_shows_the_words_without_link_and_address() -> None:
    stream = io.StringIO()
    message = sample_outgoing(ChannelKind.CONSOLE, PLANTED_ADDRESS)
    assert (await ConsoleChannel(stream).send(message)).taken is Taken.TAKEN
    line = stream.getvalue()
    assert message.words.zh in line
    assert line.count("\n") == 1
    assert message.words.link not in line
    assert PLANTED_ADDRESS not in line


async def test_a_console_that_nobody_reads_stops_nobody() -> None:
    import threading  # noqa: PLC0415 - this test alone blocks a thread

    gate = threading.Event()

    class Stuck(io.StringIO):
        def write(self, text: str) -> int:
            gate.wait(20)
            return len(text)

    channel = ConsoleChannel(Stuck(), patience_seconds=0.1)
    message = sample_outgoing(ChannelKind.CONSOLE, "c-1")
    results = await asyncio.gather(*(channel.send(message) for _ in range(150)))
    gate.set()
    assert {result.code for result in results} == {"CONSOLE_STUCK"}
