import { Link } from "@tanstack/react-router"
import type { BooksView } from "../../../../../src/api/web-ui/Overview.ts"
import { bookLines, type Term } from "./bookLines.ts"
import "./BookLines.css"

const TermLink = ({ term: { count, search, to, word } }: { readonly term: Term }) => (
  <Link to={to} {...(search === undefined ? {} : { search })}>{count.toLocaleString("en")} {word}</Link>
)

const differenceWords = (difference: number): string =>
  difference > 0
    ? `${difference.toLocaleString("en")} cannot be found`
    : `${(-difference).toLocaleString("en")} too many`

/** Where everything is that ever came in, in words; each number leads to what it counts. */
export const BookLines = ({ books }: { readonly books: BooksView }) => {
  const lines = bookLines(books)
  if (lines.length === 0) return <p className="quiet-text">Nothing has come in yet.</p>
  return (
    <ul className="book-lines">
      {lines.map(({ difference, key, terms, total }) => (
        <li key={key}>
          <strong>
            <TermLink term={total} />
          </strong>
          <ul>
            {difference !== 0 && (
              <li>
                <span className="severity err">
                  <span aria-hidden="true">▲</span> {differenceWords(difference)}
                </span>
              </li>
            )}
            {terms.map((term) => (
              <li key={term.word}>
                <TermLink term={term} />
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  )
}
