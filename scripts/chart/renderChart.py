"""Renders the Helm chart once for each set of values, and checks every object against the schemas of Kubernetes, or of
the operator that brings its kind.

Reads {chart, kubernetes: [version], operators: path, sets: [{name, values, upgrade}], manifests: [{name, text}]} as
JSON, and writes {lint, sets: [{name, error, notes, objects, invalid}], manifests: …}. One process for all, as loading
Helm takes longer than rendering.
"""

import functools
import importlib.util
import json
import pathlib
import sys

import helm_python
import jsonschema_rs
import yaml

# Of this package only the schemas are used, so it is not imported.
schemas = pathlib.Path(importlib.util.find_spec("kubernetes_validate").origin).parent / "kubernetes-json-schema"
asked = json.load(sys.stdin)


@functools.cache
def validator(version, api_version, kind):
    """The schema of a kind of Kubernetes or of an operator, or None where neither has one."""
    group, _, plain = api_version.rpartition("/")
    name = "-".join(filter(None, [kind.lower(), group.split(".")[0], plain])) + ".json"
    folder = schemas / f"v{version}.0-local-strict"
    for path in [folder / name, pathlib.Path(asked["operators"]) / name]:
        if path.exists():
            schema = json.loads(path.read_text())
            return jsonschema_rs.validator_for(
                schema, retriever=lambda _: definitions(folder), base_uri="json-schema:///"
            )
    return None


@functools.cache
def definitions(folder):
    return json.loads((folder / "_definitions.json").read_text())


def faults(version, document):
    name = f"Kubernetes {version}: {document['kind']} {document['metadata']['name']}"
    check = validator(version, document["apiVersion"], document["kind"])
    if check is None:
        yield f"{name}: there is no schema of {document['apiVersion']} {document['kind']}"
        return
    for fault in check.iter_errors(document):
        where = ".".join(map(str, fault.instance_path))
        yield f"{name}: {where}: {fault.message[:300]}"


def rendered(chart, wanted):
    upgrade = wanted.get("upgrade", False)
    try:
        files = chart.render(
            wanted["values"], name=wanted.get("release", "mutt"), namespace="telemetry", is_install=not upgrade, is_upgrade=upgrade
        )
    except helm_python.HelmError as error:
        return {"name": wanted["name"], "error": str(error), "notes": "", "objects": [], "invalid": []}
    notes = "".join(text for path, text in files.items() if path.endswith("NOTES.txt"))
    texts = [text for path, text in sorted(files.items()) if path.endswith(".yaml")]
    return {"name": wanted["name"], "error": None, "notes": notes, **checked(texts)}


def checked(texts):
    objects = [
        document for text in texts for document in yaml.load_all(text, Loader=yaml.CSafeLoader) if document is not None
    ]
    invalid = [fault for version in asked["kubernetes"] for document in objects for fault in faults(version, document)]
    return {"objects": objects, "invalid": invalid}


def main():
    report = helm_python.lint(asked["chart"], {}, strict=True)
    # 1 is a hint, such as that an icon is recommended.
    lint = report["errors"] + [message["error"] for message in report["messages"] if message["severity"] > 1]
    with helm_python.Chart.load(asked["chart"]) as chart:
        sets = [rendered(chart, wanted) for wanted in asked["sets"]]
    manifests = [
        {"name": manifest["name"], "error": None, "notes": "", **checked([manifest["text"]])}
        for manifest in asked["manifests"]
    ]
    json.dump({"lint": lint, "sets": sets, "manifests": manifests}, sys.stdout)


main()
