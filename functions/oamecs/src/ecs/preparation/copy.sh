set -eu
# Two words a directory: the image's own, and the one that takes its place.
while [ $# -gt 0 ]; do
  [ ! -d "$1" ] || cp -a "$1/." "$2/"
  shift 2
done
