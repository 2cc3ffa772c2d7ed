"""Header and footer: links to all pages, the current one marked, nothing of the environment taken for markup."""

from pipeline.faces import STATIC
from pipeline.faces.frame import footer_html, header_html
from pipeline.version import version


def test_the_header_links_the_pages_and_marks_the_one_that_is_shown():
    header = header_html("upload")
    assert '<a href="http://localhost:7860/">Draw</a>' in header
    assert '<a href="./" aria-current="page">Upload</a>' in header
    assert '<a href="http://localhost:3000/">API</a>' in header


def test_addresses_come_from_the_environment_and_are_escaped(monkeypatch):
    monkeypatch.setenv("DIGITS_SKETCHPAD_URL", 'https://digits.example/draw?a="b"&c')
    assert 'href="https://digits.example/draw?a=&quot;b&quot;&amp;c"' in header_html("upload")


def test_the_footer_tells_the_version_the_model_and_the_state():
    assert footer_html("digits:abc", "service ready") == (
        f'<footer class="colophon"><p>Handwritten digits {version()} · digits:abc · service ready</p></footer>'
    )


def test_the_theme_fetches_nothing_from_elsewhere():
    theme = (STATIC / "theme.css").read_text("utf-8")
    assert "://" not in theme and "@import" not in theme
