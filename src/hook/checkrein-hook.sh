#!/bin/sh
# The hook client of Checkrein. Written by the extension; changes are overwritten.
# Exit 0 lets the call through, exit 2 blocks it; every other end is turned into 2. Besides curl or
# Node only built-ins run. A window that is not there (curl code 7) has read nothing from stdin, so
# the next one, or Node, still finds the whole payload.
home=@HOME@
node=@NODE@
curl=@CURL@
agent=$1
limit=$2
nl='
'
PATH=/usr/bin:/bin
IFS=' '
umask 077

block() {
  printf '%s\n' "Checkrein blocked this call: $1" >&2
  exit 2
}

# Ends the hook with the window's answer, or returns when no window is there. The bound is on the
# speed, because with a bound on the time (-m) curl reads stdin to its end before it sees a refusal;
# it strikes about 6 s late, since curl averages the speed over that time.
ask() {
  answer=$("$curl" -q -K "$1" -Y 1 -y "$((limit - 12))" -H "x-checkrein-limit: $limit" \
    "http://checkrein/v1/hook/$agent" 2>/dev/null)
  code=$?
  [ "$code" -eq 7 ] && return
  [ "$code" -eq 0 ] || block "the editor broke off or did not answer in time (curl $code)."
  case $answer in
    'checkrein/1 0') exit 0 ;;
    "checkrein/1 0$nl"*) reply 0 "${answer#*"$nl"}" ;;
    "checkrein/1 2$nl"*) reply 2 "${answer#*"$nl"}" ;;
    *) block 'the editor gave no readable answer; install the hooks again.' ;;
  esac
}

# First line to stdout, the rest to stderr.
reply() {
  out=${2%%"$nl"*}
  [ -z "$out" ] || printf '%s\n' "$out"
  case $2 in *"$nl"*) printf '%s\n' "${2#*"$nl"}" >&2 ;; esac
  exit "$1"
}

case $agent in '' | *[!a-z0-9-]*) block 'the hook was started with arguments it does not know.' ;; esac
case $limit in '' | *[!0-9]* | ?????*) block 'the hook was started with arguments it does not know.' ;; esac
[ "$limit" -gt 6 ] || block 'the agent gives the hook too little time.'

if [ "$limit" -ge 15 ] && [ -n "$curl" ] && [ -x "$curl" ]; then
  set -- "$home"/windows/*.curl
  if [ $# -gt 1 ]; then
    best='' length=0
    for window; do
      while read -r mark word root; do
        [ "$mark $word" = '# root' ] || break
        case $PWD/ in "$root"/*) [ ${#root} -le $length ] || best=$window length=${#root} ;; esac
      done <"$window"
    done
    [ -z "$best" ] || ask "$best"
  fi
  for window; do
    [ ! -f "$window" ] || ask "$window"
  done
fi
[ -x "$node" ] || block 'no editor window is open, and the editor that installed the hook is gone.'
ELECTRON_RUN_AS_NODE=1 "$node" "$home/hook/hook.js" "$agent" --home "$home" --limit "$limit"
code=$?
[ "$code" -eq 0 ] && exit 0
[ "$code" -eq 2 ] || block "the hook client failed (code $code)."
exit 2
