"""The form's fields as people type them."""

import pytest

from services.intake.core.form_reading import filing_of_form


@pytest.mark.parametrize(
    ("typed", "read"),
    [("7", "7"), ("7岁", "7"), ("7 周岁", "7"), ("七岁", "7"), ("两岁", "2"), ("十", "10"), ("十七周岁", "17"),
     ("十岁半", "十岁半"), ("七十", "七十"), ("小", "小")],
)  # fmt: skip
def test_an_age_is_read_as_it_is_said(typed: str, read: str) -> None:
    assert filing_of_form({"child_age": ["9"], "age_years": [typed]})["children"] == [{"age_years": read}]
