//! Amounts of processors, memory and disk, in every spelling of OAM documents: one reader for all versions.
//!
//! The specification writes [`5M`, `7GB`](https://github.com/oam-dev/spec/blob/4af9e65/3.component_model.md#units) in either
//! case and says not whether that is decimal; Kubernetes writes `64Mi`, `100m` and `1e3`, and its `M` is decimal, as is that of
//! the reference implementations. So it is here.

use crate::decimal::scaled;
use crate::program::container::{Bytes, MilliCpu};

/// An amount of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// The bytes.
    pub bytes: Bytes,
    /// Whether a number without a unit was taken for MiB: as bytes, no container could start in it.
    pub is_taken_for_mebibytes: bool,
}

/// Below this many bytes a number without a unit is taken for MiB.
const MEBIBYTE: u64 = 1 << 20;

/// The memory that a text names.
pub fn memory(text: &str) -> Option<Memory> {
    let text = text.trim();
    let plain = text.parse::<u64>().ok().filter(|number| (1..MEBIBYTE).contains(number));
    if let Some(number) = plain {
        return Some(Memory { bytes: Bytes(number * MEBIBYTE), is_taken_for_mebibytes: true });
    }
    Some(Memory { bytes: bytes(text)?, is_taken_for_mebibytes: false })
}

/// The bytes that a text names, rounded up.
pub fn bytes(text: &str) -> Option<Bytes> {
    let (number, unit) = parts(text)?;
    let unit = unit.trim_start();
    if unit == "m" {
        // A thousandth, as Kubernetes has it: not the same as `M`.
        return u64::try_from(decimal(number, 1)?.div_ceil(1000)).ok().map(Bytes);
    }
    let unit = unit.to_ascii_lowercase();
    let unit = unit.strip_suffix('b').unwrap_or(&unit);
    let (power, base) = match unit.strip_suffix('i') {
        Some(unit) if !unit.is_empty() => (power(unit)?, 1024_u128),
        Some(_) => return None,
        None => (power(unit)?, 1000),
    };
    u64::try_from(decimal(number, base.checked_pow(power)?)?).ok().map(Bytes)
}

/// The thousandths of a processor that a text names, rounded up.
pub fn processors(text: &str) -> Option<MilliCpu> {
    let (number, unit) = parts(text)?;
    let thousandths = match unit {
        "" => decimal(number, 1000)?,
        "m" => decimal(number, 1)?,
        _ => return None,
    };
    u64::try_from(thousandths).ok().map(MilliCpu)
}

fn power(unit: &str) -> Option<u32> {
    Some(match unit {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        "e" => 6,
        _ => return None,
    })
}

/// The number at the start, with its exponent if it has one, and what comes after.
fn parts(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text);
    let digits = |character: char| character.is_ascii_digit() || character == '.';
    let mut at = text.find(|character| !digits(character)).unwrap_or(text.len());
    if let Some(exponent) = text.get(at..).and_then(|rest| rest.strip_prefix(['e', 'E'])) {
        let sign = usize::from(exponent.starts_with(['+', '-']));
        let digits = exponent.bytes().skip(sign).take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            at += 1 + sign + digits;
        }
    }
    text.split_at_checked(at).filter(|(number, _)| !number.is_empty())
}

/// A number, which may have an exponent, times `unit`.
fn decimal(number: &str, unit: u128) -> Option<u128> {
    let Some((number, exponent)) = number.split_once(['e', 'E']) else { return scaled(number, unit) };
    let exponent: i32 = exponent.parse().ok().filter(|exponent| (-18..=18).contains(exponent))?;
    let power = 10_u128.pow(exponent.unsigned_abs());
    if exponent >= 0 {
        return scaled(number, unit.checked_mul(power)?);
    }
    // Rounded once only: the digits after the point are few.
    Some(scaled(number, unit.checked_mul(1_000_000)?)?.div_ceil(power.checked_mul(1_000_000)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_memory() {
        let cases = [
            ("10G", Some(10_000_000_000)),
            ("10g", Some(10_000_000_000)),
            ("768M", Some(768_000_000)),
            ("100MB", Some(100_000_000)),
            ("5 M", Some(5_000_000)),
            ("64Mi", Some(67_108_864)),
            ("64MiB", Some(67_108_864)),
            ("2Gi", Some(2_147_483_648)),
            ("1.5Gi", Some(1_610_612_736)),
            ("15k", Some(15_000)),
            ("15K", Some(15_000)),
            ("1e9", Some(1_000_000_000)),
            ("1E", Some(1_000_000_000_000_000_000)),
            ("128974848000m", Some(128_974_848)),
            ("500B", Some(500)),
            ("2097152", Some(2_097_152)),
            ("", None),
            ("Mi", None),
            ("-1", None),
            ("12X", None),
            ("5i", None),
            ("9999999P", None),
        ];
        for (text, expected) in cases {
            assert_eq!(bytes(text), expected.map(Bytes), "{text}");
        }
    }

    #[test]
    fn a_small_number_without_a_unit_is_mebibytes() {
        assert_eq!(memory("128"), Some(Memory { bytes: Bytes(128 << 20), is_taken_for_mebibytes: true }));
        assert_eq!(memory("134217728").map(|memory| memory.is_taken_for_mebibytes), Some(false));
        assert_eq!(memory("0").map(|memory| memory.bytes), Some(Bytes(0)));
        assert_eq!(memory("128M").map(|memory| memory.bytes), Some(Bytes(128_000_000)));
    }

    #[test]
    fn reads_processors() {
        let cases = [
            ("0.1", Some(100)),
            ("4", Some(4000)),
            ("1.25", Some(1250)),
            ("100m", Some(100)),
            ("1e-2", Some(10)),
            ("0.0001", Some(1)),
            ("0", Some(0)),
            ("", None),
            ("half", None),
            ("100M", None),
        ];
        for (text, expected) in cases {
            assert_eq!(processors(text), expected.map(MilliCpu), "{text}");
        }
    }
}
