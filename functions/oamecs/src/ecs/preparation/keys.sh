# After the word `keys`, four words a directory: a file for each key of the JSON object in the variable.
export LC_ALL=C variable directory
while [ $# -gt 0 ]; do
  [ "$1" != keys ] || shift
  variable=$1 directory=$2
  umask 022
  mkdir -p -- "$directory"
  umask 077
  awk 'BEGIN {
  ORS = ""
  rest = ENVIRON[ENVIRON["variable"]] ""
  space(); expect("{"); space()
  while (substr(rest, 1, 1) != "}") {
    key = text(); space(); expect(":"); space()
    if (key == "" || key == "." || key == ".." || index(key, "/")) exit 1
    file = ENVIRON["directory"] "/" key
    print (substr(rest, 1, 1) == "\"" ? text() : raw()) > file
    close(file)
    space()
    if (substr(rest, 1, 1) == "}") break
    expect(","); space()
    if (substr(rest, 1, 1) != "\"") exit 1
  }
  expect("}"); space()
  exit rest != ""
}
function take(count,  taken) { taken = substr(rest, 1, count); rest = substr(rest, count + 1); return taken }
function space() { if (match(rest, /^[ \t\r\n]+/)) take(RLENGTH) }
function expect(character) { if (take(1) != character) exit 1 }
function text(  found, character) {
  expect("\"")
  for (;;) {
    if (match(rest, /^[^"\\]+/)) found = found take(RLENGTH)
    if ((character = take(1)) == "\"") return found
    if (character == "" || (character = take(1)) == "") exit 1
    if (character == "u") found = found utf8(unit())
    else if (character == "b") found = found "\b"
    else if (character == "f") found = found "\f"
    else if (character == "n") found = found "\n"
    else if (character == "r") found = found "\r"
    else if (character == "t") found = found "\t"
    else if (index("\"\\/", character)) found = found character
    else exit 1
  }
}
function unit(  number, i, digit) {
  for (i = 0; i < 4; i++) {
    digit = tolower(take(1))
    if (digit !~ /^[0-9a-f]$/) exit 1
    number = number * 16 + index("0123456789abcdef", digit) - 1
  }
  return number
}
function utf8(code,  low) {
  if (code >= 55296 && code < 57344) {
    if (code >= 56320 || take(2) != "\\u") exit 1
    low = unit()
    if (low < 56320 || low >= 57344) exit 1
    code = 65536 + (code - 55296) * 1024 + low - 56320
  }
  if (code == 0) exit 1
  if (code < 128) return sprintf("%c", code)
  if (code < 2048) return sprintf("%c%c", 192 + int(code / 64), 128 + code % 64)
  if (code < 65536) return sprintf("%c%c%c", 224 + int(code / 4096), 128 + int(code / 64) % 64, 128 + code % 64)
  return sprintf("%c%c%c%c", 240 + int(code / 262144), 128 + int(code / 4096) % 64, 128 + int(code / 64) % 64, 128 + code % 64)
}
function raw(  found, depth, character) {
  if (rest !~ /^[[{]/) {
    if (!match(rest, /^[-+.0-9A-Za-z]+/)) exit 1
    return take(RLENGTH)
  }
  do {
    if (match(rest, /^[^][{}"]+/)) found = found take(RLENGTH)
    if (match(rest, /^"([^"\\]|\\.)*"/)) { found = found take(RLENGTH); continue }
    found = found (character = take(1))
    if (character == "") exit 1
    depth += index("{[", character) ? 1 : character == "\"" ? 0 : -1
  } while (depth > 0)
  return found
}' || { echo "the secret for $directory is no JSON object whose keys can be names of files" >&2; exit 1; }
  find "$directory" -type f -exec chown "$3" {} + -exec chmod "$4" {} +
  shift 4
done
