//! [`cpus`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#cpus): processors as a decimal number.

use crate::decimal::scaled;
use crate::program::container::MilliCpu;

/// The thousandths of a processor that a decimal number names, rounded up; no floating point on the way.
pub(super) fn cpus(text: &str) -> Option<MilliCpu> {
    let text = text.trim();
    // A number in the document such as 0.00001 arrives in this notation.
    if let Some((number, exponent)) = text.split_once("e-") {
        let places: u32 = exponent.parse().ok().filter(|places| *places < 18)?;
        let nano = scaled(number, 1_000_000)?;
        return u64::try_from(nano.div_ceil(1000 * 10_u128.pow(places))).ok().map(MilliCpu);
    }
    u64::try_from(scaled(text, 1000)?).ok().map(MilliCpu)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_processors() {
        let cases = [
            ("1", Some(1000)),
            ("0.5", Some(500)),
            (".25", Some(250)),
            ("0.001", Some(1)),
            ("0.0001", Some(1)),
            ("1e-5", Some(1)),
            ("1.1234", Some(1124)),
            ("0", Some(0)),
            ("2.", Some(2000)),
            ("", None),
            ("half", None),
            ("-1", None),
            ("1,5", None),
        ];
        for (text, expected) in cases {
            assert_eq!(cpus(text), expected.map(MilliCpu), "{text}");
        }
    }
}
