/** How much the decoding of one request may make and do. */
export const budgetLimits = {
  /** Output, in bytes, for each byte of input, where no setting says otherwise: what is beyond it is quarantined. */
  multiple: 8,
  /** Characters of each record that count for nothing: ids, times and names are there however short the input is. */
  free: 1_024,
  /** How much of it may be what records share, such as the labels of a stream, in characters. */
  sharedPart: 0.75,
  /** Characters of that which may be repeated whatever the size of the input. */
  shared: 262_144,
  /** Values in one record, nested ones included. */
  values: 4_096,
  /** Parameters of the structured data of one message. */
  parameters: 1_024,
  /** Variables of one trap. */
  variables: 1_024,
  /** Characters of what `snmptrapd` prints of one trap: a datagram in hexadecimal, with names. */
  trap: 262_144,
  /** Characters of work before the clock is read: between a tenth of a millisecond and three. */
  slice: 16_384
} as const

/** What a record costs beside its characters. */
const record = 256

/**
 * Bounds what one request, connection or datagram becomes by what it brought. Everything that decodes charges it while
 * it decodes, and asks it when to pause.
 */
export class Budget {
  /** Records that one request may hold. One more is decoded, so that the caller sees it was passed. */
  readonly records: number
  readonly #allowed: number
  #made = 0
  /** Texts whose bytes were not counted: three for each character are assumed until that is too much. */
  #uncounted: Array<string> | undefined
  #counting = false
  #shared = 0
  #work = 0

  /** `input` is in bytes. */
  constructor(input: number, records: number, multiple: number = budgetLimits.multiple) {
    this.#allowed = input * multiple
    this.records = records
  }

  /** Takes a record's encoded form; `false` when it is more than the input may become. */
  takes(text: string): boolean {
    this.#work += text.length
    return text.length <= budgetLimits.free || this.#charge(text)
  }

  #charge(text: string): boolean {
    if (!this.#counting) {
      const most = this.#made + 3 * text.length - budgetLimits.free
      if (most <= this.#allowed) {
        this.#made = most
        this.#uncounted ??= []
        this.#uncounted.push(text)
        return true
      }
      // It is close: from here on bytes are counted, each text once.
      this.#made = (this.#uncounted ?? []).reduce((sum, earlier) => sum + excess(earlier), 0)
      this.#counting = true
      this.#uncounted = undefined
    }
    const made = this.#made + excess(text)
    if (made > this.#allowed) return false
    this.#made = made
    return true
  }

  /** Repeats `size` characters that several records share; `false` when they were repeated too often. */
  repeats(size: number): boolean {
    this.#work += size
    if (this.#shared + size > this.#allowed * budgetLimits.sharedPart + budgetLimits.shared) return false
    this.#shared += size
    return true
  }

  /** Notes the work on a record or a piece of text; `true` when it is time to pause. */
  works(characters: number): boolean {
    this.#work += characters + record
    if (this.#work < budgetLimits.slice) return false
    this.#work = 0
    return true
  }
}

/** Bytes beyond what counts for nothing, of a text that is longer. */
const excess = (text: string): number => bytesOf(text) - budgetLimits.free

/** Length of the text in UTF-8. */
export const bytesOf = (text: string): number => {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1
  }
  return bytes
}
