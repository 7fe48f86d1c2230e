//! The request over HTTP that a health check makes to its own container, where that is plain to see.
//!
//! A load balancer can make the same request. Whatever might make it another one (a header, a method, a pipe, a second
//! command) is not plain, and then there is none.

use crate::program::probe::{Command, HttpRequest};

/// Options with which the request is no plain `GET`.
const CURL_LONG: &[&str] = &[
    "--cookie",
    "--data",
    "--form",
    "--header",
    "--json",
    "--proxy",
    "--request",
    "--resolve",
    "--unix-socket",
    "--upload-file",
    "--user",
];
const CURL_SHORT: &[char] = &['b', 'd', 'F', 'H', 'T', 'u', 'x', 'X'];
const WGET_LONG: &[&str] =
    &["--body", "--header", "--http-password", "--http-user", "--method", "--password", "--post", "--user"];

/// The request that `command` makes.
pub(super) fn request(command: &Command) -> Option<HttpRequest> {
    match command {
        Command::Shell(line) => of_line(line.known()?),
        Command::Program(words) => {
            let words: Option<Vec<&str>> = words.iter().map(|word| word.known().map(String::as_str)).collect();
            match words?.as_slice() {
                ["sh" | "/bin/sh" | "bash" | "/bin/bash", "-c", line] => of_line(line),
                words => of_words(words),
            }
        }
    }
}

fn of_line(line: &str) -> Option<HttpRequest> {
    let mut line = line.to_owned();
    for silence in ["2>&1", "&>/dev/null", "&> /dev/null", "1>/dev/null", "2>/dev/null", ">/dev/null", "> /dev/null"] {
        line = line.replace(silence, " ");
    }
    let (command, otherwise) = line.split_once("||").unwrap_or((&line, "exit 1"));
    let otherwise: Vec<&str> = otherwise.split_whitespace().collect();
    if !matches!(otherwise.as_slice(), ["exit", _] | ["false"])
        || command.contains(['|', '&', ';', '<', '>', '$', '`', '(', '\n'])
    {
        return None;
    }
    let words: Vec<&str> = command.split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect();
    of_words(&words)
}

fn of_words(words: &[&str]) -> Option<HttpRequest> {
    let (program, arguments) = words.split_first()?;
    let program = program.rsplit('/').next()?;
    let is_special = |argument: &&&str| match program {
        "curl" => {
            CURL_LONG.iter().any(|option| argument.starts_with(option))
                || (argument.starts_with('-') && !argument.starts_with("--") && argument.contains(CURL_SHORT))
        }
        _ => WGET_LONG.iter().any(|option| argument.starts_with(option)),
    };
    if !matches!(program, "curl" | "wget") || arguments.iter().any(|argument| is_special(&argument)) {
        return None;
    }
    let mut addresses = arguments.iter().filter(|argument| is_address(argument));
    let address = addresses.next()?;
    if addresses.next().is_some() { None } else { local(address) }
}

fn is_address(argument: &str) -> bool {
    argument.contains("://") || LOCAL.iter().any(|host| argument.starts_with(host))
}

const LOCAL: &[&str] = &["localhost", "127.0.0.1", "[::1]", "0.0.0.0"];

fn local(address: &str) -> Option<HttpRequest> {
    let rest = match address.split_once("://") {
        Some(("http", rest)) => rest,
        Some(_) => return None,
        None => address,
    };
    let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
    let rest = LOCAL.iter().find_map(|host| rest.strip_prefix(host))?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (port, path) = rest.split_at_checked(end)?;
    let port = match port.strip_prefix(':') {
        Some(port) => port.parse().ok().filter(|port| *port > 0)?,
        None if port.is_empty() => 80,
        None => return None,
    };
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    Some(HttpRequest { port, path })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Expr;

    #[test]
    fn sees_plain_requests() {
        let cases = [
            ("curl -f http://localhost || exit 1", Some((80, "/"))),
            ("curl -fsS http://localhost:3000/health >/dev/null || exit 1", Some((3000, "/health"))),
            ("curl --fail --max-time 2 'http://127.0.0.1:8080/a?b=c#d'", Some((8080, "/a?b=c"))),
            ("wget -qO- http://[::1]:81/ || exit 1", Some((81, "/"))),
            ("wget --no-verbose --tries=1 --spider http://localhost/ping || exit 1", Some((80, "/ping"))),
            ("/usr/bin/curl localhost:5000?x", Some((5000, "/?x"))),
            ("curl -f http://localhost 2>&1 || false", Some((80, "/"))),
            ("curl -f https://localhost", None),
            ("curl -f http://db:80", None),
            ("curl -f http://localhostess", None),
            ("curl -XPOST http://localhost", None),
            ("curl -H 'Host: a' http://localhost", None),
            ("curl -sS http://localhost | grep ok", None),
            ("curl -f http://localhost && curl -f http://localhost:81", None),
            ("curl -f http://localhost http://localhost:81", None),
            ("curl -f http://localhost:$PORT", None),
            ("curl -f http://localhost:port", None),
            ("pg_isready -h localhost", None),
            ("curl", None),
            ("", None),
        ];
        for (line, expected) in cases {
            let expected = expected.map(|(port, path): (u16, &str)| HttpRequest { port, path: path.to_owned() });
            assert_eq!(request(&Command::Shell(Expr::from(line))), expected, "{line}");
        }
        let words = ["curl", "-f", "http://localhost:9200"].map(Expr::from).to_vec();
        assert_eq!(request(&Command::Program(words)), Some(HttpRequest { port: 9200, path: "/".to_owned() }));
        let words = ["sh", "-c", "curl -f http://localhost || exit 1"].map(Expr::from).to_vec();
        assert_eq!(request(&Command::Program(words)), Some(HttpRequest { port: 80, path: "/".to_owned() }));
    }
}
