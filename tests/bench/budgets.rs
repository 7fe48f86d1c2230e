//! What the compiler and the functions cost, held against what they cannot do without. Both sides of a ratio are measured in
//! turn, in one process, as machines are not equally fast all day: `cargo bench -p oamecs-tests`.

#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "the figures are the result, and the request is ours"
)]

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use oamecs::{Request, compile};
use oamecs_tests::build;
use oamecs_tests::runtime_api::run;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// Runs of each side; the median counts.
const ROUNDS: usize = 41;

/// The most bytes of the macro: what loads quickly, whatever is added. A format takes it some 700 kB; the one of three versions,
/// OAM, 956 kB; stackfiles and rollouts, with what ECS had to learn for them, 390 kB.
const MACRO_SIZE: u64 = 5_250_000;

/// The most bytes of the function that serves our own resources.
const RESOURCE_SIZE: u64 = 9_500_000;

fn main() {
    println!("| services | document | request | result | floor | expansion | ratio (budget 2) |");
    println!("|---|---|---|---|---|---|---|");
    let mut medians = Vec::new();
    for count in [1, 10, 100, 200] {
        for as_text in [false, true] {
            medians.push((count, as_text, expansion(count, as_text)));
        }
    }
    for as_text in [false, true] {
        let median =
            |count| medians.iter().find(|(c, t, _)| *c == count && *t == as_text).map_or(0.0, |(_, _, median)| *median);
        println!("\n200 services against 100, {}: {:.2} (budget 2.2)", kind(as_text), median(200) / median(100));
    }
    functions();
    resource_function();
}

/// A service as people write them: a port here and there, a volume, some variables.
fn document(count: usize) -> Value {
    let services: Map<String, Value> = (0..count)
        .map(|index| {
            let mut service = json!({
                "image": format!("team/service-{index}:1.{index}"),
                "environment": {"LOG_LEVEL": "info", "DATABASE": "db:5432", "INDEX": index.to_string()},
                "healthcheck": {"test": "curl -f http://localhost:8080/health || exit 1", "interval": "10s", "retries": 3},
                "deploy": {"resources": {"limits": {"cpus": "0.5", "memory": "512M"}}},
            });
            if index % 8 == 0 && index < 320 {
                service["ports"] = json!([format!("{}:8080", 8000 + index)]);
            }
            if index % 20 == 0 {
                service["volumes"] = json!(["data:/data"]);
            }
            (format!("service-{}", letters(index)), service)
        })
        .collect();
    json!({"services": services, "volumes": {"data": {}}})
}

fn letters(index: usize) -> String {
    let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap_or_default());
    [letter(index / 676), letter(index / 26), letter(index)].iter().collect()
}

fn request(count: usize, as_text: bool) -> (String, Option<String>) {
    let document = document(count);
    let text = as_text.then(|| serde_yaml::to_string(&document).unwrap_or_default());
    let embedded = text.clone().map_or(document, Value::String);
    let event = json!({
        "accountId": "111111111111", "region": "eu-west-1", "transformId": "111111111111::OamEcs", "params": {},
        "requestId": "6d9f3a1e", "templateParameterValues": {},
        "fragment": {"Resources": {"Shop": {"Type": "OamEcs::Compose", "Properties": {"Document": embedded}}}},
    });
    (event.to_string(), text)
}

/// Prints the row of one document, and returns the median time of its expansion in milliseconds.
fn expansion(count: usize, as_text: bool) -> f64 {
    let (event, text) = request(count, as_text);
    let result: Value = serde_json::from_str(expand(&event).get()).unwrap_or_default();
    let (mut floors, mut expansions) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        floors.push(time(|| {
            black_box(serde_json::from_str::<Value>(&event).ok());
            if let Some(text) = &text {
                black_box(serde_yaml::from_str::<serde_yaml::Value>(text).ok());
            }
            black_box(serde_json::to_string(&result).ok());
        }));
        expansions.push(time(|| {
            black_box(expand(&event));
        }));
    }
    let (floor, median) = (middle(floors), middle(expansions));
    println!(
        "| {count} | {} | {} B | {} B | {floor:.3} ms | {median:.3} ms | {:.2} |",
        kind(as_text),
        event.len(),
        result.to_string().len(),
        median / floor
    );
    median
}

/// From the bytes of a request to the processed template, limits reported but not obeyed: CloudFormation takes 500
/// resources, and the larger documents have more.
fn expand(event: &str) -> Box<RawValue> {
    let mut event: Map<String, Value> = serde_json::from_str(event).unwrap_or_default();
    let fragment = match event.get_mut("fragment").map(Value::take) {
        Some(Value::Object(fragment)) => fragment,
        _ => Map::new(),
    };
    compile(Request { fragment, ..Request::default() }).json
}

fn functions() {
    let transform = build::released("transform");
    let hello = build::released_example("hello");
    let (event, _) = request(10, false);
    let mut starts = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        starts.0.push(run(&transform, &[], &[]).start);
        starts.1.push(run(&hello, &[], &[]).start);
    }
    let (ours, least) = (middle(starts.0), middle(starts.1));
    println!(
        "\nstart to the first request for an event: {ours:.2} ms, hello world {least:.2} ms, ratio {:.2} (budget 1.3)",
        ours / least
    );
    println!("macro binary: {} B (budget {MACRO_SIZE}), hello world {} B", size(&transform), size(&hello));
    assert!(size(&transform) <= MACRO_SIZE, "the macro is larger than its budget");
    let padded = pad(&event, 1_000_000);
    println!("resident memory, 10 services: {} KiB", run(&transform, &[], &[event]).peak_memory);
    println!("resident memory, 1 MB of template: {} KiB (budget 65,536)", run(&transform, &[], &[padded]).peak_memory);
}

fn resource_function() {
    let resource = build::released("resource");
    let start = middle((0..ROUNDS).map(|_| run(&resource, &[], &[]).start).collect());
    println!("\nresource function, start to the first request for an event: {start:.2} ms (budget 60)");
    println!("resource function: {} B (budget {RESOURCE_SIZE})", size(&resource));
    assert!(size(&resource) <= RESOURCE_SIZE, "the resource function is larger than its budget");
    let address = format!("{}/answer", answered());
    let event = json!({"RequestType": "Create", "ResponseURL": address, "ResourceType": "Custom::OamEcs"});
    let memory = run(&resource, &[], &[event.to_string()]).peak_memory;
    println!("resident memory after an answer: {memory} KiB (budget 40,960)");
}

/// The address of a server that takes everything.
fn answered() -> String {
    let Ok(listener) = TcpListener::bind(("127.0.0.1", 0)) else { return String::new() };
    let address = listener.local_addr().map(|address| format!("http://{address}")).unwrap_or_default();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut vec![0; 65_536]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    address
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// The request with so much else in the template that it has `size` bytes.
fn pad(event: &str, size: usize) -> String {
    let mut event: Value = serde_json::from_str(event).unwrap_or_default();
    let mut index = 0;
    while event.to_string().len() < size {
        for _ in 0..200 {
            let topic = json!({"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "x".repeat(900)}});
            event["fragment"]["Resources"][format!("Topic{index}")] = topic;
            index += 1;
        }
    }
    event.to_string()
}

fn kind(as_text: bool) -> &'static str {
    if as_text { "string" } else { "map" }
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// The median, in milliseconds.
fn middle(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times.get(times.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}
