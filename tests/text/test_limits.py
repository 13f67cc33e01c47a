from bot.text.limits import fitting_length, truncate, utf16_length


def test_an_emoji_counts_as_two_units() -> None:
    assert utf16_length("a🌱") == 3
    assert fitting_length("🌱🌱", 3) == 1
    assert truncate("🌱🌱", 3) == "🌱"
