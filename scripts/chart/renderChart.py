"""Renders the Helm chart once for each set of values, and checks every object against the schemas of Kubernetes.

Reads {chart, kubernetes: [version], sets: [{name, values, upgrade}], manifests: [path]} as JSON, and writes {lint,
sets: [{name, error, notes, objects, invalid}], manifests: …}. One process for all, as loading Helm takes longer than
rendering.
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
validators = {}


def validator(version, document):
    """The schema of an object, or None for kinds that are not Kubernetes's own."""
    group, _, plain = document["apiVersion"].rpartition("/")
    kind = "-".join(filter(None, [document["kind"].lower(), group.split(".")[0], plain]))
    folder = schemas / f"v{version}.0-local-strict"
    key = (version, kind)
    if key not in validators:
        path = folder / f"{kind}.json"
        validators[key] = None
        if path.exists():
            schema = json.loads(path.read_text())
            validators[key] = jsonschema_rs.validator_for(
                schema, retriever=lambda _: definitions(folder), base_uri="json-schema:///"
            )
    return validators[key]


@functools.cache
def definitions(folder):
    return json.loads((folder / "_definitions.json").read_text())


def faults(version, document):
    check = validator(version, document)
    name = f"{document['kind']} {document['metadata']['name']}"
    for fault in [] if check is None else check.iter_errors(document):
        where = ".".join(map(str, fault.instance_path))
        yield f"Kubernetes {version}: {name}: {where}: {fault.message[:300]}"


def rendered(chart, wanted, kubernetes):
    upgrade = wanted.get("upgrade", False)
    try:
        files = chart.render(
            wanted["values"], name=wanted.get("release", "mutt"), namespace="telemetry", is_install=not upgrade, is_upgrade=upgrade
        )
    except helm_python.HelmError as error:
        return {"name": wanted["name"], "error": str(error), "notes": "", "objects": [], "invalid": []}
    notes = "".join(text for path, text in files.items() if path.endswith("NOTES.txt"))
    texts = [text for path, text in sorted(files.items()) if path.endswith(".yaml")]
    return {"name": wanted["name"], "error": None, "notes": notes, **checked(texts, kubernetes)}


def checked(texts, kubernetes):
    objects = [
        document for text in texts for document in yaml.load_all(text, Loader=yaml.CSafeLoader) if document is not None
    ]
    invalid = [fault for version in kubernetes for document in objects for fault in faults(version, document)]
    return {"objects": objects, "invalid": invalid}


def main():
    asked = json.load(sys.stdin)
    report = helm_python.lint(asked["chart"], asked["sets"][0]["values"], strict=True)
    # 1 is a hint, such as that an icon is recommended.
    lint = report["errors"] + [message["error"] for message in report["messages"] if message["severity"] > 1]
    with helm_python.Chart.load(asked["chart"]) as chart:
        sets = [rendered(chart, wanted, asked["kubernetes"]) for wanted in asked["sets"]]
    manifests = [
        {"name": path, "error": None, "notes": "", **checked([pathlib.Path(path).read_text()], asked["kubernetes"])}
        for path in asked.get("manifests", [])
    ]
    json.dump({"lint": lint, "sets": sets, "manifests": manifests}, sys.stdout)


main()
