"""Both pages behind a real nginx with deploy/nginx.conf, each below a path, used in a real browser."""

import os
import shutil
import subprocess
import sys

import httpx
import pytest
from servers import ROOT, Server, StandIn, free_port

from pipeline.answer import Answer

pytestmark = pytest.mark.slow

NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")
SEVEN = Answer("digit", 7, 0.95, (0.005,) * 7 + (0.95, 0.005, 0.01), None, "digits:test")
AROUND = """
{user}
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    types {{ text/html html; }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/digits.conf;
}}
"""
LINKS = {"DIGITS_SKETCHPAD_URL": "/draw/", "DIGITS_UPLOAD_URL": "/upload/", "DIGITS_API_URL": "/api/"}


@pytest.fixture(scope="module")
def proxy_url(tmp_path_factory):
    if NGINX is None:
        missing = "no nginx on this machine: install the package nginx-light to test the pages behind it"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    folder = tmp_path_factory.mktemp("nginx")
    with StandIn(SEVEN.to_json()) as service:
        pages = [
            Server(
                [sys.executable, "-m", name, "--service", service.url, "--root-path", path], "/", folder / name, LINKS
            )
            for name, path in (("ui", "/draw"), ("flask_app", "/upload"))
        ]
        try:
            for page in pages:
                page.start()
            yield from nginx(folder, {7860: pages[0].port, 5000: pages[1].port, 3000: service.port})
        finally:
            for page in pages:
                page.stop()


def nginx(folder, ports):
    port, configuration = free_port(), (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    configuration = configuration.replace("listen 80;", f"listen 127.0.0.1:{port};")
    for usual, here in ports.items():
        configuration = configuration.replace(f"127.0.0.1:{usual}/", f"127.0.0.1:{here}/")
    (folder / "digits.conf").write_text(configuration, "utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(user=user, folder=folder), "utf-8")
    command = [NGINX, "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    with subprocess.Popen(command) as process:
        url = f"http://127.0.0.1:{port}"
        transport = httpx.HTTPTransport(retries=5)  # of connections: until it listens
        with httpx.Client(transport=transport, trust_env=False) as client:
            assert client.get(f"{url}/upload/").status_code == 200
        yield url
        process.terminate()


@pytest.fixture
def visit(browser, proxy_url):
    """path -> the page there; all that it asks for lies below that path, and is found."""
    opened, faults = [], []

    def visit(path, **options):
        page = browser.new_page(**options)
        opened.append(page)

        def check(response):
            place = response.url.removeprefix(proxy_url)
            if response.status >= 400 or not place.startswith((path, "data:", "blob:")):
                faults.append(f"{response.status} {place}")

        page.on("response", check)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(proxy_url + path)
        return page

    yield visit
    for page in opened:
        page.close()
    assert faults == []


def test_the_upload_page_below_a_path(visit, test_digit_png):
    seven = {"name": "seven.png", "mimeType": "image/png", "buffer": test_digit_png(7)}
    page = visit("/upload/")
    page.set_input_files("#images", seven)
    page.locator(".reading .name", has_text="seven.png").wait_for()
    page.get_by_role("link", name="A sloppy 4").click()
    page.locator(".reading .name", has_text="four.png").wait_for()
    links = page.locator(".masthead li a").evaluate_all("links => links.map((link) => new URL(link.href).pathname)")
    assert links == ["/draw/", "/upload/", "/api/"]
    plain = visit("/upload/", java_script_enabled=False)
    plain.set_input_files("#images", seven)
    plain.get_by_role("button", name="Read", exact=True).click()
    assert plain.inner_text(".reading .name") == "seven.png"
    plain.get_by_role("link", name="A sloppy 4").click()
    assert plain.inner_text(".reading .name") == "four.png"


def test_the_sketchpad_below_a_path(visit):
    page = visit("/draw/")
    paper = page.locator("canvas").first
    paper.wait_for()
    box = paper.bounding_box()
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 200, steps=5)
    page.mouse.up()
    page.get_by_text("Confidence").first.wait_for()


def test_without_the_slash_at_its_end_a_path_leads_to_the_page(proxy_url):
    for path in ("/draw", "/upload"):
        response = httpx.get(proxy_url + path, trust_env=False)
        assert (response.status_code, response.headers["location"]) == (301, f"{path}/")
    assert httpx.get(proxy_url, trust_env=False).headers["location"] == "/draw/"
