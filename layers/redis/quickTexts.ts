/**
 * A class of ioredis extends String, whereupon V8 keeps the methods of all texts in a dictionary and looks `charCodeAt` up for each
 * character: a tenth of the alerter's thread. V8 undoes that as soon as code that runs often calls a method of an object that inherits
 * from there. To be called once ioredis is loaded.
 */
export const keepTextsQuick = (): void => {
  for (let turn = 0; turn < 1_000; turn++) Object(" ").charCodeAt(0)
}
