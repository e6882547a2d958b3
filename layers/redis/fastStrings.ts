/**
 * Undoes what loading ioredis does to strings; to be called once it is loaded.
 *
 * A class of ioredis extends String, so V8 turns the methods of all strings into a dictionary and looks `charCodeAt` up
 * at each call. It turns them back when code that runs often calls a method through an object that inherits from there.
 * measured: without 11.7 ns, with 2.2 ns a character, how: `charCodeAt` over 2,000 lines of 110 characters after
 * loading ioredis (1.6 ns where it is not loaded). Without, it was a tenth of the alerter's thread.
 */
export const restoreFastStrings = (): void => {
  for (let turn = 0; turn < 1_000; turn++) Object(" ").charCodeAt(0)
}
