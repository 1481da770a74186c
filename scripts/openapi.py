#!/usr/bin/env python3
"""Prints an OpenAPI 3.1 document of the API that the installed `openai` package calls: the document contains only facts, without
descriptions.

Read are the package's own sources: the methods of its resources for the operations (name, path, pages, streams, forms), their
types for parameters, enums, required members and events, and the notes on its model names for shutdown dates. Needs pydantic 2,
which comes with the package. What could not be read is reported on standard error.

    openapi.py [FILE]
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import pathlib
import pkgutil
import re
import sys
import textwrap
import typing
import warnings

warnings.simplefilter("ignore")
try:
    import openai
    import openai.pagination
    import pydantic
    from pydantic.json_schema import GenerateJsonSchema
except ImportError as missing:
    sys.exit(f"openapi: {missing}: this Python needs the packages openai and pydantic 2")

SENDERS = {"_get", "_post", "_put", "_patch", "_delete", "_get_api_list"}
VIEWS = {"with_raw_response", "with_streaming_response"}
REFS = "#/components/schemas/"
BINARY = {"type": "string", "format": "binary"}
PARTS = ("body", "query", "response", "event")
unread: list[str] = []


# The operations


def resources(owner: object, path: tuple[str, ...] = ()):
    """Every resource of a client with the names that lead to it: `client.beta.threads` is `("beta", "threads")`."""
    for name in sorted(n for n in dir(type(owner)) if not n.startswith("_") and n not in VIEWS):
        if type(inspect.getattr_static(type(owner), name)).__name__ != "cached_property":
            continue
        resource = getattr(owner, name)
        if type(resource).__module__.startswith("openai.resources"):
            yield path + (name,), type(resource)
            yield from resources(resource, path + (name,))


def methods(resource: type):
    """The methods of a resource as syntax trees, each with the names that are visible in it and whether it is deprecated. An overloaded
    method counts once, in the variant that sends the request; a resource that extends another one has the methods of both."""
    for part in (part for part in resource.__mro__ if part.__module__.startswith("openai.resources")):
        names = vars(importlib.import_module(part.__module__))
        for method in ast.parse(textwrap.dedent(inspect.getsource(part))).body[0].body:
            if isinstance(method, ast.FunctionDef):
                marks = [ast.unparse(mark) for mark in method.decorator_list]
                if not any(mark.endswith("overload") for mark in marks):
                    yield method, names, any("deprecated(" in mark for mark in marks)


def sending(method: ast.FunctionDef):
    """The call that sends the request: `self._post(…)`."""
    for node in ast.walk(method):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SENDERS:
            if ast.unparse(node.func.value) == "self":
                return node


def argument(call: ast.Call, name: str):
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def template(node: ast.expr):
    """Returns the path of an expression: `"/files"`, `path_template("/files/{file_id}", …)`, or an f-string in older packages."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "path_template":
        return node.args[0].value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part.value if isinstance(part, ast.Constant) else "{" + ast.unparse(part.value) + "}" for part in node.values
        )
    return template(node.body) if isinstance(node, ast.IfExp) else None


def evaluated(node: ast.expr, names: dict):
    """The type that an expression names, without the casts around it."""
    while isinstance(node, ast.Call) and ast.unparse(node.func) == "cast":
        kind = ast.unparse(node.args[0])
        node = node.args[0].slice if kind.lower().startswith("type[") else node.args[1]
    return eval(compile(ast.Expression(node), "openai", "eval"), names)


def parameters(call: ast.Call, names: dict):
    """The types of the body and of the query. If streams and whole answers have different bodies, returns the body of requests for whole
    answers."""
    for node in (node for node in ast.walk(call) if isinstance(node, ast.keyword) and node.arg in ("body", "query")):
        for inner in ast.walk(node.value):
            if isinstance(inner, ast.Call) and ast.unparse(inner.func) == "maybe_transform" and len(inner.args) > 1:
                choice = inner.args[1]
                yield node.arg, evaluated(choice.orelse if isinstance(choice, ast.IfExp) else choice, names)


def operation(name: str, method: ast.FunctionDef, names: dict):
    call = sending(method)
    if call is None:
        return None
    verb = call.func.attr[1:]
    if verb == "get_api_list":
        verb = getattr(argument(call, "method"), "value", "get")
    path = template(argument(call, "path") or call.args[0])
    if path is None:
        unread.append(f"{name}: its path")
        return None
    text = ast.unparse(method)
    found = {
        "name": name, "method": verb, "path": path, "types": dict(parameters(call, names)),
        "isForm": "multipart/form-data" in text,
        "accept": dict(re.findall(r"'(Accept)': '([^']+)'", text)).get("Accept"),
    }
    answer = argument(call, "page") or argument(call, "cast_to")
    if answer is None and call.func.attr == "_get_api_list":
        answer = call.args[1]
    try:
        found["types"]["response"] = evaluated(answer, names)
    except Exception:
        # The format of a transcription decides its type: the annotation contains all these types.
        found["types"]["response"] = evaluated(method.returns, names)
        unread.append(f"{name}: the type of its answer, taken from the annotation")
    stream = argument(call, "stream_cls")
    if stream is not None:
        found["types"]["event"] = eventType(evaluated(stream, names))
    return found


def eventType(stream):
    """The type of a stream's events: the type in `Stream[Event]`, or of a class made from it."""
    for kind in (stream, *getattr(stream, "__orig_bases__", ())):
        if typing.get_args(kind):
            return typing.get_args(kind)[0]


def operations():
    """Operations by path and method. Where several methods of the client send the same request, one of these methods names the
    operation."""
    found: dict[tuple[str, str], list[tuple]] = {}
    for path, resource in resources(openai.OpenAI(api_key="none")):
        for method, names, isOld in methods(resource):
            new = operation(".".join((*path, method.name)), method, names)
            if new is not None:
                rank = (isOld, path[0] == "beta", method.name != "list", new["name"])
                found.setdefault((new["path"], new["method"]), []).append((rank, new))
    for key in sorted(found):
        (_, best), *others = sorted(found[key], key=lambda each: each[0])
        yield best | ({"aliases": sorted(other["name"] for _, other in others)} if others else {})


# Their schemas


class Schemas(GenerateJsonSchema):
    def handle_invalid_for_json_schema(self, schema, info):
        # Only files have no schema, because they are Python objects.
        return dict(BINARY)

    def default_schema(self, schema):
        # pydantic leaves out a default that is made for each object, such as an empty list of labels.
        made = super().default_schema(schema)
        factory = schema.get("default_factory")
        return {**made, "default": factory()} if factory in (dict, list) and "default" not in made else made


def spell(kind, name: str, inner):
    """Gives a parameter the name that is sent: `async_` is `async`. Parameters that are sent as header fields are left out."""
    parts = [inner, *typing.get_args(inner)]
    notes = [note for part in parts for note in getattr(part, "__metadata__", ())]
    alias = next((note.alias for note in notes if type(note).__name__ == "PropertyInfo" and note.alias), None)
    if alias and "-" in alias:
        del kind.__annotations__[name]
    elif alias:
        kind.__annotations__[name] = typing.Annotated[inner, pydantic.Field(alias=alias)]


def opened(kind, seen: set[int]):
    """Lets pydantic read the types of parameters that contain files."""
    if id(kind) in seen:
        return
    seen.add(id(kind))
    if hasattr(kind, "__total__"):
        kind.__pydantic_config__ = pydantic.ConfigDict(arbitrary_types_allowed=True)
        try:
            for name, inner in typing.get_type_hints(kind, include_extras=True).items():
                spell(kind, name, inner)
                opened(inner, seen)
        except Exception as error:
            unread.append(f"{kind.__name__}: {error}")
    for inner in typing.get_args(kind):
        opened(inner, seen)


def whole(kind):
    """The type of a whole answer, from a union of whole answers and streams."""
    parts = [part for part in typing.get_args(kind) if "Stream[" not in str(part)]
    return typing.Union[tuple(parts)] if parts and "Stream[" in str(kind) and typing.get_origin(kind) is not list else kind


def isBinary(kind) -> bool:
    return inspect.isclass(kind) and kind.__name__ == "HttpxBinaryResponseContent"


def plain(schema, isMap=False):
    """Returns a schema without titles, descriptions and keywords that allow any value; `X or null` as a list of types, a file as a binary
    text."""
    if isinstance(schema, list):
        return [plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if isMap:
        return {name: plain(part) for name, part in schema.items()}
    schema = {
        key: plain(part, isMap=key == "properties") for key, part in schema.items()
        if key not in ("title", "description", "discriminator")
        and not (key == "additionalProperties" and part is True) and not (key == "default" and part is None)
    }
    options = schema.get("anyOf")
    if options:
        if BINARY in options:
            return dict(BINARY)
        options = [option for index, option in enumerate(options) if option not in options[:index]]
        others = [option for option in options if option != {"type": "null"}]
        if len(others) == 1 and len(others) < len(options) and isinstance(others[0].get("type"), str):
            other = dict(others[0])
            if "enum" in other:
                other["enum"] = [*other["enum"], None]
            elif "const" in other:
                other["enum"] = [other.pop("const"), None]
            return {**other, "type": [other["type"], "null"], **{k: v for k, v in schema.items() if k != "anyOf"}}
        schema["anyOf"] = options
        if len(options) == 1:
            del schema["anyOf"]
            schema |= options[0]
    if "const" in schema:
        schema.pop("type", None)
    return schema


def required(schema: dict):
    """A member of an answer that has a default and cannot be null is always sent."""
    for name, member in schema.get("properties", {}).items():
        kinds = member.get("type")
        isNullable = "null" in kinds if isinstance(kinds, list) else {"type": "null"} in member.get("anyOf", [])
        if not isNullable and "default" in member and name not in schema.get("required", []):
            schema.setdefault("required", []).append(name)


def references(schema):
    if isinstance(schema, dict):
        for key, part in schema.items():
            if key == "$ref" and isinstance(part, str):
                yield part[len(REFS):]
            else:
                yield from references(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from references(part)


def renamed(schema, names: dict[str, str]):
    if isinstance(schema, dict):
        return {
            key: REFS + names[part[len(REFS):]] if key == "$ref" and isinstance(part, str) else renamed(part, names)
            for key, part in schema.items()
        }
    return [renamed(part, names) for part in schema] if isinstance(schema, list) else schema


def merged(schemas: dict[str, dict]):
    """Schemas that are equal get one common name, and all names are short: the package has most types twice, for requests and for answers.
    Returns the new name for each old name, and the schemas by their new names."""
    chosen = {name: name for name in schemas}
    while True:
        first: dict[str, str] = {}
        same = {
            name: first.setdefault(json.dumps(renamed(schemas[name], chosen), sort_keys=True), name)
            for name in sorted(set(chosen.values()), key=lambda name: (len(name), name))
        }
        better = {name: same[other] for name, other in chosen.items()}
        if better == chosen:
            break
        chosen = better
    short: dict[str, str] = {}
    for name in sorted(set(chosen.values()), key=lambda name: (len(name), name)):
        base = re.sub(r"\W", "", re.split(r"\[|_(?=Annotated|Union)", name.split("__")[-1])[0])[:48] or "Schema"
        taken = set(short.values())
        short[name] = next(each for each in (f"{base}{number or ''}" for number in (0, *range(2, 10_000))) if each not in taken)
    names = {name: short[other] for name, other in chosen.items()}
    return names, {short[name]: renamed(schemas[name], names) for name in sorted(short, key=lambda name: short[name])}


def schemas(found: list[dict]):
    """The schemas of all operations' parts, and the schemas that they refer to."""
    inputs, seen = [], set()
    for index, each in enumerate(found):
        for part in PARTS:
            kind = each["types"].get(part)
            if kind is None or kind is type(None) or kind is object or isBinary(kind):
                continue
            kind = whole(kind) if part == "response" else kind
            opened(kind, seen)
            try:
                adapter = pydantic.TypeAdapter(kind)
                adapter.json_schema(schema_generator=Schemas)
                inputs.append(((index, part), "validation", adapter))
            except Exception as error:
                unread.append(f"{each['name']}: the schema of its {part}: {error!r:.200}")
    made, top = pydantic.TypeAdapter.json_schemas(
        inputs, schema_generator=Schemas, ref_template=REFS + "{model}"
    )
    definitions = {name: plain(schema) for name, schema in top.get("$defs", {}).items()}
    names, used = merged(definitions)
    return {key: renamed(plain(schema), names) for (key, _), schema in made.items()}, used


# Models


def models():
    """The names in each list of models of the package, and the days on which some of them are shut down."""
    lists: dict[str, list[str]] = {}
    days: dict[str, str] = {}
    for module in pkgutil.walk_packages(openai.types.__path__, "openai.types."):
        text = pathlib.Path(importlib.util.find_spec(module.name).origin).read_text(encoding="utf-8")
        for names, day in re.findall(
            r'^\s*- ((?:"[^"]+",?\s+)*"[^"]+"):\s+Announced\s+shutdown\s+date:\s+(\d{4}-\d\d-\d\d)', text, re.M
        ):
            days.update({name: day for name in re.findall(r'"([^"]+)"', names)})
        for name, kind in vars(importlib.import_module(module.name)).items():
            if re.fullmatch(r"[A-Z][A-Za-z]*Models?", name) and typing.get_origin(kind) is not None:
                found = sorted(literals(kind))
                if found and name not in lists:
                    lists[name] = found
    return {name: lists[name] for name in sorted(lists)}, {name: days[name] for name in sorted(days)}


def literals(kind):
    if typing.get_origin(kind) is typing.Literal or str(typing.get_origin(kind)).endswith("Literal"):
        return {value for value in typing.get_args(kind) if isinstance(value, str)}
    return {value for part in typing.get_args(kind) for value in literals(part)}


# The document


def entry(each: dict, schema):
    """The operation in the form that OpenAPI requires. `schema(part)` is nil for a part that the operation does not have."""
    words = each["name"].split(".")
    made = {"operationId": each["name"], "tags": [next(word for word in words if word not in ("admin", "beta"))]}
    if "aliases" in each:
        made["x-aliases"] = sorted(each["aliases"])
    names = re.findall(r"\{(\w+)\}", each["path"])
    listed = [{"in": "path", "name": name, "required": True, "schema": {"type": "string"}} for name in names]
    query = schema("query") or {}
    for name, member in query.get("properties", {}).items():
        listed.append({"in": "query", "name": name, "schema": member})
        if name in query.get("required", []):
            listed[-1]["required"] = True
    if listed:
        made["parameters"] = listed
    body = schema("body")
    if body is not None and each["method"] != "get":
        form = "multipart/form-data" if each["isForm"] else "application/json"
        made["requestBody"] = {"content": {form: {"schema": body}}}
    answer, content = each["types"]["response"], {}
    if isBinary(answer):
        content = {each["accept"] or "application/octet-stream": {"schema": dict(BINARY)}}
    elif answer is not None and answer is not type(None):
        content = {"application/json": {"schema": schema("response") or {}}}
        page = re.fullmatch(r"Sync(\w*Page)(?:\[.*)?", getattr(answer, "__name__", ""))
        if page:
            made["x-page"] = page[1]
    if "event" in each["types"]:
        content["text/event-stream"] = {"schema": schema("event") or {}}
    made["responses"] = {"200": {"description": "", **({"content": content} if content else {})}}
    return made


def document():
    found = list(operations())
    made, used = schemas(found)

    def resolved(schema):
        while schema and "$ref" in schema:
            schema = used[schema["$ref"][len(REFS):]]
        return schema

    paths: dict[str, dict] = {}
    for index, each in enumerate(found):
        bodies = {}
        for part in PARTS:
            schema = made.get((index, part))
            if part in ("body", "query") and schema is not None:
                # The schema is written where it is used: parameters differ from operation to operation.
                schema = json.loads(json.dumps(resolved(schema)))
                if "stream" in schema.get("properties", {}):
                    schema["properties"]["stream"] = {"type": "boolean"}
                # The package's types have ids that it sends only in the path.
                for name in re.findall(r"\{(\w+)\}", each["path"]):
                    if schema.get("properties", {}).pop(name, None) and name in schema.get("required", []):
                        schema["required"].remove(name)
            bodies[part] = schema
        path = each["path"] if each["path"].startswith("/") else "/" + each["path"]
        paths.setdefault(path, {})[each["method"]] = entry(each, bodies.get)
    # Only the schemas that the operations refer to are kept.
    needed, waiting = set(), list(references(paths))
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(references(used[name]))
    for schema in used.values():
        required(schema)
    lists, days = models()
    return {
        "openapi": "3.1.0",
        "info": {"title": "openai", "version": openai.__version__},
        "servers": [{"url": "https://api.openai.com/v1"}],
        "paths": paths,
        "components": {"schemas": {name: schema for name, schema in used.items() if name in needed}},
        "x-models": lists,
        "x-shutdowns": days,
    }


def lines(made: dict):
    """The document as JSON with a line for each path and each schema: the document is small, and can be read line by line."""

    def text(value) -> str:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    def rows(values: dict) -> str:
        return ",\n".join(f"{text(name)}:{text(value)}" for name, value in values.items())

    head = text({key: value for key, value in made.items() if key not in ("paths", "components")})
    schemas = made["components"]["schemas"]
    return f'{head[:-1]},"paths":{{\n{rows(made["paths"])}\n}},"components":{{"schemas":{{\n{rows(schemas)}\n}}}}}}\n'


def main():
    text = lines(document())
    if len(sys.argv) > 1:
        pathlib.Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    for each in unread:
        print(f"openapi: not read: {each}", file=sys.stderr)


if __name__ == "__main__":
    main()
