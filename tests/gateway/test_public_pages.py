"""The public room: searching, the guide, the questions before an application, articles of the law, a case by its code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from services.catalogue import contracts as k
from services.catalogue.seed import seed_items
from services.gateway import client
from services.gateway.public import law
from services.gateway.public.fitting import fitting_of, written
from services.gateway.public.guide_strip import share_of_law, stops_of
from services.gateway.public.paper_pictures import KINDS, paper_picture
from tests.gateway.conftest import ScriptedServices
from tests.gateway.written_examples import example_of

ROOT = Path(__file__).parent.parent.parent
LAWS = sorted({article.name for article in law.known()})
EXAMPLES = {
    method.name: example_of(method) for method in (client.GET_GUIDE, client.SEARCH_ITEMS, client.GET_CASE)
}
GUIDE = EXAMPLES["get_guide"]
assert isinstance(GUIDE, k.GuideView)
PLACE = f"/items/{GUIDE.code}"


@pytest.fixture
def page(http: httpx.AsyncClient, services: ScriptedServices) -> httpx.AsyncClient:
    http.headers["accept"] = "text/html"
    services.answers |= EXAMPLES
    return http


# -- articles -------------------------------------------------------------------------------------------------


def cited_by_buttons() -> Iterator[tuple[str, str]]:
    """Each article that a template puts behind a button."""
    for file in (ROOT / "services" / "gateway").rglob("*.html"):
        yield from re.findall(r'c\.law\("([^"]+)", "([^"]+)"\)', file.read_text(encoding="utf-8"))


def cited_by_rules() -> Iterator[str]:
    """Each citation that a rule hands out, as 行政许可法 32(4), 72; a month sheet and a problem show it."""
    folders = (ROOT / "services" / "applications", ROOT / "shared" / "deadlines")
    for file in (file for folder in folders for file in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from re.findall(rf"(?:{'|'.join(LAWS)}) \d[\d(), ¶]*", node.value)


BUTTONS = sorted(set(cited_by_buttons()))
RULES = sorted(set(cited_by_rules()))


def test_there_are_citations_to_check() -> None:
    assert ("行政许可法", "45") in BUTTONS
    assert len(RULES) > 30


@pytest.mark.parametrize("name,number", BUTTONS)
def test_every_legal_button_has_its_article(name: str, number: str) -> None:
    assert law.place_of(name, number) is not None


@pytest.mark.parametrize("citation", RULES)
def test_every_article_that_a_rule_cites_is_kept(citation: str) -> None:
    cited = list(law.cited_in(citation))
    assert cited
    for name, number in cited:
        assert law.article(name, str(number)).number == number


@pytest.mark.parametrize(
    "citation,expected",
    [
        ("行政许可法 32(4), 72(4)", [("行政许可法", 32), ("行政许可法", 72)]),
        ("行政许可法第四十二条", [("行政许可法", 42)]),
        ("民法典 203¶2", [("民法典", 203)]),
        ("行政许可法 45, 46, 47", [("行政许可法", 45), ("行政许可法", 46), ("行政许可法", 47)]),
        ("§5.4", []),
    ],
)
def test_a_citation_is_read(citation: str, expected: list[tuple[str, int]]) -> None:
    assert list(law.cited_in(citation)) == expected


@pytest.mark.parametrize("article", law.known(), ids=lambda article: f"{article.name}{article.number}")
def test_an_article_is_found_by_each_way_to_name_it(article: law.Article) -> None:
    numeral = article.title.zh.removeprefix(article.law.zh)
    assert law.article(article.name, str(article.number)) is article
    assert law.article(article.law.zh, numeral) is article
    assert article.gist.zh
    assert article.gist.en


async def test_an_article_says_that_it_is_a_summary_and_where_the_text_is(page: httpx.AsyncClient) -> None:
    answer = await page.get("/law/行政许可法/32(4)")
    assert answer.status_code == 200
    assert "中华人民共和国行政许可法第三十二条" in answer.text
    assert "要点" in answer.text
    assert "国家法律法规数据库" in answer.text


@pytest.mark.parametrize(
    "place", ["/law/行政许可法/999", "/law/没有的法/1", "/law/行政许可法/x", "/law/<script>/32"]
)
async def test_an_unknown_article_is_a_page_and_no_failure(page: httpx.AsyncClient, place: str) -> None:
    answer = await page.get(place)
    assert answer.status_code == 404
    assert "没有收录" in answer.text
    assert "<script>/32" not in answer.text


# -- searching ------------------------------------------------------------------------------------------------


async def test_what_is_typed_is_asked_of_the_catalogue_and_shown_again(
    page: httpx.AsyncClient, services: ScriptedServices
) -> None:
    answer = await page.get("/items", params={"text": "  地下室\0修不了 "})
    assert answer.status_code == 200
    asked = [call.request for call in services.calls if call.method == "search_items"]
    assert asked == [k.SearchItems(text="地下室修不了", limit=50)]
    assert "“地下室修不了”的查找结果" in answer.text
    assert PLACE in answer.text


async def test_a_guess_is_called_one(page: httpx.AsyncClient, services: ScriptedServices) -> None:
    matches = EXAMPLES["search_items"]
    assert isinstance(matches, k.ItemMatches)
    guess = matches.items[0].model_copy(update={"match": k.MatchKind.SIMILAR})
    services.answers["search_items"] = k.ItemMatches(items=(guess,), found=1)
    assert "您是不是要找" in (await page.get("/items?text=俊工")).text
    services.answers["search_items"] = k.ItemMatches(items=(), found=0)
    assert "没有找到相符的事项" in (await page.get("/items?text=<b>")).text


# -- the guide ------------------------------------------------------------------------------------------------


async def test_the_guide_tells_dates_and_draws_every_paper(page: httpx.AsyncClient) -> None:
    answer = (await page.get(PLACE)).text
    assert "一图看懂" in answer
    assert "2026年9月24日(周四)" in answer
    assert "2026年9月22日(周二)" in answer
    assert answer.count('<span class="sketch">') == len(GUIDE.materials)
    assert "/law/人民防空法/22" in answer
    assert f"{PLACE}/fit" in answer


def test_the_strip_tells_time_and_visits() -> None:
    stops = stops_of(GUIDE)
    assert [stop.time for stop in stops] == [
        "1种材料",
        "当场，最迟5个工作日",
        "承诺5个工作日内",
        "最多到现场1次",
    ]
    assert share_of_law(GUIDE) == 25
    spot = GUIDE.model_copy(update={"handling_kind": k.HandlingKind.ON_THE_SPOT, "visits": 0})
    assert [stop.name for stop in stops_of(spot)] == ["提交申请", "当场办理", "拿到结果"]
    assert stops_of(spot)[-1].time == "不用到现场"
    other = GUIDE.statutory_limit.model_copy(update={"unit": k.LimitUnit.MONTH})
    assert share_of_law(GUIDE.model_copy(update={"statutory_limit": other})) is None


@pytest.mark.parametrize("picture", k.PaperPicture)
def test_every_kind_of_paper_is_drawn_with_its_word(picture: k.PaperPicture) -> None:
    drawn = paper_picture(picture)
    assert KINDS[picture] in drawn
    assert "<path" in drawn


# -- does it fit me -------------------------------------------------------------------------------------------


async def test_one_question_a_page_and_the_answer_in_the_address(page: httpx.AsyncClient) -> None:
    asked = await page.get(f"{PLACE}/fit")
    assert "地下室修得成吗？" in asked.text
    given = await page.get(f"{PLACE}/fit?answers=&asked=1&answer=1")
    assert given.status_code == 303
    assert given.headers["location"] == f"{PLACE}/fit?answers=1"
    assert "set-cookie" not in given.headers
    fits = await page.get(given.headers["location"])
    assert "适合您办" in fits.text
    assert "减免证明" in fits.text


async def test_an_answer_that_ends_says_what_to_do_instead(page: httpx.AsyncClient) -> None:
    other = await page.get(f"{PLACE}/fit?answers=0")
    assert "您要办的不是这一项" in other.text
    assert "应当同步修建。" in other.text
    assert f"/items/{GUIDE.code[:-1]}1" in other.text


async def test_no_answer_is_a_fault_at_the_question(page: httpx.AsyncClient) -> None:
    answer = await page.get(f"{PLACE}/fit?answers=&asked=1")
    assert answer.status_code == 422
    assert answer.text.count("请选择一个回答") == 2


@pytest.mark.parametrize("answers", ["9", "x", "-", "1-1-1", "١", "0" * 60, "<b>"])
async def test_answers_that_are_none_are_asked_again(page: httpx.AsyncClient, answers: str) -> None:
    assert (
        await page.get(f"{PLACE}/fit", params={"answers": answers, "asked": "1", "answer": "²"})
    ).status_code in (
        200,
        422,
    )


async def test_an_item_without_questions_leads_back_to_its_guide(
    page: httpx.AsyncClient, services: ScriptedServices
) -> None:
    services.answers["get_guide"] = GUIDE.model_copy(update={"fit": ()})
    assert (await page.get(f"{PLACE}/fit")).headers["location"] == PLACE


def test_an_address_with_more_than_was_asked_is_cut() -> None:
    assert fitting_of(GUIDE, "0-1").chosen == (0,)
    assert fitting_of(GUIDE, "5-1").chosen == ()
    assert written(fitting_of(GUIDE, "1").chosen) == "1"


def test_the_seeded_questions_lead_to_items_that_exist() -> None:
    items = {item.codes.implementation: item for item in seed_items()}
    asked = [item for item in items.values() if item.fit]
    assert len(asked) >= 3
    for item in asked:
        assert 3 <= len(item.fit) <= 5, item.codes.local
        for question in item.fit:
            assert {answer.other_item for answer in question.answers} - {None} <= items.keys()


# -- a case by its number and code ----------------------------------------------------------------------------


async def test_whoever_has_number_and_code_learns_nothing_about_the_person(page: httpx.AsyncClient) -> None:
    asked = await page.get("/find")
    token = re.search(r'name="csrf_token" value="([^"]+)"', asked.text)
    assert token is not None
    form = {
        "csrf_token": token[1],
        "case_no": "11341600762764234C3000180002001202609180001",
        "access_code": "ABCDEFGH",
    }
    opened = await page.post("/find", data=form)
    assert opened.headers["location"] == "/found"
    shown = (await page.get("/found")).text
    for personal in ("张**", "341602********0012", "138****1234", "w***@example.com", "谯城区"):
        assert personal not in shown
    assert "11341600762764234C" in shown.replace("<wbr>", "")
