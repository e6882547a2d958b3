const pause = 10_000
const keyName = "mutt.key"
const byId = (id) => document.getElementById(id)

let timer
let round = 0

/** Text only ever becomes text: nothing that a device sent can become markup. */
const element = (name, className, text) => {
  const made = document.createElement(name)
  if (className) made.className = className
  if (text !== undefined) made.textContent = String(text)
  return made
}

const svg = (name, attributes) => {
  const made = document.createElementNS(byId("chart").namespaceURI, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  return made
}

class Refused extends Error {}

const read = async (path) => {
  const response = await fetch(path, {
    headers: { "X-API-KEY": sessionStorage.getItem(keyName) ?? "" },
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.timeout(8_000)
  })
  if (response.status === 401) throw new Refused("This key is not known.")
  if (response.status === 403) throw new Refused("This key may not read; it needs the role viewer.")
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}))
    throw new Error(problem.detail ?? `The server answered ${response.status}.`)
  }
  return response.json()
}

const states = {
  ready: ["ready", "good"],
  draining: ["stopping", "fair"],
  not_ready: ["not ready", "bad"],
  unreachable: ["unreachable", "bad"]
}
const checkClass = { ok: "good", degraded: "fair", down: "bad" }

const showPrograms = ({ programs }) => {
  byId("programs").replaceChildren(...programs.map((program) => {
    const [word, tone] = states[program.state] ?? [program.state, "fair"]
    const card = element("li", "card")
    card.append(element("span", "name", program.program), " ", element("span", `badge ${tone}`, word))
    card.append(
      element("p", "meta", program.instance ? `${program.instance}, version ${program.version}` : program.url)
    )
    const checks = element("ul")
    for (const [name, check] of Object.entries(program.checks)) {
      const line = element("li")
      line.append(element("span", checkClass[check.state], check.state), ` ${name}`)
      if (check.detail) line.append(`: ${check.detail}`)
      checks.append(line)
    }
    card.append(checks)
    return card
  }))
}

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 2 })

const showRates = ({ chart_24h: chart, summary }) => {
  byId("rate-1m").textContent = number.format(summary.current_rate_1m)
  byId("rate-15m").textContent = number.format(summary.avg_rate_15m)
  byId("rate-1h").textContent = number.format(summary.avg_rate_1h)
  const most = Math.max(...chart.data, 0)
  const step = 720 / Math.max(chart.data.length, 1)
  const bars = chart.data.map((value, index) => {
    const height = most === 0 ? 0 : value / most * 165
    const bar = svg("rect", { x: index * step + 2, y: 175 - height, width: step - 4, height, rx: 2 })
    bar.setAttribute("class", index === chart.data.length - 1 ? "bar under-way" : "bar")
    const title = svg("title", {})
    title.textContent = `${chart.labels[index]}: ${number.format(value)}`
    bar.append(title)
    return bar
  })
  byId("chart").replaceChildren(svg("line", { class: "axis", x1: 0, x2: 720, y1: 175.5, y2: 175.5 }), ...bars)
  byId("chart").setAttribute(
    "aria-label",
    `Events per minute by hour; most ${number.format(most)}. The table after it has all values.`
  )
  byId("chart-table").tBodies[0].replaceChildren(...chart.labels.map((label, index) => {
    const row = element("tr")
    row.append(element("td", "", label), element("td", "", number.format(chart.data[index])))
    return row
  }))
}

const ledger = (id, entries) => {
  byId(id).replaceChildren(
    ...Object.entries(entries).flatMap(([name, value]) => [
      element("dt", "", name.replaceAll("_", " ")),
      element("dd", name === "difference" && value !== 0 ? "bad" : "", number.format(value))
    ])
  )
}

const showBooks = (books) => {
  ledger("books-events", books.events)
  ledger("books-alerts", books.alerts)
  ledger("books-quarantine", books.quarantine)
  const badge = byId("balanced")
  badge.textContent = books.balanced ? "balanced" : "not balanced"
  badge.className = `badge ${books.balanced ? "good" : "bad"}`
}

const tell = (text) => {
  byId("notice").textContent = text
  byId("notice").hidden = text === ""
}

const askForKey = (text) => {
  sessionStorage.removeItem(keyName)
  byId("board").hidden = true
  byId("forget").hidden = true
  byId("unlock").hidden = false
  byId("key").focus()
  tell(text)
}

const parts = [["/api/v1/status", showPrograms], ["/api/v1/metrics", showRates], ["/api/v1/books", showBooks]]

const refresh = async () => {
  window.clearTimeout(timer)
  const mine = ++round
  const results = await Promise.allSettled(parts.map(([path]) => read(path)))
  if (mine !== round) return
  const failures = results.filter(({ status }) => status === "rejected").map(({ reason }) => reason)
  const refused = failures.find((failure) => failure instanceof Refused)
  if (refused !== undefined) return askForKey(refused.message)
  results.forEach((result, index) => result.status === "fulfilled" && parts[index][1](result.value))
  tell(
    [
      ...new Set(
        failures.map((failure) => failure.name === "TimeoutError" ? "The server does not answer." : failure.message)
      )
    ].join(" ")
  )
  byId("unlock").hidden = true
  byId("forget").hidden = false
  byId("board").hidden = failures.length === parts.length
  if (failures.length === 0) byId("updated").textContent = `As of ${new Date().toLocaleTimeString()}`
  timer = window.setTimeout(refresh, pause)
}

byId("unlock").addEventListener("submit", (event) => {
  event.preventDefault()
  sessionStorage.setItem(keyName, byId("key").value.trim())
  byId("key").value = ""
  void refresh()
})

byId("forget").addEventListener("click", () => {
  window.clearTimeout(timer)
  round++
  askForKey("")
})

if (sessionStorage.getItem(keyName) === null) askForKey("")
else void refresh()
