//! The commands: each reads a file and answers with a text, or with what is wrong.

pub(crate) mod arguments;
mod embed;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use oamecs::diagnostic::Rendered;
use oamecs::fragment::{INLINE_BYTES, TEMPLATE_BYTES};
use oamecs::installation::Installation;
use oamecs::source::{self, Template};
use oamecs::{Compilation, Request};

use self::arguments::Arguments;

/// The most resources of a template.
const RESOURCE_LIMIT: usize = 500;

/// The processed template as JSON; notes go to standard error.
pub(crate) fn expand(arguments: &Arguments) -> Result<String, String> {
    let (template, compilation) = compile(arguments)?;
    let (errors, notes) = findings(&compilation);
    for note in &notes {
        let _ = writeln!(std::io::stderr().lock(), "note: {}", line(note));
    }
    if !errors.is_empty() {
        return Err(list_errors(&errors));
    }
    let whole = template.with_transform(compilation.fragment());
    serde_json::to_string_pretty(&whole).map_err(|error| error.to_string())
}

/// Findings, and where the template stands against CloudFormation's limits.
pub(crate) fn check(arguments: &Arguments) -> Result<String, String> {
    let (_, compilation) = compile(arguments)?;
    let (errors, notes) = findings(&compilation);
    let mut text = String::new();
    for note in &notes {
        let _ = writeln!(text, "note: {}", line(note));
    }
    if !errors.is_empty() {
        return Err(text + &list_errors(&errors));
    }
    let fragment = compilation.fragment();
    let resources = fragment.get("Resources").and_then(serde_json::Value::as_object).map_or(0, serde_json::Map::len);
    let way = if compilation.size.fits_inline() { "can be passed inline" } else { "must go by way of S3" };
    let _ = write!(
        text,
        "{} is valid: {resources} of {RESOURCE_LIMIT} resources, {} bytes processed ({way}: {INLINE_BYTES} inline, {TEMPLATE_BYTES} by S3)",
        arguments.file, compilation.size.bytes
    );
    Ok(text)
}

/// A template around a document.
pub(crate) fn embed(arguments: &Arguments) -> Result<String, String> {
    let document = read(&arguments.file)?;
    embed::embed(&document, Path::new(&arguments.file))
}

fn compile(arguments: &Arguments) -> Result<(Template, Compilation), String> {
    let text = read(&arguments.file)?;
    let (template, fragment) = source::read(&text).map_err(|error| format!("{}: {error}", arguments.file))?;
    let parameters = Template::parameter_values(&fragment, &arguments.parameters).map_err(|error| error.to_string())?;
    let request = Request { fragment, parameters, installation: Installation::default() };
    Ok((template, oamecs::compile(request)))
}

fn findings(compilation: &Compilation) -> (Vec<&Rendered>, Vec<&Rendered>) {
    compilation.findings.iter().partition(|finding| finding.is_error)
}

fn list_errors(errors: &[&Rendered]) -> String {
    let lines: Vec<String> = errors.iter().map(|error| format!("error: {}", line(error))).collect();
    lines.join("\n")
}

fn line(finding: &Rendered) -> String {
    match &finding.declaration {
        Some(id) => format!("{id}: {finding}"),
        None => finding.to_string(),
    }
}

#[expect(clippy::disallowed_methods, reason = "the preview is what reads files, so that the compiler need not")]
fn read(file: &str) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))
}
