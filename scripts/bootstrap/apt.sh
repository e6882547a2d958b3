# Debian packages without installing them: fetched and unpacked into a folder of this clone. Needs no root, and lets
# packages that exclude each other stand side by side.

apt_options=()

apt_ready() {
  have apt-get && have dpkg || return 1
  LC_ALL=C apt-get "${apt_options[@]+"${apt_options[@]}"}" install --simulate --no-install-recommends "$@" >/dev/null 2>&1
}

# The system's package lists may be missing or out of date; then this clone gets its own.
apt_update() {
  local own=$tools/apt
  mkdir -p "$own/lists/partial" "$own/archives/partial"
  apt_options=(-o "Dir::State::lists=$own/lists" -o "Dir::Cache=$own" -o "Dir::Cache::archives=$own/archives" -o APT::Sandbox::User=
    -o Debug::NoLocking=1)
  [ -z "$(find "$own/lists" -maxdepth 1 -name '*_Packages*' -mmin -720 2>/dev/null)" ] || return 0
  say "fetching Debian's package lists"
  apt-get "${apt_options[@]}" update -qq >/dev/null 2>&1
}

# Makes sure that apt knows these packages, by the system's lists or by this clone's.
apt_find() { apt_ready "$@" || { have apt-get && apt_update && apt_ready "$@"; }; }

# unpack_debs FOLDER PACKAGE...: the packages and whatever they need that the system lacks.
unpack_debs() {
  local folder=$1 names list
  shift
  apt_find "$@" || return 1
  names=$(LC_ALL=C apt-get "${apt_options[@]+"${apt_options[@]}"}" install --simulate --no-install-recommends "$@" 2>/dev/null |
    awk '/^Inst/ && $2 !~ /^(libllvm|pci.ids$)/ { print $2 }')
  # A package that the system has already is wanted here all the same, when its programs are to be left alone there.
  list=$(printf '%s\n' $names "$@" | sort -u)
  rm -rf "$folder" "$folder.new" "$folder.debs"
  mkdir -p "$folder.new" "$folder.debs"
  say "fetching $1 as a Debian package"
  if ! (cd "$folder.debs" && apt-get "${apt_options[@]+"${apt_options[@]}"}" -qq download $list >/dev/null 2>&1); then
    # A list from the image may name versions that the archive no longer has.
    [ ${#apt_options[@]} -eq 0 ] && apt_update && unpack_debs "$folder" "$@"
    return
  fi
  local deb
  for deb in "$folder.debs"/*.deb; do dpkg -x "$deb" "$folder.new" || return 1; done
  rm -rf "$folder.debs"
  mv "$folder.new" "$folder"
}

# The folders of an unpacked tree that hold shared libraries, joined as LD_LIBRARY_PATH wants them.
libraries_of() {
  local folder paths=
  for folder in "$1"/usr/lib/*-linux-gnu* "$1"/lib/*-linux-gnu*; do
    [ ! -d "$folder" ] || paths=${paths:+$paths:}$folder
  done
  printf '%s' "$paths"
}

# The last resort: change the system, and say so.
install_on_system() {
  local as_root=
  if [ "$(id -u)" -ne 0 ]; then
    have sudo && sudo -n true 2>/dev/null || return 1
    as_root="sudo -n"
  fi
  if have apt-get; then
    say "installing $* on this system (apt-get install)"
    $as_root apt-get update -qq >/dev/null 2>&1 || true
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1
  else
    return 1
  fi
}

# Homebrew works as the ordinary user.
install_with_brew() {
  have brew || return 1
  say "installing $* with Homebrew"
  brew install --quiet "$@" >/dev/null
}
