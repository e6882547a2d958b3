export const usage = `Usage: npm run check-deploy -- [options]

Checks what ships: the packages, the image, compose, systemd units, the Helm chart. A check whose tool is not here is
skipped; with CI=true it fails, unless it is marked heavy. chart-strict runs only when it is named, as its tools are
built for minutes. Tools come by bash scripts/bootstrap.sh --deploy.

  --only NAME   this check alone (may be given again)
  --json        print JSON instead of lines
  --help        this text

Checks:
`
