-- Returns the books.
return booksNow()
