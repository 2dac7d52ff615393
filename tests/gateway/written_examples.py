"""The services' own written examples of what they answer and publish, as the gateway reads them."""

import json
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from services.gateway import client
from services.gateway.client import Method

FOLDER = Path(__file__).parent.parent / "contracts"
METHODS: list[Method[Any, Any]] = [one for one in vars(client).values() if isinstance(one, Method)]


def example_of(method: Method[Any, Any]) -> BaseModel:
    """The owner's example of the reply of this method."""
    if method.reply.__name__ == "MessageView":
        page = json.loads((FOLDER / "notifications" / "message_page.json").read_text("utf-8"))
        message: BaseModel = method.reply.model_validate(page["messages"][0])
        return message
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", method.reply.__name__).lower()
    example: BaseModel = method.reply.model_validate_json(
        (FOLDER / method.service / f"{name}.json").read_bytes()
    )
    return example


def answers() -> dict[str, BaseModel]:
    """An example for every method that the gateway calls."""
    return {method.name: example_of(method) for method in METHODS}
