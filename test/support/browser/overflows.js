// Run in a page by inspect.ts: gives a line for each thing that leaves the window, spills out of its box, or lies over
// what stands beside it. Less than a pixel is rounding.
;(() => {
  const slack = 1
  const found = new Set()

  const nameOf = (element) => {
    const classes = [...element.classList].map((name) => `.${name}`).join("")
    const words = (element.getAttribute("aria-label") ?? element.textContent ?? "").trim().replace(/\s+/g, " ").slice(
      0,
      30
    )
    return `<${element.localName}${element.id === "" ? "" : `#${element.id}`}${classes}> "${words}"`
  }

  const isSeen = ({ height, width }) => width > slack && height > slack
  /** One for each line of what is broken over lines. */
  const boxesOf = (element) => [...element.getClientRects()].filter(isSeen)
  const isShown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  const styleOf = (element) => getComputedStyle(element)

  /** For screen readers alone: a dot that hides what is in it. */
  const isDot = (element) => styleOf(element).overflowX !== "visible" && boxesOf(element).length === 0

  const blockOf = (element) =>
    ["inline", "contents"].includes(styleOf(element).display) && element.parentElement !== null
      ? blockOf(element.parentElement)
      : element

  /** What an element lies in: a dialog and what is fixed lie in the window, what is absolute in what it is placed by. */
  const placedIn = (element) => {
    const { position } = styleOf(element)
    if (position === "fixed" || element.matches(":modal, :popover-open")) return null
    return position === "absolute" ? element.offsetParent ?? null : element.parentElement
  }

  /** What scrolls or cuts off an element sideways, so that the window does not have to hold it. */
  const findHolder = (element) => {
    const above = placedIn(element)
    if (above === null || above === document.body || above === document.documentElement) return undefined
    return styleOf(above).overflowX === "visible" ? holderOf(above) : above
  }
  const holders = new Map()
  const holderOf = (element) => {
    if (!holders.has(element)) holders.set(element, findHolder(element))
    return holders.get(element)
  }

  /** Outside as a whole until it has the focus. */
  const waits = (element) => element.matches("a[href], button, input, select, textarea, [tabindex]")

  const leavesWindow = (element) => {
    const holder = holderOf(element)
    // Nothing scrolls further to the left than to its start.
    const start = holder === undefined
      ? -scrollX
      : holder.getBoundingClientRect().left + holder.clientLeft - holder.scrollLeft
    const end = holder === undefined ? innerWidth : Infinity
    for (const { bottom, left, right } of boxesOf(element)) {
      if (bottom <= 0 || (right <= start && waits(element))) continue
      if (right > end + slack || left < start - slack) {
        const [from, to] = [Math.round(left), Math.round(right)]
        found.add(
          holder === undefined
            ? `${nameOf(element)} leaves the window: from ${from} to ${to} of ${innerWidth} px`
            : `${nameOf(element)} begins before ${nameOf(holder)}, where nothing scrolls to: from ${from} to ${to} px`
        )
      }
    }
  }

  const spills = (element) => {
    const block = blockOf(element)
    const { overflowX, textOverflow } = styleOf(block)
    if (["auto", "scroll"].includes(overflowX) || (overflowX !== "visible" && textOverflow === "ellipsis")) return
    const box = block.getBoundingClientRect()
    for (const node of element.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE || node.textContent.trim() === "") continue
      const range = document.createRange()
      range.selectNodeContents(node)
      for (const { left, right } of [...range.getClientRects()].filter(isSeen)) {
        if (right > box.right + slack || left < box.left - slack) {
          found.add(
            `the text of ${nameOf(element)} ${overflowX === "visible" ? "spills out of" : "is cut off by"} ${
              nameOf(block)
            }`
          )
        }
      }
    }
  }

  const common = (a, b) => {
    const width = Math.min(a.right, b.right) - Math.max(a.left, b.left)
    const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
    return width > slack && height > slack ? `${Math.round(width)} × ${Math.round(height)} px` : undefined
  }
  const isPlaced = (element) => ["absolute", "fixed", "sticky"].includes(styleOf(element).position)
  /** What is placed lies over others on purpose, but not over its own kind: rows of a list are placed too. */
  const mayOverlap = (a, b) =>
    (isPlaced(a) || isPlaced(b)) &&
    !(isPlaced(a) && isPlaced(b) && a.localName === b.localName && a.className === b.className)

  const overlap = (siblings) => {
    siblings.forEach((one, index) => {
      for (const other of siblings.slice(index + 1)) {
        if (mayOverlap(one, other)) continue
        const shared = boxesOf(one).flatMap((a) => boxesOf(other).flatMap((b) => common(a, b) ?? []))[0]
        if (shared !== undefined) found.add(`${nameOf(one)} and ${nameOf(other)} overlap by ${shared}`)
      }
    })
  }

  const look = (element) => {
    if (!isShown(element) || isDot(element)) return
    leavesWindow(element)
    spills(element)
    // What a drawing does inside is its own affair.
    if (element.localName === "svg" || element.localName === "canvas") return
    const children = [...element.children].filter((child) => isShown(child) && !isDot(child))
    overlap(children)
    for (const child of children) look(child)
  }

  look(document.body)
  return [...found]
})()
