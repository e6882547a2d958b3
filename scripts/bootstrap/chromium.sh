# Chromium, for the tests of the console: the system's, else Debian's build without a window, which needs neither GTK nor a
# display, unpacked here with a font of its own: a bare machine has none.

chromium_runs() { [ -x "$1" ] && "$1" --version >/dev/null 2>&1; }

system_chromium() {
  local name program
  for name in chromium google-chrome-stable google-chrome "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    program=$(command -v "$name" || true)
    if chromium_runs "$program"; then
      printf '%s' "$program"
      return
    fi
  done
  return 1
}

# What Debian's packages would set up when installed: where libraries and fonts are. Those of PulseAudio have a folder of their own.
chromium_launcher() {
  local folder=$1 sound
  sound=$(ls -d "$folder"/usr/lib/*/pulseaudio 2>/dev/null || true)
  cat >"$folder/fonts.conf" <<'FONTS'
<?xml version="1.0"?>
<fontconfig>
  <dir prefix="relative">usr/share/fonts</dir>
  <cachedir prefix="xdg">fonts</cachedir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
FONTS
  cat >"$folder/run" <<LAUNCHER
#!/bin/sh
# Made by scripts/bootstrap/chromium.sh.
here=\$(dirname "\$0")
LD_LIBRARY_PATH='$(libraries_of "$folder"):$sound' FONTCONFIG_FILE="\$here/fonts.conf" XDG_CACHE_HOME="\$here/cache" \\
  exec "\$here/usr/lib/chromium/chromium-headless-shell" "\$@"
LAUNCHER
  chmod +x "$folder/run"
}

find_chromium() {
  local folder=$tools/chromium program
  if program=$(system_chromium); then
    client chromium "$program"
    return
  fi
  [ -d "$folder" ] || unpack_debs "$folder" chromium-headless-shell fonts-dejavu-core || true
  [ ! -d "$folder" ] || chromium_launcher "$folder"
  if chromium_runs "$folder/run"; then
    client chromium "$folder/run"
  else
    missing chromium "neither the system nor Debian's packages have it" "install chromium with the system's package manager"
  fi
}
