/** Runs a computation that pauses to its end, without pausing. */
export const inOneGo = <A>(steps: Generator<void, A>): A => {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}
