#!/usr/bin/env bash
# Antiphon in the time of a DAW, with Ardour itself: it rolls and records, headless, on a JACK server of its own;
# a player that is not ours plays on its beats, Antiphon answers, and every note that Ardour then has on its two
# tracks is looked for on its grid. Proves where the notes are, nothing else of time.
#
#   tests/live/ardour/run.sh [ANTIPHON]
#
# ANTIPHON (or $ANTIPHON, else antiphon) is the program. BPM=110 is the tempo. SOURCES="jack midi" are the clocks that
# Antiphon follows, one after the other: Ardour's bars and beats on JACK's transport, and what comes out of its port
# "MIDI Clock out"; with SOURCES=none a stand-in answers, which proves that the recording is exact.
# PYTHON=/usr/bin/python3 says which Python has JACK-Client, where the first on the path is not Debian's.
#
# Run by hand, on Debian 12, from anywhere; needs no sound card and no display, but
#   apt install ardour jackd2 python3-jack-client
# Takes some two and a half minutes, most of them waiting. What it found is kept beside this file, in
# last-output.txt. Exit code 0 if all checks passed, else 1.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
antiphon=${1:-${ANTIPHON:-antiphon}}
usual="jack midi"
sources=${SOURCES:-$usual}
readonly here antiphon usual sources again=75 tries=6 limit_s=180

work=$(mktemp -d)
server=
end_server() {
  [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
  server=
}
trap 'end_server; rm -rf "$work"' EXIT

export JACK_DEFAULT_SERVER=antiphon-ardour-$$ JACK_NO_START_SERVER=1
export XDG_CONFIG_HOME=$work/config XDG_CACHE_HOME=$work/cache
mkdir -p "$XDG_CONFIG_HOME/ardour7"
cp "$here/ardour.config" "$XDG_CONFIG_HOME/ardour7/config"

# Periods as studios have them: the circle from Ardour to Antiphon and back costs one, 2.7 ms. And no sound at all:
# for as long as that takes on its way out, Ardour would be ahead of JACK's transport, start its MIDI clock a beat
# late and keep no recording.
priority=(--no-realtime)
if chrt -f 70 true 2>/dev/null; then priority=(--realtime -P 70); fi
start_server() {
  jackd -n "$JACK_DEFAULT_SERVER" "${priority[@]}" -S -d dummy -r 48000 -p 128 -C 0 -P 0 >"$work/jackd.log" 2>&1 &
  server=$!
  sleep 1
}

# Now and then two of Ardour's threads speak to the server at once while it makes a session, and lose it: then again.
check() {
  local try code=$again
  for ((try = 1; try <= tries && code == again; try++)); do
    start_server
    rm -rf "$work/run" && mkdir "$work/run"
    code=0
    timeout -k 5 "$limit_s" "${PYTHON:-python3}" "$here/check.py" "$1" "${BPM:-110}" "$work/run" "$antiphon" \
      >"$work/output" || code=$?
    end_server
  done
  cat "$work/output"
  return "$code"
}

passed=0
date -u +"%Y-%m-%d" | tee "$work/report"
for source in $sources; do
  check "$source" | tee -a "$work/report" || passed=1
done
# Half a run is no record, and a stand-in's is not Antiphon's.
if [ "$sources" = "$usual" ] && [ "$(grep -c 'checks \(passed\|failed\)\.$' "$work/report")" = 2 ]; then
  cp "$work/report" "$here/last-output.txt"
fi
exit "$passed"
