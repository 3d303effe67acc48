import pytest
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from labelmend_desktop import theme
from labelmend_desktop.style_sheet import TICKED, TICKED_OFF, style_sheet


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
    sheet = style_sheet(dict.fromkeys(theme.Tokens.__dataclass_fields__, "mid"), drawings="drawings")
    assert "$" not in sheet


def test_a_tick_is_seen_in_both_themes():
    for fill in (TICKED, TICKED_OFF):
        for ground in (theme.LIGHT.surface, theme.DARK.surface, theme.LIGHT.raised, theme.DARK.raised):
            assert theme.contrast(fill, ground) >= 3
        assert theme.contrast(fill, "#ffffff") >= 4.5


def test_who_is_not_in_sight_is_dressed_too_and_as_one_that_was_made_in_the_theme(qapp, qtbot, monkeypatch):
    monkeypatch.delenv("LABELMEND_THEME")
    theme.apply("light")
    page = QWidget()
    qtbot.addWidget(page)
    box, tone = QCheckBox("box", page), QLabel("tone", page)
    tone.setProperty("tone", "warn")
    page.grab()  # which polishes it
    theme.apply("dark")
    fresh = QLabel("tone")
    qtbot.addWidget(fresh)
    fresh.setProperty("tone", "warn")
    fresh.resize(tone.size())
    fresh.ensurePolished()
    qtbot.waitUntil(lambda: tone.palette().windowText().color().name() == theme.DARK.warn)
    assert fresh.palette().windowText() == tone.palette().windowText()
    qtbot.waitUntil(lambda: box.grab().toImage().pixelColor(1, 1).name() == theme.DARK.surface)
    monkeypatch.setenv("LABELMEND_THEME", "light")
    theme.apply("light")


def test_figures_of_one_width(qapp):
    theme.apply("light")
    font = theme.font(tabular=True)
    assert font.pixelSize() == theme.SIZE_TEXT
    assert font.featureTags()
