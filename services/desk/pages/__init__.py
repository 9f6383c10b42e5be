"""Pages for people: templates with automatic escaping, in Chinese and English, nothing from outside the machine."""

import gettext
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import jinja2
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

DIRECTORY: Final = Path(__file__).parent
CATALOGUE: Final = DIRECTORY.parent / "locale" / "zh" / "desk.po"
LANGUAGES: Final = ("zh", "en")
LANGUAGE_COOKIE: Final = "desk-language"
SCRIPT: Final = "htmx.min.js"

HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self';"
        " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
}


def translations() -> gettext.NullTranslations:
    """The Chinese words of the pages, compiled from the catalogue that translators edit."""
    with CATALOGUE.open("rb") as source:
        catalogue = read_po(source, locale="zh")
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def environment_of(words: gettext.NullTranslations) -> jinja2.Environment:
    """The templates in one language."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(DIRECTORY),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]  # the extension's own
    return environment


@dataclass(frozen=True, slots=True)
class Pages:
    """Renders every page. `script` is the hypermedia library, when the set-up has put it there."""

    environments: dict[str, jinja2.Environment]
    words: dict[str, gettext.NullTranslations]
    style: str
    script: bytes | None
    alarm: str

    @classmethod
    def load(cls, scripts: Path) -> "Pages":
        """Read templates, catalogue and script."""
        words = {"zh": translations(), "en": gettext.NullTranslations()}
        path = scripts / SCRIPT
        return cls(
            {language: environment_of(each) for language, each in words.items()},
            words,
            (DIRECTORY / "style.css").read_text(encoding="utf-8"),
            path.read_bytes() if path.is_file() else None,
            (DIRECTORY / "alarm.js").read_text(encoding="utf-8"),
        )

    def say(self, language: str, text: str) -> str:
        """A text of the catalogue."""
        return self.words[language].gettext(text)

    def render(self, template: str, language: str, **values: Any) -> str:  # noqa: ANN401 - what a template shows
        """One page."""
        return (
            self.environments[language]
            .get_template(template)
            .render(
                lang=language,
                other=LANGUAGES[1 - LANGUAGES.index(language)],
                has_script=self.script is not None,
                **values,
            )
        )
