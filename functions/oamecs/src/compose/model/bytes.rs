//! [Byte values](https://github.com/compose-spec/compose-spec/blob/main/11-extension.md#specifying-byte-values): `512m`,
//! `1.5G`, `64MiB`. All units are powers of 1,024, as for Docker.

use crate::decimal::scaled;
use crate::program::container::Bytes;

/// The bytes that a text names: a decimal number, and a unit or none, in either case.
pub(super) fn bytes(text: &str) -> Option<Bytes> {
    let text = text.trim().to_ascii_lowercase();
    let at = text.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(at)?;
    let power = match unit.trim_start() {
        "" | "b" => 0,
        "k" | "kb" | "ki" | "kib" => 1,
        "m" | "mb" | "mi" | "mib" => 2,
        "g" | "gb" | "gi" | "gib" => 3,
        "t" | "tb" | "ti" | "tib" => 4,
        _ => return None,
    };
    let bytes = scaled(number, 1024_u128.pow(power))?;
    u64::try_from(bytes).ok().map(Bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_bytes() {
        let cases = [
            ("0", Some(0)),
            ("1024", Some(1024)),
            ("300b", Some(300)),
            ("64k", Some(65_536)),
            ("512m", Some(536_870_912)),
            ("512M", Some(536_870_912)),
            ("64 MiB", Some(67_108_864)),
            ("1Gi", Some(1_073_741_824)),
            ("1.5G", Some(1_610_612_736)),
            ("2gb", Some(2_147_483_648)),
            ("0.1k", Some(103)),
            ("", None),
            ("m", None),
            ("-1", None),
            ("5x", None),
            ("1..5g", None),
            ("99999999999999999999g", None),
        ];
        for (text, expected) in cases {
            assert_eq!(bytes(text), expected.map(Bytes), "{text}");
        }
    }
}
