//! A [Lambda Runtime API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html) on loopback: it runs a function's
//! `bootstrap` as Lambda does, hands it events and takes its answers.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails so")]

use std::collections::VecDeque;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::http::{self, Asked, Response};

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
    run_within(bootstrap, variables, events, PATIENCE)
}

/// The same for a function that Lambda gives so much time for each event.
///
/// # Panics
/// Where the function does not start, or is silent for half a minute and longer than that.
pub fn run_within(bootstrap: &Path, variables: &[(&str, &str)], events: &[String], lifetime: Duration) -> Run {
    let queue: Mutex<VecDeque<String>> = Mutex::new(events.iter().cloned().collect());
    let (sender, receiver) = channel();
    let sender = Mutex::new(sender);
    let address = http::serve(move |asked| serve(asked, &queue, &sender, lifetime));
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
        .env("AWS_LAMBDA_RUNTIME_API", address)
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the function starts");
    let mut function = Function(child);
    let log = collect_log(&mut function.0);
    let heard = listen(&receiver, &mut function.0, started, (events.len(), PATIENCE.max(lifetime)));
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
    (count, patience): (usize, Duration),
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
                if silent_since.elapsed() > patience {
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

/// Answers a request of the function's.
fn serve(
    asked: Asked,
    queue: &Mutex<VecDeque<String>>,
    sender: &Mutex<Sender<Message>>,
    lifetime: Duration,
) -> Option<Response> {
    let send = |message| sender.lock().is_ok_and(|sender| sender.send(message).is_ok());
    if !asked.path.ends_with("/invocation/next") {
        // Errors come to `…/error`, that of a start to `/runtime/init/error`.
        send(Message::Answer(Answer { is_response: asked.path.ends_with("/response"), body: asked.body }));
        return Some(Response { status: 202, ..Response::default() });
    }
    send(Message::Ready);
    let Some(event) = queue.lock().ok().and_then(|mut queue| queue.pop_front()) else {
        // There is nothing more to do: the caller ends the process.
        thread::sleep(PATIENCE);
        return None;
    };
    let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + lifetime;
    let headers = [
        ("Content-Type", "application/json".to_owned()),
        ("Lambda-Runtime-Aws-Request-Id", "8476a536".to_owned()),
        ("Lambda-Runtime-Deadline-Ms", deadline.as_millis().to_string()),
        ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:123456789012:function:transform".to_owned()),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value)).to_vec();
    Some(Response { status: 200, headers, body: event })
}
