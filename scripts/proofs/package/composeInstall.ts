import { Console, Effect } from "effect"
import { join } from "node:path"
import { mustRun } from "../../check-deploy/tool.ts"
import { version } from "../../package/Dist.ts"
import { repository } from "../../stack/Paths.ts"
import type { Proof } from "../Proof.ts"
import { installLines, standIn } from "./installLines.ts"
import type { Machine } from "./Machine.ts"

const compose = `docker compose --file deploy/compose.yaml`

/** A program in the network of the forwarder, which is the platform's loopback too. */
const platform = `docker run --detach --name platform --network container:mutt-moog-forwarder-1 \\
  --env MOOG_API_KEY="${standIn.key}" --volume /srv/stand-in.mjs:/stand-in.mjs:ro \\
  --entrypoint /nodejs/bin/node mutt:${version} /stand-in.mjs`

const ask =
  `fetch("http://127.0.0.1:${standIn.port}/events").then((r) => r.json()).then((page) => console.log(page.count))`

const delivered = `for i in $(seq 100); do
  count=$(docker exec platform /nodejs/bin/node -e '${ask}')
  [ "$count" = 0 ] || break
  sleep 0.2
done
echo "delivered $count"`

const books = `curl -sS http://127.0.0.1:8090/api/v1/books -H "X-API-KEY: $VIEWER_API_KEY"`

const post = `curl -s -o /dev/null -m 5 -w '%{http_code}' http://127.0.0.1:8080/api/v2/ingest \\
  -H "X-API-KEY: $INGEST_API_KEY" -d '{"hostname":"core-1","message":"after a failover"}'`

const failover = `cat >> deploy/mutt.env <<'END'
REDIS_SENTINELS=sentinel-1:26379,sentinel-2:26379,sentinel-3:26379
REDIS_SENTINEL_MASTER=mutt
END
${compose} --profile ha up --detach --wait
docker kill mutt-valkey-1
begun=$(date +%s)
for i in $(seq 120); do
  [ "$(${post} || true)" != 200 ] || break
  sleep 0.5
done
echo "taken again after $(($(date +%s) - begun))"`

const figure = (said: string, words: RegExp) => Number(words.exec(said)?.[1] ?? Number.NaN)

const cloneParts = ["Dockerfile", ".dockerignore", ".mutt/dist/npm", ".mutt/dist/tree", "deploy"]

/** What `docker build` and compose take of a clone, and who makes the images of the servers. */
export const composeFiles = (folder: string) => {
  const archive = join(folder, "clone.tar")
  return Effect.as(mustRun("tar", ["-C", repository, "-cf", archive, ...cloneParts]), [
    archive,
    join(import.meta.dirname, "serverImages.sh")
  ])
}

/** By the lines of the page: images, secrets, `up`, the first event; then a lost Valkey, and away with it. */
export const composeInstall = (machine: Machine) =>
  Effect.gen(function*() {
    yield* Console.error("the images")
    yield* machine.shell(
      "images",
      `mkdir clone; tar -C clone -xf clone.tar; cd clone; bash /srv/serverImages.sh ${version}`
    )
    yield* Console.error("INSTALL.md: compose, and the first event")
    const begun = performance.now()
    // One shell, as its lines go on where those before left off.
    const said = yield* machine.shell(
      "compose",
      `cd clone
       trap '${compose} logs --no-color --tail 10 >&2' ERR
       ${installLines("Compose")}
       ${platform}
       ${installLines("The first event")}
       ${delivered}
       ${books}
       ${failover}
       ${compose} --profile ha down --volumes
       echo "left $(docker ps --all --quiet --filter label=com.docker.compose.project=mutt | wc -l)"`
    )
    const again = figure(said, /taken again after (\d+)/)
    const proof: Proof = {
      what: "compose.yaml, by the lines of INSTALL.md",
      figures: {
        "seconds of all of it": Math.round((performance.now() - begun) / 100) / 10,
        "seconds until events are taken after a Valkey is lost": again
      },
      problems: [
        ...said.includes("delivered 1")
          ? []
          : [`the stand-in of the platform has not one event: ${said.slice(-2_000)}`],
        ...said.includes(`"balanced":true`) ? [] : ["the books do not balance"],
        ...again <= 30 ? [] : [`sentinels put nobody in the place of a lost Valkey: ${said.slice(-2_000)}`],
        ...said.includes("left 0") ? [] : ["containers are left"]
      ]
    }
    return proof
  })
