"""Paths of the rpcs that have the option google.api.http."""

import dataclasses

import schemas
import texts


@dataclasses.dataclass
class Served:
    """What the document says of the services."""
    tags: list
    paths: dict


def _operation(tag, method, comment, answer, common):
    about = texts.description(comment)
    returned = schemas.reference(schemas.name_of(method.output_type))
    operation = {
        "operationId": method.name,
        "tags": [tag],
        "summary": texts.summary(about),
        "description": about,
        "parameters": common["parameters"],
        "requestBody": {
            "required": True,
            "content": {"application/json": {
                "schema": schemas.reference(schemas.name_of(method.input_type))}},
        },
        "responses": {
            "200": {"description": texts.description(answer.comment),
                    "headers": common["headers"],
                    "content": {"application/json": {"schema": returned}}},
            **common["errors"],
        },
    }
    example = common["examples"].get(method.name)
    if example is not None:
        operation["requestBody"]["content"]["application/json"]["example"] = example
    return operation


def of_services(protos, common):
    """Returns tags and paths. `common`: the part `rpc` of gateway.yaml."""
    served = Served([], {})
    for name, service in protos.services.items():
        tag = schemas.name_of(name)
        for method, comment in service.methods():
            rule = protos.option(method.options, "google.api.http")
            if rule is None:
                continue
            if rule.WhichOneof("pattern") != "post" or rule.body != "*":
                raise ValueError(f"{name}.{method.name}: the gateway serves rpcs as "
                                 'POST with `body: "*"` only')
            answer = protos.messages[method.output_type[1:]]
            served.paths[rule.post] = {
                "post": _operation(tag, method, comment, answer, common)}
            if tag not in [known["name"] for known in served.tags]:
                served.tags.append({"name": tag, "description":
                                    texts.description(service.comment)})
    return served
