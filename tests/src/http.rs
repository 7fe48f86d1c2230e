//! An HTTP server on loopback, for what a function under test calls: just enough of HTTP/1.1.

#![expect(clippy::expect_used, reason = "a test fails so")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// A request.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// `POST`.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// By names in lower case.
    pub headers: BTreeMap<String, String>,
    /// As it came, which for all that is asked here is text.
    pub body: String,
}

/// A response.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// `200`.
    pub status: u16,
    /// With their names.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// Serves connections, each on a thread of its own, until the process ends: where. Without a response the connection is closed.
///
/// # Panics
/// Where loopback has no port left.
pub fn serve(answer: impl Fn(Asked) -> Option<Response> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port of loopback");
    let address = listener.local_addr().expect("the port has a number");
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            thread::spawn(move || connection(&stream, &*answer));
        }
    });
    address.to_string()
}

fn connection(mut stream: &TcpStream, answer: &dyn Fn(Asked) -> Option<Response>) {
    let _ = stream.set_nodelay(true);
    let mut reader = BufReader::new(stream);
    while let Some(asked) = read(&mut reader) {
        let Some(Response { status, headers, body }) = answer(asked) else { return };
        let mut head = format!("HTTP/1.1 {status} -\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if write!(stream, "{head}\r\n{body}").is_err() {
            return;
        }
    }
}

/// The next request of a connection, chunked or not.
fn read(reader: &mut BufReader<&TcpStream>) -> Option<Asked> {
    let first = line(reader)?;
    let mut words = first.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let headers = headers(reader)?;
    let body = body(reader, &headers)?;
    Some(Asked { method, path, headers, body })
}

fn headers(reader: &mut impl BufRead) -> Option<BTreeMap<String, String>> {
    let mut headers = BTreeMap::new();
    loop {
        let line = line(reader)?;
        let Some((name, value)) = line.split_once(':') else { return Some(headers) };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
}

fn body(reader: &mut impl BufRead, headers: &BTreeMap<String, String>) -> Option<String> {
    let mut body = Vec::new();
    if headers.get("transfer-encoding").is_some_and(|coding| coding.contains("chunked")) {
        loop {
            let size = usize::from_str_radix(line(reader)?.trim(), 16).ok()?;
            let mut chunk = vec![0; size];
            reader.read_exact(&mut chunk).ok()?;
            line(reader)?;
            if size == 0 {
                break;
            }
            body.extend(chunk);
        }
    } else if let Some(length) = headers.get("content-length") {
        body.resize(length.parse().ok()?, 0);
        reader.read_exact(&mut body).ok()?;
    }
    String::from_utf8(body).ok()
}

fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let read = reader.read_line(&mut line).ok()?;
    (read > 0).then(|| line.trim_end().to_owned())
}

/// Hands a request on to another server of loopback.
///
/// # Panics
/// Where it does not answer in HTTP.
pub fn forward(address: &str, asked: &Asked) -> Response {
    let stream = TcpStream::connect(address).expect("the server is there");
    let mut head = format!("{} {} HTTP/1.1\r\nConnection: close\r\n", asked.method, asked.path);
    for (name, value) in &asked.headers {
        if !["connection", "content-length", "transfer-encoding"].contains(&name.as_str()) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    write!(&stream, "{head}Content-Length: {}\r\n\r\n{}", asked.body.len(), asked.body).expect("it takes requests");
    let mut reader = BufReader::new(&stream);
    let status = line(&mut reader).and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    let headers = headers(&mut reader).expect("it answers in HTTP");
    let mut body = String::new();
    if headers.contains_key("content-length") || headers.contains_key("transfer-encoding") {
        body = self::body(&mut reader, &headers).expect("it answers in text");
    } else {
        reader.read_to_string(&mut body).expect("it answers in text");
    }
    let kept = |name: &str| !["connection", "content-length", "transfer-encoding", "date", "server"].contains(&name);
    let headers = headers.into_iter().filter(|(name, _)| kept(name)).collect();
    Response { status: status.expect("it answers with a status"), headers, body }
}
