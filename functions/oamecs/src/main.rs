//! `oamecs`: what the macro makes of a template, seen before anything is deployed.
//!
//! ```text
//! oamecs expand TEMPLATE [--parameter Key=Value]…   print the processed template, notes and errors beside it
//! oamecs check TEMPLATE [--parameter Key=Value]…    print findings and sizes only
//! oamecs embed FILE…                                print a template around documents
//! ```

mod preview;

use std::io::Write;
use std::process::ExitCode;

use preview::arguments::{Arguments, Command, USAGE};

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => return fail(&format!("error: {message}\n\n{USAGE}")),
    };
    let outcome = match &arguments.command {
        Command::Help => return print(USAGE),
        Command::Expand => preview::expand(&arguments),
        Command::Check => preview::check(&arguments),
        Command::Embed => preview::embed(&arguments),
    };
    match outcome {
        Ok(text) => print(&text),
        Err(text) => fail(&text),
    }
}

fn print(text: &str) -> ExitCode {
    // A reader that closed the pipe has seen what it wanted.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
    ExitCode::SUCCESS
}

fn fail(text: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
    ExitCode::FAILURE
}
