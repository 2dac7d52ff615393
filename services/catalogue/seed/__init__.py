"""The catalogue that a new installation starts with: the items of the air defence and earthquake office.

The files beside this module are for people; here they become the same contracts that a keeper would hand in.
What several items share stands once in common.yaml. A field that the contracts do not know is refused.
"""

from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from services.catalogue.contracts import CalendarYear, ItemContent, Organisation
from services.catalogue.domain.codes import implementation_code
from shared.deadlines.shipped import shipped_records

_FOLDER = resources.files(__name__)
# libyaml reads the files ten times as fast as pure Python, which is felt at every start.
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Plain = dict[str, Any]


def seed_organisations() -> list[Organisation]:
    """The organisations with their dated names."""
    plain = _read(_FOLDER / "organisations.yaml")
    return [Organisation.model_validate(organisation, extra="forbid") for organisation in plain]


def seed_calendars() -> list[CalendarYear]:
    """The announced years that come with the deadline engine."""
    return [CalendarYear.model_validate(record, extra="forbid") for record in shipped_records()]


def seed_items() -> list[ItemContent]:
    """All items in the order of their files."""
    common = _read(_FOLDER / "common.yaml")
    files = sorted((_FOLDER / "items").iterdir(), key=lambda file: file.name)
    return [
        ItemContent.model_validate(_whole(_read(file), common), extra="forbid")
        for file in files
        if file.name.endswith(".yaml")
    ]


def _read(file: Traversable) -> Any:
    return yaml.load(file.read_text("utf-8"), Loader=_Loader)  # noqa: S506  # both loaders are the safe ones


def _whole(written: Plain, common: Plain) -> Plain:
    """An item as written, with what it takes from common.yaml put in its place."""
    item = {**common["defaults"], **written}
    local, basic, default_citation = item.pop("local"), item.pop("basic"), item.pop("material_basis")
    return {
        **item,
        "codes": _codes(local, basic, item),
        "basis": [{"key": key, **common["basis"][key]} for key in item["basis"]],
        "materials": [_material(material, default_citation, common) for material in item["materials"]],
        "steps": common["steps"][item["steps"]],
        "result": {"delivery": common["delivery"], **item["result"]},
        "contacts": {**common["defaults"]["contacts"], **item["contacts"]},
        "faq": _with_common_questions(written, common),
        "fit": [_fit_question(question, item) for question in item.get("fit", [])],
        "provisional": [
            *(common["provisional"][name] for name in item["provisional"]),
            *common["provisional"]["always"],
        ],
    }


def _codes(local: str, basic: str, item: Plain) -> Plain:
    implementation = implementation_code(item["organ_uscc"], item["level"], basic)
    return {
        "local": local,
        "basic": basic,
        "implementation": implementation,
        "handling": f"{implementation}01",
    }


def _fit_question(written: Plain, item: Plain) -> Plain:
    """An answer that leads to another item names it by its basic code; the organ and level are those of this one."""
    answers = [dict(answer) for answer in written["answers"]]
    for answer in answers:
        if "other_item" in answer:
            answer["other_item"] = implementation_code(
                item["organ_uscc"], item["level"], answer["other_item"]
            )
    return {**written, "answers": answers}


def _material(written: Plain, default_citation: list[str], common: Plain) -> Plain:
    own = dict(written)
    template = common["materials"][own.pop("use")] if "use" in own else {}
    return {"basis": default_citation, **template, **own}


def _with_common_questions(written: Plain, common: Plain) -> list[Plain]:
    return [*written.get("faq", []), *common["defaults"]["faq"]]
