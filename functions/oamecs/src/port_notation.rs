//! `[HOST_IP:][HOST:]CONTAINER[/PROTOCOL]`, Docker's notation of ports, for every format that has it.
//!
//! In: text. Out: its parts, or what is wrong with it. A number that YAML 1.1 made of such text: the ports that it stood for.

use thiserror::Error;

/// A short form taken apart; what the parts mean is not looked at yet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Short<'a> {
    /// The address of the host.
    pub(crate) host_ip: Option<&'a str>,
    /// The first and the last port of the host; `None`: any.
    pub(crate) published: Option<(u16, u16)>,
    /// The first and the last port of the container.
    pub(crate) target: (u16, u16),
    /// What follows the slash.
    pub(crate) protocol: Option<&'a str>,
}

/// Why a text is no port and no range of ports.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum PortError {
    /// `http`, `80800`.
    #[error("`{0}` is not a port: ports are 1 to 65535")]
    NotAPort(String),
    /// `80:`.
    #[error("no port of the container follows `{0}:`")]
    NoTarget(String),
    /// `80;8080`.
    #[error("`{0}` stands between two ports, which a colon divides")]
    Separator(String, u16, u16),
    /// `8005-8000`.
    #[error("the range `{0}-{1}` runs backwards")]
    Backwards(u16, u16),
    /// `1-65535`.
    #[error("the range `{0}-{1}` has {count} ports, and at most {RANGE_LIMIT} are read", count = u32::from(*.1) - u32::from(*.0) + 1)]
    TooLong(u16, u16),
}

/// Longer ranges are no ports that a workload has: a load balancer has 50 listeners.
const RANGE_LIMIT: u16 = 100;

impl PortError {
    /// What to write instead; `example` is for ports that nobody can guess.
    pub(crate) fn fix(&self, example: &str) -> String {
        match self {
            Self::NotAPort(_) => example.to_owned(),
            Self::NoTarget(published) => format!(
                "write `\"{published}:{published}\"`, or the port that the container listens on after the colon"
            ),
            Self::Separator(_, first, second) => format!("write `\"{first}:{second}\"`"),
            Self::Backwards(first, last) => format!("write `{last}-{first}`"),
            Self::TooLong(_, _) => "write the ports that are used; a load balancer has at most 50".to_owned(),
        }
    }
}

/// Takes a short form apart.
///
/// # Errors
/// Where it is none.
pub(crate) fn short(text: &str) -> Result<Short<'_>, PortError> {
    let text = text.trim();
    if let Some(error) = separator(text) {
        return Err(error);
    }
    let (text, protocol) = match text.rsplit_once('/') {
        Some((text, protocol)) => (text, Some(protocol)),
        None => (text, None),
    };
    let (rest, target) = match text.rsplit_once(':') {
        Some((rest, "")) => return Err(PortError::NoTarget(rest.to_owned())),
        Some((rest, target)) => (Some(rest), target),
        None => (None, text),
    };
    let (host_ip, published) = match rest.map(|rest| (rest, rest.rsplit_once(':'))) {
        None => (None, None),
        Some((published, None)) => (None, Some(published)),
        Some((_, Some((host_ip, published)))) => {
            (Some(host_ip.trim_start_matches('[').trim_end_matches(']')), Some(published))
        }
    };
    let published = match published {
        // Nothing and 0 leave it open.
        None | Some("" | "0") => None,
        Some(published) => Some(range(published)?),
    };
    Ok(Short { host_ip, published, target: range(target)?, protocol })
}

/// `80`, or `8000-8010`: the first and the last port.
///
/// # Errors
/// Where it is neither.
pub(crate) fn range(text: &str) -> Result<(u16, u16), PortError> {
    let Some((first, last)) = text.split_once('-') else { return port(text).map(|port| (port, port)) };
    let (first, last) = (port(first)?, port(last)?);
    if first > last {
        Err(PortError::Backwards(first, last))
    } else if last - first >= RANGE_LIMIT {
        Err(PortError::TooLong(first, last))
    } else {
        Ok((first, last))
    }
}

fn port(text: &str) -> Result<u16, PortError> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|port| is_number && *port > 0);
    number.ok_or_else(|| PortError::NotAPort(text.to_owned()))
}

/// The two ports of which YAML 1.1 makes this number: an unquoted `22:22` is 22 × 60 + 22, the number 1342. The places after
/// the first are below 60, so that a number has one reading as two ports, and may be a port besides.
pub(crate) fn sexagesimal(number: u64) -> Option<(u64, u64)> {
    let (published, target) = (number / 60, number % 60);
    ((1..=65535).contains(&published) && target > 0).then_some((published, target))
}

/// Two ports with something else between them than a colon: `80;80`, `80->8080`.
fn separator(text: &str) -> Option<PortError> {
    let is_digit = |character: char| character.is_ascii_digit();
    let first = text.split(|character| !is_digit(character)).next()?;
    let second = text.rsplit(|character| !is_digit(character)).next()?;
    let between = text.strip_prefix(first)?.strip_suffix(second)?;
    if between.is_empty() || between.contains(|character| is_digit(character) || "[]".contains(character)) {
        return None;
    }
    let is_known = matches!(between, ":" | "-" | "/" | "::");
    (!is_known).then_some(())?;
    Some(PortError::Separator(between.to_owned(), port(first).ok()?, port(second).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_short_forms_apart() {
        let cases = [
            ("80", (None, None, (80, 80), None)),
            ("8080:80", (None, Some((8080, 8080)), (80, 80), None)),
            ("53:53/udp", (None, Some((53, 53)), (53, 53), Some("udp"))),
            ("127.0.0.1:8080:80", (Some("127.0.0.1"), Some((8080, 8080)), (80, 80), None)),
            ("127.0.0.1::80", (Some("127.0.0.1"), None, (80, 80), None)),
            ("[::1]:8080:80", (Some("::1"), Some((8080, 8080)), (80, 80), None)),
            ("8000-8002:9000-9002", (None, Some((8000, 8002)), (9000, 9002), None)),
            ("3000-3001", (None, None, (3000, 3001), None)),
            (":80", (None, None, (80, 80), None)),
            ("0:80", (None, None, (80, 80), None)),
        ];
        for (text, (host_ip, published, target, protocol)) in cases {
            assert_eq!(short(text), Ok(Short { host_ip, published, target, protocol }), "{text}");
        }
    }

    #[test]
    fn tells_faults_apart() {
        let none = |text: &str| PortError::NotAPort(text.to_owned());
        let between = |text: &str, first, second| PortError::Separator(text.to_owned(), first, second);
        let cases = [
            ("", none("")),
            ("http", none("http")),
            ("80:http", none("http")),
            ("70000", none("70000")),
            ("80800:80", none("80800")),
            ("80:0", none("0")),
            ("+80", none("+80")),
            ("80:", PortError::NoTarget("80".to_owned())),
            ("9-8", PortError::Backwards(9, 8)),
            ("8005-8000:8005-8000", PortError::Backwards(8005, 8000)),
            ("1-65535", PortError::TooLong(1, 65535)),
            ("80;8080", between(";", 80, 8080)),
            ("80->8080", between("->", 80, 8080)),
            ("80, 8080", between(", ", 80, 8080)),
        ];
        for (text, expected) in cases {
            assert_eq!(short(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn numbers_are_read_as_pairs() {
        let cases = [
            (59, None),
            (80, Some((1, 20))),
            (120, None),
            (1342, Some((22, 22))),
            (4822, Some((80, 22))),
            (133_342, Some((2222, 22))),
            (65536 * 60 + 1, None),
        ];
        for (number, expected) in cases {
            assert_eq!(sexagesimal(number), expected, "{number}");
        }
    }
}
