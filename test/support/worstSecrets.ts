/** A value that somebody may come to use as a secret. */
export interface WorstSecret {
  readonly name: string
  readonly value: string
  /** No process uses it for anything, wherever it is kept. */
  readonly never?: boolean
  /** PostgreSQL takes other characters for it, so it is refused as its password. */
  readonly prepared?: boolean
  /** PostgreSQL takes it for the hash of a password when it is given one, but not when it is given ours. */
  readonly looksHashed?: boolean
}

const plain: ReadonlyArray<readonly [string, string]> = [
  ["an apostrophe", "it's"],
  ["two apostrophes", "''"],
  ["a quotation mark", "say \"so\""],
  ["the end of a string in SQL", "'; DROP ROLE mutt_app; --"],
  ["a dollar quote", "$$x$$ $1"],
  ["a variable of the shell", "$HOME ${HOME} $(id)"],
  ["a backtick", "`id`"],
  ["a backslash at the end", "a\\"],
  ["escapes", "\\n\\0\\u0041\\x41"],
  ["a percent sign", "100%"],
  ["percent encoding", "%41%00%zz"],
  ["a format", "%s%n%d{0}"],
  ["parts of an address", "user:p@ss@host:5432/db?x=y#z&a=b"],
  ["only a colon", ":"],
  ["a slash", "a/b//c"],
  ["a comma and an equals sign", "n=user,r=1,,=2C=3D"],
  ["a semicolon and a bar", "a;b|c&d>e<f"],
  ["a wildcard", "*?[a-z]{x,y}~!^"],
  ["an exclamation mark", "!!$!"],
  ["a space in it", "pass word"],
  ["spaces around it", "  padded  "],
  ["only a space", " "],
  ["a tab", "a\tb"],
  ["a line feed at the end", "a\n"],
  ["a carriage return and a line feed", "a\r\nAUTH x y\r\n"],
  ["a bell and an escape sequence", "\u0007\u001b[31m\u007f"],
  ["a flag", "--help"],
  ["a flag with a value", "-o=x"],
  ["a comment", "#!/bin/sh"],
  ["a hash of Redis", `#${"a".repeat(64)}`],
  ["a rule of Redis", ">nopass ~* +@all"],
  ["an object in JSON", "{\"a\":[1,null]}"],
  ["a number", "0123e4"],
  ["true, null or NaN", "null"],
  ["YAML", "- !!str x: &a *b"],
  ["a template", "{{ .Secret }} <%= x %> ${x}"],
  ["an element", "</script><b>&amp;"],
  ["base64 with padding", "YWJj+/=="],
  ["the name of a member", "__proto__"],
  ["1 KB", "abcdefghijklmnop".repeat(64)],
  ["4 KB", "x".repeat(4_096)],
  ["umlauts", "pässwörd-ß"],
  ["an emoji", "\u{1f511}key"],
  ["a family of emojis", "\u{1f468}\u{1f3fd}\u{1f680}"],
  ["Hebrew", "\u05e1\u05d5\u05d3"],
  ["Arabic and Latin letters", "abc\u0633\u0631"],
  ["Chinese", "密码"],
  ["the highest character", "\u{10fffd}"],
  ["a byte order turned round", "\ufffe"]
]

const prepared: ReadonlyArray<readonly [string, string]> = [
  ["a combining letter", "pa\u0308ss"],
  ["a space that does not break", "a\u00a0b"],
  ["an ideographic space", "a\u3000b"],
  ["full-width letters", "ｐａｓｓ"],
  ["half-width katakana", "ﾊﾟｽ"],
  ["a ligature", "ﬁne"],
  ["a soft hyphen", "pass\u00adword"],
  ["nothing between two letters", "a\u200bb\u200dc"],
  ["a byte order mark", "\ufeffpass"],
  ["a Roman numeral", "Ⅸ"],
  ["a Hangul letter in parts", "\u1112\u1161\u11ab"]
]

const never: ReadonlyArray<readonly [string, string]> = [
  ["a NUL in it", "a\0b"],
  ["only a NUL", "\0"],
  ["half of an emoji", "a\ud83d"],
  ["more than 4 KB", "x".repeat(4_097)],
  ["more than 4 KB of few characters", "密".repeat(1_400)]
]

/** The worst that comes to mind. */
export const worstSecrets: ReadonlyArray<WorstSecret> = [
  ...plain.map(([name, value]) => ({ name, value })),
  { name: "an MD5 of PostgreSQL", value: `md5${"0".repeat(32)}`, looksHashed: true },
  {
    name: "a verifier of PostgreSQL",
    value:
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    looksHashed: true
  },
  ...prepared.map(([name, value]) => ({ name, value, prepared: true })),
  ...never.map(([name, value]) => ({ name, value, never: true }))
]
