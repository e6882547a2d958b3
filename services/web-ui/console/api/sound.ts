import { Bell } from "./Bell.ts"
import { kept } from "./kept.ts"

const [pitchHz, seconds, loudness] = [880, 0.25, 0.2]

let context: AudioContext | undefined

/** A short tone, made here: nothing is loaded for it. Before somebody touched the page the browser lets none out. */
export const beep = (): void => {
  context ??= new AudioContext()
  const { currentTime, destination } = context
  const [tone, volume] = [context.createOscillator(), context.createGain()]
  tone.frequency.value = pitchHz
  volume.gain.setValueAtTime(loudness, currentTime)
  volume.gain.exponentialRampToValueAtTime(0.001, currentTime + seconds)
  tone.connect(volume).connect(destination)
  tone.start(currentTime)
  tone.stop(currentTime + seconds)
  if (context.state === "suspended") void context.resume()
}

/** Off until somebody asks for it, in each browser. */
export const soundPlace = "sound"

/** The one bell of this page. */
export const bell = new Bell({
  play: beep,
  isOn: () => kept(soundPlace) === "on",
  nowMs: () => performance.now()
})
