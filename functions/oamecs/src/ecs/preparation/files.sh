set -eu
# Four words a file: the variable with its content, its path, its owner and its permissions.
write() {
  umask 022
  mkdir -p -- "${2%/*}"
  umask 077
  # What is there may be a link to somewhere else.
  rm -f -- "$2"
  printf %s "$1" >"$2"
  chown "$3" "$2"
  chmod "$4" "$2"
}
while [ $# -gt 0 ] && [ "$1" != keys ]; do
  eval "content=\$$1"
  write "$content" "$2" "$3" "$4"
  shift 4
done
