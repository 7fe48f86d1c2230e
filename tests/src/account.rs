//! An AWS account on loopback, for the function of our own resources: moto, with CloudFormation, Lambda and the addresses of answers by
//! the [stand-in](crate::stand_in), as moto's CloudFormation knows no stack that a test could roll back.

#![expect(clippy::missing_panics_doc, clippy::panic, clippy::unwrap_used, reason = "a test fails so")]

use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;

use crate::http::{self, Asked, Response};
use crate::stand_in::{Reply, StandIn, service};
use crate::tools::{Tools, run};

/// What the stand-in has of the account.
const BESIDE: [&str; 2] = ["cloudformation", "lambda"];

/// The account, which ends with this.
#[derive(Debug)]
pub struct Account {
    /// Where all of its services are: `http://127.0.0.1:…`.
    pub endpoint: String,
    stand_in: Arc<Mutex<StandIn>>,
    moto: Child,
}

impl Account {
    /// Starts it, and makes in it what a script of this folder makes: what that prints, as JSON.
    pub fn start(seed: &str) -> (Self, Value) {
        let port = free_port();
        let moto = Tools::moto()
            .command("python3")
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .env("MOTO_ACCOUNT_ID", "123456789012")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let address = format!("127.0.0.1:{port}");
        let started = Instant::now();
        while TcpStream::connect(&address).is_err() {
            assert!(started.elapsed() < Duration::from_mins(1), "moto does not start");
            thread::sleep(Duration::from_millis(50));
        }
        let stand_in = Arc::new(Mutex::new(StandIn::default()));
        let behind = Arc::clone(&stand_in);
        let moto_address = address.clone();
        let front = http::serve(move |asked| route(&asked, &behind, &moto_address));
        let account = Self { endpoint: format!("http://{front}"), stand_in, moto };
        let mut script = Tools::moto().script(seed);
        let seeded = run(script.envs(account.variables()).arg(format!("http://{address}")));
        (account, serde_json::from_slice(&seeded.stdout).unwrap())
    }

    /// The stand-in. Not to be kept while the function runs.
    pub fn stand_in(&self) -> MutexGuard<'_, StandIn> {
        self.stand_in.lock().unwrap()
    }

    /// The environment of whoever uses the account.
    pub fn variables(&self) -> [(&str, &str); 5] {
        [
            ("AWS_ACCESS_KEY_ID", "AKID"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_DEFAULT_REGION", "eu-west-1"),
            ("AWS_ENDPOINT_URL", &self.endpoint),
        ]
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let _ = self.moto.kill();
        let _ = self.moto.wait();
    }
}

fn route(asked: &Asked, stand_in: &Mutex<StandIn>, moto: &str) -> Option<Response> {
    if service(asked).is_some_and(|service| !BESIDE.contains(&service.as_str())) {
        return Some(http::forward(moto, asked));
    }
    match stand_in.lock().unwrap().serve(asked, SystemTime::now()) {
        Reply::Answer { status, content_type, body } => {
            Some(Response { status, headers: vec![("Content-Type".to_owned(), content_type.to_owned())], body })
        }
        Reply::Silence => None,
    }
}

/// A port of loopback that nobody has at the moment.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap_or_else(|error| panic!("loopback: {error}"));
    listener.local_addr().unwrap().port()
}
