{{/* What differs between the programs. Peers and servers are the arrows of docs/ARCHITECTURE.md. */}}
{{- define "mutt.facts" -}}
ingestor:
  portSetting: SERVER_PORT_INGESTOR
  port: 8080
  job: mutt-ingestor
  from: [senders, prometheus, web-ui, test]
  to: [redis, vault, collector]
alerter:
  portSetting: METRICS_PORT_ALERTER
  port: 8081
  job: mutt-alerter
  from: [prometheus, web-ui]
  to: [redis, postgres, vault, collector]
moog-forwarder:
  portSetting: METRICS_PORT_MOOG
  port: 8083
  job: mutt-moog-forwarder
  from: [prometheus, web-ui]
  to: [redis, platform, vault, collector]
web-ui:
  portSetting: SERVER_PORT_WEBUI
  port: 8090
  job: mutt-webui
  from: [operators, prometheus, web-ui, test]
  to: [redis, postgres, vault, collector, provider, prometheus, archive, programs]
{{- end }}

{{/* The release, and with a name behind it a part of the release: (list $ "ingestor"). */}}
{{- define "mutt.release" -}}
{{- $release := .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- if contains .Chart.Name $release }}{{ $release }}{{ else }}{{ $release }}-{{ .Chart.Name }}{{ end -}}
{{- end }}
{{- define "mutt.name" -}}
{{ include "mutt.release" (index . 0) }}-{{ index . 1 }}
{{- end }}

{{- define "mutt.selector" -}}
app.kubernetes.io/name: {{ (index . 0).Chart.Name }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}
{{- define "mutt.labels" -}}
{{ include "mutt.selector" . }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ printf "%s-%s" (index . 0).Chart.Name (index . 0).Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "mutt.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end }}

{{/* As an environment variable is written: a large number too, without an exponent. */}}
{{- define "mutt.text" -}}
{{ ternary (toJson .) (toString .) (kindIs "float64" .) | quote }}
{{- end }}

{{/* The settings of a program as JSON: what the chart decides, then `settings`, then those of the program. */}}
{{- define "mutt.settings" -}}
{{- $root := index . 0 }}{{ $program := index . 1 }}{{ $values := $root.Values -}}
{{- $facts := get (include "mutt.facts" $root | fromYaml) $program -}}
{{- $own := mergeOverwrite (deepCopy $values.settings) (index $values.programs $program).settings -}}
{{- $all := dict "SERVER_HOST" "0.0.0.0" "SHUTDOWN_DRAIN_SECONDS" 5 $facts.portSetting $facts.port -}}
{{- $_ := set $all "CONFIG_LAST_KNOWN_GOOD" "/var/lib/mutt/settings.json" -}}
{{- if eq $values.secrets.store "vault" -}}
{{- $_ := set $all "MUTT_SECRETS" "vault" -}}
{{- if not (hasKey $own "VAULT_ROLE_ID") -}}
{{- $_ := set $all "VAULT_AUTH" "kubernetes" -}}
{{- $_ := set $all "VAULT_K8S_ROLE" (ternary $values.secrets.vault.webUiRole $values.secrets.vault.role (eq $program "web-ui")) -}}
{{- end -}}
{{- else -}}
{{- $_ := set $all "MUTT_SECRETS" "file" -}}
{{- $_ := set $all "MUTT_SECRETS_FILE" "/etc/mutt/secrets/secrets.json" -}}
{{- if and (eq $program "web-ui") $values.secrets.webUiName -}}
{{- $_ := set $all "MUTT_SECRETS_ADMIN_FILE" "/etc/mutt/web-ui-secrets/secrets.json" -}}
{{- end -}}
{{- end -}}
{{- if $values.tls.secretName -}}
{{- $_ := set $all "SERVER_TLS_CERT_FILE" "/etc/mutt/tls/tls.crt" -}}
{{- $_ := set $all "SERVER_TLS_KEY_FILE" "/etc/mutt/tls/tls.key" -}}
{{- end -}}
{{- if eq $program "ingestor" -}}
{{- $_ := mergeOverwrite $all (dict "SYSLOG_UDP_PORT" 5514 "SYSLOG_TCP_PORT" 5514 "SYSLOG_TLS_PORT" 0) -}}
{{- end -}}
{{- if eq $program "web-ui" -}}
{{- $_ := set $all "MUTT_CANARY_URL" (include "mutt.url" (list $root "ingestor")) -}}
{{- end -}}
{{- mergeOverwrite $all $own | toJson -}}
{{- end }}

{{/* The HTTP port of a program, by its settings. */}}
{{- define "mutt.port" -}}
{{- $facts := get (include "mutt.facts" (index . 0) | fromYaml) (index . 1) -}}
{{- $values := (index . 0).Values -}}
{{- $own := (index $values.programs (index . 1)).settings -}}
{{- get $own $facts.portSetting | default (get $values.settings $facts.portSetting) | default $facts.port | int -}}
{{- end }}

{{/* Where a program answers inside the cluster. */}}
{{- define "mutt.url" -}}
{{ ternary "https" "http" (ne (index . 0).Values.tls.secretName "") }}://{{ include "mutt.name" . }}:{{ include "mutt.port" . }}
{{- end }}

{{/* Ports of the syslog listeners of the ingestor that are open, as JSON: {"udp": 5514}. */}}
{{- define "mutt.syslogPorts" -}}
{{- $settings := include "mutt.settings" (list . "ingestor") | fromJson -}}
{{- $ports := dict -}}
{{- range $protocol := list "udp" "tcp" "tls" -}}
{{- $port := get $settings (printf "SYSLOG_%s_PORT" (upper $protocol)) | int -}}
{{- if gt $port 0 }}{{ $_ := set $ports $protocol $port }}{{ end -}}
{{- end -}}
{{- toJson $ports -}}
{{- end }}

{{- define "mutt.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end }}
{{- define "mutt.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* Where pods may run, and how they get their image. */}}
{{- define "mutt.scheduling" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Files of a pod as JSON, in the form of `mounts`: secrets, certificate, and what the values add. */}}
{{- define "mutt.mounts" -}}
{{- $values := (index . 0).Values }}{{ $component := index . 1 -}}
{{- $mounts := list -}}
{{- if ne $values.secrets.store "vault" -}}
{{- $mounts = append $mounts (dict "name" "secrets" "path" "/etc/mutt/secrets" "secret" $values.secrets.name) -}}
{{- if and (eq $component "web-ui") $values.secrets.webUiName -}}
{{- $mounts = append $mounts (dict "name" "web-ui-secrets" "path" "/etc/mutt/web-ui-secrets" "secret" $values.secrets.webUiName) -}}
{{- end -}}
{{- end -}}
{{- if $values.tls.secretName -}}
{{- $mounts = append $mounts (dict "name" "tls" "path" "/etc/mutt/tls" "secret" $values.tls.secretName) -}}
{{- end -}}
{{- concat $mounts $values.mounts (dig $component "mounts" list $values.programs) | toJson -}}
{{- end }}

{{/* Volumes of such mounts, and where they are mounted. */}}
{{- define "mutt.volumes" -}}
{{- range . }}
- name: {{ .name }}
  {{- if .secret }}
  secret:
    secretName: {{ .secret }}
    defaultMode: 0440
    {{- include "mutt.items" . | nindent 4 }}
  {{- else if .configMap }}
  configMap:
    name: {{ .configMap }}
    {{- include "mutt.items" . | nindent 4 }}
  {{- else }}
  persistentVolumeClaim: {claimName: {{ .persistentVolumeClaim }}}
  {{- end }}
{{- end }}
{{- end }}
{{- define "mutt.items" -}}
{{- with .keys }}
items:
  {{- range . }}
  - {key: {{ . }}, path: {{ . }}}
  {{- end }}
{{- end }}
{{- end }}
{{- define "mutt.volumeMounts" -}}
{{- range . }}
- name: {{ .name }}
  mountPath: {{ .path }}
  {{- if not .persistentVolumeClaim }}
  readOnly: true
  {{- end }}
{{- end }}
{{- end }}
