{{/* The ports at the other end of an arrow, by the settings that name it, as JSON: (list $ "redis"). */}}
{{- define "mutt.portsOf" -}}
{{- $values := (index . 0).Values }}{{ $end := index . 1 -}}
{{- $settings := deepCopy $values.settings -}}
{{- range $name, $program := $values.programs }}{{ $settings = mergeOverwrite $settings (deepCopy $program.settings) }}{{ end -}}
{{- $ports := list -}}
{{- if eq $end "redis" -}}
{{- $ports = prepend $values.networkPolicy.redisPorts (get $settings "REDIS_PORT" | default 6379) -}}
{{- else if eq $end "postgres" -}}
{{- $ports = list (get $settings "DB_PORT" | default 5432) -}}
{{- end -}}
{{- $lists := dict "redis" (list "REDIS_SENTINELS" "REDIS_CLUSTER_NODES") "postgres" (list "DB_HOSTS") -}}
{{- range $setting := get $lists $end | default list -}}
{{- range regexFindAll ":[0-9]+(,|$)" (get $settings $setting) -1 }}{{ $ports = append $ports (trimAll ":," .) }}{{ end -}}
{{- end -}}
{{- $urls := dict "platform" "^MOOG_WEBHOOK_URL$" "vault" "^VAULT_ADDR$" "collector" "^OTEL_EXPORTER_OTLP_.*ENDPOINT$" "provider" "^OIDC_ISSUER$" "archive" "^ARCHIVE_S3_ENDPOINT$" "prometheus" "^PROMETHEUS_URL$" -}}
{{- range $setting, $text := $settings -}}
{{- if and (hasKey $urls $end) (regexMatch (get $urls $end | default "^$") $setting) (ne $text "") -}}
{{- $url := urlParse $text -}}
{{- $written := regexFind ":[0-9]+$" $url.host | trimPrefix ":" -}}
{{- $ports = append $ports ($written | default (ternary "80" "443" (eq $url.scheme "http"))) -}}
{{- end -}}
{{- end -}}
{{- $numbers := list -}}
{{- range $ports }}{{ $numbers = append $numbers (int .) }}{{ end -}}
{{- $numbers | uniq | toJson -}}
{{- end }}

{{/* Who is at the other end: parts of this release, or the peers of the values. */}}
{{- define "mutt.peersOf" -}}
{{- $root := index . 0 }}{{ $end := index . 1 -}}
{{- if eq $end "programs" -}}
- podSelector:
    matchExpressions:
      - {key: app.kubernetes.io/name, operator: In, values: [{{ $root.Chart.Name }}]}
      - {key: app.kubernetes.io/instance, operator: In, values: [{{ $root.Release.Name }}]}
      - {key: app.kubernetes.io/component, operator: In, values: [{{ keys $root.Values.programs | sortAlpha | join ", " }}]}
{{- else if or (hasKey $root.Values.programs $end) (eq $end "test") -}}
- podSelector:
    matchLabels: {{- include "mutt.selector" . | nindent 6 }}
{{- else -}}
{{- with get $root.Values.networkPolicy.peers $end }}{{ toYaml . }}{{ end -}}
{{- end -}}
{{- end }}

{{/* Names are looked up wherever the cluster does that. */}}
{{- define "mutt.toDns" -}}
- ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
{{- end }}

{{/* An arrow to one end; nothing where no setting names it. */}}
{{- define "mutt.arrowTo" -}}
{{- $root := index . 0 }}{{ $end := index . 1 -}}
{{- $ports := include "mutt.portsOf" . | fromJsonArray -}}
{{- if eq $end "programs" -}}
{{- range $name, $program := $root.Values.programs }}{{ $ports = append $ports (include "mutt.port" (list $root $name)) }}{{ end -}}
{{- end -}}
{{- if $ports -}}
- ports:
    {{- range $ports }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
  {{- with include "mutt.peersOf" . }}
  to: {{- . | nindent 4 }}
  {{- end }}
{{- end -}}
{{- end }}

{{/* An arrow from one end to a program. */}}
{{- define "mutt.arrowFrom" -}}
{{- $root := index . 0 }}{{ $end := index . 1 }}{{ $program := index . 2 -}}
- ports:
    - {port: http, protocol: TCP}
    {{- if eq $end "senders" }}
    {{- range $protocol, $port := include "mutt.syslogPorts" $root | fromJson }}
    - {port: {{ $port }}, protocol: {{ ternary "UDP" "TCP" (eq $protocol "udp") }}}
    {{- end }}
    {{- end }}
  {{- with include "mutt.peersOf" . }}
  from: {{- . | nindent 4 }}
  {{- end }}
{{- end }}
