# Reads what GET /metrics answers by the parsers of Prometheus's own client, and prints it as JSON: parseMetrics.py prometheus|openmetrics < text
import json
import sys

if sys.argv[1] == "openmetrics":
    from prometheus_client.openmetrics.parser import text_string_to_metric_families
else:
    from prometheus_client.parser import text_string_to_metric_families


def exemplar_of(exemplar):
    return None if exemplar is None else {"labels": exemplar.labels, "value": str(float(exemplar.value))}


families = [
    {
        "name": family.name,
        "type": family.type,
        "unit": family.unit,
        "help": family.documentation,
        "samples": [
            {"name": one.name, "labels": one.labels, "value": str(float(one.value)), "exemplar": exemplar_of(one.exemplar)}
            for one in family.samples
        ],
    }
    for family in text_string_to_metric_families(sys.stdin.read())
]
json.dump(families, sys.stdout)
