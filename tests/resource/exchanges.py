"""Hold what the stand-in for AWS was asked and what it answered against the published models of the services.

    exchanges.py FILE

FILE has an exchange a line, as `tests/src/stand_in.rs` writes them. A member that no model has, a value of another type, or one
that no enumeration has, in a request or in an answer: then a test was about something that AWS does not say. Prints how many
exchanges of each operation were held, and ends with 1 when one does not fit.
"""

import collections
import functools
import json
import re
import sys
import xml.etree.ElementTree

import botocore.session

# What signatures call a service, and what botocore does.
NAMES = {"elasticloadbalancing": "elbv2"}
REST = {
    "route53": [
        ("GET", r"/2013-04-01/hostedzone/[^/]+/rrset", "ListResourceRecordSets"),
        ("POST", r"/2013-04-01/hostedzone/[^/]+/rrset/?", "ChangeResourceRecordSets"),
        ("GET", r"/2013-04-01/hostedzone/[^/]+", "GetHostedZone"),
        ("GET", r"/2013-04-01/hostedzonesbyname", "ListHostedZonesByName"),
        ("GET", r"/2013-04-01/hostedzonesbyvpc", "ListHostedZonesByVPC"),
        ("GET", r"/2013-04-01/hostedzone", "ListHostedZones"),
        ("GET", r"/2013-04-01/change/[^/]+", "GetChange"),
    ]
}
# Every answer may have them.
ENVELOPE = {"ResponseMetadata", "RequestId", "requestId"}


@functools.cache
def model(service):
    return botocore.session.get_session().get_service_model(NAMES.get(service, service))


def main():
    counts = collections.Counter()
    faults = {}
    with open(sys.argv[1]) as lines:
        for line in lines:
            exchange = json.loads(line)
            service, operation = exchange["service"], exchange["operation"]
            if service == "lambda":
                continue
            for fault in check(service, operation, exchange["input"], exchange.get("output")):
                faults.setdefault(fault, exchange)
            counts[f"{service} {re.sub(r'/(Z|C)[A-Z0-9]+', '/…', operation.split('?')[0])}"] += 1
    for name, count in sorted(counts.items()):
        print(f"{name}: {count}")
    for fault, exchange in faults.items():
        print(f"FAULT {fault}\n    {json.dumps(exchange)[:600]}")
    assert counts, "no exchange was written"
    return bool(faults)


def check(service, operation, asked, answered):
    if service in REST:
        method, _, path = operation.partition(" ")
        path = path.split("?")[0]
        known = [name for verb, pattern, name in REST[service] if verb == method and re.fullmatch(pattern, path)]
        if not known:
            yield f"{service}: no operation is {method} {path}"
            return
        [operation] = known[:1]
        if asked:
            yield from tags(f"{service} {operation} request", asked, model(service).operation_model(operation).input_shape)
        if answered is not None:
            yield from tags(f"{service} {operation} answer", answered, model(service).operation_model(operation).output_shape)
        return
    if operation not in model(service).operation_names:
        yield f"{service}: no operation is {operation}"
        return
    shapes = model(service).operation_model(operation)
    if model(service).protocol in ("query", "ec2"):
        names = {name.split(".")[0] for name in asked} - {"Action", "Version"}
        yield from (f"{service} {operation} request: {name}" for name in sorted(names - inputs(shapes.input_shape)))
        if answered is not None:
            yield from tags(f"{service} {operation} answer", answered, shapes.output_shape, {f"{operation}Result", f"{operation}Response"})
        return
    yield from members(f"{service} {operation} request", asked, shapes.input_shape, is_request=True)
    if answered is not None and shapes.output_shape is not None:
        yield from members(f"{service} {operation} answer", answered, shapes.output_shape)


def inputs(shape):
    """The names of parameters in a form."""
    named = set()
    for name, member in (shape.members if shape else {}).items():
        given = member.serialization.get("queryName") or member.serialization.get("name") or name
        named |= {name, given, given[:1].upper() + given[1:]}
    return named


def tags(place, text, shape, besides=frozenset()):
    """Elements of XML that have no name of the model's."""
    known = set(besides) | ENVELOPE | {"member", "item"}
    seen = set()

    def gather(shape):
        if shape is None or shape.name in seen:
            return
        seen.add(shape.name)
        known.add(shape.name)
        if shape.type_name == "structure":
            for name, member in shape.members.items():
                known.update({name, member.serialization.get("name", name)})
                gather(member)
        elif shape.type_name == "list":
            known.add(shape.member.serialization.get("name", "member"))
            gather(shape.member)

    gather(shape)
    root = xml.etree.ElementTree.fromstring(text)
    for element in list(root.iter())[1:]:
        name = element.tag.rsplit("}", 1)[-1]
        if name not in known:
            yield f"{place}: <{name}>"


def members(place, value, shape, is_request=False):
    """Members of JSON that are not the model's."""
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            yield f"{place}: {type(value).__name__} instead of a structure"
            return
        for name in value.keys() - shape.members.keys():
            # A union of DynamoDB's, or a tag of the answer.
            yield f"{place}: no member is {name}"
        if is_request:
            yield from (f"{place}: {name} is missing" for name in shape.required_members if name not in value)
        for name in value.keys() & shape.members.keys():
            yield from members(f"{place}.{name}", value[name], shape.members[name], is_request)
    elif kind == "list":
        if not isinstance(value, list):
            yield f"{place}: {type(value).__name__} instead of a list"
            return
        for item in value:
            yield from members(f"{place}[]", item, shape.member, is_request)
    elif kind == "map":
        for item in value.values():
            yield from members(f"{place}.*", item, shape.value, is_request)
    elif kind == "string":
        if not isinstance(value, str):
            yield f"{place}: {value!r} instead of text"
        elif shape.enum and value not in shape.enum:
            yield f"{place}: {value!r} is none of its values"
    elif kind == "boolean":
        if not isinstance(value, bool):
            yield f"{place}: {value!r} instead of true or false"
    elif kind in ("integer", "long"):
        if isinstance(value, bool) or not isinstance(value, int):
            yield f"{place}: {value!r} instead of a whole number"
    elif kind in ("float", "double", "timestamp") and (isinstance(value, bool) or not isinstance(value, (int, float))):
        yield f"{place}: {value!r} instead of a number"


if __name__ == "__main__":
    sys.exit(main())
