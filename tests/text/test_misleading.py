import pytest

from bot.text.misleading import is_misleading, is_misleading_title

_URL = "https://news.example.org/1"


@pytest.mark.parametrize(
    "label",
    [
        "discordapp.com/invite/x",
        "Join discordapp.com/invite/x today",
        "https://bank.example/login",
        "www.bank.example",
        "BANK.COM/login",
        "→ bank.com/login",
        "“bank.com/login”",
        "bank.com/login…",
        "bank\u200b.com/login",
        "bank。com/login",
        "ｂａｎｋ．ｃｏｍ／login",
        "bank.com:8443/login",
        "ann@bank.com/x",
        "http://93.184.216.34/",
        "банк.рф/вход",
        "Free gifts: discord.gift",
    ],
)
def test_a_label_with_another_address_is_misleading(label: str) -> None:
    assert is_misleading(label, _URL)
    assert is_misleading_title(label, _URL)


@pytest.mark.parametrize("label", ["bank.com", "bank.example", "bank.pay", "банк.рф", "(bank.com)"])
def test_a_label_that_is_only_another_domain_is_misleading(label: str) -> None:
    assert is_misleading(label, _URL)
    assert is_misleading_title(label, _URL)
    assert is_misleading(f"Log in at {label} now", _URL)
    assert not is_misleading_title(f"How {label} lost money", _URL)


@pytest.mark.parametrize(
    "label",
    [
        "news.example.org",
        "https://news.example.org/other",
        "www.news.example.org/1",
        "README.md",
        "Node.js 24",
        "ASP.NET",
        "e.g. this",
        "v1.2.3",
        "3.5",
        "1.2.3.4",
        "and/or",
        "U.S. economy",
        "@ann@social.example",
        "The end.Then",
        "",
    ],
)
def test_other_labels_are_not_misleading(label: str) -> None:
    assert not is_misleading(label, _URL)
    assert not is_misleading_title(label, _URL)


def test_a_domain_in_the_spelling_of_its_readers_is_the_same_site() -> None:
    assert not is_misleading("bücher.example", "https://xn--bcher-kva.example/")
