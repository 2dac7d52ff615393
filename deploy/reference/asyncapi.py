"""The AsyncAPI 3 document: every exchange with its messages, every queue as an operation, every contract as a schema."""

import inspect
import tomllib
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from deploy.local.home import ROOT
from deploy.reference.contracts import consumptions, published
from deploy.services import SERVICES
from shared.messaging.envelope import CONTENT_TYPE, Envelope, Event, exchange_of

Json = dict[str, Any]


class _WithoutFieldTitles(GenerateJsonSchema):
    """A field's title would only be its name once more."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def document() -> Json:
    """The whole document; parts in the order of the platform's services."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "通办 Tongban",
            "version": project["version"],
            "description": "平台各服务发布的事件（CloudEvents 1.0），不含个人信息。 "
            "The events that the services publish, as CloudEvents 1.0, without personal data.",
            "license": {"name": project["license"], "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {exchange_of(service): _channel(service) for service in SERVICES},
        "operations": {**_sending(), **_receiving()},
        "components": {"messages": _messages(), "schemas": _schemas()},
    }


def _channel(service: str) -> Json:
    return {
        "address": exchange_of(service),
        "description": f"The topic exchange of {service}; the routing key is the event's type.",
        "messages": {
            contract.__name__: {"$ref": f"#/components/messages/{_key(contract)}"}
            for contract in published(service)
        },
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {
                    "name": exchange_of(service),
                    "type": "topic",
                    "durable": True,
                    "autoDelete": False,
                },
                "bindingVersion": "0.3.0",
            }
        },
    }


def _sending() -> Json:
    return {f"{service}.publish": _operation("send", service, published(service)) for service in SERVICES}


def _receiving() -> Json:
    return {
        f"{taken.queue}.from.{taken.publisher}": _operation("receive", taken.publisher, taken.contracts)
        for taken in consumptions()
    }


def _operation(action: str, publisher: str, contracts: tuple[type[Event], ...]) -> Json:
    channel = f"#/channels/{exchange_of(publisher)}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{contract.__name__}"} for contract in contracts],
    }


def _messages() -> Json:
    return {_key(contract): _message(contract) for service in SERVICES for contract in published(service)}


def _message(contract: type[Event]) -> Json:
    summary, _, rest = inspect.cleandoc(contract.__doc__ or "").partition("\n\n")
    return {
        "name": contract.event_type,
        "title": contract.__name__,
        "summary": " ".join(summary.split()),
        **({"description": " ".join(rest.split())} if rest else {}),
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/Envelope"},
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": contract.event_type},
                        "data": {"$ref": f"#/components/schemas/{_key(contract)}"},
                    },
                },
            ]
        },
    }


def _key(contract: type[Event]) -> str:
    """Two publishers may use one name for different things."""
    return f"{contract.publisher()}.{contract.__name__}"


def _schemas() -> Json:
    """What a reader may rely on: a field without a default is always there."""
    schemas: Json = {"Envelope": Envelope.model_json_schema(schema_generator=_WithoutFieldTitles)}
    for service in SERVICES:
        _, definitions = models_json_schema(
            [(contract, "validation") for contract in published(service)],
            ref_template=f"#/components/schemas/{service}.{{model}}",
            schema_generator=_WithoutFieldTitles,
        )
        schemas |= {f"{service}.{name}": schema for name, schema in definitions["$defs"].items()}
    return schemas
