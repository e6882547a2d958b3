/** The version of MUTT that the documents of both APIs name. A release writes it, with the one in package.json. */
export const version = "3.0.0"
