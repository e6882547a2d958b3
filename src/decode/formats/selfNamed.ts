import { matchAt } from "../characters.ts"
/** Where the name of a device stands, and where the text goes on. */
interface SelfNamed {
  readonly hostname: string
  readonly end: number
}

/** Devices without a clock, or with their time behind the name. Each form has something that no prose has. */
const forms: ReadonlyArray<RegExp> = [
  // UniFi: name, MAC address and firmware.
  /([A-Za-z0-9][\w.-]{0,63}) [0-9A-Fa-f]{12},[\w+-]{1,48}[\w.+-]{0,48}: {0,4}/y,
  // ScreenOS: its name, as a tag would stand.
  /([A-Za-z0-9][\w.-]{0,63}): (?=NetScreen device_id=)/y,
  // Radware: its name and address in brackets.
  /\[Device: ([A-Za-z0-9][\w.-]{0,63}) [\d.]{7,15}\] {0,4}/y,
  // Kiwi, which passes messages on.
  /Original Address=([\w.:]{2,64}) {1,4}/y,
  // Tasmota.
  /([A-Za-z0-9][\w.-]{0,63}) (?=ESP-[A-Z0-9]{2,4}: )/y,
  // Opengear: name, port and a date with the month in letters.
  /([A-Za-z0-9][\w.-]{0,63}) (?=[\w.-]{1,64} \d{4}-[A-Z][a-z]{2}-[ \d]?\d \d\d:\d\d:\d\d)/y,
  // A dash for the time, as RFC 5424 has it, in a message of RFC 3164.
  /- ([A-Za-z0-9][\w.-]{0,63}) (?=[A-Za-z][\w.-]{0,63}(?:\[\d{1,10}\])?: )/y
]

/** Reads the name of a device that writes no time before it. */
export const readSelfNamed = (line: string, at: number): SelfNamed | undefined => readForm(forms, line, at)

const readForm = (forms: ReadonlyArray<RegExp>, line: string, at: number): SelfNamed | undefined => {
  for (const form of forms) {
    const hostname = matchAt(form, line, at)?.[1]
    if (hostname !== undefined) return { hostname, end: form.lastIndex }
  }
  return undefined
}

const longNames: ReadonlyArray<RegExp> = [
  // UniFi: name, MAC address and firmware.
  /([A-Za-z0-9][\w.-]{0,63}),[0-9A-Fa-f]{6,12},v?\d[\w.+-]{0,48}(?::(?= )|(?= )) {1,4}/y,
  // AIX, of a message that it passes on.
  /(?:Message forwarded from|From) ([\w.:-]{1,255}?): +/y,
  // ONTAP: its name twice.
  /([A-Za-z0-9][\w.-]{0,63}): (?=\1: )/y
]

/** Reads the name of a device behind a time, where it is more than a word. */
export const readLongName = (line: string, at: number): SelfNamed | undefined => readForm(longNames, line, at)
