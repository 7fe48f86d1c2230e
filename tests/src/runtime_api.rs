//! A [Lambda Runtime API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html) on loopback: it runs a function's
//! `bootstrap` as Lambda does, hands it events and takes its answers.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails so")]

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// How long a function may take for anything before it is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a function did with an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether it came to `/response`; else to `/error`.
    pub is_response: bool,
    /// The body.
    pub body: String,
}

/// A run of a function, from its start to its end.
#[derive(Clone, Debug)]
pub struct Run {
    /// From the start of the process to its first request for an event.
    pub start: Duration,
    /// What it did with each event.
    pub answers: Vec<Answer>,
    /// What it printed.
    pub log: String,
    /// The most memory that was resident, in KiB.
    pub peak_memory: u64,
}

enum Message {
    Ready,
    Answer(Answer),
}

/// A function's process, which ends with this.
struct Function(Child);

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a function with the given environment variables and hands it the events, one after the other.
///
/// # Panics
/// Where the function does not start, or is silent for half a minute.
pub fn run(bootstrap: &Path, variables: &[(&str, &str)], events: &[String]) -> Run {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port of loopback");
    let address = listener.local_addr().expect("the port has a number");
    let queue: Arc<Mutex<VecDeque<String>>> = Arc::new(Mutex::new(events.iter().cloned().collect()));
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (queue, sender) = (Arc::clone(&queue), sender.clone());
            thread::spawn(move || serve(&stream, &queue, &sender));
        }
    });
    let started = Instant::now();
    let child = Command::new(bootstrap)
        .env_clear()
        .envs([
            ("AWS_LAMBDA_FUNCTION_NAME", "transform"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
            ("AWS_REGION", "eu-west-1"),
        ])
        .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the function starts");
    let mut function = Function(child);
    let log = collect_log(&mut function.0);
    let heard = listen(&receiver, &mut function.0, started, events.len());
    let peak_memory = peak_memory(function.0.id());
    drop(function);
    let log: String = log.into_iter().map(|thread| thread.join().unwrap_or_default()).collect();
    let (start, answers) = heard.unwrap_or_else(|reason| panic!("{}: {reason}\n{log}", bootstrap.display()));
    Run { start, answers, log, peak_memory }
}

fn listen(
    receiver: &Receiver<Message>,
    function: &mut Child,
    started: Instant,
    count: usize,
) -> Result<(Duration, Vec<Answer>), String> {
    let mut start = None;
    let mut answers = Vec::new();
    let mut silent_since = Instant::now();
    while start.is_none() || answers.len() < count {
        match receiver.recv_timeout(Duration::from_millis(100)) {
            Ok(Message::Ready) => start = start.or_else(|| Some(started.elapsed())),
            Ok(Message::Answer(answer)) => answers.push(answer),
            Err(_) => {
                if let Ok(Some(status)) = function.try_wait() {
                    return Err(format!("it ended with {status}"));
                }
                if silent_since.elapsed() > PATIENCE {
                    return Err("it is silent".to_owned());
                }
                continue;
            }
        }
        silent_since = Instant::now();
    }
    Ok((start.unwrap_or_default(), answers))
}

fn collect_log(function: &mut Child) -> Vec<thread::JoinHandle<String>> {
    let read = |mut stream: Box<dyn Read + Send>| {
        thread::spawn(move || {
            let mut text = String::new();
            let _ = stream.read_to_string(&mut text);
            text
        })
    };
    let out = function.stdout.take().map(|stream| read(Box::new(stream)));
    let err = function.stderr.take().map(|stream| read(Box::new(stream)));
    out.into_iter().chain(err).collect()
}

fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// Answers the requests of one connection until it closes.
fn serve(stream: &TcpStream, queue: &Mutex<VecDeque<String>>, sender: &Sender<Message>) {
    let _ = stream.set_nodelay(true);
    let mut reader = BufReader::new(stream);
    while let Some((path, body)) = read_request(&mut reader) {
        let sent = if path.ends_with("/invocation/next") {
            let _ = sender.send(Message::Ready);
            let Some(event) = queue.lock().ok().and_then(|mut queue| queue.pop_front()) else {
                // There is nothing more to do: the caller ends the process.
                thread::sleep(PATIENCE);
                return;
            };
            send_event(stream, &event)
        } else {
            // Errors come to `…/error`, that of a start to `/runtime/init/error`.
            let _ = sender.send(Message::Answer(Answer { is_response: path.ends_with("/response"), body }));
            (&*stream).write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        };
        if sent.is_err() {
            return;
        }
    }
}

fn send_event(mut stream: &TcpStream, event: &str) -> std::io::Result<()> {
    let deadline = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default() + PATIENCE;
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: 8476a536\r\n\
         Lambda-Runtime-Deadline-Ms: {}\r\nLambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-1:123456789012:function:transform\r\n\
         Content-Length: {}\r\n\r\n",
        deadline.as_millis(),
        event.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(event.as_bytes())
}

/// The path and the body of the next request, chunked or not.
fn read_request(reader: &mut BufReader<&TcpStream>) -> Option<(String, String)> {
    let path = read_line(reader)?.split_whitespace().nth(1)?.to_owned();
    let mut length = 0;
    let mut chunked = false;
    loop {
        let line = read_line(reader)?.to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        chunked |= line.starts_with("transfer-encoding:") && line.contains("chunked");
    }
    let mut body = Vec::new();
    if chunked {
        loop {
            let size = usize::from_str_radix(read_line(reader)?.trim(), 16).ok()?;
            let mut chunk = vec![0; size];
            reader.read_exact(&mut chunk).ok()?;
            read_line(reader)?;
            if size == 0 {
                break;
            }
            body.extend(chunk);
        }
    } else {
        body.resize(length, 0);
        reader.read_exact(&mut body).ok()?;
    }
    Some((path, String::from_utf8(body).ok()?))
}

fn read_line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let read = reader.read_line(&mut line).ok()?;
    (read > 0).then(|| line.trim_end().to_owned())
}
