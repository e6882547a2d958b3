export const usage = `Usage: npm run check-deploy -- [options]

Checks what ships: the packages, the image, compose, systemd units. A check whose tool is not here is skipped; with
CI=true it fails, unless it is marked heavy. Tools come by bash scripts/bootstrap.sh --deploy.

  --only NAME   this check alone (may be given again)
  --json        print JSON instead of lines
  --help        this text

Checks:
`
