import pytest

from labelmend_desktop import theme
from labelmend_desktop.style_sheet import style_sheet


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK])
def test_text_is_readable_on_every_ground(tokens):
    for text in ("text", "text_quiet", "accent", "danger", "ok", "warn"):
        for ground in ("surface", "raised", "hover", "selected"):
            found = theme.contrast(getattr(tokens, text), getattr(tokens, ground))
            assert found >= 4.5, (text, ground, found)
    assert theme.contrast(tokens.on_accent, tokens.accent) >= 4.5


def test_contrast_of_black_on_white():
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert theme.contrast("#777777", "#777777") == pytest.approx(1)


def test_choice_and_environment(qapp, monkeypatch):
    monkeypatch.delenv("LABELMEND_THEME", raising=False)
    assert theme.apply("dark") is theme.DARK
    assert theme.is_dark()
    assert qapp.palette().window().color().name() == theme.DARK.surface
    monkeypatch.setenv("LABELMEND_THEME", "light")
    assert theme.apply("dark") is theme.LIGHT


def test_style_sheet_names_only_known_colours():
    sheet = style_sheet(dict.fromkeys((*theme.Tokens.__dataclass_fields__, "tick"), "#123456"))
    assert "$" not in sheet


def test_figures_of_one_width(qapp):
    theme.apply("light")
    font = theme.font(tabular=True)
    assert font.pixelSize() == theme.SIZE_TEXT
    assert font.featureTags()
