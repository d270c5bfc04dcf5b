"""The page's modules that know no page, run in a browser by themselves."""

import pytest

from browser import PAGE

ORIGIN = "http://panel.test/"


@pytest.fixture(scope="session")
def blank(browser):
    """A page without a content whose modules are those of the panel."""

    def serve(route):
        file = route.request.url.removeprefix(ORIGIN)
        if file:
            route.fulfill(path=PAGE / file, content_type="text/javascript")
        else:
            route.fulfill(body="<title>Tests</title>", content_type="text/html")

    page = browser.new_page()
    page.route(f"{ORIGIN}**", serve)
    page.goto(ORIGIN)
    return page


@pytest.fixture
def run(blank, request):
    """Runs JavaScript that has the names of the test module's MODULE, and gives what it returns."""
    names, file = request.module.MODULE

    def run(body):
        return blank.evaluate(f"async () => {{ const {names} = await import('/{file}'); {body} }}")

    return run
