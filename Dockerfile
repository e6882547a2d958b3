# One image of all programs and the command mutt, of what `npm run package` has made:
#
#   npm run package && docker build --build-arg VERSION=3.0.0 --tag mutt:3.0.0 .
#   docker run --rm mutt:3.0.0 run ingestor
#
# Nothing in it is compiled, so the layer is the same for every processor. docs/INSTALL.md says how to pin BASE to a digest.
ARG BASE=gcr.io/distroless/nodejs24-debian13:nonroot
# hadolint ignore=DL3006
FROM ${BASE}

ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="mutt" \
      org.opencontainers.image.description="Multi-Use Telemetry Tool" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

COPY .mutt/dist/npm/LICENSE .mutt/dist/npm/NOTICE .mutt/dist/npm/sbom.cdx.json /usr/share/doc/mutt/
COPY .mutt/dist/tree/lib /usr/lib/mutt

# By number, so that Kubernetes sees that it is not root.
USER 65532:65532
EXPOSE 8080 8081 8083 8090 5514/tcp 5514/udp
# The image has no shell: Node is its first word. `run` gives a program its flags.
ENTRYPOINT ["/nodejs/bin/node", "/usr/lib/mutt/cli.mjs"]
CMD ["--help"]
