//! [Durations](https://github.com/compose-spec/compose-spec/blob/main/11-extension.md#specifying-durations): `1m30s`, `1.5h`.

use crate::decimal::scaled;

/// A duration in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seconds {
    /// The seconds, rounded up.
    pub(super) whole: u32,
    /// Whether they were rounded.
    pub(super) rounded: bool,
}

/// The seconds of a duration as Go writes them (`1h2m3.5s`, `250ms`), with `d` and `w` besides.
/// `None` where the text is no duration, or one of more than 136 years.
pub(super) fn seconds(text: &str) -> Option<Seconds> {
    let nanoseconds = nanoseconds(text.trim())?;
    let whole = u32::try_from(nanoseconds.div_ceil(SECOND)).ok()?;
    Some(Seconds { whole, rounded: nanoseconds % SECOND != 0 })
}

/// Nanoseconds of a second.
const SECOND: u128 = 1_000_000_000;

fn nanoseconds(text: &str) -> Option<u128> {
    if text == "0" {
        return Some(0);
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest.is_empty() {
        return None;
    }
    let mut nanoseconds: u128 = 0;
    while !rest.is_empty() {
        let (number, after) = split_where(rest, |character| !character.is_ascii_digit() && character != '.')?;
        let (unit, after) =
            split_where(after, |character| character.is_ascii_digit() || character == '.').unwrap_or((after, ""));
        nanoseconds = nanoseconds.checked_add(scaled(number, unit_nanoseconds(unit)?)?)?;
        rest = after;
    }
    Some(nanoseconds)
}

fn unit_nanoseconds(unit: &str) -> Option<u128> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => SECOND,
        "m" => 60 * SECOND,
        "h" => 3_600 * SECOND,
        "d" => 86_400 * SECOND,
        "w" => 604_800 * SECOND,
        _ => return None,
    })
}

/// The text up to the first character that `ends` accepts, and the rest; `None` if there is none or nothing before it.
fn split_where(text: &str, ends: impl Fn(char) -> bool) -> Option<(&str, &str)> {
    let at = text.find(ends).filter(|at| *at > 0)?;
    text.split_at_checked(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations() {
        let cases = [
            ("30s", Some(30)),
            ("1m30s", Some(90)),
            ("1.5h", Some(5400)),
            ("1h5m30s20ms", Some(3931)),
            ("500ms", Some(1)),
            ("0s", Some(0)),
            ("0", Some(0)),
            ("2d", Some(172_800)),
            ("1w", Some(604_800)),
            ("1µs", Some(1)),
            ("+5s", Some(5)),
            ("", None),
            ("30", None),
            ("s", None),
            ("-5s", None),
            ("5 s", None),
            ("5x", None),
            ("1.2.3s", None),
            (".s", None),
            ("9999w", None),
            ("99999999999999999999999s", None),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds(text).map(|seconds| seconds.whole), expected, "{text}");
        }
        assert!(seconds("1500ms").is_some_and(|seconds| seconds.rounded && seconds.whole == 2));
        assert!(seconds("1.5m").is_some_and(|seconds| !seconds.rounded && seconds.whole == 90));
    }
}
