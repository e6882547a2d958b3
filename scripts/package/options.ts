export const usage = `Usage: npm run package -- [options]

Makes what ships, in .mutt/dist: the tree of files that the image copies, the npm package, and the Debian package where
there is dpkg-deb. The same sources give the same bytes: files bear the time of the last commit, or SOURCE_DATE_EPOCH.
DEBFULLNAME and DEBEMAIL say who maintains the Debian package.

  --output DIR  puts the packages and their bill of materials there (.mutt/dist)
  --only KIND   tree, npm or deb (the two packages make the tree anew, unless --keep-tree)
  --keep-tree   take the tree that is there
  --json        print JSON instead of lines
  --help        this text
`
